# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The findings of captionctl doctor about recognisers of this computer. The recogniser is the
example of docs/recognisers.md, or it breaks the contract."""

import os
import shutil
from pathlib import Path

from gi.repository import GLib

import tap
from captions import NAME, PATH, TestCase, run_until
from models import write_entry
from program import captionctl

DATA = Path(os.environ['XDG_DATA_HOME']) / 'captiond'
EXAMPLE = Path(__file__).parents[2] / 'examples' / 'recogniser'
STEPS = ['recogniser', 'model', 'memory', 'load', 'speed']
DESCRIPTION = '[Recogniser]\nName=Mine\nProgram={program}\nLanguages=en;\nLicense=MIT\nStreams=true\n'
ENTRY = """[Model]
Name=Better
Kind=model
Languages=en;
Recogniser=reader
Form=letters
License=MIT
LicenseAddress=https://license.example/
Streams=true
Rank={rank}

[File words]
Address=https://models.invalid/words
Size=5
SHA256=dba36bffa5cab0f922d087a3aeb179f9d4e745df40b323e1b1471402848c8a3e
"""


def sleep(seconds):
    """The example, which sleeps in the middle of each piece of half a second."""
    program = (EXAMPLE / 'loudness.py').read_text(encoding='utf-8')
    return program.replace('import math', 'import math\nimport time').replace(
        'self.say(final=False)', f'time.sleep({seconds})')


class Case(TestCase):

    def setUp(self):
        self.addCleanup(shutil.rmtree, DATA, True)
        shutil.rmtree(DATA, ignore_errors=True)
        shutil.copytree(EXAMPLE, DATA / 'recognisers')
        self.prepare()
        super().setUp()

    def prepare(self):
        """Writes what the daemon finds when it starts."""

    def describe(self, name, text):
        (DATA / 'recognisers' / f'{name}.recogniser').write_text(text, encoding='utf-8')

    def write_program(self, name, text):
        path = DATA / 'recognisers' / name
        path.write_text(text, encoding='utf-8')
        path.chmod(0o700)

    def diagnose(self, engine='local:loudness', verdict='works'):
        done = captionctl('doctor', engine, '--json')
        found = done.json()
        self.assertEqual(done.status, 0 if verdict == 'works' else 1, done)
        self.assertEqual((found['provider'], found['verdict']), (engine, verdict))
        self.assertRegex(found['details']['message'], r'\A[A-Z].*\S\Z')
        for row in found['rows']:
            self.assertGreaterEqual(row['seconds'], 0)
            self.assertTrue(row['message'])
        return {row['step']: row for row in found['rows']}, found['details']['message']


class Works(Case):

    def test_rows(self):
        rows, message = self.diagnose()
        # An installed captiond may have a catalogue with a better model.
        self.assertEqual(list(rows)[:5], STEPS)
        self.assertEqual({row['works'] for row in rows.values()}, {True})
        self.assertIn(str(DATA / 'recognisers' / 'loudness.py'), rows['recogniser']['message'])
        self.assertIn('available', rows['memory']['message'])
        self.assertRegex(message, r'A second of sound takes \d\.\d\d seconds')

    def test_for_people(self):
        done = captionctl('doctor', 'local:loudness')
        self.assertEqual(done.status, 0, done)
        for step in STEPS:
            self.assertRegex(done.out, rf'(?m)^{step} +works$')
        self.assertTrue(done.out.startswith('STEP        RESULT\n'))
        self.assertIn('\nlocal:loudness works. A second', done.out)
        self.assertEqual(done.err, '')

    def test_without_any_service(self):
        self.assertEqual(captionctl('doctor', '--json').json()['provider'], 'local')

    def test_report(self):
        done = captionctl('doctor', 'local:loudness', '--report', '-')
        self.assertIn('Verdict: works', done.out)
        self.assertGreaterEqual(done.out.count('\nStep '), len(STEPS))

    def test_the_best_one(self):
        rows, _ = self.diagnose_any('local')
        self.assertEqual(list(rows)[:5], STEPS)
        self.assertTrue(rows['load']['works'])

    def diagnose_any(self, engine):
        found = captionctl('doctor', engine, '--json').json()
        return {row['step']: row for row in found['rows']}, found['details']


class Better(Case):

    def prepare(self):
        self.describe('reader', DESCRIPTION.format(program='loudness.py').replace(
            'Languages=en;', 'Models=letters;'))
        write_entry(DATA / 'models', 'bad', ENTRY.format(rank=0))
        write_entry(DATA / 'models', 'good', ENTRY.format(rank=90))
        write_entry(DATA / 'models', 'other', ENTRY.format(rank=80))
        write_entry(DATA / 'models', 'unreadable', ENTRY.format(rank=99).replace('letters', 'pictures'))

    def test_the_best_that_can_be_read(self):
        rows, _ = self.diagnose()
        self.assertEqual(list(rows), [*STEPS, 'better'])
        self.assertIn('captionctl model install good', rows['better']['message'])


class Fails(Case):

    def prepare(self):
        self.write_program('ends', '#!/bin/sh\nexit 3\n')
        self.describe('ends', DESCRIPTION.format(program='ends'))
        self.describe('lacks', DESCRIPTION.format(program='ends')
                      + 'Needs=/nowhere/library;\nHint=Install the library, then try again.\n')
        self.write_program('slow.py', sleep(0.55))
        self.describe('slow', DESCRIPTION.format(program='slow.py'))
        self.write_program('waits.py', sleep(0.55).replace(
            'final, {}', "final, {'processor-seconds': GLib.Variant('d', time.process_time())}"))
        self.describe('waits', DESCRIPTION.format(program='waits.py'))

    def test_what_is_missing(self):
        rows, message = self.diagnose('local:lacks', 'fails')
        self.assertEqual([(step, row['works']) for step, row in rows.items()], [('recogniser', False)])
        self.assertEqual(rows['recogniser']['error'], NAME + '.Error.NotConfigured')
        self.assertIn('Install the library, then try again.', message)

    def test_a_program_that_ends(self):
        rows, _ = self.diagnose('local:ends', 'fails')
        self.assertEqual([(step, row['works']) for step, row in rows.items()],
                         [(step, step != 'load') for step in STEPS[:4]])

    def test_slower_than_speech(self):
        rows, message = self.diagnose('local:slow', 'fails')
        self.assertEqual(list(rows), STEPS)
        self.assertFalse(rows['speed']['works'])
        self.assertIn('recogniser-processors', message)
        self.assertIn('captionctl model list', message)

    def test_a_busy_computer_is_no_failure(self):
        rows, message = self.diagnose('local:waits')
        self.assertTrue(rows['speed']['works'])
        self.assertIn('this computer was busy', message)

    def test_no_such_recogniser(self):
        done = captionctl('doctor', 'local:nothing')
        self.assertEqual(done.status, 1)
        self.assertIn('captionctl engines', done.err)
        self.assertEqual(done.out, '')

    def test_only_the_caller_can_cancel(self):
        caller, other = self.client(), self.client()
        path = caller.call(PATH, NAME, 'Diagnose', GLib.Variant('(sa{sv})', ('local:slow', {})))
        run_until(lambda: len(caller.members('Row', path)) == 4, 30, 'the sound')
        self.assert_fails('NotHolder', other.call, path, NAME + '.Diagnosis', 'Cancel')
        caller.call(path, NAME + '.Diagnosis', 'Cancel')
        run_until(lambda: caller.members('Done', path), 5, 'the end')
        self.assertEqual(caller.members('Done', path)[0][0], 'cancelled')
        self.assertEqual(other.members('Row'), [])


if __name__ == '__main__':
    tap.main()
