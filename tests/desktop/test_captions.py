# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Speech that plays on this machine becomes D-Bus signals, which only holders receive."""

import subprocess
import time

import tap
from captions import (PATH, STREAM, GLib, TestCase, concatenated, our_nodes, run_until, seconds_of,
                      speech)
from speech import word_errors, words


class Captions(TestCase):

    def hear(self, client, stream, sentences):
        """Plays sentences until all are final; returns reference and duration."""
        path = concatenated([name for name, _ in sentences])
        client.wait_for_state(stream, 'listening')
        self.play(path)
        duration = seconds_of(path)

        def is_over():
            finals = client.finals(stream)
            return finals and (finals[-1][5] - client.members('Segment', stream)[0][4]
                               > (duration - 3) * 1e6)

        run_until(is_over, duration + 20, 'the last sentence')
        return words(' '.join(text for _, text in sentences)), duration

    def test_read_speech_becomes_captions(self):
        client = self.client()
        stream = client.open(source='system')
        reference, duration = self.hear(client, stream, speech())
        errors = word_errors(reference, client.words(stream))
        print(f'# word error rate through PipeWire: {100 * errors / len(reference):.1f} % '
              f'({errors} of {len(reference)})')
        # The test of word errors judges the recognition. This test only checks that no sentence is lost.
        self.assertLess(errors / len(reference), 0.5)

        finals = client.finals(stream)
        self.assertGreaterEqual(len(finals), 3)
        for segment in finals:
            identifier, _, _, _, start, end, details = segment
            self.assertTrue(0 <= start < end, segment)
            self.assertEqual(details['engine'], 'local')
            self.assertEqual(details['speaker'], 'system')
            earlier = [s for s in client.members('Segment', stream) if s[0] == identifier and not s[3]]
            self.assertTrue(earlier, 'a final that had no partial before it')
        self.assertEqual([s[4] for s in finals], sorted(s[4] for s in finals))
        self.assertLess(finals[-1][5] - finals[0][4], (duration + 2) * 1e6)

        serials = [s[1] for s in client.members('Segment', stream)]
        self.assertEqual(serials, sorted(set(serials)))
        self.assertEqual(len({s[0] for s in finals}), len(finals), 'a final was said twice')

    def test_partials_come_at_most_ten_times_a_second(self):
        client = self.client()
        stream = client.open(source='system')
        times = []
        client.bus.signal_subscribe(None, None, 'Segment', stream, None, 0,
                                    lambda *a: a[5].unpack()[3] or times.append(time.monotonic()))
        self.hear(client, stream, speech()[:2])
        self.assertGreater(len(times), 11)
        self.assertLess((len(times) - 1) / (times[-1] - times[0]), 10.5)

    def test_who_did_not_open_hears_nothing(self):
        holder, stranger = self.client(), self.client()
        stream = holder.open(source='system', levels=True)
        self.hear(holder, stream, speech()[1:3])
        self.assertTrue(holder.members('Segment') and holder.members('PropertiesChanged')
                        and holder.members('Level'))
        own = [s for s in stranger.signals if s[0] == stream]
        self.assertEqual(own, [])
        readable = stranger.call(stream, 'org.freedesktop.DBus.Properties', 'GetAll',
                                 GLib.Variant('(s)', (STREAM,)))
        for word in words(holder.finals(stream)[0][2]):
            if len(word) > 6:
                self.assertNotIn(word, str(readable).lower())

    def test_finals_only_for_those_who_want_no_partials(self):
        client, other = self.client(), self.client()
        stream = client.open(source='system', partials=False)
        self.assertEqual(other.open(source='system', partials=True), stream)
        self.hear(client, stream, speech()[1:3])
        self.assertEqual([s for s in client.members('Segment') if not s[3]], [])
        run_until(lambda: other.finals() == client.finals(), 2, 'the same finals')
        self.assertGreater(len(other.members('Segment')), len(other.finals()))

    def test_late_joiners_get_history(self):
        client, late = self.client(), self.client()
        stream = client.open(source='system')
        self.hear(client, stream, speech()[1:3])
        self.assertEqual(late.join(stream), stream)
        history = late.get_segments(stream)
        newest = {}
        for segment in client.members('Segment', stream):
            newest[segment[0]] = segment
        self.assertEqual([tuple(row) for row in history if row[3]],
                         sorted((s for s in newest.values() if s[3]), key=lambda s: s[1]))
        middle = history[len(history) // 2][1]
        self.assertEqual(late.get_segments(stream, middle), [r for r in history if r[1] > middle])

    def test_levels_five_times_a_second(self):
        client, other = self.client(), self.client()
        stream = client.open(source='system', levels=True)
        other.open(source='system')
        client.wait_for_state(stream, 'listening')
        self.play(concatenated([speech()[0][0]]))
        run_until(lambda: len(client.members('Level')) >= 15, 10, 'levels')
        seconds = client.property(stream, 'AudioSeconds')
        levels = [level for level, in client.members('Level')]
        self.assertAlmostEqual(len(levels), 5 * seconds, delta=5)
        self.assertTrue(all(-96 <= level <= 0 for level in levels))
        self.assertGreater(max(levels), -40)
        self.assertEqual(other.members('Level'), [])

    def test_flush_makes_text_final(self):
        client = self.client()
        stream = client.open(source='system')
        client.wait_for_state(stream, 'listening')
        self.play(concatenated([speech()[0][0]]))
        run_until(lambda: any(len(s[2].split()) > 3 for s in client.members('Segment')), 10, 'words')
        self.assertEqual(client.finals(), [])
        client.stream(stream, 'Flush')
        run_until(client.finals, 2, 'a final after Flush')

    def test_a_player_that_stops_in_a_sentence_leaves_it_final(self):
        client = self.client()
        stream = client.open(source='system')
        client.wait_for_state(stream, 'listening')
        player = self.play(concatenated([speech()[0][0]]))
        run_until(lambda: any(len(s[2].split()) > 3 for s in client.members('Segment')), 10, 'words')
        player.kill()
        run_until(client.finals, 3, 'a final')
        heard = client.property(stream, 'AudioSeconds')
        self.assertFalse(client.finals()[-1][6].get('incomplete', False))
        run_until(lambda: client.property(stream, 'AudioSeconds') == heard, 2, 'no more audio')

    def test_every_property_has_its_type(self):
        client = self.client()
        stream = client.open(source='system', language='en')
        client.wait_for_state(stream, 'listening')
        self.play(concatenated([speech()[1][0]]))
        run_until(lambda: client.property(stream, 'AudioSeconds') > 0.5, 10, 'AudioSeconds to grow')
        values = client.call(stream, 'org.freedesktop.DBus.Properties', 'GetAll',
                             GLib.Variant('(s)', (STREAM,)))
        self.assertLess(abs(values.pop('Epoch') / 1e6 - time.time()), 60)
        self.assertLess(values.pop('AudioSeconds'), 60)
        self.assertEqual(len(values.pop('Holders')), 1)
        self.assertEqual(values, {
            'Source': 'system', 'SourceDescription': 'Test Speakers', 'Engine': 'local',
            'RemoteHost': '', 'Language': 'en', 'TranslateTo': '', 'State': 'listening',
            'StateReason': '', 'StateMessage': '', 'SentSeconds': 0, 'BilledSeconds': 0,
            'LostSeconds': 0, 'Reconnects': 0})

    def test_closing_in_a_sentence_leaves_it_final(self):
        client = self.client()
        stream = client.open(source='system')
        client.wait_for_state(stream, 'listening')
        self.play(concatenated([speech()[0][0]]))
        run_until(lambda: any(len(s[2].split()) > 3 for s in client.members('Segment')), 10, 'words')
        client.stream(stream, 'Close')
        self.assertTrue(client.finals()[-1][6]['incomplete'])

    def test_the_microphone_alone(self):
        client = self.client()
        stream = client.open(source='microphone')
        client.wait_for_state(stream, 'listening')
        self.assertEqual(client.property(stream, 'SourceDescription'), 'Test Microphone')
        self.play(speech()[1][0], '--target', 'mic-feed')
        run_until(client.finals, 15, 'a final')
        self.assertEqual(client.finals()[0][6]['speaker'], 'microphone')

    def test_paplay_is_heard(self):
        client = self.client()
        stream = client.open(source='app:paplay')
        client.wait_for_state(stream, 'waiting')
        self.assertEqual(client.property(stream, 'StateReason'),
                         'org.captiond.Captions1.Error.NoSuchSource')
        self.players.append(subprocess.Popen(['paplay', concatenated([n for n, _ in speech()[:2]])]))
        client.wait_for_state(stream, 'listening')
        self.assertIn('paplay', client.property(stream, 'SourceDescription'))
        run_until(client.finals, 20, 'a final')
        client.wait_for_state(stream, 'waiting', 20)

    def test_nothing_of_ours_without_a_stream(self):
        client = self.client()
        self.assertEqual(our_nodes(), [])
        stream = client.open(source='system')
        client.wait_for_state(stream, 'listening')
        self.assertEqual(len(our_nodes()), 1)
        client.stream(stream, 'Close')
        run_until(lambda: our_nodes() == [], 1, 'no node of ours')

    def test_sources_are_listed_and_watched(self):
        client = self.client()
        sources = {source['id']: source for source in client.call(
            PATH, 'org.captiond.Captions1', 'ListSources')}
        self.assertEqual(sources['system']['kind'], 'system')
        self.assertTrue(sources['output:test-sink']['default'])
        self.assertEqual(sources['output:test-sink']['name'], 'Test Speakers')
        self.assertTrue(sources['input:test-mic']['default'])
        self.assertNotIn('app:Foo', sources)
        self.play(speech()[0][0], '-P', '{ application.name=Foo }')
        run_until(lambda: client.members('SourcesChanged'), 5, 'SourcesChanged')
        run_until(lambda: 'app:Foo' in [s['id'] for s in client.call(
            PATH, 'org.captiond.Captions1', 'ListSources')], 5, 'the application in the list')


if __name__ == '__main__':
    tap.main()
