# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""captiond in each of the example sessions of the protocol's description,
where $CAPTIOND_TEST_SESSIONS has them."""

import os
import unittest

import tap
from captions import run_until, speech
from realtime_case import KEY, RealtimeCase

FOLDER = os.environ.get('CAPTIOND_TEST_SESSIONS', '')

# What ends a stream: name, dialect, settings, error, a part of the sentence.
FAILING = [
    ('azure-handshake-400-misspelt', 'azure', {}, 'ModelNotSupported', 'opens no sessions that only transcribe'),
    ('azure-preview-302', 'azure-preview', {}, 'RedirectRefused', 'without /openai'),
    ('azure-preview-401-ephemeral', 'azure-preview', {}, 'AuthenticationFailed', '--mint'),
    ('azure-session-kind-mismatch', 'azure', {}, 'EndpointNotFound', 'of type realtime'),
    ('azure-transcription-failed-DeploymentNotFound', 'azure', {'talks': True}, 'ModelNotFound', 'took the name'),
    ('azure-transcription-failed-OperationNotSupported', 'azure', {'talks': True}, 'ModelNotSupported',
     'cannot transcribe with it'),
    ('openai-beta-header-fatal', 'openai', {}, 'ProtocolError', '--dialect openai'),
    ('openai-invalid-key', 'openai', {}, 'AuthenticationFailed', 'key'),
    ('openai-model-in-transcription-url', 'openai', {}, 'ModelNotSupported', 'in this kind of session'),
]

# What does not: name, dialect, settings, what is written.
WORKING = [
    ('azure-mint-500', 'azure', {'mint': True}, None),
    ('openai-ga-commit-race-empty', 'openai', {}, []),
    ('openai-ga-deltas-before-commit', 'openai', {'model': 'gpt-realtime-whisper'}, ['turn left']),
    ('openai-ga-manual-commit', 'openai', {}, ['open the window']),
    ('openai-ga-vad-out-of-order', 'openai', {'turns': 'server', 'model': 'gpt-4o-transcribe'},
     ['first sentence', 'second']),
    ('openai-turn-detection-rejected', 'openai', {}, None),
    ('vllm-error-is-string', 'vllm', {}, None),
    ('vllm', 'vllm', {}, ['good morning']),
]

OTHERS = ['openai-session-expired']


@unittest.skipUnless(os.path.isdir(FOLDER), 'no sessions beside the checkout')
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
                    run_until(lambda server=server: 'error' in [f['type'] for f in server.frames('s2c')], 20, 'the error')
                self.assertEqual(client.property(stream, 'State'), 'listening')
                self.assertEqual(self.tries(server), 1)
                client.stream(stream, 'Close')

    def test_an_expired_session(self):
        server, client, stream = self.replay('openai-session-expired', 'openai')
        run_until(lambda: self.tries(server) >= 2, 20, 'another session')
        state, error, sentence = self.wait_for_reason(client, stream)
        self.assertEqual((state, error), ('reconnecting', 'ConnectionLost'))
        self.assertIn('longest duration', sentence)


if __name__ == '__main__':
    tap.main()
