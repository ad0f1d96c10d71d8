# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""Shared by tests of the overlay's window: a bus with a stand-in for the service, and
a program that shows the window and executes orders."""

import os
import shutil
import subprocess
import time
import unittest

from gi.repository import Gio, GLib

from captions_stand_in import Service

TESTS = os.path.join(os.environ['CAPTIOND_BUILDDIR'], 'tests')
PROBE = os.path.join(TESTS, 'tools', 'overlay-probe')
PICTURES = os.path.join(TESTS, 'pictures')
with open(os.path.join(os.environ['CAPTIOND_SOURCEDIR'], 'dbus', 'org.captiond.Captions1.xml'),
          encoding='utf-8') as file:
    XML = file.read()
# Seconds; only a test that hangs waits this long.
PATIENCE = 120
# Seconds after which a test concludes that nothing happens.
SETTLE = 0.3
TITLE = 'Captions'


class Probe:
    """The program with the window. Variables that are None are removed from its environment."""

    def __init__(self, **environment):
        environment = {**os.environ, 'G_DEBUG': 'fatal-warnings', 'GSETTINGS_BACKEND': 'memory',
                       **environment}
        self.process = subprocess.Popen(
            [PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={name: value for name, value in environment.items() if value is not None})
        os.set_blocking(self.process.stdout.fileno(), False)
        self.lines = []
        self.rest = ''

    def read(self):
        self.rest += (self.process.stdout.read() or b'').decode()
        *lines, self.rest = self.rest.split('\n')
        self.lines += lines
        return self.lines

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process.stdout.close()
        return code


class OverlayCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not os.path.exists(PROBE):
            raise unittest.SkipTest('captiond was built without GTK')
        os.makedirs(PICTURES, exist_ok=True)

    def setUp(self):
        os.environ['LC_ALL'] = 'C.UTF-8'
        environment = dict(os.environ)
        self.bus = Gio.TestDBus.new(Gio.TestDBusFlags.NONE)
        self.bus.up()
        self.addCleanup(self.bus.stop)
        # GLib unsets DISPLAY without os.environ noticing.
        os.environ.update(environment)
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = self.bus.get_bus_address()
        self.service = Service(self.bus.get_bus_address(), XML)
        self.addCleanup(self.service.stop)
        self.probe = None

    def wait(self, condition, message='nothing happened'):
        deadline = time.monotonic() + PATIENCE
        while not (value := condition()):
            if time.monotonic() > deadline:
                self.fail(message() if callable(message) else message)
            if self.probe and self.probe.process.poll() is not None:
                self.fail(f'the window ended: {self.probe.process.returncode}')
            while GLib.MainContext.default().iteration(False):
                pass
            time.sleep(0.005)
        return value

    def settle(self, seconds=SETTLE):
        deadline = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > deadline)

    def start(self, *orders, **environment):
        """Starts the window with a stream that listens. Returns the kind of placement."""
        count = len(self.service.streams)
        self.probe = Probe(**environment)
        self.addCleanup(self.close_probe)
        kind = self.hear()
        for order in orders:
            self.do(order)
        self.wait(lambda: len(self.service.streams) > count and self.service.calls.count('GetSegments'))
        self.stream = self.service.streams[-1]
        self.stream.set_state('listening', SourceDescription='Test Speakers')
        return kind

    def close_probe(self):
        code = self.probe.close()
        self.probe = None
        self.assertEqual(code, 0)

    def hear(self):
        self.wait(self.probe.read)
        return self.probe.lines.pop(0)

    def do(self, order):
        self.probe.process.stdin.write(order.encode() + b'\n')
        self.probe.process.stdin.flush()
        return self.hear()

    def set(self, **settings):
        """Underscores in names stand for dashes."""
        for key, value in settings.items():
            key = key.replace('_', '-')
            text = str(value).lower() if isinstance(value, bool) else repr(value)
            if key in ('margin', 'width', 'lines'):
                text = f'uint32 {text}'
            self.do(f'set {key} {text}')

    def get(self, key):
        text = self.do(f'get {key}')
        return GLib.Variant.parse(None, text, None, None).unpack()

    def say(self, *texts):
        for text in texts:
            self.stream.say(self.stream.serial + 1, text, True)

    def need(self, *programs):
        for program in programs:
            if not shutil.which(program):
                self.skipTest(f'there is no {program}')
