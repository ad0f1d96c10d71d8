# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The recogniser of sherpa-onnx with the real library, through the contract. The model hears
tones as words. tests/tools/fetch-sherpa fetches the versions of the library."""

import array
import functools
import math
import os
import random
import shutil
import signal
import tempfile
import unittest
from pathlib import Path

from gi.repository import GLib

import make_tone_model
import tap
from recogniser import BUILD, Recogniser

PROGRAM = BUILD / 'recognisers/sherpa-onnx/captiond-sherpa-onnx'
CACHE = Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache') / 'captiond-sherpa'
WORDS = ['alpha', 'bravo', 'charlie', 'delta']
RATE = make_tone_model.RATE
SETTINGS = {'Type': 't-one-ctc', 'Model': 'tones.onnx', 'Tokens': 'tokens.txt'}
TRANSDUCER = {'Type': 'transducer', 'Encoder': 'encoder.onnx', 'Decoder': 'decoder.onnx', 'Joiner': 'joiner.onnx',
              'Model': None, 'Tokens': 'symbols.txt'}
INSTALL = 'captionctl model install sherpa-onnx-library'


def silence(seconds, rate=RATE):
    return array.array('f', bytes(4 * round(seconds * rate)))


@functools.cache
def tone(number, rate, seconds=0.3):
    step = 2 * math.pi * make_tone_model.TONES[number] / rate
    return array.array('f', [0.5 * math.sin(step * frame) for frame in range(round(seconds * rate))])


def resident(pid):
    """Returns the memory of a process in kB."""
    lines = Path(f'/proc/{pid}/status').read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith('VmRSS:'))


def speak(numbers, pause=0.3, before=0.2, after=None, rate=RATE):
    """Returns the samples of words with pauses between them, and the seconds at which each begins."""
    samples, begins = silence(before, rate), []
    for number in numbers:
        begins.append(len(samples) / rate)
        samples += tone(number, rate) + silence(pause, rate)
    if after is not None:
        samples = samples[:len(samples) - round(pause * rate)] + silence(after, rate)
    return samples.tobytes(), begins


class Case(unittest.TestCase):
    library = None
    environment = {}

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def start(self, **environment):
        if self.library:
            environment.setdefault('SHERPA_ONNX_LIBRARY', str(self.library))
        recogniser = Recogniser(PROGRAM, **self.environment, **environment)
        self.addCleanup(recogniser.close)
        return recogniser

    def write_model(self, words=WORDS):
        try:
            make_tone_model.write(self.folder, words)
        except ImportError:
            self.skipTest('the package python3-onnx is not installed')

    def load(self, recogniser, language='en', **settings):
        options = {key: value for key, value in {**SETTINGS, **settings}.items() if value is not None}
        return recogniser.load(model=self.folder, language=language, settings=GLib.Variant('a{ss}', options))

    def ready(self, words=WORDS, **options):
        self.write_model(words)
        recogniser = self.start()
        self.load(recogniser, **options)
        return recogniser

    def refusal(self, recogniser, **settings):
        """Returns the sentence with which Load fails; the process must survive it."""
        with self.assertRaises(GLib.Error) as caught:
            self.load(recogniser, **settings)
        self.assertIn('org.captiond.Recogniser1.Error', caught.exception.message)
        status, _ = recogniser.close()
        self.assertEqual(status, 0)
        return caught.exception.message


class Hearing:
    """The cases for each version of the library."""

    version = None
    chooses_language = True

    def setUp(self):
        given = os.environ.get('SHERPA_ONNX_LIBRARY')
        self.library = Path(given) if given else CACHE / self.version
        if not self.library.exists():
            self.skipTest(f'sherpa-onnx {self.version} is not fetched: run tests/tools/fetch-sherpa')
        super().setUp()

    def check(self, recogniser, numbers, words=WORDS):
        self.assertEqual(recogniser.broken(), [])
        heard, spoken = recogniser.text().split(), [words[number] for number in numbers]
        # The comparison of long lists by unittest takes minutes.
        wrong = next((place for place, pair in enumerate(zip(heard, spoken)) if pair[0] != pair[1]), None)
        if wrong is not None:
            self.fail(f'word {wrong}: {heard[wrong:wrong + 5]} is not {spoken[wrong:wrong + 5]}')
        self.assertEqual(len(heard), len(spoken))

    def test_facts(self):
        self.write_model()
        recogniser = self.start()
        facts = self.load(recogniser)
        self.assertEqual(facts['rate'], RATE)
        self.assertEqual(facts['format'], 'F32')
        self.assertEqual(facts['language'], 'en')
        if not os.environ.get('SHERPA_ONNX_LIBRARY'):
            self.assertIn(self.version, facts['name'])

    def test_words_and_their_times(self):
        numbers = [0, 2, 1, 3, 0]
        recogniser = self.ready()
        samples, begins = speak(numbers, pause=0.6)
        recogniser.hear(samples, position=RATE)
        self.check(recogniser, numbers)
        final, = recogniser.finals()
        self.assertEqual([word for word, *_ in final.details['words']], [WORDS[number] for number in numbers])
        for (word, begin, end, confidence), spoken in zip(final.details['words'], begins):
            with self.subTest(word=word, spoken=spoken):
                self.assertLess(abs((begin - RATE) / RATE - spoken), 0.15)
                self.assertLess(abs((end - RATE) / RATE - spoken - 0.3), 0.15)
                self.assertLess(confidence, 0)
        self.assertEqual((final.begin, final.end), (final.details['words'][0][1], final.details['words'][-1][2]))

    def test_text_comes_while_somebody_speaks(self):
        recogniser = self.ready()
        samples, begins = speak([3, 1, 2], pause=0.7)
        size = RATE // 10 * 4
        recogniser.call('Begin', '(t)', 0)
        seen = []
        for offset in range(0, len(samples), size):
            recogniser.audio(offset // 4, samples[offset:offset + size])
            for hypothesis in recogniser.hypotheses[len(seen):]:
                seen.append((hypothesis.text, (offset + size) / 4 / RATE))
                self.assertFalse(hypothesis.final)
                # All words but the last are settled.
                self.assertEqual(hypothesis.details.get('settled', 0), len(hypothesis.text.rpartition(' ')[0]))
        self.assertEqual([text for text, _ in seen], ['delta', 'delta bravo', 'delta bravo charlie'])
        for (text, heard), spoken in zip(seen, begins):
            self.assertLess(heard - spoken, 1.0, text)

    def test_transducer(self):
        recogniser = self.ready(**TRANSDUCER)
        rate = recogniser.rate
        self.assertEqual(rate, 16000)
        numbers = [0, 2, 1, 3, 0]
        samples, begins = speak(numbers, rate=rate)
        recogniser.hear(samples)
        self.check(recogniser, numbers)
        final, = recogniser.finals()
        for (word, begin, end, confidence), spoken in zip(final.details['words'], begins, strict=True):
            with self.subTest(word=word, spoken=spoken):
                self.assertLess(abs(begin / rate - spoken), 0.15)
                self.assertLess(abs(end / rate - spoken - 0.3), 0.15)
                self.assertGreater(confidence, 0.5)
                self.assertLessEqual(confidence, 1)
        self.assertGreater(final.details['confidence'], 0.5)
        self.assertGreater(len(recogniser.hypotheses), 4)

    def test_the_last_word_of_a_transducer(self):
        recogniser = self.ready(**TRANSDUCER)
        position = 0
        for number in 0, 1, 2, 3:
            position = recogniser.hear(speak([number], after=0, rate=recogniser.rate)[0], position)
        self.check(recogniser, [0, 1, 2, 3])

    def test_speech_without_end_for_a_transducer(self):
        # This model hears no word twice in succession.
        numbers = [0]
        for skip in random.Random(9).choices((1, 2, 3), k=499):
            numbers.append((numbers[-1] + skip) % 4)
        recogniser = self.ready(**TRANSDUCER)
        samples, _ = speak(numbers, pause=0.2, rate=recogniser.rate)
        size = 15 * recogniser.rate * 4
        position = 0
        for offset in range(0, len(samples), size):
            position = recogniser.hear(samples[offset:offset + size], position, offset + size < len(samples), step=0.5)
        self.check(recogniser, numbers)
        self.assertGreater(len(recogniser.finals()), 14)

    def test_the_last_word_needs_no_silence(self):
        recogniser = self.ready()
        position = 0
        for number in 0, 1, 2, 3:
            position = recogniser.hear(speak([number], after=0)[0], position)
        self.check(recogniser, [0, 1, 2, 3])
        self.assertEqual([row.utterance for row in recogniser.finals()], [1, 2, 3, 4])
        for row in recogniser.finals():
            self.assertLessEqual(row.end, position)

    def test_other_languages(self):
        for words, language, text in (
                (['eins', 'zwei', 'drei', 'fünf'], 'de', 'eins fünf drei'),
                (['один', 'два', 'три', 'пять'], 'ru', 'один пять три')):
            with self.subTest(language=language):
                recogniser = self.ready(words, language=language)
                recogniser.hear(speak([0, 3, 2])[0])
                self.assertEqual(recogniser.text(), text)
                self.assertEqual(recogniser.facts['language'], language)
                recogniser.close()

    def test_streams_share_the_model(self):
        self.write_model()
        recogniser = self.start()
        streams, memory = [], []
        for _ in range(4):
            streams.append(recogniser.join())
            self.load(streams[-1])
            memory.append(resident(recogniser.process.pid))
        print(f'# memory with 1 to 4 streams: {memory} kB')
        self.assertLess(memory[-1] - memory[0], 2000)

        numbers = [[i, 1, 2, 3, i] for i in range(4)]
        sounds = [memoryview(speak(row)[0]) for row in numbers]
        size = RATE // 10 * 4
        for stream in streams:
            stream.call('Begin', '(t)', 0)
        for offset in range(0, len(sounds[0]), size):
            for stream, sound in zip(streams, sounds):
                stream.audio(offset // 4, bytes(sound[offset:offset + size]))
        streams.pop().close()
        for stream, row in zip(streams, numbers):
            stream.call('End', '(tb)', len(sounds[0]) // 4, False)
            self.check(stream, row)
        self.assertEqual(recogniser.close()[0], 0)

    def test_a_model_that_takes_the_language(self):
        self.write_model()
        recogniser = self.start()
        if not self.chooses_language:
            self.assertIn(INSTALL, self.refusal(recogniser, language='pt-BR', TakesLanguage='true'))
            return
        self.load(recogniser, language='pt-BR', TakesLanguage='true')
        samples, _ = speak([0, 1])
        recogniser.hear(samples)
        self.check(recogniser, [0, 1])

    def test_characters_without_blanks(self):
        self.write_model()
        (self.folder / 'tokens.txt').write_text('今 0\n天 1\n好 2\n。 3\n<blk> 4\n', encoding='utf-8')
        recogniser = self.start()
        self.load(recogniser, language='zh')
        recogniser.hear(speak([0, 1, 2, 3])[0])
        self.assertEqual(recogniser.text(), '今天好。')
        self.assertEqual([word for word, *_ in recogniser.finals()[0].details['words']], ['今', '天', '好。'])

    def test_parts_of_words(self):
        self.write_model()
        (self.folder / 'tokens.txt').write_text('▁cap 0\ntion 1\ns 2\n▁now 3\n<blk> 4\n', encoding='utf-8')
        recogniser = self.start()
        self.load(recogniser)
        samples, begins = speak([0, 1, 2, 3], pause=0.1)
        recogniser.hear(samples)
        self.assertEqual(recogniser.text(), 'captions now')
        for (_, begin, *_), spoken in zip(recogniser.finals()[0].details['words'], (begins[0], begins[3])):
            self.assertLess(abs(begin / RATE - spoken), 0.15)

    def test_capitals_become_sentences(self):
        recogniser = self.ready(['HE', 'SAID', "I'M", 'ÉTÉ'])
        position = recogniser.hear(speak([0, 1, 2, 3])[0])
        recogniser.hear(speak([2, 0])[0], position)
        self.assertEqual([row.text for row in recogniser.finals()], ["He said I'm été", "I'm he"])

    def test_speech_without_end_is_cut_between_words(self):
        numbers = random.Random(7).choices(range(4), k=1000)
        samples, _ = speak(numbers, pause=0.25)
        recogniser = self.ready()
        size = 15 * RATE * 4
        position = 0
        for offset in range(0, len(samples), size):
            position = recogniser.hear(samples[offset:offset + size], position, offset + size < len(samples), step=0.5)
        self.check(recogniser, numbers)
        self.assertGreater(len(recogniser.finals()), 30)
        # No cut leaves more than a few seconds for later.
        for before, after in zip(recogniser.finals(), recogniser.finals()[1:]):
            self.assertLess(after.begin - before.end, RATE)

    def test_a_stretch_that_captiond_does_not_end(self):
        numbers = random.Random(8).choices(range(4), k=500)
        recogniser = self.ready()
        recogniser.hear(speak(numbers, pause=0.2)[0], step=1)
        self.check(recogniser, numbers)
        self.assertGreater(len(recogniser.finals()), 8)

    def test_hours_of_streams_stay_short(self):
        """Silence, and speech after it, in a stretch that never ends."""
        recogniser = self.ready()
        position, numbers = 0, []
        for number in range(20):
            samples = silence(14).tobytes() + speak([number % 4, (number + 1) % 4])[0]
            numbers += [number % 4, (number + 1) % 4]
            position = recogniser.hear(samples, position, number < 19, step=1)
        self.check(recogniser, numbers)

    def test_finish_makes_all_final(self):
        recogniser = self.ready()
        position = recogniser.hear(speak([0, 1, 2], after=0)[0], more=True)
        recogniser.call('Finish')
        self.check(recogniser, [0, 1, 2])
        recogniser.hear(speak([3])[0], position + RATE)
        self.check(recogniser, [0, 1, 2, 3])
        self.assertGreater(recogniser.finals()[-1].begin, position + RATE)

    def test_silence_is_no_text(self):
        recogniser = self.ready()
        recogniser.hear(silence(3).tobytes())
        self.assertEqual(recogniser.hypotheses, [])

    def test_no_speech_in_the_log(self):
        recogniser = self.ready()
        recogniser.hear(speak([0, 1, 2, 3])[0])
        self.check(recogniser, [0, 1, 2, 3])
        self.assertEqual(recogniser.close(), (0, ''))

    def test_broken_models(self):
        """One version of the library ends the process, the other one says that it cannot load the model."""
        self.write_model()
        whole = (self.folder / 'tones.onnx').read_bytes()
        for name, content in ('truncated', whole[:len(whole) // 2]), ('garbage', b'x' * 9000), ('empty', b''):
            with self.subTest(name):
                (self.folder / 'tones.onnx').write_bytes(content)
                recogniser = self.start()
                with self.assertRaises(GLib.Error) as caught:
                    self.load(recogniser)
                status, _ = recogniser.close()
                if 'cannot load the model' in caught.exception.message:
                    self.assertEqual(status, 0)
                else:
                    self.assertIn(status, (-signal.SIGABRT, 255))

    def test_wrong_lists_of_tokens(self):
        self.write_model()
        for text, fault in ((b'alpha 0\n<blk> 4\n', 'complete'), (b'a 0\nb 1\nc 2\nd 3\ne 4\n', 'blank token'),
                            (b'two words 0\n', 'its number'), (b'alpha x\n', 'its number'), (b'\0\1\2', 'not text'),
                            (b'', 'complete'), (b'alpha -1\n', 'its number')):
            with self.subTest(text=text):
                (self.folder / 'tokens.txt').write_bytes(text)
                sentence = self.refusal(self.start())
                self.assertIn('tokens.txt', sentence)
                self.assertIn(fault, sentence)

    def test_settings_that_cannot_work(self):
        self.write_model()
        for settings, fault in (
                ({'Model': '../tones.onnx'}, 'outside'), ({'Model': '/etc/passwd'}, 'outside'),
                ({'Model': 'a/../../b'}, 'outside'), ({'Model': ''}, 'outside'),
                ({'Model': 'none.onnx'}, 'none.onnx is missing'), ({'Model': '.'}, 'is missing'),
                ({'Model': None}, 'no line Model='), ({'Tokens': None}, 'no line Tokens='),
                ({'Type': 'whisper'}, 'type'), ({'Type': None}, 'type'), ({'Type': 'transducer'}, 'Encoder='),
                ({'Rate': 'fast'}, 'Rate='), ({'Rate': '96000'}, 'Rate=')):
            with self.subTest(settings=settings):
                self.assertIn(fault, self.refusal(self.start(), **settings))

    def test_libraries_that_captiond_names(self):
        self.write_model()
        library = self.library if self.library.is_dir() else self.library.parent
        (self.folder / 'package').mkdir()
        (self.folder / 'package/lib').symlink_to(library)
        for folder in library, self.folder / 'package':
            with self.subTest(folder=folder):
                recogniser = self.start(SHERPA_ONNX_LIBRARY='')
                facts = recogniser.load(model=self.folder, settings=GLib.Variant('a{ss}', SETTINGS),
                                        libraries=GLib.Variant('as', ['/nowhere', str(folder)]))
                self.assertEqual(facts['rate'], RATE)

    def test_order_of_calls(self):
        self.write_model()
        recogniser = self.start()
        with self.assertRaises(GLib.Error):
            recogniser.call('Begin', '(t)', 0)
        self.load(recogniser)
        with self.assertRaises(GLib.Error):
            self.load(recogniser)
        recogniser.call('End', '(tb)', 0, False)
        recogniser.call('Finish')
        recogniser.hear(speak([1])[0], step=1)
        self.check(recogniser, [1])


class Oldest(Hearing, Case):
    version = '1.12.12'
    chooses_language = False
    # The ONNX Runtime in it leaks 32 bytes when it is loaded. The other versions are searched for leaks.
    environment = {'ASAN_OPTIONS': 'detect_leaks=0'}


class Installed(Hearing, Case):
    version = '1.13.8'


class Newest(Hearing, Case):
    version = '2.0.1'


class Library(Case):
    """No library is needed for these."""

    def test_no_library(self):
        sentence = self.refusal(self.start(SHERPA_ONNX_LIBRARY='', LD_LIBRARY_PATH=''))
        self.assertIn('not installed', sentence)
        self.assertIn(INSTALL, sentence)

    def test_a_version_that_was_not_tried(self):
        sentence = self.refusal(self.start(SHERPA_ONNX_LIBRARY=str(BUILD / 'tests/tools')))
        self.assertIn('3.1.4 was not tried', sentence)
        self.assertIn(INSTALL, sentence)

    def test_a_file_that_is_no_library(self):
        path = self.folder / 'libsherpa-onnx-c-api.so'
        path.write_text('no library')
        sentence = self.refusal(self.start(SHERPA_ONNX_LIBRARY=str(path)))
        self.assertIn('cannot be loaded', sentence)

    def test_a_folder_without_the_library(self):
        sentence = self.refusal(self.start(SHERPA_ONNX_LIBRARY=str(self.folder)))
        self.assertIn(str(self.folder), sentence)


if __name__ == '__main__':
    tap.main()
