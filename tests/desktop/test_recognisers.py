# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Recognisers of this computer, from the sound to the bus. A model that hears tones as words is
installed as any model of the catalogue, once for each language, and read by sherpa-onnx."""

import array
import hashlib
import math
import os
import pwd
import shutil
import wave
from pathlib import Path

from gi.repository import GLib

import make_tone_model
import tap
from captions import TestCase, run_until, words
from models import write_entry
from program import captionctl

# The private desktop has a home of its own.
HOME = Path(pwd.getpwuid(os.getuid()).pw_dir)
CACHE = HOME / '.cache' / 'captiond-sherpa'
DATA = Path(os.environ['XDG_DATA_HOME']) / 'captiond'
EXAMPLE = Path(__file__).parents[2] / 'examples' / 'recogniser'
WORDS = {'en': ['alpha', 'bravo', 'charlie', 'delta'], 'de': ['eins', 'zwei', 'drei', 'fünf']}
FILES = 'tones.onnx', 'tokens.txt'
RATE = 48000
ENTRY = """[Model]
Name=Tones
Kind=model
Languages={language};
Recogniser=sherpa-onnx
Form=t-one-ctc
License=LGPL-2.1-or-later
LicenseAddress=https://license.example/
Streams=true
Rank=100
"""
SETTINGS = '[Settings]\nType=t-one-ctc\nModel=tones.onnx\nTokens=tokens.txt\n'


def describe_file(path):
    content = path.read_bytes()
    return (f'[File {path.name}]\nAddress=https://models.invalid/{path.name}\nSize={len(content)}\n'
            f'SHA256={hashlib.sha256(content).hexdigest()}\n')


def tones(numbers, seconds=0.4, pause=0.3):
    """Returns the path of a recording of tones, with silence before and after."""
    samples = array.array('h', bytes(2 * RATE))
    for number in numbers:
        step = 2 * math.pi * make_tone_model.TONES[number] / RATE
        samples.extend(round(16000 * math.sin(step * frame)) for frame in range(round(seconds * RATE)))
        samples.frombytes(bytes(2 * round(pause * RATE)))
    samples.frombytes(bytes(4 * RATE))
    path = os.path.join(os.environ['XDG_RUNTIME_DIR'], 'tones.wav')
    with wave.open(path, 'wb') as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return path


class Tones(TestCase):

    def find_library(self):
        given = os.environ.get('SHERPA_ONNX_LIBRARY')
        libraries = [Path(given)] if given else sorted(CACHE.glob('[0-9]*'))
        if not libraries or not libraries[-1].exists():
            self.skipTest('sherpa-onnx is not fetched: run tests/tools/fetch-sherpa')
        os.environ['SHERPA_ONNX_LIBRARY'] = str(libraries[-1])

    def write_models(self):
        self.source = Path(os.environ['XDG_RUNTIME_DIR']) / 'stick'
        try:
            for language, spoken in WORDS.items():
                make_tone_model.write(self.source / language, spoken)
        except ImportError:
            self.skipTest('the package python3-onnx is not installed')

    def setUp(self):
        self.find_library()
        self.write_models()
        shutil.rmtree(DATA / 'models', ignore_errors=True)
        for language in WORDS:
            files = ''.join(describe_file(self.source / language / name) for name in FILES)
            write_entry(DATA / 'models', f'tones-{language}', ENTRY.format(language=language) + files + SETTINGS)
        super().setUp()
        self.caller = self.client()

    def install(self, language):
        done = captionctl('model', 'import', str(self.source / language))
        self.assertEqual(done.status, 0, done)

    def hear(self, language, numbers, **options):
        stream = self.caller.open(source='system', language=language, **options)
        self.caller.wait_for_state(stream, 'listening')
        self.play(tones(numbers))
        run_until(lambda: len(self.caller.words(stream)) >= len(numbers), 30, f'{len(numbers)} words')
        return stream

    def check(self, language, numbers):
        self.install(language)
        stream = self.hear(language, numbers)
        spoken = [WORDS[language][number] for number in numbers]
        self.assertEqual(self.caller.words(stream), words(' '.join(spoken)))
        finals = self.caller.finals(stream)
        for _, _, text, _, start, end, details in finals:
            self.assertEqual((details['engine'], details['language']), ('local', language))
            self.check_times(text, start, end, details['words'])
        # The first text came before the last tone was over.
        partials = [segment for segment in self.caller.members('Segment', stream) if not segment[3]]
        self.assertLess(len(partials[0][2].split()), len(numbers))

    def check_times(self, text, start, end, timed):
        self.assertEqual([word for word, *_ in timed], text.split())
        begins = [begin for _, begin, _ in timed]
        self.assertEqual(begins, sorted(set(begins)))
        for _, begin, over in timed:
            self.assertTrue(start <= begin < over <= end, (start, begin, over, end))

    def test_english(self):
        self.check('en', [0, 2, 1, 3, 0, 3])

    def test_german(self):
        self.check('de', [3, 1, 0, 2, 1])

    def test_two_languages_at_once(self):
        for language in WORDS:
            self.install(language)
        german = self.caller.open(source='system', language='de')
        self.caller.wait_for_state(german, 'listening')
        english = self.hear('en', [1, 0, 3])
        run_until(lambda: len(self.caller.words(german)) >= 3, 30, 'the German words')
        self.assertEqual(self.caller.words(english), ['bravo', 'alpha', 'delta'])
        self.assertEqual(self.caller.words(german), words('zwei eins fünf'))

    def test_two_streams_share_a_process(self):
        self.install('en')
        other = self.caller.open(source='system', language='en', engine='local:sherpa-onnx')
        self.caller.wait_for_state(other, 'listening')
        stream = self.hear('en', [1, 0, 3])
        self.assertNotEqual(stream, other)
        run_until(lambda: len(self.caller.words(other)) >= 3, 30, 'the words of the other stream')
        for each in stream, other:
            self.assertEqual(self.caller.words(each), ['bravo', 'alpha', 'delta'])
        pid = self.daemon.process.pid
        children = Path(f'/proc/{pid}/task/{pid}/children').read_text().split()
        self.assertEqual(len(children), 1, children)

    def test_a_language_comes_and_goes_with_its_model(self):
        self.assert_fails('LanguageNotSupported', self.caller.open, source='system', language='de')
        self.install('de')
        self.caller.stream(self.caller.open(source='system', language='de'), 'Close')
        self.assertEqual(captionctl('model', 'remove', 'tones-de').status, 0)
        self.assert_fails('LanguageNotSupported', self.caller.open, source='system', language='de')


class Others(TestCase):
    """The example of docs/recognisers.md, which is no part of captiond."""

    def setUp(self):
        folder = DATA / 'recognisers'
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(EXAMPLE, folder)
        self.addCleanup(shutil.rmtree, folder, True)
        super().setUp()
        self.caller = self.client()

    def test_found_by_its_file(self):
        stream = self.caller.open(source='system', engine='local:loudness', language='en')
        self.caller.wait_for_state(stream, 'listening')
        self.play(tones([0, 1, 2, 3]))
        run_until(lambda: self.caller.finals(stream), 30, 'text')
        _, _, text, _, _, _, details = self.caller.finals(stream)[0]
        self.assertIn(text, ('loud', 'normal'))
        self.assertEqual(details['engine'], 'local:loudness')

    def test_gone_with_its_file(self):
        os.unlink(DATA / 'recognisers' / 'loudness.recogniser')

        def is_gone():
            try:
                self.caller.stream(self.caller.open(source='system', engine='local:loudness'), 'Close')
            except GLib.Error:
                return True
            return False

        run_until(is_gone, 10, 'the recogniser gone')
        self.assert_fails('NoSuchEngine', self.caller.open, source='system', engine='local:loudness')


if __name__ == '__main__':
    tap.main()
