# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The example of a recogniser in examples/recogniser, through the contract, in the room in which
captiond would run it."""

import array
import math
import os
import re
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from gi.repository import GLib

import tap
from recogniser import Recogniser

SOURCE = Path(os.environ['CAPTIOND_SOURCEDIR'])
FOLDER = SOURCE / 'examples/recogniser'
PROGRAM = FOLDER / 'loudness.py'


def key_file():
    file = GLib.KeyFile.new()
    file.load_from_file(str(FOLDER / 'loudness.recogniser'), GLib.KeyFileFlags.NONE)
    return file


def hum(level, seconds=1.0, rate=16000):
    step = 2 * math.pi * 300 / rate
    return array.array('h', [round(level * math.sin(step * frame)) for frame in range(int(seconds * rate))]).tobytes()


class Example(unittest.TestCase):
    def start(self):
        if not Path('/usr/lib/python3/dist-packages/gi').exists():
            self.skipTest('the package python3-gi is not installed')
        recogniser = Recogniser(PROGRAM)
        self.addCleanup(recogniser.close)
        return recogniser

    def test_each_stretch_has_a_text(self):
        recogniser = self.start()
        facts = recogniser.load(language='en', threads=GLib.Variant('u', 2))
        self.assertEqual(facts, {'rate': 16000, 'name': 'Loudness'})
        position = recogniser.hear(hum(20000), 1000)
        position = recogniser.hear(hum(3000), position + 500)
        recogniser.hear(hum(100), position, more=True)
        recogniser.call('Finish')
        self.assertEqual([(row.utterance, row.text) for row in recogniser.finals()],
                         [(1, 'loud'), (2, 'normal'), (3, 'soft')])
        self.assertEqual([(row.begin, row.end) for row in recogniser.finals()],
                         [(1000, 17000), (17500, 33500), (33500, 49500)])
        self.assertGreater(len(recogniser.hypotheses), 20)
        self.assertEqual(recogniser.broken(), [])

    def test_it_exits_with_captiond(self):
        recogniser = self.start()
        recogniser.load()
        self.assertEqual(recogniser.close(), (0, ''))

    def test_its_contract_is_ours(self):
        example = re.search(r'<node>.*</node>', PROGRAM.read_text(), re.S).group()
        ours = (SOURCE / 'dbus/org.captiond.Recogniser1.xml').read_text()
        name, members = self.members(ours)
        # The example serves one stream.
        members.remove(('method', 'Join', (('h', 'in'),)))
        self.assertEqual(self.members(example), (name, members))

    def members(self, text):
        interface = ElementTree.fromstring(text).find('interface')
        members = {(member.tag, member.get('name'), tuple((argument.get('type'), argument.get('direction'))
                                                          for argument in member.iter('arg')))
                   for member in interface}
        return interface.get('name'), members

    def test_its_file_names_it(self):
        file = key_file()
        self.assertEqual(file.get_string('Recogniser', 'Program'), PROGRAM.name)
        self.assertTrue(os.access(PROGRAM, os.X_OK))
        self.assertEqual(file.get_string_list('Recogniser', 'Languages'), ['en'])


class Page(unittest.TestCase):
    def test_all_keys_are_explained(self):
        page = (SOURCE / 'docs/recognisers.md').read_text(encoding='utf-8')
        for path in (FOLDER / 'loudness.recogniser', *SOURCE.glob('recognisers/*/*.recogniser*')):
            for key in re.findall(r'^(\w+)=', path.read_text(), re.M):
                with self.subTest(path=path.name, key=key):
                    self.assertIn(f'| `{key}` |', page)


if __name__ == '__main__':
    tap.main()
