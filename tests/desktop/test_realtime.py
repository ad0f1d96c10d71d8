# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Sound in PipeWire goes over a WebSocket and comes back as text on D-Bus."""

import os

import schemas
import tap
from captions import NAME, PATH, GLib, run_until, speech
from realtime import make_certificate
from realtime_case import KEY, RealtimeCase, set_provider, variants
from speech import word_errors, words

# Each entry: dialect, the service that speaks it, its model, settings, whether it sends partials.
DIALECTS = [
    ('openai', 'openai', 'gpt-live-transcribe', {}, True),
    ('openai', 'openai', 'gpt-4o-transcribe', {'turns': 'server'}, True),
    ('openai', 'openai', 'gpt-4o-transcribe', {'mint': True}, True),
    ('azure', 'azure', 'gpt-live-transcribe', {}, True),
    ('azure-realtime', 'azure', 'gpt-4o-transcribe', {'session_model': 'gpt-realtime'}, True),
    ('azure-preview', 'azure', 'gpt-4o-transcribe', {}, True),
    ('legacy', 'legacy', 'whisper-1', {'rate': 24000}, False),
    ('legacy', 'legacy', 'whisper-1', {'rate': 16000}, False),
    ('speaches', 'speaches', 'whisper-1', {}, False),
    ('localai', 'localai', 'whisper-1', {}, False),
    ('vllm', 'vllm', 'my/model', {}, True),
]


class Dialects(RealtimeCase):

    def assert_schemas(self, server):
        if schemas.available():
            self.assertEqual(schemas.client_complaints(server.service, server.log()), [])
            self.assertEqual(schemas.server_complaints(server.service, server.log()), [])

    def test_every_dialect_from_sound_to_text(self):
        """The text on D-Bus is the text that the server heard in the audio."""
        for dialect, service, model, settings, partials in DIALECTS:
            with self.subTest(dialect=dialect, **settings):
                server = self.server(service, rate=settings.get('rate', 0))
                client, stream = self.use(server, dialect, model=model, **settings)
                said = words(self.say(client, stream, speech()[1:2]))
                run_until(lambda: len(client.words(stream)) >= len(said) * 0.6, 40,
                          f'text of {dialect}: {client.finals(stream)}')
                client.stream(stream, 'Flush')
                self.assertLess(word_errors(said, client.words(stream)) / len(said), 0.7)
                self.assertEqual(server.refusals(), [])
                self.assertEqual(client.property(stream, 'RemoteHost'), '127.0.0.1')
                self.assertGreater(client.property(stream, 'SentSeconds'), 3)
                self.assert_schemas(server)
                finals = client.finals(stream)
                self.assertEqual([s[4] for s in finals], sorted(s[4] for s in finals))
                self.assertEqual({s[6]['engine'] for s in finals}, {'cloud'})
                if partials:
                    self.assertTrue([s for s in client.members('Segment', stream) if not s[3]])
                client.stream(stream, 'Close')
                client.leave()

    def test_auto_finds_the_dialect(self):
        for dialect, service, model in [('openai', 'openai', 'gpt-live-transcribe'),
                                        ('vllm', 'vllm', 'my/model'),
                                        ('speaches', 'speaches', 'whisper-1'),
                                        ('localai', 'localai', 'whisper-1'),
                                        ('legacy', 'legacy', 'whisper-1')]:
            with self.subTest(dialect=dialect):
                server = self.server(service, text='found')
                client, stream = self.use(server, 'auto', model=model)
                client.wait_for_state(stream, 'listening', 20)
                tries = self.tries(server)
                engine = [e for e in client.call('/org/captiond/Captions1', 'org.captiond.Captions1',
                                                 'ListEngines') if e['id'] == 'cloud'][0]
                self.assertIn(dialect, ' '.join(engine['learnt']))
                client.stream(stream, 'Close')
                # The second time, captiond knows the service already.
                stream = client.open(source='system', engine='cloud')
                client.wait_for_state(stream, 'listening', 20)
                self.assertEqual(self.tries(server), tries + 1)
                client.leave()


class Turns(RealtimeCase):

    def test_texts_out_of_order_come_in_order(self):
        server = self.server('openai', 'out-of-order', text=['first one', 'second one'])
        client, stream = self.use(server, 'openai')
        self.say(client, stream)
        self.wait_for_finals(client, stream, 2)
        self.assertEqual([s[2] for s in client.finals(stream)][:2], ['first one', 'second one'])

    def test_a_lost_turn_does_not_block(self):
        server = self.server('openai', 'lost-turn', text=['never', 'heard'])
        client, stream = self.use(server, 'openai')
        self.say(client, stream)
        self.wait_for_finals(client, stream, 1)
        self.assertIn('heard', [s[2] for s in client.finals(stream)])

    def test_a_failed_turn_is_retracted(self):
        server = self.server('openai', 'deltas-then-failed', text=['wrong', 'right'])
        client, stream = self.use(server, 'openai')
        self.say(client, stream)
        run_until(lambda: client.members('SegmentRetracted', stream), 30, 'a retraction')
        self.assertNotEqual(client.property(stream, 'State'), 'failed')

    def test_repeats_are_said_once(self):
        server = self.server('openai', 'repeat-completed', text=['yes', 'yes'])
        client, stream = self.use(server, 'openai')
        self.say(client, stream)
        self.wait_for_finals(client, stream, 2)
        self.assertEqual([s[2] for s in client.finals(stream)], ['yes', 'yes'])

    def test_a_refused_field_is_left_out_and_remembered(self):
        server = self.server('openai', text='words')
        client, stream = self.use(server, 'openai', model='gpt-realtime-whisper', prompt='sailing')
        client.wait_for_state(stream, 'listening', 20)
        engine = [e for e in client.call('/org/captiond/Captions1', 'org.captiond.Captions1',
                                         'ListEngines') if e['id'] == 'cloud'][0]
        self.assertIn('prompt', ' '.join(engine['learnt']))
        client.stream(stream, 'Close')
        before = len(server.refusals())
        stream = client.open(source='system', engine='cloud')
        client.wait_for_state(stream, 'listening', 20)
        self.assertEqual(len(server.refusals()), before)

    def test_speakers_and_confidence_are_handed_on(self):
        server = self.server('openai', text='two voices')
        client, stream = self.use(server, 'openai', model='gpt-4o-transcribe-diarize')
        self.say(client, stream)
        self.wait_for_finals(client, stream, 1)
        self.assertNotIn(client.finals(stream)[0][6]['speaker'], ('system', 'microphone'))
        client.stream(stream, 'Close')

        set_provider(client, 'cloud', model='gpt-4o-transcribe')
        stream = client.open(source='system', engine='cloud')
        self.say(client, stream)
        self.wait_for_finals(client, stream, 1)
        self.assertTrue(0 < client.finals(stream)[0][6]['confidence'] <= 1)

    def test_changed_settings_act_at_the_next_pause(self):
        server = self.server('openai', text='old')
        other = self.server('openai', text='new')
        client, stream = self.use(server, 'openai')
        client.wait_for_state(stream, 'listening', 20)
        set_provider(client, 'cloud', url=other.url)
        run_until(lambda: self.tries(other) == 1, 20, 'a session with the other server')
        self.say(client, stream)
        self.wait_for_finals(client, stream, 1)
        self.assertEqual(client.finals(stream)[0][2], 'new')


class Encrypted(RealtimeCase):

    def test_over_tls_with_an_authority_of_ones_own(self):
        authority, certificate, key = make_certificate(os.environ['XDG_RUNTIME_DIR'])
        server = self.server('openai', text='hidden', tls=(certificate, key))
        client, stream = self.use(server, 'openai', ca_file=authority)
        self.say(client, stream, speech()[1:2])
        self.wait_for_finals(client, stream, 1)
        self.assertEqual(client.finals(stream)[0][2], 'hidden')

    def test_an_unknown_authority_is_refused(self):
        _, certificate, key = make_certificate(os.environ['XDG_RUNTIME_DIR'])
        server = self.server('openai', tls=(certificate, key))
        client, stream = self.use(server, 'openai')
        error, message = self.wait_for_failure(client, stream)
        self.assertEqual(error, 'TlsFailed')
        self.assertIn('certificate', message)
        self.assertNotIn(KEY, message)


class Hostile(RealtimeCase):
    """A server can end its session, not the daemon."""

    def test_no_server_ends_the_daemon(self):
        for behaviour in ('flood', 'huge-message', 'deep-json', 'bad-utf8', 'binary', 'no-json',
                          'unknown-events', 'nulls', 'many-items', 'huge-text', 'never-creates'):
            with self.subTest(behaviour=behaviour):
                server = self.server('openai', behaviour)
                client, stream = self.use(server, 'openai')
                run_until(lambda: self.tries(server) >= 1, 20, 'a connection')
                run_until(lambda: client.property(stream, 'State') in ('failed', 'reconnecting', 'listening'),
                          20, 'an end of connecting')
                client.stream(stream, 'Close')
                self.assertIsNone(self.daemon.process.poll())
                client.leave()


class Fallback(RealtimeCase):
    def test_the_local_engine_stands_in(self):
        client = self.client()
        client.call(PATH, NAME, 'SetDefaults', GLib.Variant('(a{sv})', (variants(
            {'fallback': True}) | {'fallback-seconds': GLib.Variant('u', 1)},)))
        set_provider(client, 'cloud', dialect='openai', url='http://127.0.0.1:9', model='m')
        stream = client.open(source='system', engine='cloud')
        said = words(self.say(client, stream, speech()[1:2]))
        run_until(lambda: len(client.words(stream)) >= len(said) * 0.6, 40, 'text of the local engine')
        self.assertEqual(client.property(stream, 'RemoteHost'), '')
        self.assertEqual(client.property(stream, 'Engine'), 'cloud')
        self.assertEqual({s[6]['engine'] for s in client.finals(stream)}, {'local'})
        client.stream(stream, 'Close')


if __name__ == '__main__':
    tap.main()
