#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The catalogue of models: what each entry must say, and that it fits its recogniser."""

import configparser
import os
import re
import unittest
from pathlib import Path

import tap

SOURCE = Path(os.environ['CAPTIOND_SOURCEDIR'])


def keyfile(path):
    file = configparser.ConfigParser(interpolation=None)
    file.optionxform = str
    file.read(path, encoding='utf-8')
    return file


def words(text):
    return [word for word in text.split(';') if word]


class Models(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.entries = {path.stem: keyfile(path) for path in SOURCE.glob('data/models/*.model')}
        cls.recognisers = {path.stem: keyfile(path)['Recogniser']
                           for path in SOURCE.glob('recognisers/*/*.recogniser')}
        assert cls.entries and cls.recognisers

    def each(self):
        for name, entry in self.entries.items():
            with self.subTest(name=name):
                yield name, entry

    def test_files_have_addresses_sizes_and_hashes(self):
        for _, entry in self.each():
            files = [entry[section] for section in entry.sections() if section.startswith('File ')]
            self.assertTrue(files)
            for file in files:
                self.assertRegex(file['SHA256'], r'^[0-9a-f]{64}$')
                self.assertGreater(int(file['Size']), 1000)
                for address in words(file['Address']):
                    self.assertTrue(address.startswith('https://'), address)

    def test_licences_are_named(self):
        for _, entry in self.each():
            self.assertTrue(entry['Model']['License'])
            self.assertTrue(entry['Model']['LicenseAddress'].startswith('https://'))

    def test_needs_exist(self):
        for _, entry in self.each():
            for need in words(entry['Model'].get('Needs', '')):
                self.assertEqual(self.entries[need]['Model']['Kind'], 'library')

    def test_a_recogniser_reads_each_form(self):
        for _, entry in self.each():
            if entry['Model']['Kind'] == 'model':
                recogniser = self.recognisers[entry['Model']['Recogniser']]
                self.assertIn(entry['Model']['Form'], words(recogniser['Models']))

    def test_settings_name_files_that_arrive(self):
        for _, entry in self.each():
            arrive = [section[5:] for section in entry.sections()
                      if section.startswith('File ') and entry[section].get('Unpack') != 'true']
            for section in entry.sections():
                arrive += words(entry[section].get('Keep', ''))
            for key, value in (entry['Settings'] if entry.has_section('Settings') else {}).items():
                if key in ('Encoder', 'Decoder', 'Joiner', 'Model', 'Tokens'):
                    self.assertIn(value, arrive, key)

    def test_the_page_lists_each(self):
        page = (SOURCE / 'docs/models.md').read_text(encoding='utf-8')
        listed = set(re.findall(r'^\| `([\w.-]+)` \|', page, re.M))
        self.assertEqual(listed, {name for name, entry in self.entries.items() if entry['Model']['Kind'] == 'model'})


if __name__ == '__main__':
    tap.main()
