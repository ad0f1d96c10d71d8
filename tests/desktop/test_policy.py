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

# Tries to open a stream, or calls the method in the second argument, and prints the name of the error or "opened".
CALLER = '''
import sys; sys.path.insert(0, sys.argv[1])
import captions
client = captions.Client()
arguments = {"RemoveProvider": captions.GLib.Variant("(s)", ("mine",)),
             "ListModels": captions.GLib.Variant("(a{sv})", ({},)),
             "InstallModel": captions.GLib.Variant("(sa{sv})", ("mine", {})),
             "RemoveModel": captions.GLib.Variant("(s)", ("mine",))}
try:
    client.open(source="system") if sys.argv[2] == "OpenStream" \
        else client.call(captions.PATH, captions.NAME, sys.argv[2], arguments.get(sys.argv[2]))
    print("opened")
except captions.GLib.Error as error:
    print(captions.error_name(error))
'''


def works(*command):
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Sandbox(TestCase):

    def call_from_flatpak(self, what):
        """Runs CALLER in a root folder like that of the Flatpak org.example.App."""
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
             '--ro-bind', info, '/.flatpak-info', sys.executable, '-c', CALLER, TOOLS, what],
            capture_output=True, text=True, timeout=120, check=True).stdout.strip()

    def test_a_flatpak_is_refused(self):
        self.assertEqual(self.call_from_flatpak('OpenStream'), 'PolicyRefused')
        self.assertEqual(self.call_from_flatpak('ListSources'), 'PolicyRefused')
        self.assertEqual(self.call_from_flatpak('RemoveProvider'), 'PolicyRefused')
        for method in 'ListModels', 'InstallModel', 'RemoveModel':
            self.assertEqual(self.call_from_flatpak(method), 'PolicyRefused')

    def test_others_are_allowed(self):
        done = subprocess.run([sys.executable, '-c', CALLER, TOOLS, 'OpenStream'], capture_output=True,
                              text=True, timeout=120, check=True)
        self.assertEqual(done.stdout.strip(), 'opened')


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
