# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Holds, sharing, joining, pausing and limits of streams."""

import os
import signal
import subprocess
import sys

import tap
from captions import NAME, PATH, STREAM, GLib, TestCase, our_nodes, run_until


class Sharing(TestCase):

    def streams(self, client):
        return client.call(PATH, 'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects')

    def test_the_same_wish_shares_a_stream(self):
        one, other = self.client(), self.client()
        stream = one.open(source='system')
        self.assertEqual(other.open(source='system', engine='local', language=''), stream)
        self.assertNotEqual(other.open(source='microphone'), stream)
        self.assertNotEqual(other.open(source='system', language='en-US'), stream)
        self.assertEqual(len(self.streams(one)), 3)
        one.wait_for_state(stream, 'listening')
        other.stream(stream, 'Close')
        self.assertEqual(one.property(stream, 'State'), 'listening')
        self.assert_fails('NotHolder', other.stream, stream, 'Flush')

    def test_holds_are_counted(self):
        client = self.client()
        stream = client.open(source='system')
        self.assertEqual(client.open(source='system'), stream)
        with open('/proc/self/comm', encoding='utf-8') as name:
            self.assertEqual(client.property(stream, 'Holders'), [name.read().strip()])
        client.stream(stream, 'Close')
        client.stream(stream, 'Flush')
        client.stream(stream, 'Close')
        self.assertEqual(self.streams(client), {})

    def test_joining(self):
        one, other = self.client(), self.client()
        stream = one.open(source='microphone', language='en')
        self.assertEqual(other.join(stream), stream)
        self.assertIn('source', self.assert_fails('InvalidOption', other.join, stream, source='system'))
        self.assertIn('stream', self.assert_fails('InvalidOption', other.join, PATH + '/stream/99'))
        one.leave()
        run_until(lambda: len(other.property(stream, 'Holders')) == 1, 2, 'one holder')
        other.stream(stream, 'Flush')

    def test_who_leaves_the_bus_lets_go(self):
        one, other = self.client(), self.client()
        stream = one.open(source='system')
        one.open(source='system')
        one.wait_for_state(stream, 'listening')
        one.leave()
        run_until(lambda: self.streams(other) == {}, 1, 'no stream')
        run_until(lambda: our_nodes() == [], 1, 'no node of ours')

    def test_who_is_killed_lets_go(self):
        client = self.client()
        holder = subprocess.Popen(
            [sys.executable, '-c', 'import captions; c = captions.Client(); '
             'print(c.open(source="system"), flush=True); captions.run_until(lambda: False, 60, "")'],
            cwd=os.path.dirname(os.path.realpath(__file__)), stdout=subprocess.PIPE)
        self.players.append(holder)
        stream = holder.stdout.readline().decode().strip()
        client.wait_for_state(stream, 'listening')
        holder.kill()
        holder.wait()
        run_until(lambda: our_nodes() == [], 10, 'no node of ours')
        holder.stdout.close()

    def test_who_left_before_the_answer_holds_nothing(self):
        stranger, client = self.client(), self.client()
        client.call(PATH, NAME, 'ListSources')
        self.daemon.process.send_signal(signal.SIGSTOP)
        client.bus.call(NAME, PATH, NAME, 'OpenStream', GLib.Variant('(a{sv})', ({},)), None, 0, -1,
                        None, None)
        client.bus.flush_sync(None)
        client.leave()
        self.daemon.process.send_signal(signal.SIGCONT)
        # The bus keeps the order of calls: the answer to this call follows the end of the earlier one.
        stranger.stream(stranger.open(source='app:Nobody'), 'Close')
        self.assertEqual(self.streams(stranger), {})

    def test_pausing_is_for_each(self):
        one, other = self.client(), self.client()
        stream = one.open(source='system')
        other.join(stream)
        one.wait_for_state(stream, 'listening')
        one.stream(stream, 'Pause')
        self.assertEqual(one.property(stream, 'State'), 'listening')
        other.stream(stream, 'Pause')
        self.assertEqual(one.property(stream, 'State'), 'paused')
        run_until(lambda: our_nodes() == [], 1, 'no node of ours')
        one.stream(stream, 'Resume')
        one.stream(stream, 'Resume')
        one.wait_for_state(stream, 'listening')
        one.leave()
        run_until(lambda: other.property(stream, 'State') == 'paused', 2,
                  'paused when the last who listened left')

    def test_changes_are_told_to_holders_alone(self):
        one, stranger = self.client(), self.client()
        stream = one.open(source='app:Nobody')
        one.wait_for_state(stream, 'waiting')
        changes = {}
        for interface, changed, _ in one.members('PropertiesChanged', stream):
            self.assertEqual(interface, STREAM)
            changes.update(changed)
        self.assertEqual(changes['State'], 'waiting')
        self.assertEqual(changes['StateReason'], NAME + '.Error.NoSuchSource')
        self.assertIn('Nobody', changes['StateMessage'])
        self.assertEqual(stranger.members('PropertiesChanged', stream), [])

    def test_bad_options_are_refused(self):
        client = self.client()
        for name, word, options in [
                ('InvalidOption', 'sauce', {'sauce': 'system'}),
                ('InvalidOption', 'source', {'source': 'speaker'}),
                ('InvalidOption', 'source', {'source': True}),
                ('InvalidOption', 'source', {'source': 'app:' + 'x' * 300}),
                ('InvalidOption', 'levels', {'levels': 'yes'}),
                ('NoSuchEngine', 'clever', {'engine': 'clever'}),
                ('LanguageNotSupported', 'de', {'language': 'de'}),
                ('LanguageNotSupported', 'translate', {'translate_to': 'de'})]:
            with self.subTest(options=options):
                self.assertIn(word, self.assert_fails(name, client.open, **options))
        self.assertEqual(self.streams(client), {})

    def test_strangers_may_not_touch_a_stream(self):
        one, stranger = self.client(), self.client()
        stream = one.open(source='system')
        for method, arguments in [('Close', None), ('Flush', None), ('Pause', None), ('Resume', None),
                                  ('Retry', None), ('GetSegments', GLib.Variant('(t)', (0,)))]:
            self.assert_fails('NotHolder', stranger.stream, stream, method, arguments)
        one.stream(stream, 'Flush')

    def test_holds_of_a_caller_are_limited(self):
        client = self.client()
        stream = client.open(source='system')
        for _ in range(31):
            client.open(source='system')
        self.assert_fails('LimitExceeded', client.open, source='system')
        client.stream(stream, 'Close')
        client.open(source='system')

    def test_streams_are_limited(self):
        one, other = self.client(), self.client()
        for i in range(32):
            one.open(source=f'app:{i}')
        self.assert_fails('LimitExceeded', other.open, source='app:one-more')
        self.assertEqual(other.open(source='app:7'), PATH + '/stream/8')

    def test_opens_a_minute_are_limited(self):
        client = self.client()
        for _ in range(60):
            client.stream(client.open(source='app:Nobody'), 'Close')
        self.assert_fails('LimitExceeded', client.open, source='app:Nobody')
        self.client().open(source='app:Nobody')

    def test_engines_are_listed(self):
        best, named, *others = self.client().call(PATH, NAME, 'ListEngines')
        self.assertEqual((best['id'], best['kind'], best['ready'], best['host'], best['recogniser']),
                         ('local', 'local', True, '', 'pocketsphinx'))
        self.assertEqual((named['id'], named['kind'], named['ready'], named['name'], named['languages']),
                         ('local:pocketsphinx', 'local', True, 'PocketSphinx', ['en-US']))
        self.assertEqual([engine['id'] for engine in others], ['local:sherpa-onnx', 'local:whisper'])
        for engine in others:
            self.assertEqual((engine['ready'], engine['languages']), (False, []))
            self.assertIn('captionctl model list', engine['reason'])

    def test_a_recogniser_by_name(self):
        client = self.client()
        stream = client.open(source='app:Nobody', engine='local:pocketsphinx')
        self.assertEqual(client.property(stream, 'Engine'), 'local:pocketsphinx')
        message = self.assert_fails('NoSuchEngine', client.open, source='app:Nobody', engine='local:nobody')
        self.assertIn('local:nobody', message)
        self.assert_fails('LanguageNotSupported', client.open, source='app:Nobody', engine='local:pocketsphinx',
                          language='de')
        message = self.assert_fails('LanguageNotSupported', client.open, source='app:Nobody',
                                    engine='local:sherpa-onnx')
        self.assertIn('has no model yet', message)

    def test_a_new_recogniser_is_noticed(self):
        client = self.client()
        folder = os.path.join(os.environ['XDG_DATA_HOME'], 'captiond', 'recognisers')
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, 'mine.recogniser')
        client.call(PATH, NAME, 'ListEngines')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('[Recogniser]\nName=Mine\nProgram=/bin/true\nLanguages=de;\n')
        self.addCleanup(os.unlink, path)
        run_until(lambda: client.members('EnginesChanged'), 20, 'EnginesChanged')
        engines = {engine['id']: engine for engine in client.call(PATH, NAME, 'ListEngines')}
        self.assertTrue(engines['local:mine']['ready'])
        self.assertEqual(engines['local']['languages'], ['de', 'en-US'])

    def test_defaults_fill_in(self):
        client = self.client()
        self.assertEqual(client.call(PATH, NAME, 'GetDefaults'),
                         {'source': 'system', 'engine': 'local', 'language': '', 'translate-to': '',
                          'audio-kept-seconds': 90, 'fallback': False, 'fallback-seconds': 10,
                          'daily-minutes': 0, 'session-idle-seconds': 120})

        types = {bool: 'b', int: 'u', str: 's'}

        def change(**values):
            client.call(PATH, NAME, 'SetDefaults', GLib.Variant('(a{sv})', ({
                key.replace('_', '-'): GLib.Variant(types[type(value)], value)
                for key, value in values.items()},)))

        change(source='microphone', language='en-GB')
        stream = client.open()
        self.assertEqual(client.property(stream, 'Source'), 'microphone')
        self.assertEqual(client.property(stream, 'Language'), 'en-GB')
        self.assertIn('audio-kept-seconds', self.assert_fails(
            'InvalidOption', change, source='system', audio_kept_seconds=5))
        for wrong in ({'fallback': 1}, {'fallback_seconds': 0}, {'fallback_seconds': 601},
                      {'daily_minutes': 1441}, {'session_idle_seconds': 9}):
            with self.subTest(wrong=wrong):
                key, = wrong
                self.assertIn(key.replace('_', '-'), self.assert_fails('InvalidOption', change, **wrong))
        change(fallback=True, fallback_seconds=5, daily_minutes=60, session_idle_seconds=10)
        self.assertTrue(client.call(PATH, NAME, 'GetDefaults')['fallback'])
        self.assert_fails('NoSuchEngine', change, engine='clever')
        self.assertEqual(client.call(PATH, NAME, 'GetDefaults')['source'], 'microphone')


if __name__ == '__main__':
    tap.main()
