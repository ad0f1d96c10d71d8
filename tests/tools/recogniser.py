# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""captiond's side of the contract with a recogniser, dbus/org.captiond.Recogniser1.xml, for
tests of recognisers as programs."""

import os
import socket
import subprocess
import time
from pathlib import Path

import gi

gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib  # noqa: E402

BUILD = Path(os.environ.get('CAPTIOND_BUILDDIR', '.'))
PATH = '/org/captiond/Recogniser1'
INTERFACE = 'org.captiond.Recogniser1'
# Seconds; only a test that hangs waits this long.
PATIENCE = 120
# Bytes of a frame in each format.
WIDTHS = {'S16': 2, 'F32': 4}


class Hypothesis:
    def __init__(self, utterance, begin, end, text, final, details):
        self.utterance, self.begin, self.end, self.text, self.final = utterance, begin, end, text, final
        self.details = details

    def __repr__(self):
        final = ' final' if self.final else ''
        return f'{self.utterance} [{self.begin}, {self.end}] {self.text!r}{final} {self.details}'


class Recogniser:
    """A recogniser in a process, confined as captiond confines it. It is a context manager."""

    def __init__(self, *argv, confined=True, **environment):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        room = [os.environ['CAPTIOND_CONFINE'], '2'] if confined else []
        with theirs:
            self.process = subprocess.Popen([*room, *map(str, argv)], stdin=theirs, stdout=subprocess.PIPE,
                                            stderr=subprocess.STDOUT, env={**os.environ, **environment})
        self.context = GLib.MainContext.default()
        self.hypotheses = []
        self.connection = self.connect(ours.detach())

    def connect(self, fd):
        stream = Gio.Socket.new_from_fd(fd).connection_factory_create_connection()
        connection = Gio.DBusConnection.new_sync(
            stream, Gio.dbus_generate_guid(), Gio.DBusConnectionFlags.AUTHENTICATION_SERVER, None, None)
        connection.signal_subscribe(None, INTERFACE, 'Hypothesis', PATH, None, Gio.DBusSignalFlags.NONE,
                                    lambda *arguments: self.hypotheses.append(Hypothesis(*arguments[5].unpack())))
        return connection

    def join(self):
        """Returns one more stream of a shared recogniser; close() ends that stream alone."""
        return Joined(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Closes the connection, and returns (exit status, output) of the program."""
        if not self.connection.is_closed():
            self.connection.close_sync(None)
        try:
            output, _ = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise AssertionError('the recogniser did not exit') from None
        return self.process.returncode, output.decode(errors='replace')

    def call(self, method, signature=None, *arguments):
        """Waits for the reply, and receives the signals that came before it."""
        return self.send(method, GLib.Variant(signature, arguments) if signature else None)

    def audio(self, position, samples):
        # GLib.Variant () would take each byte for an object of its own.
        packed = GLib.Variant.new_from_bytes(GLib.VariantType('ay'), GLib.Bytes.new(samples), True)
        self.send('Audio', GLib.Variant.new_tuple(GLib.Variant('t', position), packed))

    def send(self, method, parameters):
        answers = []
        self.connection.call(None, PATH, INTERFACE, method, parameters, None, Gio.DBusCallFlags.NONE,
                             PATIENCE * 1000, None, lambda _, result: answers.append(result))
        self.wait(lambda: answers)
        reply = self.connection.call_finish(answers[0])
        return reply.unpack()

    def wait(self, condition):
        deadline = time.monotonic() + 2 * PATIENCE
        while not condition():
            assert time.monotonic() < deadline, 'no reply'
            self.context.iteration(True)

    def load(self, **options):
        """Returns the facts. Options are GVariants or strings."""
        packed = {key: value if isinstance(value, GLib.Variant) else GLib.Variant('s', str(value))
                  for key, value in options.items()}
        self.facts, = self.call('Load', '(a{sv})', packed)
        self.rate = self.facts.get('rate', 16000)
        self.width = WIDTHS[self.facts.get('format', 'S16')]
        return self.facts

    def hear(self, samples, position=0, more=False, step=0.1):
        """Sends a stretch of speech in the format that the recogniser chose; returns the position of its end."""
        size = int(self.rate * step) * self.width
        self.call('Begin', '(t)', position)
        for offset in range(0, len(samples), size):
            part = samples[offset:offset + size]
            self.audio(position, part)
            position += len(part) // self.width
        self.call('End', '(tb)', position, more)
        return position

    def broken(self):
        """Lists the hypotheses that captiond would refuse."""
        utterance = final = end = 0
        refused = []
        for row in self.hypotheses:
            if not (row.utterance > final and row.utterance >= utterance and end <= row.begin <= row.end
                    and len(row.text.encode()) <= 8192):
                refused.append(row)
            utterance = row.utterance
            if row.final:
                final, end = row.utterance, row.end
        return refused

    def finals(self):
        return [hypothesis for hypothesis in self.hypotheses if hypothesis.final]

    def text(self):
        """All final text."""
        return ' '.join(hypothesis.text for hypothesis in self.finals())


class Joined(Recogniser):
    """A further stream of the process of another Recogniser."""

    def __init__(self, first):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        fds = Gio.UnixFDList.new_from_array([theirs.detach()])
        first.connection.call_with_unix_fd_list(None, PATH, INTERFACE, 'Join', GLib.Variant('(h)', (0,)), None,
                                                Gio.DBusCallFlags.NONE, PATIENCE * 1000, fds, None, None)
        self.process = first.process
        self.context = first.context
        self.hypotheses = []
        self.connection = self.connect(ours.detach())

    def close(self):
        if not self.connection.is_closed():
            self.connection.close_sync(None)
