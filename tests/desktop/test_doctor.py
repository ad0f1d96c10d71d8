# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The findings of captionctl doctor about services that work and that fail."""

import getpass
import json
import os
import re
import signal
import socket
import stat

from gi.repository import GLib

import tap
from captions import NAME, PATH, run_until
from program import Program, captionctl
from realtime import make_certificate
from realtime_case import DEFAULTS, KEY, RealtimeCase, set_provider

DIAGNOSIS = NAME + '.Diagnosis'
HEADER = 'STEP                     RESULT   HTTP/CLOSE  CODE '
ROW_KEYS = {'step': str, 'door': str, 'url': str, 'works': bool, 'status': int, 'close-code': int,
            'code': str, 'request-id': str, 'region': str, 'seconds': float, 'error': str,
            'message': str, 'row': str}


class Doctor(RealtimeCase):

    def set_up(self, url, dialect='openai', model='gpt-live-transcribe', **settings):
        set_provider(self.client(), 'cloud', **{**DEFAULTS, 'dialect': dialect, 'url': url,
                                                'model': model, **settings})

    def doctor(self, *options, status=0):
        done = captionctl('doctor', 'cloud', *options)
        self.assertEqual(done.status, status, done)
        self.assertNotIn('canary', done.out + done.err)
        return done

    def diagnose(self, status=0):
        found = self.doctor('--json', status=status).json()
        return {row.get('door', row['step']): row for row in found['rows']}, found['details']


class Services(Doctor):

    def test_azure_where_all_is_well(self):
        server = self.server('azure', text='he might even')
        self.set_up(server.url, 'azure')
        done = self.doctor()
        lines = done.out.splitlines()
        self.assertTrue(lines[0].startswith(HEADER))
        self.assertEqual([re.split('  +', line)[:2] for line in lines[1:7]], [
            [step, 'works'] for step in ('name', 'connection', 'key', 'azure', 'azure (minted)',
                                         'azure-preview (minted)')])
        self.assertEqual(lines[7], '')
        self.assertTrue(lines[8].startswith('cloud works. Use azure:'), done)
        self.assertEqual(done.err, '')
        # Every dialect received its second of speech in its own format.
        self.assertEqual(server.refusals(), [])
        self.assertEqual(len(server.connections()), 3)

        self.set_up(server.url, 'azure', session_model='gpt-realtime')
        rows, details = self.diagnose()
        self.assertEqual(list(rows), ['name', 'connection', 'key', 'azure', 'azure (minted)',
                                      'azure-realtime', 'azure-realtime (minted)',
                                      'azure-preview (minted)'])
        self.assertEqual({row['works'] for row in rows.values()}, {True})
        self.assertEqual((details['door'], details['settings']),
                         ('azure', {'dialect': 'azure', 'mint': False}))

    def test_azure_without_sessions_that_only_transcribe(self):
        server = self.server('azure', '7.1-1e', text='he might even')
        self.set_up(server.url, 'azure', session_model='gpt-realtime')
        done = self.doctor()
        self.assertIn('\ncloud works. Use azure-realtime: ', done.out)
        self.assertIn('\n  captionctl provider set cloud --dialect azure-realtime\n', done.out)
        self.assertIn('dialect        azure\n', captionctl('provider', 'show', 'cloud').out)

        done = self.doctor('--apply')
        self.assertIn('These settings are stored. cloud uses them from now on.\n', done.out)
        self.assertIn('dialect        azure-realtime\n', captionctl('provider', 'show', 'cloud').out)
        self.assertIn('It already has the settings that work best.', self.doctor().out)

    def test_a_door_that_wants_a_client_secret(self):
        """The preview interface requires a client secret, so the doctor requests one."""
        server = self.server('azure', text='he might even')
        self.set_up(server.url, 'azure-preview')
        self.assertEqual(self.diagnose()[0]['azure-preview (minted)']['url'].split('?')[0],
                         f'http://127.0.0.1:{server.port}/openai/realtime')

    def test_servers_of_ones_own(self):
        for service, model in (('speaches', 'whisper-1'), ('localai', 'whisper-1'), ('vllm', 'my/model')):
            with self.subTest(service=service):
                self.set_up(self.server(service, text='he might even').url, 'auto', model=model)
                done = self.doctor('--apply')
                self.assertIn(f'cloud works. Use {service}', done.out)
                self.assertIn(f'dialect  {service}\n', captionctl('provider', 'show', 'cloud').out)

    def test_json_is_one_document(self):
        server = self.server('azure', '7.1-1e', text='he might even')
        self.set_up(server.url, 'azure', session_model='gpt-realtime')
        done = self.doctor('--json')
        found = json.loads(done.out)
        self.assertEqual(list(found), ['provider', 'rows', 'verdict', 'details'])
        self.assertEqual((found['provider'], found['verdict']), ('cloud', 'works'))
        for row in found['rows']:
            for key, value in row.items():
                self.assertIsInstance(value, ROW_KEYS[key])
        closed, = [row for row in found['rows'] if row.get('door') == 'azure']
        self.assertEqual((closed['status'], closed['code'], closed['region'], closed['request-id']),
                         (400, 'OpperationNotSupported', 'France Central',
                          '00000000-0000-4000-8000-000000000000'))
        door, = [row for row in found['rows'] if row.get('door') == 'azure-realtime']
        self.assertGreaterEqual(door['seconds'], 0)


class Failures(Doctor):

    def test_a_wrong_key(self):
        self.set_up(self.server('openai', key='canary-another').url)
        rows, details = self.diagnose(status=1)
        self.assertEqual(rows['key']['works'], True)
        self.assertEqual((rows['openai']['close-code'], rows['openai']['code']), (3000, 'invalid_api_key'))
        self.assertIn('did not accept the key', details['message'])
        self.assertIn('captionctl provider set-key cloud', details['message'])

        done = self.doctor(status=1)
        self.assertEqual(done.err, 'captionctl: cloud does not work.\n')
        # The sentence appears once in the table, and once in the verdict.
        self.assertEqual(done.out.count('did not accept the key. '), 2, done.out)

    def test_where_it_stops_before_a_door(self):
        with socket.socket() as unused:
            unused.bind(('127.0.0.1', 0))
            closed = f'http://127.0.0.1:{unused.getsockname()[1]}/v1'
            _, certificate, key = make_certificate(os.environ['XDG_RUNTIME_DIR'])
            strange = self.server('openai', tls=(certificate, key))
            for url, last, words in [
                    ('https://nowhere.invalid/v1', 'name', 'The host name nowhere.invalid is not known.'),
                    (closed, 'connection', 'No server is listening at 127.0.0.1.'),
                    (strange.url, 'connection', 'certificate')]:
                with self.subTest(url=url):
                    self.set_up(url)
                    rows, details = self.diagnose(status=1)
                    self.assertEqual(list(rows)[-1], last)
                    self.assertEqual([row['works'] for row in rows.values()], [True] * (len(rows) - 1) + [False])
                    self.assertIn(words, details['message'])
                    self.assertRegex(details['message'], r'\A[A-Z].*\.\Z')
            self.assertEqual(strange.connections(), [])

    def test_speech_is_taken_and_no_text_comes(self):
        """The dialect that came furthest decides; among equals, the first of them."""
        self.set_up(self.server('openai', 'silent').url, 'openai')
        rows, details = self.diagnose(status=1)
        self.assertIn('within 15 seconds', rows['openai']['message'])
        self.assertIn('within 15 seconds', details['message'])

    def test_a_turn_that_fails_is_told_at_once(self):
        self.set_up(self.server('openai', 'failed-turn').url)
        rows, details = self.diagnose(status=1)
        self.assertEqual((rows['openai']['code'], rows['openai']['error']),
                         ('server_error', NAME + '.Error.ServiceFailed'))
        self.assertIn('could not', details['message'])

    def test_an_empty_text_is_told(self):
        self.set_up(self.server('azure', 'empty-completed').url, 'azure')
        rows, _ = self.diagnose()
        self.assertIn('no words', rows['azure']['message'])
        self.assertIn('no words', self.doctor().out)

    def test_nobody_is_sent_in_circles(self):
        """The doctor advises neither to run the doctor nor to wait."""
        for behaviour in ('ok', 'busy', 'redirect-302', 'html-200', 'rate-limited', '7.1-1a', '7.1-1b',
                          '7.1-4a', '7.2-4', 'mint-404', 'drop'):
            with self.subTest(behaviour=behaviour):
                self.set_up(self.server('openai', behaviour, text='x').url)
                done = captionctl('doctor', 'cloud')
                self.assertNotIn('captionctl doctor', ' '.join(done.out.split()))
                self.assertNotIn('captiond tries again', ' '.join(done.out.split()))


class Report(Doctor):

    def test_it_is_private_complete_and_nameless(self):
        server = self.server('azure', '7.1-1e', text='he might even')
        self.set_up(f'http://localhost:{server.port}', 'azure', session_model='gpt-realtime',
                    prompt='canary-prompt')
        path = os.path.join(os.environ['XDG_RUNTIME_DIR'], 'report.txt')
        self.doctor('--report', path)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        with open(path, encoding='utf-8') as file:
            text = file.read()
        for words in ('step        door', 'azure-realtime (minted)', 'OpperationNotSupported',
                      '00000000-0000-4000-8000-000000000000', 'France Central', 'Verdict: works'):
            self.assertIn(words, text)
        self.assertEqual(text.count('\nStep '), 8)
        for name in ('canary', 'localhost', '127.0.0.1', socket.gethostname(), os.environ['HOME']):
            self.assertNotIn(name, text)
        self.assertNotRegex(text, rf'\b{re.escape(getpass.getuser())}\b')
        # The server saw the key, so the report could have contained it.
        self.assertIn(KEY, json.dumps(server.log()))


class Callers(Doctor):

    def begin(self, client):
        return client.call(PATH, NAME, 'Diagnose', GLib.Variant('(sa{sv})', ('cloud', {})))

    def is_there(self, path):
        try:
            self.client().call(path, DIAGNOSIS, 'Cancel')
        except GLib.Error as error:
            return 'NotHolder' in error.message
        return True

    def test_rows_go_to_the_caller_alone(self):
        self.set_up(self.server('openai', text='he might even').url)
        caller, other = self.client(), self.client()
        path = self.begin(caller)
        run_until(lambda: caller.members('Done', path), 30, 'the end')
        self.assertEqual([row[0]['step'] for row in caller.members('Row', path)][:3],
                         ['name', 'connection', 'key'])
        other.call(PATH, NAME, 'ListEngines')
        self.assertEqual([signal for signal in other.signals if signal[1] == DIAGNOSIS], [])
        run_until(lambda: not self.is_there(path), 5, 'the object gone')

    def test_only_the_caller_can_cancel(self):
        self.set_up(self.server('openai', 'never-answers').url)
        caller, other = self.client(), self.client()
        path = self.begin(caller)
        self.assert_fails('NotHolder', other.call, path, DIAGNOSIS, 'Cancel')
        self.assertEqual(caller.members('Done', path), [])
        caller.call(path, DIAGNOSIS, 'Cancel')
        run_until(lambda: caller.members('Done', path), 5, 'the end')
        self.assertEqual(caller.members('Done', path)[0][0], 'cancelled')

    def test_four_at_the_same_time_and_none_for_who_left(self):
        server = self.server('openai', 'never-answers')
        self.set_up(server.url)
        caller, other = self.client(), self.client()
        paths = [self.begin(caller) for _ in range(4)]
        self.assert_fails('LimitExceeded', self.begin, other)
        run_until(lambda: len(server.connections()) == 4, 10, 'four that are busy')
        caller.leave()
        run_until(lambda: not any(self.is_there(path) for path in paths), 5, 'the objects gone')
        self.begin(other)

    def test_an_interrupt_cancels(self):
        server = self.server('openai', 'never-answers')
        self.set_up(server.url)
        program = Program('doctor', 'cloud')
        self.addCleanup(program.close)
        run_until(server.connections, 20, 'a door that is tried')
        program.process.send_signal(signal.SIGINT)
        run_until(program.is_over, 5, 'the end')
        done = program.result()
        self.assertIn('The diagnosis was cancelled.', done.out)
        self.assertEqual(done.out.count('cancelled'), 1)
        self.assertIn('interrupted', done.err)
        self.assertEqual(done.status, 1)
        self.assertEqual(server.frames('c2s'), [])


if __name__ == '__main__':
    tap.main()
