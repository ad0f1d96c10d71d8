# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""However a test ends, leaves-nothing removes its files and processes."""

import os
import signal
import subprocess
import tempfile
import time
import unittest

import tap

TOOLS = os.path.join(os.environ['CAPTIOND_SOURCEDIR'], 'tests', 'tools')
PATIENCE = 60
# This test leaves a file, and a process in its own session.
LEAVE = '''
echo "$0" > "$TMPDIR/left"
setsid sh -c 'echo $$ > "$TMPDIR/pid"; sleep 1000' > /dev/null 2>&1 < /dev/null &
until [ -s "$TMPDIR/pid" ]; do sleep 0.01; done
echo "$TMPDIR"; cat "$TMPDIR/pid"
'''
KEY = 'sk-' + 'canary-of-this-test'


def is_running(pid):
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii') as file:
            return file.read().rpartition(')')[2].split()[0] != 'Z'
    except FileNotFoundError:
        return False


class Leaving(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def start(self, text, script):
        test = subprocess.Popen(
            [os.path.join(TOOLS, 'leaves-nothing'), 'sh', '-c', LEAVE + script, text],
            env={**os.environ, 'TMPDIR': self.folder.name}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True)
        folder, pid = test.stdout.readline().strip(), test.stdout.readline().strip()
        self.assertTrue(folder.startswith(self.folder.name + '/'))
        return test, folder, pid

    def assert_gone(self, folder, pid):
        deadline = time.monotonic() + PATIENCE
        while os.path.exists(folder) or is_running(pid):
            self.assertLess(time.monotonic(), deadline, f'{folder} or {pid} stays')
            time.sleep(0.02)

    def test_an_end_of_its_own(self):
        for status in 0, 1, 77:
            test, folder, pid = self.start('nothing to hide', f'exit {status}')
            _, complaint = test.communicate(timeout=PATIENCE)
            self.assertEqual((test.returncode, complaint), (status, ''))
            self.assert_gone(folder, pid)

    def test_a_key_that_was_left_is_a_failure(self):
        test, folder, pid = self.start(KEY, 'exit 0')
        _, complaint = test.communicate(timeout=PATIENCE)
        self.assertEqual(test.returncode, 1)
        self.assertIn(os.path.join(folder, 'left'), complaint)
        self.assertNotIn(KEY, complaint)
        self.assert_gone(folder, pid)

    def test_killed_as_meson_kills(self):
        for number in signal.SIGTERM, signal.SIGKILL:
            test, folder, pid = self.start(KEY, 'sleep 1000')
            os.killpg(test.pid, number)
            test.communicate(timeout=PATIENCE)
            self.assertNotEqual(test.returncode, 0)
            self.assert_gone(folder, pid)


if __name__ == '__main__':
    tap.main()
