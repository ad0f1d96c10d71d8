# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""captiond in each of the example sessions of data/sessions.

The sessions were written by hand, not recorded. Each line is a message of the client (c2s) or the
server (s2c), the close, or the answer to an HTTP request."""

import os

import tap
from captions import run_until, speech
from realtime_case import KEY, RealtimeCase

FOLDER = os.path.join(os.environ['CAPTIOND_SOURCEDIR'], 'tests', 'data', 'sessions')

# Sessions that end a stream: name, dialect, settings, error, a part of the sentence.
FAILING = [
    ('azure-opens-a-conversation', 'azure', {}, 'EndpointNotFound', 'of type realtime'),
    ('azure-preview-redirects', 'azure-preview', {}, 'RedirectRefused', 'without /openai'),
    ('azure-preview-wants-a-secret', 'azure-preview', {}, 'AuthenticationFailed', '--mint'),
    ('azure-refuses-the-deployment', 'azure', {}, 'ModelNotSupported', 'opens no transcription sessions'),
    ('azure-turn-not-supported', 'azure', {'talks': True}, 'ModelNotSupported', 'cannot transcribe with it'),
    ('azure-turn-without-deployment', 'azure', {'talks': True}, 'ModelNotFound', 'accepted the name'),
    ('openai-beta-is-gone', 'openai', {}, 'ProtocolError', '--dialect openai'),
    ('openai-model-in-url', 'openai', {}, 'ModelNotSupported', 'in this kind of session'),
    ('openai-wrong-key', 'openai', {}, 'AuthenticationFailed', 'key'),
]

# Sessions that do not end a stream: name, dialect, settings, the final texts.
WORKING = [
    ('azure-mint-fails', 'azure', {'mint': True}, None),
    ('openai-empty-commit', 'openai', {}, []),
    ('openai-one-turn', 'openai', {}, ['bring the blue umbrella']),
    ('openai-refuses-turn-detection', 'openai', {}, None),
    ('openai-streams-before-commit', 'openai', {'model': 'gpt-realtime-whisper'}, ['the ferry is late']),
    ('openai-texts-out-of-order', 'openai', {'turns': 'server', 'model': 'gpt-4o-transcribe'},
     ['the roof was full', 'of snow']),
    ('vllm-error-is-text', 'vllm', {}, None),
    ('vllm-one-turn', 'vllm', {}, ['two lemons']),
]

OTHERS = ['openai-expires']


class Replay(RealtimeCase):

    def replay(self, name, dialect, **settings):
        server = self.server('azure' if 'azure' in dialect else dialect,
                             session=os.path.join(FOLDER, name + '.jsonl'))
        return server, *self.use(server, dialect, **settings)

    def test_every_session_is_here(self):
        named = {row[0] + '.jsonl' for row in FAILING + WORKING} | {name + '.jsonl' for name in OTHERS}
        self.assertEqual({name for name in os.listdir(FOLDER) if name.endswith('.jsonl')}, named)

    def test_sessions_that_end_a_stream(self):
        for name, dialect, settings, error, phrase in FAILING:
            with self.subTest(session=name):
                settings = dict(settings)
                talks = settings.pop('talks', False)
                server, client, stream = self.replay(name, dialect, **settings)
                if talks:
                    self.say(client, stream, speech()[1:2])
                found, sentence = self.wait_for_failure(client, stream)
                self.assertEqual(found, error)
                self.assertIn(phrase, sentence)
                self.assertNotIn(KEY, sentence)
                self.assertEqual(self.tries(server), 1)
                client.stream(stream, 'Close')

    def test_sessions_that_do_not(self):
        for name, dialect, settings, texts in WORKING:
            with self.subTest(session=name):
                server, client, stream = self.replay(name, dialect, **settings)
                client.wait_for_state(stream, 'listening', 20)
                if texts is not None:
                    self.say(client, stream, speech()[1:2])
                    self.wait_for_finals(client, stream, len(texts))
                    self.assertEqual([segment[2] for segment in client.finals(stream)], texts)
                if texts == []:
                    run_until(lambda server=server: 'error' in [f['type'] for f in server.frames('s2c')], 20,
                              'the error')
                self.assertEqual(client.property(stream, 'State'), 'listening')
                self.assertEqual(self.tries(server), 1)
                client.stream(stream, 'Close')

    def test_an_expired_session(self):
        server, client, stream = self.replay('openai-expires', 'openai')
        run_until(lambda: self.tries(server) >= 2, 20, 'another session')
        state, error, sentence = self.wait_for_reason(client, stream)
        self.assertEqual((state, error), ('reconnecting', 'ConnectionLost'))
        self.assertIn('maximum duration', sentence)


if __name__ == '__main__':
    tap.main()
