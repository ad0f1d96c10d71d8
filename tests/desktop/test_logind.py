# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""captiond captures nothing while the session is locked or the machine sleeps."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import unittest

import tap
from captions import (ERROR, TOOLS, Gio, GLib, TestCase, concatenated, our_nodes, run_until,
                      speech)

LOGIND = 'org.freedesktop.login1'
MANAGER = '/org/freedesktop/login1'
SESSION = MANAGER + '/session/7'
OTHER_SESSION = MANAGER + '/session/9'
USER = f'{MANAGER}/user/{os.getuid()}'
MOCK = 'org.freedesktop.DBus.Mock'

CONFIGURATION = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
'''


class SystemBus:
    """A private system bus."""

    def __init__(self):
        runtime = os.environ['XDG_RUNTIME_DIR']
        socket = os.path.join(runtime, 'system-bus')
        path = os.path.join(runtime, 'system-bus.conf')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(CONFIGURATION.format(socket=socket))
        self.address = f'unix:path={socket}'
        with open(os.path.join(runtime, 'system-dbus-daemon.log'), 'wb') as log:
            self.process = subprocess.Popen(
                ['dbus-daemon', '--nofork', '--nopidfile', '--print-address=1', f'--config-file={path}'],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        self.process.stdout.readline()
        self.connection = Gio.DBusConnection.new_for_address_sync(
            self.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        self.process.stdout.close()

    def call(self, name, path, interface, method, arguments=None):
        reply = self.connection.call_sync(name, path, interface, method, arguments, None, 0, 10000, None)
        return reply.unpack()[0] if reply.n_children() else None

    def ask(self, method, *arguments):
        variant = GLib.Variant('(s)', arguments) if arguments else None
        return self.call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', method,
                         variant)

    def connections_of(self, pid):
        def pid_of(name):
            try:
                return self.ask('GetConnectionUnixProcessID', name)
            except GLib.Error:  # it has just gone
                return None
        return [name for name in self.ask('ListNames') if name.startswith(':') and pid_of(name) == pid]


class Logind:
    """The logind of python-dbusmock, with one session of this user."""

    def __init__(self, bus, **parameters):
        self.bus = bus
        self.process = subprocess.Popen(
            [sys.executable, '-m', 'dbusmock',
             '--template', os.path.join(TOOLS, os.pardir, 'servers', 'logind_stand_in.py'),
             '--parameters', json.dumps(parameters)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        run_until(lambda: bus.ask('NameHasOwner', LOGIND), 20, 'logind')

    def mock(self, path, method, signature, *arguments):
        return self.bus.call(LOGIND, path, MOCK, method, GLib.Variant(f'({signature})', arguments))

    def set(self, path, interface, **properties):
        for name, value in properties.items():
            self.bus.call(LOGIND, path, 'org.freedesktop.DBus.Properties', 'Set',
                          GLib.Variant('(ssv)', (f'{LOGIND}.{interface}', name, value)))

    def show(self, session):
        self.set(USER, 'User', Display=GLib.Variant('(so)', (session, f'{MANAGER}/session/{session}')))

    def lock(self, locked=True):
        self.set(SESSION, 'Session', LockedHint=GLib.Variant('b', locked))

    def sleep(self, asleep=True):
        self.mock(MANAGER, 'EmitSignal', 'sssav', LOGIND + '.Manager', 'PrepareForSleep', 'b',
                  [GLib.Variant('b', asleep)])

    def inhibitors(self):
        return self.bus.call(LOGIND, MANAGER, LOGIND + '.Manager', 'ListInhibitors')

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait(60)


class WithSystemBus(TestCase):
    environment = {}

    def setUp(self):
        if importlib.util.find_spec('dbusmock') is None:
            raise unittest.SkipTest('the package python3-dbusmock is not installed')
        self.bus = SystemBus()
        self.addCleanup(self.bus.stop)
        changes = {'DBUS_SYSTEM_BUS_ADDRESS': self.bus.address, **self.environment}
        for name, value in changes.items():
            self.addCleanup(self._put_back, name, os.environ.get(name))
            os.environ[name] = value
        super().setUp()
        self.user = self.client()

    @staticmethod
    def _put_back(name, value):
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value

    def start_logind(self, **options):
        logind = Logind(self.bus, **options)
        self.addCleanup(logind.stop)
        return logind

    def is_connected(self):
        return self.bus.connections_of(self.daemon.process.pid) != []

    def wait_for_reason(self, stream, reason, seconds=10):
        self.user.wait_for_state(stream, 'waiting', seconds)
        run_until(lambda: self.user.property(stream, 'StateReason') == ERROR + reason, seconds, reason)

    def states(self, stream):
        return [changed['State'] for _, changed, _ in self.user.members('PropertiesChanged', stream)
                if 'State' in changed]

    def listen(self, **options):
        stream = self.user.open(**options)
        self.user.wait_for_state(stream, 'listening')
        return stream


class Locked(WithSystemBus):

    def setUp(self):
        super().setUp()
        self.logind = self.start_logind()

    def test_nobody_listens_in_a_locked_session(self):
        stream = self.listen(source='microphone')
        self.logind.lock()
        self.wait_for_reason(stream, 'PolicyRefused')
        self.assertIn('listen-while-locked', self.user.property(stream, 'StateMessage'))
        run_until(lambda: our_nodes() == [], 2, 'no node of ours')

        self.logind.lock(False)
        self.user.wait_for_state(stream, 'listening')
        self.assertEqual(self.user.property(stream, 'StateMessage'), '')
        self.play(concatenated([speech()[1][0]]), '--target', 'mic-feed')
        run_until(self.user.finals, 20, 'a final')

    def test_what_the_computer_plays_is_captioned(self):
        microphone = self.listen(source='microphone')
        system = self.listen(source='system')
        self.logind.lock()
        self.wait_for_reason(microphone, 'PolicyRefused')
        self.assertEqual(self.user.property(system, 'State'), 'listening')
        self.play(concatenated([speech()[1][0]]))
        run_until(lambda: self.user.finals(system), 20, 'a final')
        self.assertEqual(self.user.finals(microphone), [])

    def test_another_user_is_at_the_screen(self):
        stream = self.listen(source='input:test-mic')
        self.logind.set(SESSION, 'Session', Active=GLib.Variant('b', False))
        self.wait_for_reason(stream, 'PolicyRefused')
        self.logind.set(SESSION, 'Session', Active=GLib.Variant('b', True))
        self.user.wait_for_state(stream, 'listening')

    def test_opened_while_locked_it_never_captures(self):
        self.logind.lock()
        log = os.path.join(os.environ['XDG_RUNTIME_DIR'], 'graph.log')
        with open(log, 'wb') as file:
            watch = subprocess.Popen(['pw-dump', '--monitor', '--no-colors'], stdin=subprocess.DEVNULL,
                                     stdout=file)
        self.players.append(watch)

        def was_there(name):
            with open(log, encoding='utf-8', errors='replace') as file:
                return f'"node.name": "{name}' in file.read()

        run_until(lambda: was_there('test-mic'), 10, 'the watch began')
        streams = [self.user.open(source=source) for source in ('microphone', 'app:Nobody')]
        for stream in streams:
            self.wait_for_reason(stream, 'PolicyRefused')
            self.assertEqual(self.user.property(stream, 'AudioSeconds'), 0)
        # Graph events arrive in order: the daemon sees this node after all earlier ones.
        subprocess.run(['pw-cli', 'create-node', 'adapter',
                        '{ factory.name=support.null-audio-sink node.name=marker object.linger=true }'],
                       stdout=subprocess.DEVNULL, check=True)
        run_until(lambda: was_there('marker'), 10, 'the marker')
        self.assertFalse(was_there('captiond'))

        self.logind.lock(False)
        self.user.wait_for_state(streams[0], 'listening')
        run_until(lambda: was_there('captiond'), 10, 'our node')

    def test_the_session_is_found_anew(self):
        self.logind.mock(MANAGER, 'AddSession', 'ssusb', '9', 'seat0', os.getuid(), 'me', True)
        self.logind.set(OTHER_SESSION, 'Session', LockedHint=GLib.Variant('b', True))
        stream = self.listen(source='microphone')
        self.logind.show('9')
        self.wait_for_reason(stream, 'PolicyRefused')
        self.logind.set(OTHER_SESSION, 'Session', LockedHint=GLib.Variant('b', False))
        self.user.wait_for_state(stream, 'listening')

    def test_a_user_without_a_session_is_not_locked(self):
        self.logind.lock()
        self.logind.set(USER, 'User', Display=GLib.Variant('(so)', ('', '/')))
        stream = self.listen(source='microphone')
        self.logind.show('7')
        self.wait_for_reason(stream, 'PolicyRefused')

    def test_nothing_stays_after_the_last_stream(self):
        self.assertFalse(self.is_connected())
        streams = [self.listen(source='microphone'), self.listen(source='system')]
        self.assertTrue(self.is_connected())
        run_until(self.logind.inhibitors, 5, 'the inhibitor')
        self.user.stream(streams[0], 'Close')
        self.assertTrue(self.is_connected())
        self.user.stream(streams[1], 'Close')
        run_until(lambda: not self.is_connected(), 5, 'no connection')
        run_until(lambda: not self.logind.inhibitors(), 5, 'no inhibitor')

        self.logind.lock()
        self.wait_for_reason(self.user.open(source='microphone'), 'PolicyRefused')

    def test_logind_is_restarted_in_a_locked_session(self):
        stream = self.listen(source='microphone')
        system = self.listen(source='system')
        self.logind.lock()
        self.wait_for_reason(stream, 'PolicyRefused')
        before = self.states(stream)
        self.logind.stop()
        logind = self.start_logind(locked=True)
        run_until(logind.inhibitors, 10, 'the new logind is known')
        # The daemon handles signals in order: after this round of sleep it has handled all earlier ones.
        logind.sleep()
        self.wait_for_reason(system, 'AudioUnavailable')
        logind.sleep(False)
        self.user.wait_for_state(system, 'listening')
        self.assertEqual(self.states(stream), before, 'it listened meanwhile')
        self.assertEqual(self.user.property(stream, 'StateReason'), ERROR + 'PolicyRefused')
        logind.lock(False)
        self.user.wait_for_state(stream, 'listening')


class OwnSession(WithSystemBus):
    """captiond runs inside a login session instead of as a user service."""

    def setUp(self):
        super().setUp()
        self.logind = self.start_logind(own='9')
        self.logind.mock(MANAGER, 'AddSession', 'ssusb', '9', 'seat0', os.getuid(), 'me', True)

    def test_it_is_the_one(self):
        self.logind.lock()
        stream = self.listen(source='microphone')
        self.logind.set(OTHER_SESSION, 'Session', LockedHint=GLib.Variant('b', True))
        self.wait_for_reason(stream, 'PolicyRefused')

    def test_one_of_systemd_is_not(self):
        self.logind.set(OTHER_SESSION, 'Session', Class=GLib.Variant('s', 'manager'),
                        Active=GLib.Variant('b', False))
        stream = self.listen(source='microphone')
        self.logind.lock()
        self.wait_for_reason(stream, 'PolicyRefused')

    def test_one_that_has_gone_is_not(self):
        self.logind.mock(MANAGER, 'RemoveObject', 's', OTHER_SESSION)
        stream = self.listen(source='microphone')
        self.logind.lock()
        self.wait_for_reason(stream, 'PolicyRefused')


class Setting(WithSystemBus):
    environment = {'GSETTINGS_BACKEND': 'keyfile'}

    def listen_while_locked(self, value):
        subprocess.run(['gsettings', 'set', 'org.captiond', 'listen-while-locked', value], check=True)

    def test_it_acts_at_once(self):
        logind = self.start_logind()
        stream = self.listen(source='microphone')
        logind.lock()
        self.wait_for_reason(stream, 'PolicyRefused')
        self.listen_while_locked('true')
        self.user.wait_for_state(stream, 'listening')
        self.listen_while_locked('false')
        self.wait_for_reason(stream, 'PolicyRefused')


class Sleep(WithSystemBus):

    def test_nothing_is_captured_in_sleep(self):
        logind = self.start_logind()
        streams = [self.listen(source=source) for source in ('microphone', 'system')]
        run_until(logind.inhibitors, 5, 'the inhibitor')
        self.assertEqual(logind.inhibitors()[0][:2] + logind.inhibitors()[0][3:4],
                         ('sleep', 'captiond', 'delay'))
        logind.sleep()
        for stream in streams:
            self.wait_for_reason(stream, 'AudioUnavailable')
        run_until(lambda: our_nodes() == [], 2, 'no node of ours')
        run_until(lambda: not logind.inhibitors(), 4, 'leave to sleep')
        late = self.user.open(source='output:test-sink')
        self.wait_for_reason(late, 'AudioUnavailable')
        self.assertEqual(our_nodes(), [])

        logind.sleep(False)
        for stream in (*streams, late):
            self.user.wait_for_state(stream, 'listening')
        run_until(logind.inhibitors, 5, 'the inhibitor')
        self.play(concatenated([speech()[1][0]]))
        run_until(lambda: self.user.finals(streams[1]), 20, 'a final')

    def test_the_last_sentence_has_time_for_its_caption(self):
        logind = self.start_logind()
        stream = self.listen(source='system')
        run_until(logind.inhibitors, 5, 'the inhibitor')
        self.play(concatenated([speech()[0][0]]))
        run_until(lambda: any(len(s[2].split()) > 3 for s in self.user.members('Segment')), 20, 'words')
        logind.sleep()
        self.wait_for_reason(stream, 'AudioUnavailable')
        self.assertTrue(logind.inhibitors(), 'sleep is delayed')
        run_until(self.user.finals, 20, 'a final')
        run_until(lambda: not logind.inhibitors(), 4, 'leave to sleep')

    def test_opened_on_the_way_to_sleep(self):
        logind = self.start_logind()
        logind.set(MANAGER, 'Manager', PreparingForSleep=GLib.Variant('b', True))
        stream = self.user.open(source='microphone')
        self.wait_for_reason(stream, 'AudioUnavailable')
        logind.sleep(False)
        self.user.wait_for_state(stream, 'listening')

    def test_a_paused_stream_stays_paused(self):
        logind = self.start_logind()
        stream = self.listen(source='system')
        run_until(logind.inhibitors, 5, 'the inhibitor')
        self.user.stream(stream, 'Pause')
        logind.sleep()
        run_until(lambda: not logind.inhibitors(), 4, 'leave to sleep')
        self.assertEqual(self.user.property(stream, 'State'), 'paused')
        logind.sleep(False)
        run_until(logind.inhibitors, 5, 'the inhibitor')

    def test_a_locked_session_wakes_locked(self):
        logind = self.start_logind()
        stream = self.listen(source='microphone')
        logind.sleep()
        self.wait_for_reason(stream, 'AudioUnavailable')
        logind.lock()
        logind.sleep(False)
        self.wait_for_reason(stream, 'PolicyRefused')

    def test_logind_dies_in_the_middle(self):
        logind = self.start_logind()
        stream = self.listen(source='microphone')
        logind.sleep()
        self.wait_for_reason(stream, 'AudioUnavailable')
        logind.stop()
        self.user.wait_for_state(stream, 'listening')
        logind = self.start_logind()
        run_until(logind.inhibitors, 10, 'the inhibitor')


class Silent(WithSystemBus):

    def test_there_is_no_logind_yet(self):
        stream = self.listen(source='microphone')
        logind = self.start_logind(locked=True)
        self.wait_for_reason(stream, 'PolicyRefused')
        logind.sleep()
        self.wait_for_reason(stream, 'AudioUnavailable')

    def test_logind_does_not_answer(self):
        logind = self.start_logind()
        logind.process.send_signal(signal.SIGSTOP)
        system = self.user.open(source='system')
        stream = self.user.open(source='microphone')
        self.user.wait_for_state(system, 'listening')
        self.assertEqual(self.user.property(stream, 'StateReason'), '')
        self.user.wait_for_state(stream, 'listening')
        logind.process.send_signal(signal.SIGCONT)
        logind.lock()
        self.wait_for_reason(stream, 'PolicyRefused')

    def test_streams_end_before_it_answers(self):
        logind = self.start_logind()
        logind.process.send_signal(signal.SIGSTOP)
        for _ in range(3):
            stream = self.user.open(source='microphone')
            run_until(self.is_connected, 5, 'a connection')
            self.user.stream(stream, 'Close')
            run_until(lambda: not self.is_connected(), 5, 'no connection')
        logind.process.send_signal(signal.SIGCONT)
        run_until(lambda: not logind.inhibitors(), 5, 'no inhibitor')

    def test_the_bus_ends(self):
        self.start_logind(locked=True)
        stream = self.user.open(source='microphone')
        system = self.listen(source='system')
        self.wait_for_reason(stream, 'PolicyRefused')
        self.bus.connection.set_exit_on_close(False)
        self.bus.stop()
        self.user.stream(stream, 'Flush')
        self.assertEqual(self.user.property(stream, 'StateReason'), ERROR + 'PolicyRefused')
        for one in (stream, system):
            self.user.stream(one, 'Close')
        self.listen(source='microphone')


if __name__ == '__main__':
    tap.main()
