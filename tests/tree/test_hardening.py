#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
#
# Every installed program is built as distributions build what reads from outside.

import json
import os
import subprocess
import unittest
from pathlib import Path

import tap

BUILD = Path(os.environ['CAPTIOND_BUILDDIR'])


def read_info(name):
    return json.loads((BUILD / 'meson-info' / f'intro-{name}.json').read_text(encoding='utf-8'))


def option(name):
    return next(option['value'] for option in read_info('buildoptions') if option['name'] == name)


def programs():
    """Returns the paths of the compiled programs that are installed."""
    found = [Path(built) for built in read_info('installed') if Path(built).is_relative_to(BUILD)]
    return [path for path in found if path.is_file() and path.read_bytes()[:4] == b'\x7fELF']


def readelf(*options):
    return subprocess.run(['readelf', '--wide', *options], capture_output=True, text=True, check=True).stdout


class Hardening(unittest.TestCase):

    def check(self, has):
        paths = programs()
        self.assertGreater(len(paths), 3)
        for path in paths:
            with self.subTest(path.name):
                self.assertTrue(has(path), path.name)

    def test_addresses_are_random(self):
        self.check(lambda path: 'DYN (Position-Independent' in readelf('--file-header', path))

    def test_tables_of_functions_are_read_only(self):
        self.check(lambda path: 'GNU_RELRO' in readelf('--program-headers', path)
                   and 'BIND_NOW' in readelf('--dynamic', path))

    def test_stacks_are_protected(self):
        self.check(lambda path: '__stack_chk_fail' in readelf('--symbols', path))

    def test_copies_are_checked(self):
        if option('b_sanitize') != 'none':
            self.skipTest('sanitizers check copies by themselves')
        if option('optimization') in ('0', 'g', 'plain'):
            self.skipTest('without optimization, the compiler cannot check copies')
        # The other programs call no function that has a checked form.
        self.check(lambda path: path.name not in ('captiond', 'captionctl', 'captiond-confine')
                   or '_chk@' in readelf('--symbols', path))


if __name__ == '__main__':
    tap.main()
