# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Each row of docs/known-failures.md: the error that captiond reports, and its next step."""

import os
import socket
import threading

import tap
from captions import NAME, PATH, GLib, run_until, speech
from realtime import Server, make_certificate
from realtime_case import KEY, RealtimeCase

WORDS = ['good morning']


class Rows(RealtimeCase):

    def azure(self, behaviour, **options):
        return self.server('azure', behaviour, text=WORDS, **options)

    def mints(self, server):
        return [record for record in server.log() if record.get('method') == 'POST']

    def assert_asked(self, server, mints, handshakes):
        self.assertEqual((len(self.mints(server)), self.tries(server)), (mints, handshakes))

    def assert_fails(self, server, dialect, error, phrase, asked, talks=False, **settings):
        """Asserts that the stream ends with the error after that many mints and
        handshakes. Returns the whole sentence."""
        client, stream = self.use(server, dialect, **settings)
        if talks:
            self.say(client, stream, speech()[1:2])
        found, sentence = self.wait_for_failure(client, stream)
        self.assertEqual(found, error)
        self.assertIn(phrase, sentence)
        self.assertNotIn(KEY, sentence)
        self.assert_asked(server, *asked)
        client.stream(stream, 'Close')
        return sentence

    def assert_listens(self, server, dialect, asked, **settings):
        client, stream = self.use(server, dialect, **settings)
        client.wait_for_state(stream, 'listening', 20)
        self.assert_asked(server, *asked)
        self.assertEqual(client.property(stream, 'StateReason'), '')
        return client, stream

    def updates(self, server):
        return [frame['session'] for frame in server.frames('c2s') if frame['type'].endswith('session.update')]

    def last_turn_detection(self, server):
        session = self.updates(server)[-1]
        return session.get('audio', {}).get('input', session)['turn_detection']

    def learnt(self, client):
        return ' '.join(next(engine for engine in client.call(PATH, NAME, 'ListEngines')
                             if engine['id'] == 'cloud')['learnt'])


class Azure(Rows):

    def test_7_1_0a_no_secret_for_this_kind_of_model(self):
        server = self.azure('7.1-0a')
        self.assert_fails(server, 'azure-preview', 'ModelNotSupported', 'no client secret for the deployment '
                          'my-whisper', (1, 0), model='my-whisper')
        # The current interface, which is tried first, is refused for a reason of its own.
        server = self.azure('7.1-0a+7.1-1e')
        self.assert_fails(server, 'auto', 'ModelNotSupported', 'opens no transcription sessions', (1, 1),
                          auth='api-key', model='my-whisper')

    def test_7_1_0b_a_secret_for_a_translator(self):
        self.assert_fails(self.azure('7.1-0b'), 'azure-realtime', 'ModelNotSupported', 'only translates', (1, 0),
                          mint=True, session_model='my-translator')

    def test_7_1_0c_a_transcription_session_with_the_model_at_its_top(self):
        """captiond never asks in this form, and falls back if Azure fails for another reason."""
        server = self.azure('7.1-0c')
        self.assert_listens(server, 'azure', (1, 1), mint=True)
        self.assertNotIn('"session":{"type":"transcription","model"', self.mints(server)[0]['body'])
        server = self.azure('mint-500-with-config')
        self.assert_listens(server, 'azure', (2, 1), mint=True)
        self.assertIn('"transcription":{', self.mints(server)[0]['body'])
        self.assertNotIn('"transcription":{', self.mints(server)[1]['body'])
        self.assertEqual(len(self.updates(server)), 1)
        self.assert_fails(self.azure('mint-500+7.1-1e'), 'azure', 'ServiceFailed',
                          'failed to issue a client secret. ', (2, 1), mint=True)

    def test_7_1_0d_no_secrets_for_this_type_of_session(self):
        self.assert_listens(self.azure('7.1-0d'), 'azure', (1, 1), mint=True)
        self.assert_fails(self.azure('7.1-0d+7.1-1e'), 'azure', 'EndpointNotFound',
                          'no client secrets for this type of session', (1, 1), mint=True)

    def test_7_1_0e_the_first_words_cannot_be_transcribed(self):
        server = self.azure('7.1-0e')
        self.assert_fails(server, 'azure-preview', 'ModelNotSupported', 'cannot transcribe with it', (1, 1), True,
                          model='my-translator')

    def test_7_1_0f_the_preview_works_without_a_deployment_in_the_url(self):
        server = self.azure('7.1-0f')
        client, stream = self.assert_listens(server, 'azure-preview', (1, 1), model='whisper')
        self.assertNotIn('deployment', server.connections()[0]['query'])
        client.stream(stream, 'Close')

    def test_7_1_0g_a_translator_in_the_url(self):
        sentence = self.assert_fails(self.azure('7.1-0g'), 'azure-realtime', 'ModelNotSupported', 'only translates',
                                     (0, 1), session_model='my-translator')
        self.assertIn('request 00000000-0000-4000-8000-000000000000, region France Central', sentence)
        # captiond tries a client secret first, then the key itself.
        self.assert_fails(self.azure('7.1-0g'), 'azure-realtime', 'ModelNotSupported', 'only translates', (1, 2),
                          session_model='my-translator', mint=True)

    def test_7_1_0h_texts_are_never_asked_for(self):
        self.assert_only_realtime_paths('7.1-0h')

    def assert_only_realtime_paths(self, behaviour):
        server = self.azure(behaviour)
        client, stream = self.use(server, 'azure', mint=True)
        self.say(client, stream, speech()[1:2])
        self.wait_for_finals(client, stream, 1)
        paths = {record['path'] for record in server.log() if record['dir'] == 'http'}
        self.assertEqual(paths, {'/openai/v1/realtime/client_secrets', '/openai/v1/realtime'})

    def test_7_1_0i_no_such_deployment(self):
        for mint in (False, True):
            with self.subTest(mint=mint):
                self.assert_fails(self.azure('7.1-0i'), 'azure-realtime', 'ModelNotFound',
                                  'no deployment called my-talker', (int(mint), 1), session_model='my-talker',
                                  mint=mint)

    def test_7_1_0j_only_a_text_says_that_all_is_well(self):
        """A service that accepts the configuration and transcribes nothing does not work."""
        for behaviour, verdict in (('7.1-0j', 'works'), ('7.1-0e', 'fails')):
            with self.subTest(behaviour=behaviour):
                server = self.azure(behaviour)
                client, stream = self.use(server, 'azure')
                client.wait_for_state(stream, 'listening', 20)
                client.stream(stream, 'Close')
                client.call(PATH, NAME, 'Diagnose', GLib.Variant('(sa{sv})', ('cloud', {})))
                run_until(lambda client=client: client.members('Done'), 60, 'the end of a diagnosis')
                self.assertEqual(client.members('Done')[0][0], verdict)

    def test_7_1_1a_a_transcriber_in_the_url(self):
        self.assert_fails(self.azure('7.1-1a'), 'azure-realtime', 'ModelNotSupported',
                          'Connect with intent=transcription', (0, 1), session_model='my-talker')
        # The stand-in for the service recognises such a model too.
        self.assert_fails(self.azure('ok'), 'azure-realtime', 'ModelNotSupported', 'does not hold conversations',
                          (0, 1), session_model='my-whisper')
        self.assert_listens(self.azure('7.1-1a'), 'auto', (0, 1), session_model='my-talker', auth='api-key')

    def test_7_1_1b_another_type_of_session(self):
        self.assert_fails(self.azure('7.1-1b'), 'azure', 'EndpointNotFound', 'a session of type realtime', (0, 1))
        self.assert_fails(self.azure('7.1-1b-untold'), 'azure', 'EndpointNotFound',
                          'because it opened another type of session', (0, 1))
        self.assert_listens(self.azure('7.1-1b'), 'auto', (0, 2), session_model='my-talker', auth='api-key')

    def test_7_1_1c_a_redirect_that_loses_openai(self):
        server = self.azure('7.1-1c')
        self.assert_fails(server, 'azure-preview', 'RedirectRefused', 'without /openai', (1, 1))
        self.assertNotIn('/v1/realtime', [record['path'] for record in server.log() if record['dir'] == 'http'])

    def test_7_1_1d_a_secret_proves_nothing(self):
        server = self.azure('7.1-1d')
        client, stream = self.use(server, 'azure', mint=True)
        error, _ = self.wait_for_failure(client, stream)
        self.assertEqual(error, 'ModelNotFound')
        self.assert_asked(server, 1, 1)
        states = [changed['State'] for _, changed, _ in client.members('PropertiesChanged', stream)
                  if 'State' in changed]
        self.assertIn('failed', states)
        self.assertNotIn('listening', states)

    def test_7_1_1e_no_sessions_that_only_transcribe(self):
        for behaviour, error, phrase in [
                ('7.1-1e', 'ModelNotSupported', 'opens no transcription sessions'),
                ('7.1-1e-404', 'EndpointNotFound', 'no transcription sessions at this address')]:
            with self.subTest(behaviour=behaviour):
                self.assert_fails(self.azure(behaviour), 'azure', error, phrase, (0, 1))
                self.assert_listens(self.azure(behaviour), 'auto', (0, 2), session_model='my-talker', auth='api-key')

    def test_7_1_2a_no_secret_though_the_deployment_exists(self):
        mini = {'session_model': 'gpt-realtime-mini', 'mint': True}
        self.assert_listens(self.azure('7.1-2a'), 'azure-realtime', (1, 1), **mini)
        self.assert_fails(self.azure('7.1-2a+7.1-1a'), 'azure-realtime', 'ModelNotSupported',
                          'no client secret for the deployment gpt-realtime-mini', (1, 1), **mini)

    def test_7_1_3a_no_secret_for_a_conversation_that_transcribes(self):
        server = self.azure('7.1-3a')
        self.assert_listens(server, 'azure-realtime', (2, 1), session_model='my-talker', mint=True)
        self.assertEqual(self.updates(server)[0]['audio']['input']['transcription']['model'], 'gpt-live-transcribe')
        self.assert_fails(self.azure('mint-500+7.1-1a'), 'azure-realtime', 'ServiceFailed',
                          'for a conversation that transcribes', (2, 1), session_model='my-talker', mint=True)

    def test_7_1_4a_a_model_that_never_was(self):
        self.assert_fails(self.azure('7.1-4a'), 'azure', 'ModelNotFound', 'actual name is gpt-realtime-whisper', (0, 1),
                          model='gpt-4o-realtime-whisper')

    def test_7_1_4b_one_transcription_session_for_a_stream(self):
        server = self.azure('7.1-4b')
        client, stream = self.assert_listens(server, 'azure', (0, 1))
        second = client.open(source='microphone', engine=self.provider)
        client.wait_for_state(second, 'listening', 20)
        self.assert_asked(server, 0, 2)
        self.assertNotEqual(stream, second)
        self.assertEqual({session['type'] for session in self.updates(server)}, {'transcription'})
        self.assertFalse([f for f in server.frames('c2s') if f['type'].startswith('response.')])


class AllServices(Rows):

    def test_7_2_1_turns_are_not_detected(self):
        """The service refuses server turns in the session, and in the request for a client secret."""
        for dialect, mint, asked in (('openai', False, (0, 1)), ('openai', True, (2, 1)),
                                     ('azure-preview', True, (2, 1))):
            with self.subTest(dialect=dialect, mint=mint):
                server = self.server('azure' if 'azure' in dialect else 'openai', '7.2-1', text=WORDS)
                client, stream = self.assert_listens(server, dialect, asked, turns='server', mint=mint,
                                                     model='gpt-4o-transcribe')
                self.assertIn('turn-detection', self.learnt(client))
                self.assertIsNone(self.last_turn_detection(server))
                self.say(client, stream, speech()[1:2])
                self.wait_for_finals(client, stream, 1)
                self.assertIn('input_audio_buffer.commit', [f['type'] for f in server.frames('c2s')])
                client.stream(stream, 'Close')

    def test_7_2_2_settings_are_left_out(self):
        """The service refuses one setting after the other, in the session or in the request
        for a client secret, and captiond remembers them."""
        for dialect, mint, asked in (('openai', False, (0, 1)), ('openai', True, (3, 1)),
                                     ('azure-preview', True, (3, 1))):
            with self.subTest(dialect=dialect, mint=mint):
                server = self.server('azure' if 'azure' in dialect else 'openai', '7.2-2', text=WORDS)
                client, stream = self.use(server, dialect, prompt='sailing', keywords=['captiond'], mint=mint,
                                          model='gpt-transcribe')
                client.wait_for_state(stream, 'listening', 20)
                self.assert_asked(server, *asked)
                self.assertEqual(len(server.refusals()), 2)
                self.assertIn('prompt', self.learnt(client))
                self.assertIn('keywords', self.learnt(client))
                client.stream(stream, 'Close')
                client.wait_for_state(client.open(source='system', engine='cloud'), 'listening', 20)
                self.assertEqual(len(server.refusals()), 2)

    def test_7_2_3_the_first_words_find_no_deployment(self):
        self.assert_fails(self.server('azure', '7.2-3', text=WORDS), 'azure', 'ModelNotFound',
                          'although the service accepted the name', (0, 1), True)

    def test_7_2_5_files_are_never_sent(self):
        server = self.server('openai', '7.2-5', text=WORDS)
        client, stream = self.use(server, 'openai', mint=True)
        self.say(client, stream, speech()[1:2])
        self.wait_for_finals(client, stream, 1)
        paths = {record['path'] for record in server.log() if record['dir'] == 'http'}
        self.assertEqual(paths, {'/v1/realtime/client_secrets', '/v1/realtime'})

    def test_7_2_6_a_turn_had_ended_before(self):
        server = self.server('openai', '7.2-6', text=WORDS)
        client, stream = self.use(server, 'openai')
        self.say(client, stream, speech()[1:2])
        self.wait_for_finals(client, stream, 1)
        run_until(lambda: [f for f in server.frames('s2c') if f['type'] == 'error'], 10, 'the error')
        self.assertEqual(client.finals(stream)[0][2], WORDS[0])
        self.assertEqual((client.property(stream, 'State'), client.property(stream, 'StateReason')), ('listening', ''))
        self.assert_asked(server, 0, 1)

    def test_7_2_7_a_secret_and_then_4004(self):
        self.assert_fails(self.server('openai', '7.2-7', text=WORDS), 'openai', 'ModelNotFound',
                          'even if it issued a client secret', (1, 1), mint=True, model='my-talker')


class Tunnel:
    """A proxy that connects every host to a server of the test."""

    def __init__(self, port):
        self.port = port
        self.hosts = []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.url = f'http://127.0.0.1:{self.listener.getsockname()[1]}'
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            request = b''
            while b'\r\n\r\n' not in request:
                request += client.recv(4096)
            self.hosts.append(request.split()[1].decode())
            server = socket.create_connection(('127.0.0.1', self.port))
            client.sendall(b'HTTP/1.1 200 Connected\r\n\r\n')
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._copy, args=(one, other), daemon=True).start()

    @staticmethod
    def _copy(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def stop(self):
        self.listener.close()


class Foundry(Rows):
    """A daemon behind a proxy, so that the test server can play any host."""

    host = 'resource.services.ai.azure.com'

    def setUp(self):
        self.authority, certificate, key = make_certificate(os.environ['XDG_RUNTIME_DIR'], self.host)
        self.played = Server('azure', '7.2-4', key=KEY, tls=(certificate, key))
        self.played.__enter__()
        self.addCleanup(self.played.__exit__, None, None, None)
        self.tunnel = Tunnel(self.played.port)
        self.addCleanup(self.tunnel.stop)
        os.environ['https_proxy'] = self.tunnel.url
        self.addCleanup(os.environ.pop, 'https_proxy')
        super().setUp()

    def test_7_2_4_a_host_without_realtime(self):
        server = self.played
        url = type('Elsewhere', (), {'url': f'https://{self.host}'})
        client, stream = self.use(url, 'azure', ca_file=self.authority)
        error, sentence = self.wait_for_failure(client, stream)
        self.assertEqual(error, 'EndpointNotFound')
        self.assertIn('--url https://resource.openai.azure.com', sentence)
        self.assert_asked(server, 0, 1)
        self.assertEqual(set(self.tunnel.hosts), {f'{self.host}:443'})


if __name__ == '__main__':
    tap.main()
