#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
#
# Reads Meson's testlog.json: prints the tests that failed, the tests that were
# skipped and their reasons, and at the end "PASSED FAILED SKIPPED".
#
#   count-tests.py TESTLOG

import json
import re
import sys


def reason(row):
    """Returns why a test was skipped: TAP names the reason after SKIP, others in their last line."""
    output = row.get('stdout', '') + row.get('stderr', '')
    told = re.findall(r'#\s*SKIP\S*\s+(.+)', output, re.I)
    if told:
        return '; '.join(dict.fromkeys(told))
    lines = [line for line in output.splitlines() if line.strip()]
    return lines[-1].strip() if lines else 'no reason given'


def complaints(row):
    """Yields the lines in which the failed cases of a TAP test explain themselves. Meson
    shows only the standard error of such a test."""
    failed = False
    for line in row.get('stdout', '').splitlines():
        if line.startswith(('ok ', 'not ok ')):
            failed = line.startswith('not ok ')
        if failed and (line.startswith('not ok ') or 'Error' in line):
            yield line[:500]


counts = {'passed': 0, 'failed': 0, 'skipped': 0}
with open(sys.argv[1], encoding='utf-8') as log:
    for row in map(json.loads, log):
        if row['result'] in ('OK', 'EXPECTEDFAIL'):
            counts['passed'] += 1
            parts = re.findall(r'^ok .*#\s*SKIP\S*\s+(.+)', row.get('stdout', ''), re.I | re.M)
            for part in dict.fromkeys(parts):
                print(f'  a part of it skipped: {row["name"]}: {part}')
        elif row['result'] == 'SKIP':
            counts['skipped'] += 1
            print(f'  skipped: {row["name"]}: {reason(row)}')
        else:
            counts['failed'] += 1
            print(f'  failed ({row["result"].lower()}): {row["name"]}')
            for line in complaints(row):
                print(f'    {line}')
print(*counts.values())
