# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""captionctl and captiond together, as a user runs them."""

import json
import os
import signal
import subprocess
import threading

import tap
from captions import BUILD, TestCase, concatenated, our_nodes, run_until
from captions import speech as sentences
from speech import word_errors, words

CAPTIONCTL = os.path.join(BUILD, 'client', 'captionctl', 'captionctl')


class Command(TestCase):

    def listen(self, *options):
        """Runs captionctl listen in a pipe, and collects its lines in .lines."""
        process = subprocess.Popen([CAPTIONCTL, 'listen', *options], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.lines = []
        process.reader = threading.Thread(target=lambda: process.lines.extend(process.stdout))
        process.reader.start()
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.reader.join)
        self.addCleanup(process.kill)
        client = self.client()
        run_until(lambda: self.status(client) == 'listening', 10, 'captionctl listens')
        return process

    def status(self, client):
        return ' '.join(stream['state'] for stream in json.loads(subprocess.run(
            [CAPTIONCTL, 'status', '--json'], capture_output=True, check=True).stdout)['streams'])

    def run_to_end(self, *arguments):
        return subprocess.run([CAPTIONCTL, *arguments], capture_output=True, text=True, timeout=120,
                              check=False)

    def test_a_pipe_gets_finals_alone(self):
        listener = self.listen()
        rows = sentences()[1:3]
        self.play(concatenated([path for path, _ in rows], pause=1.5))
        run_until(lambda: len(listener.lines) >= 2, 20, 'two lines')
        heard = words(' '.join(listener.lines))
        said = words(' '.join(text for _, text in rows))
        # The recogniser hears the two short sentences a little differently each time.
        self.assertLess(word_errors(said, heard), len(said) * 3 / 4)
        listener.send_signal(signal.SIGINT)
        self.assertEqual(listener.wait(60), 0)
        self.assertEqual(listener.stderr.read(), '')
        run_until(lambda: our_nodes() == [], 1, 'no node of ours')

    def test_json_is_an_object_a_line(self):
        listener = self.listen('--format', 'json')
        self.play(concatenated([sentences()[1][0]]))
        run_until(lambda: any('"final":true' in line for line in listener.lines), 20, 'a final')
        rows = [json.loads(line) for line in listener.lines]
        segments = [row for row in rows if row['type'] == 'segment']
        self.assertTrue(any(not row['final'] for row in segments))
        self.assertEqual(set(segments[-1]), {'type', 'id', 'serial', 'text', 'final', 'start', 'end',
                                             'details'})

    def test_an_interrupt_prints_the_last_words(self):
        listener = self.listen()
        self.play(concatenated([sentences()[0][0]]))
        watcher = self.client()
        watcher.open()
        run_until(lambda: any(len(s[2].split()) > 4 for s in watcher.members('Segment')), 10, 'words')
        watcher.leave()
        listener.send_signal(signal.SIGINT)
        self.assertEqual(listener.wait(60), 0)
        listener.reader.join()
        self.assertGreater(len(listener.lines[-1].split()), 2)

    def test_a_closed_pipe_ends_it_quietly(self):
        listener = subprocess.Popen(['sh', '-c', f'{CAPTIONCTL} listen | head -n 1'],
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE, text=True)
        self.players.append(listener)
        client = self.client()
        run_until(lambda: self.status(client) == 'listening', 10, 'captionctl listens')
        self.play(concatenated([sentences()[1][0], sentences()[2][0]]))
        out, complaints = listener.communicate(timeout=120)
        self.assertEqual(len(out.splitlines()), 1)
        self.assertEqual(complaints, '')
        run_until(lambda: our_nodes() == [], 2, 'no node of ours')

    def test_a_duration_ends_it(self):
        self.assertEqual(self.run_to_end('listen', '--duration', '1').returncode, 0)

    def test_refusals_are_one_clear_line(self):
        for arguments, status in [(['listen', '--source', 'nowhere'], 1),
                                  (['listen', '--engine', 'nobody'], 1),
                                  (['listen', '--language', 'fr'], 1),
                                  (['listen', '--join', '99'], 1),
                                  (['listen', '--nonsense'], 2),
                                  (['nonsense'], 2)]:
            with self.subTest(arguments=arguments):
                done = self.run_to_end(*arguments)
                self.assertEqual(done.returncode, status)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertTrue(done.stderr.startswith('captionctl: '))

    def test_lists(self):
        self.assertIn('Test Speakers', self.run_to_end('sources').stdout)
        engines = json.loads(self.run_to_end('engines', '--json').stdout)
        self.assertIn('"local"', json.dumps(engines))


if __name__ == '__main__':
    tap.main()
