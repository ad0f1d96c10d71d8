# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Refused callers, and the error of a stream whose engine cannot start."""

import os
import shutil
import subprocess
import sys
import unittest

import tap
from captions import DAEMON, ERROR, TOOLS, NAME, PATH, Client, TestCase, run_until

# Calls each method of the second argument, and prints the name of its error or "done".
CALLER = '''
import sys; sys.path.insert(0, sys.argv[1])
import captions
from captions import GLib
client = captions.Client()
for method, arguments in eval(sys.argv[2]):
    try:
        client.call(captions.PATH, captions.NAME, method, arguments and GLib.Variant.parse(None, arguments, None, None))
        print("done")
    except GLib.Error as error:
        print(captions.error_name(error))
'''
LISTEN = [('OpenStream', '({"source": <"system">},)'), ('ListSources', None), ('ListEngines', None),
          ('GetDefaults', None), ('ListModels', '(@a{sv} {},)')]
MANAGE = [('SetDefaults', '({"language": <"en">},)'),
          ('SetProvider', '("mine", {"dialect": <"openai">, "model": <"m">})'), ('RemoveProvider', '("mine",)'),
          # These find nothing, and so reach no network.
          ('Diagnose', '("mine", @a{sv} {})'), ('ClearKey', '("mine",)'), ('InstallModel', '("mine", @a{sv} {})'),
          ('RemoveModel', '("mine",)')]
# Each leads out of the sandbox.
ESCAPES = [('SetProvider', f'("mine", {{"model": <"m">, "{key}": <{value}>}})')
           for key, value in (('url', '"https://example.org/v1"'), ('token-command', '["/bin/sh", "-c", "true"]'),
                              ('ca-file', '"/etc/passwd"'), ('allow-plain', 'true'))]


def works(*command):
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Sandbox(TestCase):

    def setUp(self):
        self.addCleanup(os.environ.update, GSETTINGS_BACKEND=os.environ['GSETTINGS_BACKEND'])
        os.environ['GSETTINGS_BACKEND'] = 'keyfile'
        self.addCleanup(shutil.rmtree, os.path.join(os.environ['XDG_CONFIG_HOME'], 'glib-2.0'), True)
        super().setUp()

    def permit(self, setting):
        subprocess.run(['gsettings', 'set', 'org.captiond', setting, '["org.example.App"]'], check=True)

    def call_from_flatpak(self, calls):
        """Runs CALLER in a root folder like that of the Flatpak org.example.App, and returns its lines."""
        if not shutil.which('bwrap') or not works('bwrap', '--ro-bind', '/', '/', 'true'):
            raise unittest.SkipTest('bubblewrap is not installed, or may not work here')
        runtime = os.environ['XDG_RUNTIME_DIR']
        info = os.path.join(runtime, 'flatpak-info')
        with open(info, 'w', encoding='utf-8') as file:
            file.write('[Application]\nname=org.example.App\n')
        # The root folder is in memory, so the file never exists in the real one.
        binds = [part for folder in sorted(os.listdir('/'))
                 if os.path.isdir('/' + folder) and folder not in ('dev', 'proc')
                 for part in ('--dev-bind', '/' + folder, '/' + folder)]
        return subprocess.run(
            ['bwrap', *binds, '--dev-bind', '/dev', '/dev', '--dev-bind', '/proc', '/proc',
             '--ro-bind', info, '/.flatpak-info', sys.executable, '-c', CALLER, TOOLS, repr(calls)],
            capture_output=True, text=True, timeout=120, check=True).stdout.split()

    def assert_refused(self, calls):
        self.assertEqual(self.call_from_flatpak(calls), ['PolicyRefused'] * len(calls))

    def test_a_flatpak_is_refused(self):
        self.assert_refused(LISTEN + MANAGE + ESCAPES)

    def test_one_that_may_listen_changes_nothing(self):
        self.permit('allowed-apps')
        self.assertEqual(self.call_from_flatpak(LISTEN), ['done'] * len(LISTEN))
        self.assert_refused(MANAGE + ESCAPES)

    def test_one_that_may_manage_stays_in_its_sandbox(self):
        self.permit('managing-apps')
        self.assertNotIn('PolicyRefused', self.call_from_flatpak(MANAGE))
        self.assertEqual(self.call_from_flatpak(MANAGE[:2]), ['done', 'done'])
        self.assert_refused(LISTEN + ESCAPES)

    def test_others_are_allowed(self):
        done = subprocess.run([sys.executable, '-c', CALLER, TOOLS, repr(LISTEN + MANAGE[:2] + ESCAPES[:1])],
                              capture_output=True, text=True, timeout=120, check=True)
        self.assertEqual(done.stdout.split(), ['done'] * (len(LISTEN) + 3))


class WithoutModel(unittest.TestCase):

    def test_it_says_what_to_install(self):
        hide = 'mount -t tmpfs none /usr/share/pocketsphinx'
        unshare = ['unshare', '--mount']
        # In a user namespace of its own the daemon could not inspect its callers.
        if not works(*unshare, 'sh', '-c', hide):
            raise unittest.SkipTest('only root can hide the model; the engine\'s own test does without')
        daemon = subprocess.Popen([*unshare, 'sh', '-c', f'{hide} && exec {DAEMON}'])
        client = Client()
        try:
            client.wait_for_service()
            engine = client.call(PATH, NAME, 'ListEngines')[0]
            self.assertFalse(engine['ready'])
            self.assertIn('pocketsphinx-en-us', engine['reason'])

            stream = client.open(source='system')
            client.wait_for_state(stream, 'failed')
            self.assertEqual(client.property(stream, 'StateReason'), ERROR + 'NotConfigured')
            self.assertIn('pocketsphinx-en-us', client.property(stream, 'StateMessage'))
            run_until(lambda: client.members('Failed'), 2, 'Failed')
            self.assertEqual(client.members('Failed')[0][0], ERROR + 'NotConfigured')
            client.stream(stream, 'Retry')
            run_until(lambda: len(client.members('Failed')) == 2, 5, 'Failed again')
        finally:
            daemon.terminate()
            self.assertEqual(daemon.wait(60), 0)
            client.leave()


if __name__ == '__main__':
    tap.main()
