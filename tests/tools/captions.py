# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""A D-Bus client of captiond that shares no code with it, and helpers for its
tests. Runs inside tests/tools/private-desktop."""

import json
import os
import subprocess
import time
import unittest
import wave

import gi

gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib  # noqa: E402

from speech import LIBRIVOX, recordings, words  # noqa: E402

NAME = 'org.captiond.Captions1'
PATH = '/org/captiond/Captions1'
STREAM = NAME + '.Stream'
ERROR = NAME + '.Error.'

BUILD = os.environ.get('CAPTIOND_BUILDDIR', '.')
TOOLS = os.path.dirname(os.path.realpath(__file__))
DAEMON = os.path.join(BUILD, 'daemon', 'captiond')
# Multiplies the seconds of an idle machine. A long timeout costs time only when
# something hangs.
PATIENCE = float(os.environ.get('CAPTIOND_TEST_PATIENCE', '5'))


def speech():
    """Lists (file, text) of Debian's recorded sentences."""
    sentences = [row for row in recordings() if row[0].startswith(LIBRIVOX)]
    if not sentences:
        raise unittest.SkipTest('the package pocketsphinx-testdata is not installed')
    return sentences


def run_until(condition, seconds, what):
    """Runs the main loop until condition() is true. The timeout is in seconds of an idle
    machine, but never below a minute: beside three busy loops a sentence may take half of it."""
    seconds = max(seconds, 12) * PATIENCE
    context = GLib.MainContext.default()
    deadline = time.monotonic() + seconds
    ticking = GLib.timeout_add(20, lambda: True)
    try:
        while True:
            # A check may take long: it counts if it began in time.
            began = time.monotonic()
            if condition():
                return
            if began > deadline:
                raise AssertionError(f'not within {seconds} s: {what}')
            context.iteration(True)
    finally:
        GLib.source_remove(ticking)


def concatenated(files, pause=0.7):
    """Returns the path of a WAV with all the files, separated by silence."""
    path = os.path.join(os.environ['XDG_RUNTIME_DIR'], 'speech.wav')
    with wave.open(path, 'wb') as out:
        for i, name in enumerate(files):
            with wave.open(name) as wav:
                if i == 0:
                    out.setparams(wav.getparams())
                out.writeframes(wav.readframes(wav.getnframes()))
                out.writeframes(bytes(2 * int(wav.getframerate() * pause)))
    return path


def seconds_of(path):
    with wave.open(path) as wav:
        return wav.getnframes() / wav.getframerate()


def steady_sound(frames=8192):
    """Makes PipeWire process sound in large pieces. On a busy machine without real-time
    priority PipeWire wakes late and drops sound, which is not the subject of these tests."""
    subprocess.run(['pw-metadata', '-n', 'settings', '0', 'clock.force-quantum', str(frames)],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)


def play(path, *options):
    return subprocess.Popen(['pw-play', *options, path], stdin=subprocess.DEVNULL)


def our_nodes():
    """Returns captiond's nodes on the audio server."""
    dump = json.loads(subprocess.run(['pw-dump'], capture_output=True, check=True).stdout or '[]')
    return [item for item in dump
            if item['type'] == 'PipeWire:Interface:Node'
            and item['info'].get('props', {}).get('node.name', '').startswith('captiond')]


class Daemon:
    """A captiond that the test or the bus started."""

    def __init__(self, *options, prefix=()):
        self.process = subprocess.Popen([*prefix, DAEMON, *options], stdin=subprocess.DEVNULL)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(10 * PATIENCE)


class Client:
    """A connection to the bus that records all signals."""

    def __init__(self):
        self.bus = Gio.DBusConnection.new_for_address_sync(
            os.environ['DBUS_SESSION_BUS_ADDRESS'],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.signals = []  # (path, interface, member, arguments)
        self.bus.signal_subscribe(None, None, None, None, None, Gio.DBusSignalFlags.NONE,
                                  self._on_signal)

    def _on_signal(self, bus, sender, path, interface, member, arguments):
        if path.startswith(PATH):
            self.signals.append((path, interface, member, arguments.unpack()))

    def sees_service(self):
        return self._bus_call('NameHasOwner', GLib.Variant('(s)', (NAME,))).unpack()[0]

    def wait_for_service(self):
        run_until(self.sees_service, 10, 'captiond on the bus')

    def reload_services(self):
        self._bus_call('ReloadConfig', None)

    def _bus_call(self, method, arguments):
        return self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus',
                                  'org.freedesktop.DBus', method, arguments, None, 0, -1, None)

    def leave(self):
        self.bus.close_sync(None)

    def call(self, path, interface, method, arguments=None):
        """Calls a method while the main loop runs, so that signals keep their order."""
        box = []
        self.bus.call(NAME, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, 15000,
                      None, lambda bus, result: box.append(result))
        run_until(lambda: box, 20, method)
        reply = self.bus.call_finish(box[0]).unpack()
        return reply[0] if len(reply) == 1 else reply or None

    def open(self, **options):
        variants = {
            key.replace('_', '-'): value if isinstance(value, GLib.Variant) else
            GLib.Variant('b' if isinstance(value, bool) else 's', value)
            for key, value in options.items()}
        return self.call(PATH, NAME, 'OpenStream', GLib.Variant('(a{sv})', (variants,)))

    def join(self, stream, **options):
        return self.open(stream=GLib.Variant('o', stream), **options)

    def stream(self, path, method, arguments=None):
        return self.call(path, STREAM, method, arguments)

    def get_segments(self, path, serial=0):
        return self.stream(path, 'GetSegments', GLib.Variant('(t)', (serial,)))

    def property(self, path, name, interface=STREAM):
        return self.call(path, 'org.freedesktop.DBus.Properties', 'Get',
                         GLib.Variant('(ss)', (interface, name)))

    def members(self, member, path=None):
        return [arguments for at, _, name, arguments in self.signals
                if name == member and path in (None, at)]

    def finals(self, path=None):
        return [segment for segment in self.members('Segment', path) if segment[3]]

    def words(self, path=None):
        return words(' '.join(segment[2] for segment in self.finals(path)))

    def wait_for_state(self, path, state, seconds=10):
        run_until(lambda: self.property(path, 'State') == state, seconds, f'state {state}')


def error_name(error):
    return Gio.DBusError.get_remote_error(error).removeprefix(ERROR)


class TestCase(unittest.TestCase):
    """Each test has its own daemon, and clients that close at the end of the test."""

    daemon_options = ()

    def setUp(self):
        self.clients = []
        self.players = []
        steady_sound()
        self.daemon = Daemon(*self.daemon_options)
        self.addCleanup(self._clean_up)
        self.client().wait_for_service()

    def _clean_up(self):
        for player in self.players:
            player.kill()
            player.wait()
        status = self.daemon.stop()
        for client in self.clients:
            if not client.bus.is_closed():
                client.leave()
        self.assertEqual(status, 0, 'captiond did not end well')

    def client(self):
        client = Client()
        self.clients.append(client)
        return client

    def play(self, path, *options):
        player = play(path, *options)
        self.players.append(player)
        return player

    def assert_fails(self, name, call, *arguments, **options):
        with self.assertRaises(GLib.Error) as caught:
            call(*arguments, **options)
        self.assertEqual(error_name(caught.exception), name)
        return caught.exception.message
