# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Some fast rows of the fault table, once each, and the relay that makes some of
the faults. This test does not judge how long a recovery took."""

import os
import random
import socket
import time
import unittest

import faults
import tap
from realtime import Relay

ROWS = ['drops', 'expires', 'tcp-reset', 'http-429', 'binary', 'token-expires', 'half-open-5', 'rolls-over',
        'recogniser-killed', 'recogniser-stopped', 'recogniser-memory', 'recogniser-full-disk']


class Rows(unittest.TestCase):
    """No row loses or doubles a word."""

    @classmethod
    def setUpClass(cls):
        seed = os.environ.get('CAPTIOND_FAULT_SEED', str(random.randrange(10 ** 6)))
        print(f'# seed {seed}', flush=True)
        cls.results = faults.run_all(ROWS, 1, seed, faults.JOBS)

    def judge(self, name):
        result, = self.results[name]
        print('#', faults.complaint(result).replace('\n', '\n# '), flush=True)
        self.assertNotIn('error', result)
        if 'skipped' in result:
            self.skipTest(result['skipped'])
        self.assertGreater(result['words'], 10)
        for count in faults.COUNTED:
            self.assertFalse(result[count], count)


for row in ROWS:
    setattr(Rows, 'test_' + row, lambda self, row=row: self.judge(row))


class Listener:
    """A server behind the relay."""

    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.connections = []

    def accept(self):
        self.connections.append(self.listener.accept()[0])
        self.connections[-1].settimeout(60)
        return self.connections[-1]

    def close(self):
        for one in [self.listener, *self.connections]:
            one.close()


class Relaying(unittest.TestCase):

    def setUp(self):
        self.server = Listener()
        self.addCleanup(self.server.close)
        self.relay = Relay(self.server)
        self.relay.__enter__()
        self.addCleanup(self.relay.__exit__)
        self.client, self.peer = self.connect()

    def connect(self):
        client = socket.create_connection(('127.0.0.1', self.relay.port), timeout=60)
        self.addCleanup(client.close)
        return client, self.server.accept()

    def assert_silent(self, end):
        end.settimeout(0.3)
        self.assertRaises(TimeoutError, end.recv, 1)
        end.settimeout(60)

    def test_all_passes_at_first(self):
        self.client.sendall(b'question')
        self.assertEqual(self.peer.recv(100), b'question')
        self.peer.sendall(b'answer')
        self.assertEqual(self.client.recv(100), b'answer')
        self.client.shutdown(socket.SHUT_WR)
        self.assertEqual(self.peer.recv(1), b'')

    def test_ends(self):
        self.relay.order('close')
        self.assertEqual(self.client.recv(1), b'')
        self.assertEqual(self.peer.recv(1), b'')
        client, peer = self.connect()
        self.relay.order('reset')
        self.assertRaises(ConnectionResetError, client.recv, 1)
        self.assertRaises(ConnectionResetError, peer.recv, 1)
        self.relay.order('refuse')
        with self.assertRaises(ConnectionResetError), \
                socket.create_connection(('127.0.0.1', self.relay.port), timeout=60) as refused:
            refused.recv(1)

    def test_what_was_held_comes_and_what_was_swallowed_does_not(self):
        self.relay.order('hold')
        self.client.sendall(b'later')
        self.assert_silent(self.peer)
        self.relay.order('pass')
        self.assertEqual(self.peer.recv(100), b'later')
        self.relay.order('mute')
        self.client.sendall(b'never')
        self.assert_silent(self.peer)
        self.relay.order('pass')
        self.client.sendall(b'never')
        self.assert_silent(self.peer)
        client, peer = self.connect()
        client.sendall(b'again')
        self.assertEqual(peer.recv(100), b'again')

    def test_stall_is_for_the_client_alone(self):
        self.relay.order('stall')
        self.client.sendall(b'x')
        self.assert_silent(self.peer)
        self.peer.sendall(b'y')
        self.assertEqual(self.client.recv(100), b'y')

    def test_trickle_and_garble(self):
        self.relay.order('trickle 1000')
        began = time.monotonic()
        self.client.sendall(bytes(1000))
        received = 0
        while received < 1000:
            received += len(self.peer.recv(1000))
        self.assertGreater(time.monotonic() - began, 0.5)
        self.relay.order('garble')
        self.peer.sendall(b'answer')
        self.assertNotEqual(self.client.recv(100), b'answer')
        self.client.sendall(b'question')
        self.assertEqual(self.peer.recv(100), b'question')


if __name__ == '__main__':
    tap.main()
