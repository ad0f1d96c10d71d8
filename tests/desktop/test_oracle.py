# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Countable words travel from sound in PipeWire to text on D-Bus: all of them
arrive, and the count reports 200 ms that are missing or doubled."""

import os
import random
import unittest

import tap
import words
from captions import run_until
from realtime_case import RealtimeCase

SECONDS = 20


class Comparing(unittest.TestCase):

    def test_what_can_become_of_words(self):
        same = words.compare([1, 2, 3], ['w00001 w00002', 'w00003'])
        self.assertTrue(same.ok, same)
        other = words.compare([1, 2, 3, 4], 'w00001 w00001 w00001 garbled w00004 w00003 w00009 hello w1')
        self.assertEqual((other.lost, other.doubled, other.garbled, other.strange, other.out_of_order),
                         ([2], [1, 1], 1, ['w00009', 'hello', 'w1'], 1))
        self.assertEqual(words.compare([1048575], words.text_of([1048575])).lost, [])
        for text in 'w00001', 'w00001 w00002 w00002', 'w00002 w00001', 'w00001 garbled w00002', \
                'w00001 w00002 w00003':
            self.assertFalse(words.compare([1, 2], text).ok, text)


class Oracle(RealtimeCase):

    def setUp(self):
        super().setUp()
        folder = os.environ['XDG_RUNTIME_DIR']
        self.wav, self.damaged = (os.path.join(folder, name) for name in ('words.wav', 'damaged.wav'))

    def hear(self, path, said):
        """Plays the file, and compares the captions with the spoken words."""
        server = self.server('openai', hear='words')
        client, stream = self.use(server, 'openai', model='gpt-live-transcribe')
        client.wait_for_state(stream, 'listening', 20)
        player = self.play(path)
        last = words.text_of([said[-1].number])
        run_until(lambda: player.poll() is not None, SECONDS + 20, 'the end of the sound')
        self.assertEqual(player.returncode, 0)
        client.stream(stream, 'Flush')
        run_until(lambda: last in ' '.join(s[2] for s in client.finals(stream)), 20,
                  f'the last word; there are {client.finals(stream)[-1:]}')
        self.assertEqual(server.refusals(), [])
        client.stream(stream, 'Close')
        self.assertTrue([s for s in client.members('Segment', stream) if not s[3]], 'no partials')
        return words.compare(said, [s[2] for s in client.finals(stream)])

    def test_every_word_arrives_once(self):
        said = words.make(self.wav, SECONDS, seed=1)
        self.assertGreater(len(said), 15)
        heard = self.hear(self.wav, said)
        print('#', heard)
        self.assertTrue(heard.ok, heard)

    def test_a_cut_of_200_ms_is_noticed(self):
        said = words.make(self.wav, SECONDS / 2, seed=2, no_pauses=True)
        place = random.uniform(2, 8)
        words.cut(self.wav, self.damaged, place)
        heard = self.hear(self.damaged, said)
        print(f'# at {place:.4f} s: {heard}')
        self.assertTrue(heard.lost, heard)
        self.assertLessEqual(len(heard.lost), 2)
        self.assertEqual(heard.doubled, [])

    def test_a_repeat_of_200_ms_is_noticed(self):
        said = words.make(self.wav, SECONDS / 2, seed=3, no_pauses=True)
        place = random.uniform(2, 8)
        words.repeat(self.wav, self.damaged, place)
        heard = self.hear(self.damaged, said)
        print(f'# at {place:.4f} s: {heard}')
        self.assertTrue(heard.garbled or heard.doubled, heard)
        self.assertLessEqual(len(heard.lost), 2)


if __name__ == '__main__':
    tap.main()
