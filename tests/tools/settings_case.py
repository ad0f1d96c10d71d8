# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""The settings window and a stand-in for the service, for tests of the window's pages."""

import os
import subprocess
import threading
import unittest

from captionctl_case import Case
from captions_stand_in import NAME, PATH
from providers_stand_in import variants

BUILD = os.environ['CAPTIOND_BUILDDIR']
PROBE = os.path.join(BUILD, 'tests', 'tools', 'settings-probe')
DISPLAY = os.environ.get('DISPLAY')

SOURCES = (('system', 'system', 'System audio', True), ('microphone', 'microphone', 'Microphone', False),
           ('output:speakers', 'output', 'Test Speakers', True), ('input:mic', 'input', 'Test Microphone', False),
           ('app:Firefox', 'app', 'Firefox', True))


# Newer C libraries translate nothing in C.UTF-8.
GERMAN = {'LANGUAGE': 'de', 'LC_ALL': 'de_DE.UTF-8', 'LOCPATH': os.path.join(BUILD, 'tests', 'tools')}


def german():
    if not os.path.isdir(os.path.join(GERMAN['LOCPATH'], GERMAN['LC_ALL'])):
        raise unittest.SkipTest('there is no German locale: the package locales is not installed')
    return GERMAN


class Window:
    """The settings window in a process of its own."""

    def __init__(self, **environment):
        self.answers = []
        self.lines = []
        self.process = subprocess.Popen([PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, 'G_DEBUG': 'fatal-warnings', 'GTK_A11Y': 'test',
                                             'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'en', **environment})
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            line = line.rstrip('\n')
            if line:
                self.lines.append(line)
            else:
                self.answers.append(self.lines)
                self.lines = []

    def close(self):
        if self.process.poll() is None:
            try:
                self.process.stdin.close()
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()


class SettingsCase(Case):
    def setUp(self):
        super().setUp()
        os.environ['DISPLAY'] = DISPLAY
        self.serve()
        self.providers = self.service.providers
        self.service.engines = [variants({'id': 'local', 'kind': 'local', 'ready': True, 'reason': '',
                                          'host': '', 'languages': ['en-US']})]
        self.service.sources = [variants(dict(zip(('id', 'kind', 'name', 'active'), source)))
                                for source in SOURCES]
        self.window = None

    def open(self, page='captions', **environment):
        self.window = Window(**environment)
        self.say('page', page)
        if self.service and not self.service.silent and not self.service.refusal:
            self.wait(lambda: page != 'captions' or 'shown' in self.say('value', 'daily-minutes'))
        return self.window

    def tearDown(self):
        # First, because the end of the bus would end the window.
        try:
            if self.window:
                self.end()
        finally:
            super().tearDown()

    def end(self):
        self.window.close()
        self.assertEqual(self.window.process.returncode, 0)

    def say(self, *words):
        """Sends an order to the probe, and returns its answer. Waits for a control that
        does not exist yet."""
        answers = []

        def is_there():
            answers.append(self.ask(words))
            return not (answers[-1] and answers[-1][0].startswith('nothing is called'))
        self.wait(is_there, f'there is no control for {words}')
        return answers[-1]

    def ask(self, words):
        before = len(self.window.answers)
        self.window.process.stdin.write(' '.join(words) + '\n')
        self.window.process.stdin.flush()
        self.wait(lambda: len(self.window.answers) > before or self.window.process.poll() is not None,
                  f'no answer to {words}')
        self.assertIsNone(self.window.process.poll(), f'it ended with {words}')
        return self.window.answers[before]

    def value(self, control):
        return self.say('value', control)[0].removeprefix('value ')

    def is_sensitive(self, control):
        return 'sensitive' in self.say('value', control)

    def choices(self, control):
        return {line.split('|')[0]: line.split('|')[1:] for line in self.say('choices', control)}

    def texts(self):
        return '\n'.join(self.say('texts'))

    def see(self, text):
        self.wait(lambda: text in self.texts(), f'{text!r} is not shown')

    def await_value(self, control, value):
        self.wait(lambda: self.value(control) == value, f'{control} is not {value!r}')

    def await_told(self, *changes):
        self.wait(lambda: len(self.providers.told) >= len(changes), 'no SetDefaults')
        self.assertEqual(self.providers.told, list(changes))
        # After this call, the window knows the new default too.
        self.wait(lambda: self.service.calls[::-1].index('GetDefaults')
                  < self.service.calls[::-1].index('SetDefaults'))

    def emit(self, signal):
        self.service.connection.emit_signal(None, PATH, NAME, signal, None)
