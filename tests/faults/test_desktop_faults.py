# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The fast rows of fault_rows_desktop.py and fault_rows_clients.py, once each and in
parallel, each in its own desktop."""

import os
import subprocess
import unittest

import faults
import tap
from captions import DAEMON, run_until
from realtime_case import RealtimeCase

ROWS = ('pipewire-restarts', 'device-returns', 'sleep', 'keyring-locked', 'sigterm', 'sigterm-while-down')
# Fewer seconds of words than the table uses.
SECONDS = 24
# Only the table judges delays, because they differ on a busy machine.
WORDS = ('lost', 'doubled', 'strange', 'out_of_order')


class Rows(unittest.TestCase):
    """No row loses or doubles a word."""

    @classmethod
    def setUpClass(cls):
        seed = os.environ.get('FAULT_SEED', str(os.getpid()))
        cls.results = faults.run_all(ROWS, 1, seed, faults.JOBS, seconds=SECONDS)

    def judge(self, name):
        result, = self.results[name]
        print('#', faults.complaint(result).replace('\n', '\n# '))
        self.assertNotIn('error', result)
        if 'skipped' in result:
            self.skipTest(result['skipped'])
        self.assertEqual({column: result[column] for column in WORDS if result[column]}, {})


for row in ROWS:
    setattr(Rows, 'test_' + row, lambda self, row=row: self.judge(row))


class EndOfSession(RealtimeCase):

    def test_the_session_bus_ends(self):
        """A session with a service runs: the daemon ends cleanly, and logs no warning."""
        runtime = os.environ['XDG_RUNTIME_DIR']
        server = self.server('openai', hear='words')
        address = f'unix:path={runtime}/short-bus'
        bus = subprocess.Popen(['dbus-daemon', '--session', '--nofork', '--nopidfile', f'--address={address}'],
                               stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.players.append(bus)
        before = os.environ['DBUS_SESSION_BUS_ADDRESS']
        self.addCleanup(os.environ.__setitem__, 'DBUS_SESSION_BUS_ADDRESS', before)
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = address
        run_until(lambda: os.path.exists(f'{runtime}/short-bus'), 10, 'the bus')
        daemon = subprocess.Popen([DAEMON], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.players.append(daemon)
        client = self.client()
        client.wait_for_service()
        client, stream = self.use(server, 'openai', client=client)
        client.wait_for_state(stream, 'listening', 20)

        bus.terminate()
        run_until(lambda: daemon.poll() is not None, 10, 'it left')
        self.assertEqual((daemon.returncode, daemon.stderr.read()), (0, ''))
        daemon.stderr.close()
        run_until(lambda: any(record.get('dir') == 'close' for record in server.log()), 5, 'the session ended')


if __name__ == '__main__':
    tap.main()
