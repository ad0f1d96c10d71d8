# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The figures of tests/measure-recogniser."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import tap
from speech import recordings

MEASURE = Path(__file__).parents[1] / 'measure-recogniser'


class Measure(unittest.TestCase):

    def setUp(self):
        rows = list(recordings())
        if not rows:
            self.skipTest('the package pocketsphinx-testdata is not installed')
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.path, self.text = rows[0]

    def measure(self, text, status=0):
        if text is not None:
            os.symlink(self.path, self.folder / 'one.wav')
            (self.folder / 'one.txt').write_text(text, encoding='utf-8')
        done = subprocess.run([sys.executable, MEASURE, 'pocketsphinx', self.folder, '--language', 'en'], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, status, done)
        return done.stdout + done.stderr

    def test_figures(self):
        out = self.measure(self.text)
        self.assertRegex(out, rf'word errors +\d+\.\d % \(\d+ of {len(self.text.split())}\)')
        self.assertRegex(out, r'real-time factor +\d+\.\d\d')
        # The model of PocketSphinx takes far more than the program.
        self.assertRegex(out, r'processor time +\d+\.\d\d s')
        self.assertRegex(out, r'memory +\d{2,} MB')

    def test_wrong_words_count(self):
        self.assertRegex(self.measure('xyzzy'), r'word errors +\d{3,}\.\d %')

    def test_nothing_to_measure(self):
        self.assertIn(f'{self.folder} has no pair NAME.wav and NAME.txt', self.measure(None, status=1))


if __name__ == '__main__':
    tap.main()
