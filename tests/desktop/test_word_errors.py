#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The local engine makes at most MARGIN points more word errors than PocketSphinx's own program.

Both programs hear the same recordings in the same run. The test compares words in
lower case, by letters and apostrophes alone."""

import json
import os
import subprocess
import sys

from speech import recordings, stock_command, word_errors, words

MARGIN = 2.0  # points of word errors
TIMEOUT = 900
SKIPPED = 77


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
                          timeout=TIMEOUT, encoding='utf-8').stdout


def heard_by_stock(path):
    output = run(stock_command(path))
    # PocketSphinx 5.1 prints a line of JSON.
    return ' '.join(json.loads(line)['t'] if line.startswith('{') else line
                    for line in output.splitlines())


def main():
    decode_file = sys.argv[1]
    n_words = ours = stock = 0

    if stock_command('') is None:
        print('PocketSphinx\'s own program is not installed')
        return SKIPPED

    for path, said in recordings():
        said = words(said)
        our_errors = word_errors(said, words(run([decode_file, path])))
        stock_errors = word_errors(said, words(heard_by_stock(path)))
        print(f'{os.path.basename(path):45} {len(said):4} words, '
              f'wrong: {our_errors:3} ours, {stock_errors:3} stock', flush=True)
        n_words += len(said)
        ours += our_errors
        stock += stock_errors

    if n_words == 0:
        print('pocketsphinx-testdata is not installed')
        return SKIPPED

    ours, stock = 100 * ours / n_words, 100 * stock / n_words
    print(f'word errors: {ours:.1f} % ours, {stock:.1f} % stock')
    if ours > stock + MARGIN:
        print(f'more than {MARGIN} points worse', file=sys.stderr)
        return 1

    return 0


if __name__ == '__main__':
    sys.exit(main())
