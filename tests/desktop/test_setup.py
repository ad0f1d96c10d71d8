# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The first minutes of a user with a speech service, from an empty configuration to
captions, and where the keys go."""

import json
import os
import shutil
import signal
import subprocess

import tap
from captions import Daemon, concatenated, our_nodes, run_until, speech
from keyring import Keyring
from program import Program, captionctl
from realtime_case import KEY, RealtimeCase

OTHER_KEY = 'sk-canary-the-second-one'
TOKEN = 'canary-token-'


class Setup(RealtimeCase):
    """Has a keyring, and settings that outlive the daemon."""

    def setUp(self):
        self.keyring = Keyring()
        self.addCleanup(self.keyring.stop)
        self.addCleanup(os.environ.update, GSETTINGS_BACKEND=os.environ['GSETTINGS_BACKEND'])
        os.environ['GSETTINGS_BACKEND'] = 'keyfile'
        shutil.rmtree(os.path.join(os.environ['XDG_CONFIG_HOME'], 'glib-2.0'), ignore_errors=True)
        super().setUp()

    def run_to_end(self, *arguments, status=0, **options):
        done = captionctl(*arguments, **options)
        self.assertEqual(done.status, status, done)
        self.assertNotIn('canary', done.out + done.err)
        return done.out if status == 0 else done.err

    def add(self, server, key=KEY):
        return self.run_to_end('provider', 'add', 'openai', '--url', server.url,
                               '--model', 'gpt-live-transcribe', '--key-stdin', key=key)

    def start(self, *arguments):
        program = Program(*arguments)
        self.addCleanup(program.close)
        return program

    def streams(self):
        return json.loads(captionctl('status', '--json').out)['streams']

    def states(self):
        return [stream['state'] for stream in self.streams()]

    def listen(self, *options):
        """Starts captionctl listen, and returns once it listens."""
        listener = self.start('listen', *options)
        run_until(lambda: listener.is_over() or self.states() == ['listening'], 20, 'captionctl listens')
        self.assertFalse(listener.is_over(), listener.err)
        return listener

    def hear(self, listener, text):
        self.play(concatenated([name for name, _ in speech()[1:3]], pause=1.5))
        run_until(lambda: any(text in line for line in listener.out), 30, f'{text} in {listener.out}')

    def end(self, listener):
        listener.process.send_signal(signal.SIGINT)
        run_until(listener.is_over, 10, 'the end')
        self.assertEqual(listener.process.returncode, 0, listener.err)


class FirstMinute(Setup):

    def test_from_nothing_to_captions(self):
        server = self.server('openai', text=['good morning', 'and good night'])
        said = self.add(server)
        self.assertIn('captionctl listen --engine openai', said)
        self.assertIn('captionctl doctor openai', said)
        self.assertEqual([item[2] for item in self.keyring.items(provider='openai')], [KEY])
        self.assertRegex(self.run_to_end('provider', 'list'),
                         r'openai +openai +127\.0\.0\.1 +gpt-live-transcribe +set')
        shown = self.run_to_end('provider', 'show', 'openai')
        self.assertRegex(shown, r'Host +127\.0\.0\.1\n')
        self.assertRegex(shown, r'Ready +yes\n')

        # The daemon sends nothing before a client asks for captions.
        self.assertEqual(server.log(), [])
        listener = self.listen('--engine', 'openai')
        self.hear(listener, 'good morning')
        self.assertIn('127.0.0.1', self.run_to_end('status'))
        self.end(listener)

        self.assertRegex(self.run_to_end('engines'), r'openai +127\.0\.0\.1 ')
        self.assertIn('goes to 127.0.0.1', self.run_to_end('provider', 'default', 'openai'))
        listener = self.listen()
        self.assertEqual(self.streams()[0]['engine'], 'openai')
        self.end(listener)

        self.run_to_end('provider', 'remove', 'openai')
        self.assertEqual(self.keyring.items(provider='openai'), [])
        self.assertNotIn('openai', self.run_to_end('engines'))
        listener = self.listen()
        self.assertEqual(self.streams()[0]['engine'], 'local')
        self.end(listener)

    def test_settings_and_key_survive_the_daemon(self):
        self.add(self.server('openai', text='still here'))
        before = self.run_to_end('provider', 'show', 'openai')
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon = Daemon()
        self.client().wait_for_service()
        self.assertEqual(self.run_to_end('provider', 'show', 'openai'), before)
        listener = self.listen('--engine', 'openai')
        self.hear(listener, 'still here')
        self.end(listener)

    def test_a_second_provider_of_the_name_is_refused(self):
        server = self.server('openai')
        self.add(server)
        self.assertIn('provider set openai', self.run_to_end(
            'provider', 'add', 'openai', '--url', server.url, '--model', 'other', '--key-stdin',
            key=OTHER_KEY, status=1))
        self.assertEqual([item[2] for item in self.keyring.items(provider='openai')], [KEY])


class Keys(Setup):

    def test_a_new_key_brings_a_stream_back(self):
        server = self.server('openai', key=OTHER_KEY, text='back again')
        self.add(server)
        client = self.client()
        stream = client.open(engine='openai')
        error, message = self.wait_for_failure(client, stream)
        self.assertEqual(error, 'AuthenticationFailed')
        self.assertIn('captionctl provider set-key openai', message)
        self.assertIn('captionctl doctor openai',
                      self.run_to_end('provider', 'set-key', 'openai', '--key-stdin', key=OTHER_KEY))
        self.say(client, stream)
        self.wait_for_finals(client, stream, 1)
        self.assertEqual(client.finals(stream)[0][2], 'back again')

    def test_a_locked_keyring_keeps_the_capture_from_starting(self):
        server = self.server('openai', text='unlocked')
        self.add(server)
        self.keyring.lock()
        with open(os.path.join(os.environ['XDG_RUNTIME_DIR'], 'graph'), 'w+', encoding='utf-8') as graph:
            watcher = subprocess.Popen(['pw-dump', '--monitor'], stdin=subprocess.DEVNULL, stdout=graph)
            self.players.append(watcher)

            def seen():
                graph.seek(0)
                return graph.read()
            run_until(lambda: 'test-sink' in seen(), 10, 'the graph')
            complaint = self.run_to_end('listen', '--engine', 'openai', status=1)
            self.assertIn('keyring', complaint)
            self.assertIn('ock', complaint)
            self.assertEqual(len(complaint.splitlines()), 1)
            self.assertEqual(our_nodes(), [])
            self.assertEqual(server.log(), [])
            self.assertNotIn('"node.name": "captiond', seen())

            # The recording does show a node once captiond captures, so the check above is meaningful.
            self.keyring.unlock()
            listener = self.listen('--engine', 'openai')
            run_until(lambda: '"node.name": "captiond' in seen(), 10, 'a node of ours')
            self.end(listener)

    def test_a_locked_keyring_has_its_name_on_the_bus(self):
        self.add(self.server('openai'))
        self.keyring.lock()
        client = self.client()
        stream = client.open(engine='openai')
        self.assertEqual(self.wait_for_failure(client, stream)[0], 'KeyringLocked')


class Tokens(Setup):

    def test_a_program_gives_the_token_and_a_fresh_one(self):
        """The service refuses the first token before it expires, like a token that was revoked."""
        runtime = os.environ['XDG_RUNTIME_DIR']
        program = os.path.join(runtime, 'print-token')
        with open(program, 'w', encoding='ascii') as file:
            file.write(f'''#!/bin/sh
echo run >> {runtime}/token-runs
printf '{{"accessToken": "{TOKEN}%s", "expiresOn": "2099-01-01 10:00:00.000000", "tokenType": "Bearer"}}' \\
  "$(wc -l < {runtime}/token-runs)"
''')
        os.chmod(program, 0o700)
        server = self.server('azure', key=TOKEN + '2', text='by token')
        said = self.run_to_end('provider', 'add', 'work', '--dialect', 'azure', '--url', server.url,
                               '--model', 'gpt-live-transcribe', '--token-command', program + ' --now')
        self.assertNotIn('set-key', said)
        self.assertRegex(self.run_to_end('provider', 'show', 'work'), r'(?m)^Key +.*program')
        listener = self.listen('--engine', 'work')
        self.hear(listener, 'by token')
        self.end(listener)
        asked = [record['headers'] for record in server.connections()]
        self.assertEqual({headers['Authorization'] for headers in asked},
                         {f'Bearer {TOKEN}1', f'Bearer {TOKEN}2'})
        self.assertEqual(asked[-1]['Authorization'], f'Bearer {TOKEN}2')
        self.assertFalse(any('api-key' in headers for headers in asked))
        with open(os.path.join(runtime, 'token-runs'), encoding='ascii') as file:
            self.assertEqual(file.read().count('run'), 2)


if __name__ == '__main__':
    tap.main()
