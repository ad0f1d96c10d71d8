# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""A stream outlives its sessions with the service: no word is lost, and none
comes twice."""

import os
import time

import tap
import words
from captions import NAME, PATH, Daemon, GLib, run_until
from realtime_case import RealtimeCase


class Sessions(RealtimeCase):

    def setUp(self):
        self.spend(0)
        super().setUp()
        self.wav = os.path.join(os.environ['XDG_RUNTIME_DIR'], 'words.wav')

    @staticmethod
    def spend(seconds):
        """Uses up that many of today's seconds before the daemon starts."""
        folder = os.path.join(os.environ['XDG_STATE_HOME'], 'captiond')
        os.makedirs(folder, 0o700, exist_ok=True)
        with open(os.path.join(folder, 'minutes'), 'w', encoding='ascii') as file:
            file.write(f'[today]\ndate={time.strftime("%Y%m%d")}\nseconds={seconds}\n')

    def set_defaults(self, client, **settings):
        variants = {name.replace('_', '-'): GLib.Variant('u', value) for name, value in settings.items()}
        client.call(PATH, NAME, 'SetDefaults', GLib.Variant('(a{sv})', (variants,)))

    def hear(self, client, stream, said, seconds):
        """Waits for the last word, and compares the captions with the spoken words."""
        last = words.text_of([said[-1].number])
        run_until(lambda: last in ' '.join(s[2] for s in client.finals(stream)), seconds,
                  f'the last word; there are {client.finals(stream)[-2:]}')
        return words.compare(said, [s[2] for s in client.finals(stream)])

    def assert_ids_in_order(self, client, stream):
        """Asserts that no final segment changes, and that none has two ids."""
        finals = [(s[0], s[2]) for s in client.finals(stream)]
        self.assertEqual(len({number for number, _ in finals}), len(finals), finals)
        self.assertEqual([number for number, _ in finals], sorted(number for number, _ in finals))

    def run_through(self, seconds, server, more=20, client=None, **settings):
        """Plays words through a stream; returns (client, stream, comparison)."""
        said = words.make(self.wav, seconds, seed=4)
        client, stream = self.use(server, 'openai', client=client, **settings)
        client.wait_for_state(stream, 'listening', 20)
        self.play(self.wav)
        return client, stream, self.hear(client, stream, said, seconds + more)

    def test_what_a_session_owed_is_asked_of_the_next(self):
        for behaviour in 'drop', 'expire', 'restart':
            with self.subTest(behaviour=behaviour):
                server = self.server('openai', behaviour, hear='words')
                client, stream, heard = self.run_through(10, server)
                self.assertTrue(heard.ok, heard)
                self.assert_ids_in_order(client, stream)
                self.assertGreater(client.property(stream, 'Reconnects'), 0)
                self.assertEqual(client.property(stream, 'LostSeconds'), 0)
                client.stream(stream, 'Close')

    def test_the_next_session_is_there_before_the_last_ends(self):
        server = self.server('openai', hear='words', session_seconds=20)
        client, stream, heard = self.run_through(30, server)
        self.assertTrue(heard.ok, heard)
        self.assert_ids_in_order(client, stream)
        self.assertGreater(len(server.connections()), 2)
        self.assertEqual(client.property(stream, 'Reconnects'), 0, 'a session ended before the next was there')

    def test_a_turn_that_got_no_text_is_asked_for_again(self):
        server = self.server('openai', 'deltas-then-failed', hear='words')
        said = words.make(self.wav, 4, seed=5, no_pauses=True)
        client, stream = self.use(server, 'openai')
        client.wait_for_state(stream, 'listening', 20)
        self.play(self.wav)
        run_until(lambda: client.property(stream, 'Reconnects') > 0, 20, 'another session')
        run_until(lambda: client.members('SegmentRetracted', stream), 20, 'giving up')
        self.assertEqual(client.finals(stream), [])
        self.assertTrue(said)

    def test_silence_costs_nothing(self):
        server = self.server('openai', hear='words')
        client = self.client()
        self.set_defaults(client, session_idle_seconds=10)
        client, stream, heard = self.run_through(6, server, client=client)
        self.assertTrue(heard.ok, heard)
        self.assertEqual(len(server.connections()), 1)
        run_until(lambda: any(r.get('dir') == 'close' for r in server.log()), 30, 'the end of the session')
        self.assertEqual(client.property(stream, 'State'), 'listening')
        sent = client.property(stream, 'SentSeconds')

        # The first word opens a session again, and is in its text.
        said = words.make(self.wav, 6, seed=6, first=500)
        self.play(self.wav)
        heard = self.hear(client, stream, said, 30)
        self.assertEqual((heard.lost, heard.doubled, heard.garbled), ([], [], 0), heard)
        self.assertEqual(len(server.connections()), 2)
        self.assertEqual(client.property(stream, 'Reconnects'), 0)
        self.assertLess(client.property(stream, 'SentSeconds'), sent + 9)

    def test_a_days_minutes_end(self):
        self.daemon.stop()
        self.spend(50)
        self.daemon = Daemon()
        server = self.server('openai', hear='words')
        client = self.client()
        client.wait_for_service()
        said = words.make(self.wav, 20, seed=7, no_pauses=True)
        client, stream = self.use(server, 'openai', client=client)
        client.wait_for_state(stream, 'listening', 20)
        self.set_defaults(client, daily_minutes=1)
        self.play(self.wav)
        error, sentence = self.wait_for_failure(client, stream, 40)
        self.assertEqual(error, 'BudgetExhausted')
        self.assertIn('daily-minutes', sentence)
        heard = words.compare(said, [s[2] for s in client.finals(stream)])
        self.assertEqual((heard.doubled, heard.garbled, heard.strange), ([], 0, []), heard)

        self.set_defaults(client, daily_minutes=0)
        client.wait_for_state(stream, 'listening', 20)


if __name__ == '__main__':
    tap.main()
