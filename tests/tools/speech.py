# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Recordings with their texts, and the comparison of recognised text."""

import os
import re
import shutil

LIBRIVOX = '/usr/share/pocketsphinx/test/data/librivox'


def recordings():
    """Yields (path, text) of each recording."""
    try:
        with open(os.path.join(LIBRIVOX, 'transcription'), encoding='utf-8') as file:
            said = dict((name, text) for text, name in
                        re.findall(r'^<s> (.*) </s> \((.*)\)$', file.read(), re.MULTILINE))
        with open(os.path.join(LIBRIVOX, 'fileids'), encoding='utf-8') as file:
            for name in file.read().split():
                yield os.path.join(LIBRIVOX, name + '.wav'), said[name]
    except FileNotFoundError:
        return

    folder = os.environ.get('CAPTIOND_TEST_SPEECH', '')
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        text = os.path.join(folder, name[:-4] + '.txt')
        if name.endswith('.wav') and os.path.exists(text):
            with open(text, encoding='utf-8') as file:
                yield os.path.join(folder, name), file.read()


def stock_command(path):
    """Returns PocketSphinx's own command for live speech, or None.

    PocketSphinx 5.1 also has a command that reads a file as a whole, which is easier: it
    knows the loudness of the voice before the first word."""
    if shutil.which('pocketsphinx_continuous'):
        return ['pocketsphinx_continuous', '-logfn', '/dev/null', '-infile', path]
    if shutil.which('pocketsphinx'):
        return ['pocketsphinx', '-loglevel', 'FATAL', 'live', path]
    return None


def words(text):
    """Splits a text into words in lower case, of letters and apostrophes alone."""
    return re.sub(r"[^a-z']+", ' ', text.lower()).split()


def word_errors(said, heard):
    """Counts substitutions, insertions and deletions between two lists of words."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]
