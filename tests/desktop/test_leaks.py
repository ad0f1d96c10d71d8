# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Keys, tokens and spoken text stay where they belong. The tests search everything
that the daemon and captionctl leave behind, with all debug output enabled."""

import glob
import json
import os
import shutil
import subprocess

import captions
import tap
from captions import TOOLS, Daemon, run_until
from keyring import Keyring
from program import captionctl
from realtime_case import KEY, RealtimeCase

WRONG = 'sk-canary-that-is-wrong-0123456789'
TOKEN = 'canary-token-0123456789abcdef'
# A part of all keys, client secrets (the server's begin with ek_canary) and tokens.
SECRETS = b'canary'
SPOKEN = 'gherkins under moonlight'
PLANTED = 'planted-' + KEY


def find(words, *roots):
    """Lists (file, word) for the files under the roots that contain one of the words."""
    found = []
    for root in roots:
        for path in [root] if os.path.isfile(root) else glob.glob(root + '/**', recursive=True,
                                                                  include_hidden=True):
            if os.path.isfile(path):
                with open(path, 'rb') as file:
                    text = file.read().lower()
                found += [(path, word) for word in words if word.lower() in text]
    return found


class Leaks(RealtimeCase):

    def setUp(self):
        self.left = os.path.join(os.environ['XDG_RUNTIME_DIR'], 'left')
        os.makedirs(self.left)
        self.addCleanup(shutil.rmtree, self.left)
        self.keyring = Keyring()
        self.addCleanup(self.keyring.stop)
        self.environment = {**os.environ, 'GSETTINGS_BACKEND': 'keyfile', 'G_MESSAGES_DEBUG': 'all',
                            'G_DBUS_DEBUG': ''}
        self.processes = 0
        # The daemon's standard error goes where the search finds it.
        daemon = captions.Daemon
        self.addCleanup(setattr, captions, 'Daemon', daemon)
        captions.Daemon = self.logged_daemon
        monitor = subprocess.Popen(['dbus-monitor', '--session'], stdin=subprocess.DEVNULL,
                                   stdout=self.file('bus'), stderr=subprocess.STDOUT)
        self.addCleanup(monitor.wait)
        self.addCleanup(monitor.kill)
        run_until(lambda: self.read('bus'), 10, 'the monitor')
        super().setUp()

    def file(self, name):
        file = open(os.path.join(self.left, name), 'ab', buffering=0)
        self.addCleanup(file.close)
        return file

    def read(self, name):
        with open(os.path.join(self.left, name), 'rb') as file:
            return file.read()

    def logged_daemon(self, *options):
        daemon = Daemon.__new__(Daemon)
        daemon.process = subprocess.Popen([captions.DAEMON, *options], stdin=subprocess.DEVNULL,
                                          stdout=self.file('daemon'), stderr=subprocess.STDOUT,
                                          env={**self.environment, 'CAPTIOND_KEY_CLOUD': KEY})
        return daemon

    def run_to_end(self, *arguments, **options):
        done = captionctl(*arguments, env=self.environment, **options)
        self.processes += 1
        with open(os.path.join(self.left, f'captionctl-{self.processes}'), 'w', encoding='utf-8') as file:
            file.write(done.out + done.err)
        return done

    def look_at_processes(self):
        """Saves everything that other users can see of the daemon and its children."""
        daemon = self.daemon.process.pid
        pids = [daemon]
        for children in glob.glob(f'/proc/{daemon}/task/*/children'):
            with open(children, encoding='ascii') as file:
                pids += map(int, file.read().split())
        for pid in pids:
            for name in ('cmdline', 'environ'):
                try:
                    with open(f'/proc/{pid}/{name}', 'rb') as file:
                        self.file(f'process-{name}').write(file.read() + b'\n')
                except OSError:
                    pass  # it has ended
        return len(pids)

    # Actions of users

    def add(self, server, name, *options, key=KEY):
        done = self.run_to_end('provider', 'add', name, '--url', server.url, '--model',
                               'gpt-live-transcribe', *options, key=key)
        self.assertEqual(done.status, 0, done)

    def listen(self, name, token=False):
        """captionctl prints the spoken text, and no file contains it."""
        client = self.client()
        stream = client.open(engine=name)
        if token:
            run_until(lambda: self.look_at_processes() > 1, 10, 'the program that prints the token')
            open(os.path.join(self.home(), 'print-token.seen'), 'w', encoding='ascii').close()
        self.say(client, stream)
        self.wait_for_finals(client, stream, 1)
        self.assertIn(SPOKEN, client.finals(stream)[0][2])
        self.look_at_processes()
        client.leave()

    def diagnose(self, name):
        report = os.path.join(self.left, 'report-' + name)
        self.run_to_end('doctor', name, '--report', report)
        self.run_to_end('doctor', name, '--json')
        self.assertTrue(self.read('report-' + name))

    def run_into_failure(self, name):
        client = self.client()
        stream = client.open(engine=name)
        _, error, _ = self.wait_for_reason(client, stream)
        self.assertTrue(error)
        self.look_at_processes()
        client.leave()
        self.diagnose(name)

    def run_everything(self):
        good = self.server('openai', text=SPOKEN)
        self.add(good, 'openai', '--key-stdin')
        self.listen('openai')
        self.run_to_end('provider', 'set', 'openai', '--mint')
        self.listen('openai')
        self.diagnose('openai')
        self.run_to_end('provider', 'set-key', 'openai', '--key-stdin', key=WRONG)
        self.run_into_failure('openai')

        azure = self.server('azure', key=TOKEN, text=SPOKEN)
        program = os.path.join(self.home(), 'print-token')
        with open(program, 'w', encoding='ascii') as file:
            file.write(f'#!/bin/sh\necho could not reach the cache of {TOKEN} >&2\n'
                       f'until [ -e {program}.seen ]; do sleep 0.02; done\necho {TOKEN}\n')
        os.chmod(program, 0o700)
        self.add(azure, 'work', '--dialect', 'azure', '--token-command', program, key=None)
        self.listen('work', token=True)
        self.diagnose('work')

        # These services repeat the key in their error messages.
        echo = self.server('azure', 'echo-key')
        self.add(echo, 'echo', '--dialect', 'azure', '--key-stdin')
        self.run_into_failure('echo')
        late = self.server('openai', 'echo-key-late')
        self.add(late, 'late', '--key-stdin')
        self.run_into_failure('late')
        away = self.server('azure', 'redirect-302')
        self.add(away, 'away', '--dialect', 'azure', '--key-stdin')
        self.run_into_failure('away')
        for name in ('engines', 'status'):
            self.run_to_end(name, '--json')
        for name in ('openai', 'work', 'echo', 'late', 'away'):
            self.run_to_end('provider', 'show', name)
            self.run_to_end('provider', 'remove', name)
        return good, azure, echo, late, away

    def home(self):
        path = os.path.join(os.environ['HOME'], 'program')
        os.makedirs(path, exist_ok=True)
        return path

    def test_nothing_leaks(self):
        servers = self.run_everything()
        # The secrets did reach the servers, so the search would have found a leak.
        heard = [json.dumps(server.log()) for server in servers]
        for log, secret in zip(heard, (KEY, TOKEN, KEY, KEY, KEY)):
            self.assertIn(secret, log)
        self.assertIn(WRONG, heard[0])
        self.assertIn('Bearer ek_canary', heard[0])
        self.assertEqual(self.daemon.stop(), 0)

        private = [os.environ[name] for name in ('XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME',
                                                 'XDG_DATA_HOME')]
        runtime = os.environ['XDG_RUNTIME_DIR']
        keep_out = [path for path in glob.glob(runtime + '/*') if path not in (
            self.keyring.home, os.environ['HOME'])]
        self.assertEqual(find([SECRETS], *private, *keep_out), [])
        self.assertEqual(find([SPOKEN.encode(), b'moonlight'], *private, *[
            path for path in glob.glob(self.left + '/*') if not path.endswith('/bus')]), [])

        # Each kind of file was written, and the search finds known words in them.
        for name, words in (('daemon', b'DEBUG'), ('bus', b'SetKey'), ('process-environ', b'HOME='),
                            ('process-cmdline', b'print-token'), ('report-echo', b'Verdict')):
            self.assertIn(words, self.read(name), name)
            self.file(name).write(PLANTED.encode())
            self.assertEqual(find([SECRETS], self.left)[0][1], SECRETS)
            self.assertIn((os.path.join(self.left, name), SECRETS), find([SECRETS], runtime))

    def test_no_core_is_dumped(self):
        unit = os.path.join(os.environ['CAPTIOND_SOURCEDIR'], 'data', 'captiond.service.in')
        with open(unit, encoding='utf-8') as file:
            self.assertRegex(file.read(), r'(?m)^LimitCORE=0$')


if __name__ == '__main__':
    tap.main()
