# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""Shared by tests of captionctl: the program, a terminal and a private bus.

Every test has its own bus, on which no service is installed.
"""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unicodedata
import unittest

from gi.repository import Gio, GLib

from captions_stand_in import Service

CAPTIONCTL = os.path.join(os.environ['CAPTIOND_BUILDDIR'], 'client', 'captionctl', 'captionctl')
with open(os.path.join(os.environ['CAPTIOND_SOURCEDIR'], 'dbus', 'org.captiond.Captions1.xml'),
          encoding='utf-8') as file:
    XML = file.read()
# Seconds; only a test that hangs waits this long.
PATIENCE = 120
# Children inherit this. nohup would make them ignore the end of their terminal.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Screen:
    """A terminal with the few features that captionctl needs."""

    def __init__(self, width):
        self.width = width
        self.rows = [[]]
        self.row = self.column = 0

    def put(self, char):
        if unicodedata.combining(char):
            self.rows[self.row][self.column - 1] += char
            return
        columns = 2 if unicodedata.east_asian_width(char) in 'WF' else 1
        if self.column + columns > self.width:
            self.feed_line()
            self.column = 0
        row = self.rows[self.row]
        row += [' '] * (self.column + columns - len(row))
        row[self.column] = char
        if columns == 2:
            row[self.column + 1] = ''
        self.column += columns

    def feed_line(self):
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append([])

    def control(self, number, command):
        if command == 'A':
            self.row -= int(number or 1)
        elif command == 'J':
            del self.rows[self.row][self.column:]
            del self.rows[self.row + 1:]
        elif command != 'm':
            raise AssertionError(f'an unexpected sequence: {number}{command}')

    def feed(self, text):
        for sequence, number, command, char in re.findall(
                r'(\x1b\[(\d*)([A-Za-z]))|([^\x1b]|\x1b)', text, re.S):
            if sequence:
                self.control(number, command)
            elif char == '\r':
                self.column = 0
            elif char == '\n':
                self.feed_line()
            elif ord(char) < 32:
                raise AssertionError(f'an unexpected control character: {char!r}')
            else:
                self.put(char)
        return self

    def lines(self):
        return [''.join(row).rstrip() for row in self.rows]


class Client:
    """A running captionctl. On a terminal, out holds all of its output; with asked=True
    the program also reads from the terminal."""

    def __init__(self, *arguments, terminal=None, asked=False, environment=None, **popen):
        self.out = self.err = ''
        self.fds = {}
        environment = {**os.environ, 'TERM': 'xterm-256color',
                       'G_DEBUG': 'fatal-warnings', **(environment or {})}
        if terminal:
            self.master, slave = pty.openpty()
            self.resize(*terminal)
            popen = {'stdin': slave if asked else subprocess.DEVNULL,
                     'stdout': slave, 'stderr': slave, 'start_new_session': True,
                     'preexec_fn': lambda: fcntl.ioctl(0 if asked else 1, termios.TIOCSCTTY, 0), **popen}
        else:
            popen = {'stdin': subprocess.DEVNULL, 'stdout': subprocess.PIPE,
                     'stderr': subprocess.PIPE, **popen}
        self.process = subprocess.Popen([CAPTIONCTL, *arguments], env=environment, **popen)
        if terminal:
            os.close(slave)
            self.fds[self.master] = 'out'
        for name, stream in (('out', self.process.stdout), ('err', self.process.stderr)):
            if stream:
                self.fds[stream.fileno()] = name
        for fd in self.fds:
            os.set_blocking(fd, False)

    def resize(self, columns, rows=24):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

    def read(self):
        for fd, name in list(self.fds.items()):
            try:
                data = os.read(fd, 65536)
            except BlockingIOError:
                continue
            except OSError:
                data = b''
            if not data:
                del self.fds[fd]
            setattr(self, name, getattr(self, name) + data.decode())

    def is_over(self):
        self.read()
        return self.process.poll() is not None and not self.fds

    def lines(self):
        return self.out.splitlines()

    def objects(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def segments(self):
        return [entry for entry in self.objects() if entry['type'] == 'segment']

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        if hasattr(self, 'master'):
            os.close(self.master)


class Case(unittest.TestCase):
    services = ()

    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        for name in ('HOME', 'XDG_RUNTIME_DIR', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME',
                     'XDG_STATE_HOME', 'XDG_CACHE_HOME'):
            os.environ[name] = self.home.name
        for name in ('DISPLAY', 'WAYLAND_DISPLAY', 'TMUX', 'XTERM_VERSION'):
            os.environ.pop(name, None)
        os.environ['LC_ALL'] = 'C.UTF-8'
        self.bus = Gio.TestDBus.new(Gio.TestDBusFlags.NONE)
        for name, command in self.services:
            with open(f'{self.home.name}/{name}.service', 'w', encoding='utf-8') as out:
                out.write(f'[D-BUS Service]\nName={name}\nExec={command}\n')
            self.bus.add_service_dir(self.home.name)
        self.bus.up()
        # GLib sets the address in a way that os.environ does not show.
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = self.bus.get_bus_address()
        self.service = None

    def tearDown(self):
        if self.service:
            self.service.stop()
        self.stop_bus()
        self.home.cleanup()

    def stop_bus(self):
        if self.bus:
            self.bus.stop()
            self.bus = None

    def serve(self, prepare=None):
        self.service = Service(self.bus.get_bus_address(), XML)
        self.service.prepare = prepare
        return self.service

    def wait(self, condition, message='nothing happened'):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                self.fail(message)
            while GLib.MainContext.default().iteration(False):
                pass
            time.sleep(0.002)

    def pause(self, seconds):
        deadline = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > deadline)

    def need_terminals(self):
        if not os.path.exists('/dev/pts/ptmx'):
            self.skipTest('no pseudo-terminals here')

    def start(self, *arguments, **options):
        if options.get('terminal'):
            self.need_terminals()
        client = Client(*arguments, **options)
        self.addCleanup(client.close)
        return client

    def listen(self, *arguments, **options):
        """Starts a client that holds a stream and has read the earlier segments."""
        before = self.service.calls.count('GetSegments')
        client = self.start('listen', *arguments, **options)
        self.wait(lambda: client.process.poll() is not None
                  or self.service.calls.count('GetSegments') > before)
        return client, self.service.streams[-1] if self.service.streams else None

    def listen_live(self, *arguments, **options):
        """Does the same, and waits until the client has shown a caption. A client that is ended
        earlier leaves at once, without a Flush, because it may still be reading the history."""
        client, stream = self.listen(*arguments, **options)
        stream.say(1, 'Live.', True)
        self.show(client, 'Live.')
        return client, stream

    def show(self, client, text):
        self.wait(lambda: client.read() or text in client.out,
                  f'{text!r} is not in {client.out!r}, {client.err!r}')

    def end(self, client, code):
        self.wait(client.is_over, f'it did not end: {client.out!r}, {client.err!r}')
        self.assertEqual(client.process.returncode, code, client.err)

    def run_to_end(self, *arguments, code=0, **options):
        client = self.start(*arguments, **options)
        self.end(client, code)
        return client

    def assert_error(self, client, *words):
        """Asserts that the standard error is one line that contains the words."""
        self.assertRegex(client.err, r'\Acaptionctl: [^\n]+\n\Z')
        for word in words:
            self.assertIn(word, client.err)
        self.assertNotIn('GDBus', client.err)
