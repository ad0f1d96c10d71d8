# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The first command of the README on a machine without a PipeWire session."""

import os
import re
import subprocess
import unittest
import uuid

import tap
from captions import run_until
from speech import LIBRIVOX, recordings, word_errors, words

SOURCE = os.environ['CAPTIOND_SOURCEDIR']


def readme_line():
    with open(os.path.join(SOURCE, 'README.md'), encoding='utf-8') as readme:
        return re.search(r'^## Try it$.*?^```sh\n(.*?)\n```$', readme.read(), re.M | re.S).group(1)


def processes_with(mark):
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/environ', 'rb') as environ:
                if mark.encode() in environ.read():
                    found.append(pid)
        except OSError:
            pass
    return found


class Try(unittest.TestCase):

    def test_captions_are_shown_and_nothing_is_left(self):
        said = words(' '.join(text for path, text in recordings() if path.startswith(LIBRIVOX)))
        if not said:
            self.skipTest('the package pocketsphinx-testdata is not installed')
        mark = f'CAPTIOND_TRY={uuid.uuid4()}'
        # A stranger's shell has none of the variables of the tests.
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(('CAPTIOND_', 'GSETTINGS_', 'XDG_RUNTIME_DIR'))}
        environment.update([mark.split('=')], CAPTIOND_BUILD_DIR=os.environ['CAPTIOND_BUILDDIR'])
        done = subprocess.run(['sh', '-c', readme_line()], cwd=SOURCE, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

        rows = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
        finals = [row[1] for row in rows if row[0] == 'final']
        self.assertLess(word_errors(said, words(' '.join(finals))), len(said) / 2)
        self.assertGreater(len(rows), 4 * len(finals), 'few partial captions')
        run_until(lambda: not processes_with(mark), 5, 'nothing left running')


if __name__ == '__main__':
    tap.main()
