#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The recogniser of Whisper where something is missing: each Load fails with a sentence, and the
process goes on. tests/weights has the tests with a model."""

import os
import shutil
import tempfile
import unittest
from pathlib import Path

from gi.repository import GLib

import tap
from recogniser import BUILD, Recogniser

PROGRAM = BUILD / 'recognisers/whisper/captiond-whisper'
CACHE = Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache') / 'captiond-whisper'


class Whisper(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def refusal(self, library, model=None, **settings):
        recogniser = Recogniser(PROGRAM, WHISPER_LIBRARY=str(library))
        self.addCleanup(recogniser.close)
        options = {'settings': GLib.Variant('a{ss}', settings)}
        if model is not None:
            options['model'] = model
        with self.assertRaises(GLib.Error) as caught:
            recogniser.load(**options)
        self.assertIn('org.captiond.Recogniser1.Error', caught.exception.message)
        self.assertEqual(recogniser.close()[0], 0)
        return caught.exception.message

    def refusal_of_model(self, *arguments, **settings):
        if not (CACHE / '1.8.5').exists():
            self.skipTest('whisper.cpp 1.8.5 is not fetched: run tests/tools/fetch-whisper')
        return self.refusal(CACHE / '1.8.5', *arguments, **settings)

    def test_no_library(self):
        self.assertIn('has no libwhisper.so.1', self.refusal(self.folder))

    def test_another_library(self):
        (self.folder / 'libwhisper.so.1').write_text('not a library')
        message = self.refusal(self.folder)
        self.assertIn('cannot be loaded', message)
        self.assertIn('Install whisper.cpp', message)

    def test_no_model(self):
        self.assertIn('captionctl model list', self.refusal_of_model())

    def test_a_folder_without_a_model(self):
        self.assertIn('Model=', self.refusal_of_model(self.folder))
        self.assertIn('ggml-base.bin is missing', self.refusal_of_model(self.folder, Model='ggml-base.bin'))
        self.assertIn('Model=', self.refusal_of_model(self.folder, Model='../ggml-base.bin'))

    def test_a_file_that_is_no_model(self):
        (self.folder / 'model.bin').write_bytes(b'no model' * 1000)
        self.assertIn('cannot read the model', self.refusal_of_model(self.folder))


if __name__ == '__main__':
    tap.main()
