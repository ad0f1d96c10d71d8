#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
#
# The overlay as the one application in a login session: commands that reach it
# in several ways, and their effect on its stream. Runs on its own screen
# (private-display), against a stand-in of the service.

import os
import signal
import subprocess
import unittest

from gi.repository import Gio, GLib

import tap
from captionctl_case import Case
from captions_stand_in import PATH

OVERLAY = os.path.join(os.environ['CAPTIOND_BUILDDIR'], 'client', 'overlay', 'captiond-overlay')
NAME = 'org.captiond.Overlay'
DISPLAY = os.environ.get('DISPLAY')


class Program:
    def __init__(self, *arguments, **environment):
        environment = {**os.environ, **environment}
        self.process = subprocess.Popen(
            [OVERLAY, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env={key: value for key, value in environment.items() if value is not None})

    def is_over(self):
        return self.process.poll() is not None

    def close(self):
        if not self.is_over():
            self.process.kill()
        self.out, self.err = self.process.communicate()


class OverlayCase(Case):
    def setUp(self):
        super().setUp()
        os.environ['DISPLAY'] = DISPLAY
        self.connection = None

    def tearDown(self):
        if self.connection:
            self.connection.close_sync(None)
        super().tearDown()

    def start(self, *arguments, **environment):
        program = Program(*arguments, **environment)
        self.addCleanup(program.close)
        return program

    def end(self, program, code=0):
        self.wait(program.is_over, 'it did not end')
        program.close()
        self.assertEqual(program.process.returncode, code, program.err)

    def tell(self, *arguments, code=0, **environment):
        program = self.start(*arguments, **environment)
        self.end(program, code)
        return program

    def hold(self, count):
        self.wait(lambda: self.service.holders() == count,
                  f'{self.service.holders()} holders instead of {count}')

    def show(self, **environment):
        """An overlay that shows captions."""
        if not self.service:
            self.serve()
        program = self.start(**environment)
        self.hold(1)
        return program

    def connect(self):
        if not self.connection:
            self.connection = Gio.DBusConnection.new_for_address_sync(
                self.bus.get_bus_address(), Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
                | Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
            self.connection.set_exit_on_close(False)

    def ask_bus(self, method, arguments=GLib.Variant('(s)', (NAME,))):
        self.connect()
        return self.connection.call_sync(
            'org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', method, arguments,
            None, Gio.DBusCallFlags.NONE, -1, None).unpack()

    def call(self, method, arguments, interface='org.gtk.Actions'):
        self.connect()
        answers = []
        self.connection.call(NAME, '/' + NAME.replace('.', '/'), interface, method, arguments, None,
                             Gio.DBusCallFlags.NONE, -1, None,
                             lambda source, result: answers.append(source.call_finish(result)))
        self.wait(lambda: answers, f'no answer to {method}')
        return answers[0].unpack()

    def activate(self, action, *parameter):
        self.call('Activate', GLib.Variant('(sava{sv})', (action, parameter, {})))

    def state(self, action):
        (_, _, state), = self.call('Describe', GLib.Variant('(s)', (action,)))
        return state[0]


class Shown(OverlayCase):
    def test_it_shows_captions_without_options(self):
        program = self.show()
        self.assertNotIn('stream', self.service.opened[0])
        self.assertFalse(program.is_over())

    def test_a_second_one_tells_the_first_and_ends(self):
        first = self.show()
        self.tell()
        self.tell('--show')
        self.assertEqual(len(self.service.opened), 1)
        self.assertFalse(first.is_over())

    def test_hidden_it_holds_nothing(self):
        first = self.show()
        for option, holders in (('--hide', 0), ('--hide', 0), ('--show', 1), ('--toggle', 0), ('--toggle', 1)):
            with self.subTest(option=option):
                self.tell(option)
                self.hold(holders)
        self.assertFalse(first.is_over())

    def test_toggled_it_starts(self):
        self.serve()
        self.start('--toggle')
        self.hold(1)

    def test_it_is_told_without_a_screen(self):
        self.show()
        self.tell('--hide', DISPLAY=None)
        self.hold(0)

    def test_the_same_over_the_bus(self):
        self.show()
        for action, holders in (('hide', 0), ('toggle', 1), ('toggle', 0), ('show', 1)):
            with self.subTest(action=action):
                self.activate(action)
                self.hold(holders)

    def test_the_desktop_s_way_over_the_bus(self):
        self.show()
        self.tell('--hide')
        self.hold(0)
        self.call('Activate', GLib.Variant('(a{sv})', ({},)), 'org.freedesktop.Application')
        self.hold(1)
        self.call('ActivateAction', GLib.Variant('(sava{sv})', ('toggle', [], {})), 'org.freedesktop.Application')
        self.hold(0)


class Told(OverlayCase):
    def test_lock(self):
        self.show()
        self.assertTrue(self.state('lock'))
        self.call('SetState', GLib.Variant('(sva{sv})', ('lock', GLib.Variant('b', False), {})))
        self.assertFalse(self.state('lock'))
        self.activate('lock')
        self.assertTrue(self.state('lock'))
        self.tell('--unlock')
        self.wait(lambda: not self.state('lock'))
        self.tell('--lock')
        self.wait(lambda: self.state('lock'))

    def test_lock_is_remembered_where_none_runs(self):
        self.tell('--unlock', GSETTINGS_BACKEND='keyfile')
        with open(f'{self.home.name}/glib-2.0/settings/keyfile', encoding='utf-8') as file:
            self.assertIn('locked=false', file.read())

    def test_pause(self):
        self.show()
        for option, method, paused in (('--pause', 'Pause', True), ('--resume', 'Resume', False)):
            self.tell(option)
            self.wait(lambda: method in self.service.calls, f'no {method}')
            self.wait(lambda: self.state('pause') == paused)
        self.assertEqual(self.service.holders(), 1)

    def test_shown_again_it_listens(self):
        self.show()
        self.tell('--pause')
        self.wait(lambda: 'Pause' in self.service.calls)
        self.tell('--hide')
        self.hold(0)
        self.assertFalse(self.state('pause'))
        self.tell('--pause')
        self.tell('--show')
        self.hold(1)
        self.assertFalse(self.state('pause'))
        self.assertEqual(self.service.calls.count('Pause'), 1)

    def test_windows_without_captions(self):
        self.serve()
        for option in '--settings', '--history':
            with self.subTest(option=option):
                program = self.start(option)
                self.wait(lambda: self.ask_bus('NameHasOwner')[0])
                self.tell(option)
                self.assertEqual(self.service.holders(), 0)
                self.tell('--quit')
                self.end(program)


class Joined(OverlayCase):
    def test_a_stream_that_runs(self):
        self.serve()
        self.service.add_stream()
        for stream in '1', self.service.streams[0].path:
            with self.subTest(stream=stream):
                program = self.start('--join', stream)
                self.hold(1)
                self.assertEqual(self.service.opened[-1]['stream'], PATH + '/stream/1')
                self.tell('--quit')
                self.end(program)

    def test_another_one_in_the_place_of_the_first(self):
        self.show()
        self.service.add_stream()
        self.tell('--join', '2')
        self.wait(lambda: [len(stream.holds) for stream in self.service.streams] == [0, 1],
                  'it does not hold the other one alone')

    def test_ones_own_when_it_has_ended(self):
        self.serve()
        self.service.add_stream()
        self.start('--join', '1')
        self.hold(1)
        self.service.streams[0].set_state('closed')
        self.hold(0)

        def asks_for_its_own():
            # The first command may come before the overlay knows of the end.
            self.tell('--show')
            return 'stream' not in self.service.opened[-1]
        self.wait(asks_for_its_own, 'nothing else is captioned')
        self.hold(1)

    def test_over_the_bus(self):
        self.show()
        self.service.add_stream()
        self.activate('join', GLib.Variant('s', 'nonsense'))
        self.activate('join', GLib.Variant('s', '2'))
        self.wait(lambda: self.service.opened[-1].get('stream') == PATH + '/stream/2')

    def test_one_that_is_not_there(self):
        self.serve()
        program = self.start('--join', '7')
        self.wait(lambda: self.service.opened)
        self.assertFalse(self.state('pause'))
        self.assertFalse(program.is_over())


class Restarted(OverlayCase):
    def test_the_service_is_there_again(self):
        program = self.show()
        self.service.stop()
        self.assertFalse(self.state('pause'))
        self.service = None
        self.serve()
        self.hold(1)
        self.assertFalse(program.is_over())

    def test_the_service_is_there_later(self):
        program = self.start()
        self.wait(lambda: self.ask_bus('NameHasOwner')[0])
        self.serve()
        self.hold(1)
        self.assertFalse(program.is_over())


class Started(OverlayCase):
    """The session bus starts the overlay."""

    services = [(NAME, f'{OVERLAY} --gapplication-service')]

    def setUp(self):
        super().setUp()
        self.ask_bus('UpdateActivationEnvironment', GLib.Variant('(a{ss})', ({'DISPLAY': DISPLAY},)))

    def test_captions(self):
        self.serve()
        self.call('Activate', GLib.Variant('(a{sv})', ({},)), 'org.freedesktop.Application')
        self.hold(1)
        self.tell('--quit')
        self.hold(0)


class Ended(OverlayCase):
    def test_it_lets_go_of_the_stream(self):
        for how in ('--quit', signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(how=how):
                program = self.show()
                before = self.service.calls.count('Close')
                if how == '--quit':
                    self.tell(how)
                else:
                    program.process.send_signal(how)
                self.end(program)
                self.hold(0)
                self.wait(lambda: self.service.calls.count('Close') == before + 1, 'no Close')

    def test_with_the_session(self):
        # GLib warns about names that it was watching.
        program = self.show(G_DEBUG='')
        # GTK makes calls on the bus until it is ready to answer.
        self.assertFalse(self.state('pause'))
        self.connection.close_sync(None)
        self.connection = None
        self.stop_bus()
        self.end(program)

    def test_nothing_to_do(self):
        for option in '--hide', '--pause', '--resume', '--lock', '--quit':
            with self.subTest(option=option):
                self.tell(option)


class Refused(OverlayCase):
    def refused(self, code, *arguments, **environment):
        program = self.tell(*arguments, code=code, **environment)
        self.assertRegex(program.err, r'\Acaptiond-overlay: [^\n]+\n\Z')
        self.assertEqual(program.out, '')
        return program.err

    def test_the_command_line(self):
        for arguments in (['--louder'], ['now'], ['--show', '--hide'], ['--join', 'x'], ['--join']):
            with self.subTest(arguments=arguments):
                self.assertIn('--help', self.refused(2, *arguments))

    def test_no_screen(self):
        self.assertIn('screen', self.refused(1, DISPLAY=None, WAYLAND_DISPLAY=None))
        self.assertIn('screen', self.refused(1, '--gapplication-service', DISPLAY=':4000'))

    def test_no_bus(self):
        self.assertIn('bus', self.refused(1, DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent'))

    def test_no_schema(self):
        self.assertIn('schema', self.refused(1, GSETTINGS_SCHEMA_DIR=None, XDG_DATA_DIRS=self.home.name))

    def test_help_and_version_need_nothing(self):
        nothing = {'DISPLAY': None, 'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent'}
        self.assertIn('--toggle', self.tell('--help', **nothing).out)
        self.assertRegex(self.tell('--version', **nothing).out, r'\Acaptiond-overlay \d[\d.]*\n\Z')


if __name__ == '__main__':
    tap.main()
