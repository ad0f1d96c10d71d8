#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
#
# Every text of the overlay can be translated, and has a translation in every
# language in LINGUAS. po/update repairs what this test finds.

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import tap

SOURCE = Path(os.environ['CAPTIOND_SOURCEDIR'])
PO = SOURCE / 'po'

WORDS = re.compile(r'(?<![\w"])(?:_|N_|C_|NC_|ngettext|g_dngettext)\s*\(')
COMMENTS_AND_STRINGS = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\])*"', re.S)


def listed(name):
    lines = (line.split('#')[0].strip() for line in (PO / name).read_text().splitlines())
    return [line for line in lines if line]


def has_words(path):
    code = COMMENTS_AND_STRINGS.sub('""', path.read_text(encoding='utf-8'))
    return any(WORDS.search(line) for line in code.splitlines() if not line.startswith('#define'))


class Sources(unittest.TestCase):
    def test_every_file_with_words_is_listed(self):
        found = {path.relative_to(SOURCE).as_posix() for path in (SOURCE / 'client').rglob('*.[ch]')
                 if has_words(path)}
        found |= {path.relative_to(SOURCE).as_posix() for pattern in ('*.desktop.in', '*.metainfo.xml.in')
                  for path in (SOURCE / 'data').glob(pattern)}
        self.assertEqual(found, set(listed('POTFILES')))

    def test_every_translation_is_listed(self):
        self.assertEqual(sorted(path.stem for path in PO.glob('*.po')), sorted(listed('LINGUAS')))


class Languages(unittest.TestCase):
    def setUp(self):
        for name in 'xgettext', 'msgmerge', 'msgfmt', 'msgattrib':
            if shutil.which(name) is None:
                self.skipTest(f'{name} is not installed')
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_tool(self, *command):
        done = subprocess.run([str(word) for word in command], cwd=SOURCE, capture_output=True, text=True,
                              env={**os.environ, 'LC_ALL': 'C.UTF-8', 'LANGUAGE': ''})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout, done.stderr

    def merge(self, language):
        """Returns the translation as po/update would write it."""
        self.run_tool(PO / 'update', '--template', self.folder / 'captiond.pot')
        self.run_tool('msgmerge', '--quiet', '--no-fuzzy-matching', '--output-file', self.folder / 'merged.po',
                      PO / f'{language}.po', self.folder / 'captiond.pot')
        return self.folder / 'merged.po'

    def test_every_language_is_complete(self):
        for language in listed('LINGUAS'):
            with self.subTest(language=language):
                missing, _ = self.run_tool('msgattrib', '--untranslated', self.merge(language))
                fuzzy, _ = self.run_tool('msgattrib', '--only-fuzzy', self.folder / 'merged.po')
                self.assertEqual(missing + fuzzy, '', 'run po/update and translate these')

    def test_every_translation_is_well_formed(self):
        for language in listed('LINGUAS'):
            with self.subTest(language=language):
                _, told = self.run_tool('msgfmt', '--check', '--statistics', '--output-file', '/dev/null',
                                        PO / f'{language}.po')
                self.assertRegex(told, r'\A\d+ translated messages\.\n\Z')

    def test_sentences_end_alike(self):
        """Translations end with the same punctuation, because readers notice a missing full stop."""
        for language in listed('LINGUAS'):
            for original, translated in self.pairs(language):
                with self.subTest(language=language, original=original):
                    for end in '.…:?':
                        self.assertEqual(original.endswith(end), translated.endswith(end), translated)

    def pairs(self, language):
        compiled = self.folder / f'{language}.mo'
        self.run_tool('msgfmt', '--output-file', compiled, PO / f'{language}.po')
        with compiled.open('rb') as file:
            import gettext
            catalog = gettext.GNUTranslations(file)._catalog
        return [(key, text) for key, text in catalog.items() if key and isinstance(key, str)]


if __name__ == '__main__':
    tap.main()
