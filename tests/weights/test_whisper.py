#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The recogniser of Whisper with real weights, through the contract: what it hears, and what it
does not invent. tests/tools/fetch-whisper fetches the library and the weights."""

import array
import os
import random
import unittest
import wave
from pathlib import Path

from gi.repository import GLib

import tap
from recogniser import BUILD, Recogniser
from speech import recordings, word_errors, words

PROGRAM = BUILD / 'recognisers/whisper/captiond-whisper'
CACHE = Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache') / 'captiond-whisper'
RATE = 16000
FETCH = 'run tests/tools/fetch-whisper'


def read(path):
    """Returns the samples of a recording as the recogniser wants them."""
    with wave.open(path) as wav:
        assert wav.getframerate() == RATE and wav.getnchannels() == 1
        samples = array.array('h', wav.readframes(wav.getnframes()))
    return array.array('f', (sample / 32768 for sample in samples)).tobytes()


def noise(seconds, loudness):
    source = random.Random(3)
    return array.array('f', (source.gauss(0, loudness) for _ in range(round(seconds * RATE)))).tobytes()


def clicks(seconds):
    """Keys of a keyboard."""
    samples, source = array.array('f', bytes(4 * round(seconds * RATE))), random.Random(4)
    at = 0
    while at + 400 < len(samples):
        for i in range(400):
            samples[at + i] = source.gauss(0, 0.3) * (1 - i / 400) ** 4
        at += source.randrange(1500, 6000)
    return samples.tobytes()


class Case(unittest.TestCase):
    def start(self, version):
        library = Path(os.environ.get('WHISPER_LIBRARY') or CACHE / version)
        if not library.exists():
            self.skipTest(f'whisper.cpp {version} is not fetched: {FETCH}')
        recogniser = Recogniser(PROGRAM, WHISPER_LIBRARY=str(library), OMP_WAIT_POLICY='passive')
        self.addCleanup(recogniser.close)
        return recogniser

    def ready(self, version='1.8.5', model='tiny.en', **options):
        recogniser = self.start(version)
        self.load(recogniser, model, **options)
        return recogniser

    def load(self, recogniser, model='tiny.en', **options):
        if not (CACHE / model).exists():
            self.skipTest(f'the model {model} is not fetched: {FETCH}{" base" if model == "base" else ""}')
        settings = GLib.Variant('a{ss}', {'Type': 'whisper', 'Model': f'ggml-{model}.bin'})
        return recogniser.load(model=CACHE / model, settings=settings, threads=GLib.Variant('u', 2), **options)

    def refusal(self, **options):
        recogniser = self.start('1.8.5')
        with self.assertRaises(GLib.Error) as caught:
            self.load(recogniser, **options)
        self.assertEqual(recogniser.close()[0], 0)
        return caught.exception.message

    def recording(self):
        """Returns the path and the words of the shortest recording."""
        rows = list(recordings())
        if not rows:
            self.skipTest('the package pocketsphinx-testdata is not installed')
        path, text = min(rows, key=lambda row: os.path.getsize(row[0]))
        return path, words(text)

    def settled_stays(self, hypotheses):
        settled, utterance = '', 0
        for row in hypotheses:
            if row.utterance != utterance:
                settled, utterance = '', row.utterance
            self.assertTrue(row.text.startswith(settled), (settled, row))
            settled = row.text[:row.details.get('settled', 0)]


class Hears:
    version = None

    def test_a_recording(self):
        recogniser = self.ready(self.version, language='en')
        path, said = self.recording()
        recogniser.hear(read(path))
        self.assertEqual(recogniser.broken(), [])
        self.settled_stays(recogniser.hypotheses)
        self.assertLessEqual(word_errors(said, words(recogniser.text())), len(said) // 3)
        final, = recogniser.finals()
        self.assertTrue(final.text[0].isupper() and final.text[-1] in '.?!', final)
        self.assertEqual(len(final.details['words']), len(final.text.split()))

    def test_the_log_has_no_speech(self):
        recogniser = self.ready(self.version, language='en')
        recogniser.hear(read(self.recording()[0]))
        self.assertEqual(recogniser.close(), (0, ''))


class Hears185(Hears, Case):
    version = '1.8.5'


class Hears193(Hears, Case):
    version = '1.9.3'


class Whisper(Case):
    def test_facts(self):
        recogniser = self.ready(language='en-US')
        self.assertEqual((recogniser.rate, recogniser.facts['format'], recogniser.facts['language']),
                         (RATE, 'F32', 'en'))
        self.assertRegex(recogniser.facts['name'], r'^whisper\.cpp 1\.8\.5, ')

    def test_speech_that_never_pauses(self):
        """All recordings without a pause, and cut by captiond, which costs words on a busy computer."""
        recogniser = self.ready(language='en')
        rows = [row for row in recordings() if 'librivox' in row[0]]
        if not rows:
            self.skipTest('the package pocketsphinx-testdata is not installed')
        samples = b''.join(read(path) for path, _ in rows)
        half = len(samples) // 8 * 4
        position = recogniser.hear(samples[:half], more=True)
        recogniser.hear(samples[half:], position)
        recogniser.call('Finish')
        self.assertEqual(recogniser.broken(), [])
        self.settled_stays(recogniser.hypotheses)
        said = words(' '.join(text for _, text in rows))
        self.assertLessEqual(word_errors(said, words(recogniser.text())), len(said) // 2)

    def test_nothing_is_invented(self):
        recogniser = self.ready(language='en')
        position = 0
        for samples in (bytes(4 * 4 * RATE), noise(5, 0.003), noise(5, 0.1), clicks(5), noise(1, 0.02)):
            position = recogniser.hear(samples, position + RATE)
        self.assertEqual([row.text for row in recogniser.finals() if row.text], [])

    def test_the_language_is_found(self):
        recogniser = self.ready(model='base')
        self.assertNotIn('language', recogniser.facts)
        recogniser.hear(read(self.recording()[0]) + bytes(4 * RATE))
        self.assertEqual(recogniser.finals()[0].details['language'], 'en')

    def test_terms_are_a_hint(self):
        recogniser = self.ready(model='base', language='en', terms=GLib.Variant('as', ['Dashwood', 'Norland']))
        path, said = self.recording()
        recogniser.hear(read(path))
        self.assertLessEqual(word_errors(said, words(recogniser.text())), len(said) // 3)

    def test_refusals(self):
        self.assertIn('“de”', self.refusal(language='de'))
        self.assertIn('“tlh”', self.refusal(language='tlh'))
        self.assertIn('does not translate into “fr”', self.refusal(language='en', **{'translate-to': 'fr'}))
        self.assertIn('does not translate into “en”', self.refusal(language='en', **{'translate-to': 'en'}))


if __name__ == '__main__':
    tap.main()
