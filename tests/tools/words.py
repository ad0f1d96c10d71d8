# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Countable words: makes speech of them, damages it, and compares them with the
text that was recognised. See words.h."""

import os
import re
import subprocess
import wave
from collections import Counter, namedtuple

PROGRAM = os.path.join(os.environ['CAPTIOND_BUILDDIR'], 'tests', 'tools', 'make-words')
HEARER = os.path.join(os.environ['CAPTIOND_BUILDDIR'], 'tests', 'tools', 'hear-words')

# One word: its number, and the seconds at which it begins and ends.
Said = namedtuple('Said', 'number begin end')


def make(path, seconds, **options):
    """Writes a WAV; returns the list of its words (Said). The options are those of
    the program: seed=3, rate=48000, first=100, lead=0.5, sentence=(3, 12),
    pause=(0.7, 3), no_pauses=True."""
    arguments = [PROGRAM, '--seconds', str(seconds), '--wav', path, '--list', path + '.list']
    for name, value in options.items():
        if value is False:
            continue
        arguments.append('--' + name.replace('_', '-'))
        if value is not True:
            arguments += [str(one) for one in (value if isinstance(value, tuple) else (value,))]
    subprocess.run(arguments, check=True, stdin=subprocess.DEVNULL)
    return read_list(path + '.list')


def read_list(path):
    with open(path, encoding='ascii') as file:
        return [Said(int(number), float(begin), float(end))
                for number, begin, end in map(str.split, file)]


def hear(path):
    """Returns the text of a mono WAV with 16-bit samples."""
    with wave.open(path) as wav:
        rate, data = wav.getframerate(), wav.readframes(wav.getnframes())
    return ' '.join(subprocess.run([HEARER, str(rate)], input=data, stdout=subprocess.PIPE,
                                   check=True).stdout.decode().split())


def numbers(said):
    return [word.number for word in said]


def text_of(expected):
    """Returns the text that the scripted server sends for these numbers."""
    return ' '.join(f'w{number:05d}' for number in expected)


def _rewrite(source, target, change):
    with wave.open(source) as wav:
        parameters, data = wav.getparams(), wav.readframes(wav.getnframes())
    size = parameters.sampwidth * parameters.nchannels
    with wave.open(target, 'wb') as wav:
        wav.setparams(parameters)
        wav.writeframes(change(data, lambda seconds: int(seconds * parameters.framerate) * size))


def cut(source, target, at, seconds=0.2):
    """Copies a WAV without the given seconds after that time."""
    _rewrite(source, target, lambda data, byte: data[:byte(at)] + data[byte(at + seconds):])


def repeat(source, target, at, seconds=0.2):
    """Copies a WAV, and repeats the given seconds after that time."""
    _rewrite(source, target, lambda data, byte: data[:byte(at + seconds)] + data[byte(at):])


class Comparison:
    """lost: numbers that were spoken and not heard. doubled: numbers that were heard
    more than once, listed once for each repetition. garbled: the number of sounds that
    were no whole word. strange: words that were never spoken. out_of_order: the number
    of words that directly follow a word that was spoken later."""

    def __init__(self, expected, texts):
        places = {number: i for i, number in enumerate(expected)}
        if len(places) != len(expected):
            raise ValueError('a number was said twice')
        heard, self.strange, self.garbled = [], [], 0
        for token in ' '.join([texts] if isinstance(texts, str) else texts).split():
            number = int(token[1:]) if re.fullmatch(r'w\d{5,7}', token) else None
            if token == 'garbled':
                self.garbled += 1
            elif number in places:
                heard.append(number)
            else:
                self.strange.append(token)
        counts = Counter(heard)
        self.expected = len(expected)
        self.heard = len(counts)
        self.lost = [number for number in expected if not counts[number]]
        self.doubled = sorted((counts - Counter(expected)).elements())
        self.out_of_order = sum(places[a] > places[b] for a, b in zip(heard, heard[1:]))

    @property
    def ok(self):
        """Tells whether each word was heard once, and in order."""
        return not (self.lost or self.doubled or self.garbled or self.strange or self.out_of_order)

    def __str__(self):
        return (f'{self.heard} of {self.expected} words heard; lost {self.lost}, doubled {self.doubled}, '
                f'garbled {self.garbled}, strange {self.strange}, out of order {self.out_of_order}')

    __repr__ = __str__


def compare(expected, texts):
    """Compares @expected (numbers or Said), in the order in which the words were
    spoken, with one text or several texts, in the order of the captions."""
    return Comparison([getattr(one, 'number', one) for one in expected], texts)
