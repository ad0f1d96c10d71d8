#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
#
# The scripted realtime service keeps the protocol, and refuses clients that do not.

import base64
import json
import os
import socket
import struct
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request
import wave

import realtime
import schemas
import speech
import tap
import words

MANUAL = {'type': 'session.update', 'session': {'type': 'transcription', 'audio': {'input': {
    'format': {'type': 'audio/pcm', 'rate': 24000}, 'transcription': {'model': 'gpt-4o-transcribe'},
    'noise_reduction': None, 'turn_detection': None}}}}
HALF_A_SECOND = {'type': 'input_audio_buffer.append', 'audio': base64.b64encode(bytes(24000)).decode()}
COMMIT = {'type': 'input_audio_buffer.commit'}
SESSIONS = os.path.join(os.environ['CAPTIOND_SOURCEDIR'], 'tests', 'data', 'sessions')
TEXT = 'conversation.item.input_audio_transcription.'


class Socket:
    """A minimal WebSocket client."""

    def __init__(self, server, path='/v1/realtime?intent=transcription', **headers):
        self.socket = socket.create_connection(('127.0.0.1', server.port), 10)
        self.file = self.socket.makefile('rb')
        headers = {'Host': '127.0.0.1', 'Upgrade': 'websocket', 'Connection': 'Upgrade',
                   'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13',
                   'Authorization': 'Bearer k', **{k.replace('_', '-'): v for k, v in headers.items() if v}}
        lines = [f'GET {path} HTTP/1.1'] + [f'{name}: {value}' for name, value in headers.items()]
        self.socket.sendall(('\r\n'.join(lines) + '\r\n\r\n').encode())
        self.status = int(self.file.readline().split()[1])
        self.headers = {}
        while line := self.file.readline().strip():
            name, _, value = line.decode().partition(': ')
            self.headers[name.lower()] = value

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def send(self, what, opcode=1):
        data = what if isinstance(what, bytes) else json.dumps(what).encode()
        size = bytes([0x80 | len(data)]) if len(data) < 126 else struct.pack('>BH', 0xfe, len(data)) \
            if len(data) < 65536 else struct.pack('>BQ', 0xff, len(data))
        self.socket.sendall(bytes([0x80 | opcode]) + size + bytes(4) + data)

    def receive(self):
        """Returns the next message as JSON, or the code of the close frame."""
        head = self.file.read(2)
        if len(head) < 2:
            return None
        size = head[1] & 127
        if size > 125:
            size = int.from_bytes(self.file.read(2 if size == 126 else 8), 'big')
        data = self.file.read(size)
        if head[0] & 15 == 8:
            return int.from_bytes(data[:2], 'big')
        return json.loads(data) if head[0] & 15 == 1 else self.receive()

    def ask(self, what, opcode=1):
        self.send(what, opcode)
        return self.receive()

    def until(self, kind):
        types = []
        while not types or types[-1]['type'] != kind:
            types.append(self.receive())
        return types


class Strictness(unittest.TestCase):
    def test_a_turn_has_its_events_in_order(self):
        with realtime.Server('openai', key='k', text='open the window') as server, Socket(server) as client:
            self.assertEqual(client.receive()['session']['type'], 'transcription')
            self.assertIsNone(client.ask(MANUAL)['session']['audio']['input']['turn_detection'])
            client.send(HALF_A_SECOND)
            client.send(COMMIT)
            events = client.until(TEXT + 'completed')
            self.assertEqual([event['type'].rpartition('.')[2] for event in events],
                             ['committed', 'added', 'done', 'delta', 'delta', 'delta', 'completed'])
            self.assertEqual(events[-1]['transcript'], 'open the window')
            self.assertEqual(server.refusals(), [])

    def check_schemas(self, service, server):
        if schemas.available():
            self.assertEqual(schemas.server_complaints(service, server.log()), [])
            self.assertEqual(schemas.client_complaints(service, server.log()), [])

    def test_frames_pass_the_schemas(self):
        if not schemas.available():
            self.skipTest('python3-jsonschema is not installed')
        for behaviour in 'ok', 'failed-turn', 'expire':
            for model in 'gpt-4o-transcribe', 'whisper-1', 'gpt-4o-transcribe-diarize':
                with self.subTest(behaviour=behaviour, model=model), \
                        realtime.Server('openai', behaviour, text='a b') as server, Socket(server) as client:
                    frame = json.loads(json.dumps(MANUAL))
                    frame['session']['audio']['input']['transcription']['model'] = model
                    for message in frame, HALF_A_SECOND, COMMIT:
                        client.send(message)
                    client.until(TEXT + ('failed' if behaviour == 'failed-turn' else 'completed'))
                    self.check_schemas('openai', server)

    def test_example_sessions_pass_the_schemas(self):
        if not schemas.available():
            self.skipTest('python3-jsonschema is not installed')
        for name in sorted(os.listdir(SESSIONS)):
            with self.subTest(session=name), open(os.path.join(SESSIONS, name), encoding='utf-8') as file:
                log = [json.loads(line) for line in file]
                service = name.partition('-')[0]
                self.assertEqual(schemas.client_complaints(service, log), [])
                self.assertEqual(schemas.server_complaints(service, log), [])

    def test_the_schemas_are_strict(self):
        """Each of these changes makes the schemas refuse a valid message."""
        if not schemas.available():
            self.skipTest('python3-jsonschema is not installed')
        model = {'model': 'whisper-1'}
        flat = {'type': 'transcription_session.update', 'session': {
            'input_audio_format': 'pcm16', 'input_audio_transcription': model, 'turn_detection': None}}
        completed = {'type': TEXT + 'completed', 'event_id': 'e', 'item_id': 'i', 'content_index': 0,
                     'transcript': 'a', 'usage': {'type': 'duration', 'seconds': 1.5}}
        audio = ('session', 'audio', 'input')
        for side, shape, frame, path, value in [
                ('client', 'nested', MANUAL, ('session', 'type'), 'translation'),
                ('client', 'nested', MANUAL, ('session', 'type'), None),
                ('client', 'nested', MANUAL, ('session', 'model'), 'whisper-1'),
                ('client', 'nested', MANUAL, ('session', 'input_audio_transcription'), model),
                ('client', 'nested', MANUAL, (*audio, 'format', 'rate'), 16000),
                ('client', 'nested', MANUAL, (*audio, 'transcription', 'language'), 1),
                ('client', 'nested', MANUAL, (*audio, 'turn_detection'), {'type': 'none'}),
                ('client', 'nested', MANUAL, (*audio, 'noise_reduction'), {'type': 'near'}),
                ('client', 'nested', MANUAL, ('odd',), 1),
                ('client', 'nested', COMMIT, ('final',), True),
                ('client', 'nested', HALF_A_SECOND, ('audio',), None),
                ('client', 'flat', flat, ('type',), 'session.update'),
                ('client', 'flat', flat, ('session', 'input_audio_format'), 'audio/pcm'),
                ('client', 'flat', flat, ('session', 'audio'), {}),
                ('server', 'nested', completed, ('usage', 'type'), 'tokens'),
                ('server', 'nested', completed, ('transcript',), None),
                ('server', 'nested', completed, ('item_id',), 1),
                ('server', 'nested', completed, ('type',), 'transcription.done')]:
            with self.subTest(side=side, type=frame['type'], path=path, value=value):
                frame = json.loads(json.dumps(frame))
                self.assertEqual(schemas.complaints(side, (shape,), frame), [])
                *way, last = path
                place = frame
                for name in way:
                    place = place[name]
                place[last] = value
                self.assertNotEqual(schemas.complaints(side, (shape,), frame), [])

    def test_what_was_said_is_heard(self):
        path, said = next(speech.recordings(), (None, None))
        if path is None:
            self.skipTest('the package pocketsphinx-testdata is not installed')
        with wave.open(path) as file:
            sound, rate = file.readframes(file.getnframes()), file.getframerate()
        self.assertEqual(rate, 16000)
        with realtime.Server('vllm') as server, Socket(server, '/v1/realtime') as client:
            client.receive()
            client.socket.settimeout(60)
            client.send({'type': 'session.update', 'model': 'm'})
            client.send({**COMMIT, 'final': False})
            client.send({'type': 'input_audio_buffer.append', 'audio': base64.b64encode(sound).decode()})
            client.send({**COMMIT, 'final': True})
            heard = speech.words(client.until('transcription.done')[-1]['text'])
        self.assertLess(speech.word_errors(speech.words(said), heard), len(speech.words(said)) / 2)

    def say_words(self, client, before=(), after=(), rate=24000):
        """Sends countable words from words.make() in pieces, between the messages before and
        after; returns the list of the words."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'words.wav')
            said = words.make(path, 12, rate=rate, sentence=(2, 5), pause=(0.7, 1))
            with wave.open(path) as file:
                sound = file.readframes(file.getnframes())
        for message in before:
            client.send(message)
        for at in range(0, len(sound), rate // 5):
            audio = base64.b64encode(sound[at:at + rate // 5]).decode()
            client.send({'type': 'input_audio_buffer.append', 'audio': audio})
        for message in after:
            client.send(message)
        return said

    def test_words_are_counted_by_what_arrives(self):
        """Deltas arrive before the commit, and are the start of the text."""
        frame = json.loads(json.dumps(MANUAL))
        frame['session']['audio']['input']['transcription']['model'] = 'gpt-live-transcribe'
        with realtime.Server('openai', key='k', hear='words', text='not this') as server, Socket(server) as client:
            client.receive()
            said = self.say_words(client, [frame])
            early = [event['delta'] for event in (client.until(TEXT + 'delta')[-1] for _ in said)]
            client.send(COMMIT)
            text = client.until(TEXT + 'completed')[-1]['transcript']
            self.assertEqual(text, words.text_of(words.numbers(said)))
            self.assertEqual(''.join(early), text)
            # The next turn starts empty.
            for message in HALF_A_SECOND, COMMIT:
                client.send(message)
            self.assertEqual(client.until(TEXT + 'completed')[-1]['transcript'], '')
            self.assertEqual(server.refusals(), [])

    def test_words_are_heard_in_every_dialect(self):
        legacy = {'type': 'transcription_session.update',
                  'session': {'input_audio_transcription': {'model': 'whisper-1'}}}
        ga = json.loads(json.dumps(MANUAL))
        ga['session']['audio']['input']['turn_detection'] = {'type': 'server_vad'}
        vllm = [{'type': 'session.update', 'model': 'm'}, {**COMMIT, 'final': False}]
        for service, path, rate, before, after in [
                ('openai', '/v1/realtime?intent=transcription', 24000, [ga], []),
                ('azure', '/openai/v1/realtime?intent=transcription', 24000, [ga], []),
                ('legacy', '/v1/realtime?intent=transcription', 24000, [legacy], []),
                ('localai', '/v1/realtime?model=m', 24000, [ga], []),
                ('speaches', '/v1/realtime?model=m&intent=transcription', 24000, [], []),
                ('vllm', '/v1/realtime', 16000, vllm, [{**COMMIT, 'final': True}])]:
            with self.subTest(service=service), realtime.Server(service, hear='words') as server, \
                    Socket(server, path) as client:
                client.receive()
                said = self.say_words(client, before, after, rate)
                texts = []
                while words.text_of([said[-1].number]) not in ' '.join(texts):
                    event = client.until('transcription.done' if service == 'vllm' else TEXT + 'completed')[-1]
                    texts.append(event['text' if service == 'vllm' else 'transcript'])
                self.assertEqual(server.refusals(), [])
                self.assertTrue(words.compare(said, texts).ok, texts)
                self.assertGreater(len(texts), 0 if service == 'vllm' else 2)

    def test_doors_of_openai(self):
        for path, headers, code, close in [
                ('/v1/realtime?intent=transcription', {'Authorization': 'Bearer no'}, 'invalid_api_key', 3000),
                ('/v1/realtime?intent=transcription', {'OpenAI_Beta': 'realtime=v1'}, 'beta_api_shape_disabled', 4000),
                ('/v1/realtime', {}, 'missing_model', 4000),
                ('/v1/realtime?intent=transcription&model=m', {}, 'invalid_model', 4000),
                ('/v1/realtime?model=gpt-4o-transcribe', {}, 'invalid_model', 4000)]:
            with self.subTest(path=path, code=code), realtime.Server('openai', key='k') as server, \
                    Socket(server, path, **headers) as client:
                self.assertEqual(client.status, 101)
                self.assertEqual(client.receive()['error']['code'], code)
                self.assertEqual(client.receive(), close)
                self.assertEqual(len(server.refusals()), 1)

    def test_doors_of_azure(self):
        for path, headers, status in [
                ('/openai/v1/realtime?intent=transcription', {'api_key': 'k', 'Authorization': ''}, 101),
                ('/openai/v1/realtime?intent=transcription', {'Authorization': 'Bearer no'}, 401),
                ('/openai/v1/realtime?intent=transcription&api-version=v1', {}, 400),
                ('/openai/v1/realtime?intent=transcription&model=m', {}, 400),
                ('/openai/v1/realtime', {}, 400),
                ('/v1/realtime?intent=transcription', {}, 404),
                ('/openai/realtime?api-version=2025-04-01-preview&intent=transcription', {}, 401),
                ('/openai/realtime?api-version=2025-04-01-preview&intent=transcription&deployment=d', {}, 302)]:
            with self.subTest(path=path, status=status), realtime.Server('azure', key='k') as server, \
                    Socket(server, path, **headers) as client:
                self.assertEqual(client.status, status)
                self.assertEqual(status != 101, 'apim-request-id' in client.headers)

    def test_broken_rules_have_their_answers(self):
        def changed(**fields):
            frame = json.loads(json.dumps(MANUAL))
            frame['session']['audio']['input'].update(fields)
            return frame
        streaming = {'model': 'gpt-live-transcribe'}
        no_vad = changed(transcription=streaming)
        del no_vad['session']['audio']['input']['turn_detection']
        with realtime.Server('openai', key='k', text='a') as server, Socket(server) as client:
            client.receive()
            for frame, opcode, code, param in [
                    (b'\0\1', 2, 'invalid_event', None),
                    (b'{', 1, 'invalid_json', None),
                    ({'type': 'what'}, 1, 'invalid_value', 'type'),
                    ({'type': 'session.update', 'session': {}}, 1, 'missing_required_parameter', 'session.type'),
                    ({'type': 'session.update', 'session': {'type': 'realtime'}}, 1, 'invalid_parameter', None),
                    (changed(odd=1), 1, 'unknown_parameter', 'session.audio.input.odd'),
                    (changed(format={'type': 'audio/pcm', 'rate': 16000}), 1, 'integer_below_min_value',
                     'session.audio.input.format.rate'),
                    (no_vad, 1, 'invalid_value', 'session.audio.input.turn_detection'),
                    (changed(transcription={'model': 'whisper-1', 'keywords': ['a']}), 1, 'invalid_value',
                     'session.audio.input.transcription.keywords'),
                    ({'type': 'input_audio_buffer.append', 'audio': '!'}, 1, 'invalid_value', 'audio'),
                    (COMMIT, 1, 'input_audio_buffer_commit_empty', None)]:
                with self.subTest(code=code, param=param):
                    error = client.ask(frame, opcode)['error']
                    self.assertEqual((error['code'], error['param']), (code, param))
            self.assertEqual(client.ask(MANUAL)['type'], 'session.updated')

    def test_vllm_has_its_own_events(self):
        with realtime.Server('vllm', text='good morning') as server, Socket(server, '/v1/realtime') as client:
            self.assertIn('id', client.receive())
            self.assertEqual(client.ask({'type': 'input_audio_buffer.clear'})['code'], 'unknown_event')
            client.send({'type': 'session.update', 'model': 'm'})
            for turn in range(2):
                client.send({**COMMIT, 'final': False})
                client.send(HALF_A_SECOND)
                client.send({**COMMIT, 'final': True})
                self.assertEqual(client.until('transcription.done')[-1]['text'], 'good morning')

    def test_minted_secrets_open_the_door(self):
        with realtime.Server('openai', key='k') as server:
            body = json.dumps({'session': MANUAL['session']}).encode()
            request = urllib.request.Request(server.url + '/realtime/client_secrets', body,
                                             {'Authorization': 'Bearer k'})
            with urllib.request.urlopen(request, timeout=60) as answer:
                secret = json.load(answer)['value']
            with Socket(server, Authorization='Bearer ' + secret) as client:
                self.assertEqual(client.receive()['type'], 'session.created')

    def mint(self, server, path, body):
        request = urllib.request.Request(f'http://127.0.0.1:{server.port}{path}', json.dumps(body).encode(),
                                         {'Authorization': 'Bearer k'})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)['error']

    def test_what_is_minted_is_checked(self):
        def session(**fields):
            return {'session': {'type': 'transcription', 'audio': {'input': fields}}}
        model = {'model': 'whisper-1'}
        for path, body, param in [
                ('/v1/realtime/client_secrets', session(odd=1), 'session.audio.input.odd'),
                ('/v1/realtime/client_secrets', session(transcription={**model, 'keywords': ['a']}),
                 'session.audio.input.transcription.keywords'),
                ('/v1/realtime/client_secrets', session(transcription={'model': 'gpt-live-transcribe'}),
                 'session.audio.input.turn_detection'),
                ('/v1/realtime/client_secrets', {'session': {'type': 'transcription', 'model': 'm'}}, 'session.model'),
                ('/v1/realtime/transcription_sessions', {'audio': {}}, 'session.audio'),
                ('/v1/realtime/client_secrets', session(transcription=model), None)]:
            service = 'openai' if 'secrets' in path else 'legacy'
            with self.subTest(param=param), realtime.Server(service, key='k') as server:
                answer = self.mint(server, path, body)
                self.assertEqual(answer.get('param'), param)
                self.assertEqual('value' in answer, param is None)

    def test_wrong_types_are_refused_and_survived(self):
        wrong = ['a', 1, [], True]
        frames = [{'type': 'session.update', 'session': {'type': 'transcription', 'audio': {'input': {name: value}}}}
                  for name in ('format', 'transcription', 'noise_reduction', 'turn_detection') for value in wrong]
        frames += [{'type': 'session.update', 'session': {'type': 'transcription', 'audio': value}} for value in wrong]
        frames += [{'type': 'session.update', 'session': value} for value in wrong]
        frames += [{'type': value} for value in [*wrong, {}, None]] + [b'', b'[]', b'null']
        with realtime.Server('openai', key='k') as server, Socket(server) as client:
            client.receive()
            for frame in frames:
                self.assertEqual(client.ask(frame)['type'], 'error', frame)
            self.assertEqual(client.ask(MANUAL)['type'], 'session.updated')
        with realtime.Server('azure', key='k') as server:
            for value in [*wrong, None]:
                for body in (value, {'session': value}, {'session': {'type': value}}):
                    self.assertIn('code', self.mint(server, '/openai/v1/realtime/client_secrets', body), body)

    def test_two_behaviours_at_once(self):
        with realtime.Server('azure', 'mint-404+7.1-1e', key='k') as server, \
                Socket(server, '/openai/v1/realtime?intent=transcription') as client:
            self.assertEqual(client.status, 400)
            self.assertEqual(self.mint(server, '/openai/v1/realtime/client_secrets', {})['code'], '404')

    def test_every_behaviour_starts(self):
        names = subprocess.run([realtime.PROGRAM, '--list-behaviours'], capture_output=True, text=True,
                               check=True).stdout.split()
        self.assertGreater(len(names), 50)
        for name in names:
            with self.subTest(behaviour=name), realtime.Server('openai', name) as server:
                if name != 'never-answers':
                    with Socket(server) as client:
                        self.assertGreaterEqual(client.status, 101)

    def test_sessions_are_replayed(self):
        path = os.path.join(SESSIONS, 'openai-one-turn.jsonl')
        with realtime.Server('openai', session=path) as server, Socket(server) as client:
            client.receive()
            client.send(MANUAL)
            client.send(HALF_A_SECOND)
            client.send(COMMIT)
            self.assertEqual(client.until(TEXT + 'completed')[-1]['transcript'], 'bring the blue umbrella')


if __name__ == '__main__':
    tap.main()
