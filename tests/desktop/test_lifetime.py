# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The start, the end and the restarts of captiond."""

import os
import subprocess
import time
import unittest

import tap
from captions import (DAEMON, TOOLS, NAME, PATH, PATIENCE, Client, Daemon, GLib, TestCase,
                      concatenated, our_nodes, run_until, speech)

PRIVATE_DESKTOP = os.path.join(TOOLS, 'private-desktop')


def is_gone(pid):
    try:
        with open(f'/proc/{pid}/stat', encoding='utf-8') as stat:
            return stat.read().split()[2] == 'Z'
    except FileNotFoundError:
        return True


def is_connected(pid):
    """Tells whether the audio server knows the process."""
    dump = subprocess.run(['pw-dump'], capture_output=True, check=True, text=True).stdout
    return f'"application.process.id": {pid},' in dump or f'"pipewire.sec.pid": {pid},' in dump


class Survival(TestCase):

    def test_captions_after_a_restart_of_pipewire(self):
        client = self.client()
        stream = client.open(source='system')
        client.wait_for_state(stream, 'listening')
        subprocess.run([PRIVATE_DESKTOP, 'stop-audio'], check=True)
        client.wait_for_state(stream, 'waiting')
        self.assertEqual(client.property(stream, 'StateReason'), NAME + '.Error.AudioUnavailable')
        subprocess.run([PRIVATE_DESKTOP, 'start-audio'], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        client.wait_for_state(stream, 'listening', 15)
        self.play(concatenated([speech()[1][0]]))
        run_until(client.finals, 20, 'a final')

    def test_a_signal_ends_the_last_sentence(self):
        client = self.client()
        stream = client.open(source='system')
        client.wait_for_state(stream, 'listening')
        self.play(concatenated([speech()[0][0]]))
        run_until(lambda: any(len(s[2].split()) > 3 for s in client.members('Segment')), 10, 'words')
        begin = time.monotonic()
        self.assertEqual(self.daemon.stop(), 0)
        self.assertLess(time.monotonic() - begin, 4 * PATIENCE)
        run_until(client.finals, 2, 'the last sentence')
        states = [changed['State'] for _, changed, _ in client.members('PropertiesChanged', stream)
                  if 'State' in changed]
        self.assertEqual(states[-1], 'closed')

    def test_it_looks_at_the_audio_server_for_half_a_minute(self):
        client = self.client()
        self.assertFalse(is_connected(self.daemon.process.pid))
        client.call(PATH, NAME, 'ListSources')
        self.assertTrue(is_connected(self.daemon.process.pid))
        begin = time.monotonic()
        run_until(lambda: not is_connected(self.daemon.process.pid), 35, 'the connection to end')
        self.assertGreater(time.monotonic() - begin, 25)

    def test_a_second_daemon_leaves_the_first_alone(self):
        second = subprocess.run([DAEMON], capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(second.returncode, 1)
        self.assertIn('--replace', second.stderr)
        self.assertIsNone(self.daemon.process.poll())

    def test_replacing_ends_streams_in_order(self):
        client = self.client()
        stream = client.open(source='app:Nobody')
        client.wait_for_state(stream, 'waiting')
        second = Daemon('--replace')
        self.assertEqual(self.daemon.process.wait(60), 0)
        run_until(lambda: any(changed.get('State') == 'closed' for _, changed, _ in
                              client.members('PropertiesChanged', stream)), 2, 'closed')
        self.assertEqual(second.stop(), 0)

    def test_replacing(self):
        second = Daemon('--replace')
        self.assertEqual(self.daemon.process.wait(60), 0)
        self.assertEqual(second.stop(), 0)


class Activation(unittest.TestCase):

    def setUp(self):
        services = os.path.join(os.environ['XDG_DATA_HOME'], 'dbus-1', 'services')
        os.makedirs(services, exist_ok=True)
        path = os.path.join(services, NAME + '.service')
        with open(path, 'w', encoding='utf-8') as service:
            service.write(f'[D-BUS Service]\nName={NAME}\nExec={DAEMON} --idle-seconds=2\n')
        self.client = Client()
        self.client.reload_services()
        self.addCleanup(self.client.leave)
        self.addCleanup(self.client.reload_services)
        self.addCleanup(os.remove, path)

    def test_the_bus_starts_it_and_it_leaves_when_idle(self):
        self.assertFalse(self.client.sees_service())
        version = self.client.property(PATH, 'Version', NAME)
        self.assertRegex(version, r'^\d+\.\d+\.\d+$')
        self.assertEqual(our_nodes(), [])
        run_until(lambda: not self.client.sees_service(), 6, 'it left')

        stream = self.client.open(source='system')
        self.client.wait_for_state(stream, 'listening')
        begin = time.monotonic()
        run_until(lambda: time.monotonic() - begin > 3, 4, 'more than the idle time')
        self.assertTrue(self.client.sees_service())
        self.client.stream(stream, 'Close')
        run_until(lambda: not self.client.sees_service(), 6, 'it left')


class EndOfSession(unittest.TestCase):

    def test_it_leaves_quietly_with_the_bus(self):
        result = subprocess.run(
            ['dbus-run-session', '--', 'sh', '-c', f'{DAEMON} & echo $!; gdbus wait --session --timeout 20 {NAME}'],
            capture_output=True, text=True, timeout=120, check=True)
        pid = int(result.stdout.split()[0])
        run_until(lambda: is_gone(pid), 3, 'it left')
        self.assertNotIn('captiond:', result.stderr)

    def test_without_a_bus_it_says_so(self):
        environment = dict(os.environ, DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent')
        result = subprocess.run([DAEMON], env=environment, capture_output=True, text=True, timeout=120,
                                check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn('session bus', result.stderr)

    def test_usage(self):
        for arguments in (['--nonsense'], ['more'], ['--idle-seconds=0']):
            result = subprocess.run([DAEMON, *arguments], capture_output=True, timeout=120, check=False)
            self.assertEqual(result.returncode, 2)


if __name__ == '__main__':
    tap.main()
