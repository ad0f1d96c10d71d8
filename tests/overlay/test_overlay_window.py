#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""How the overlay's window reacts to its input, independent of the screen."""

import collections
import os
import signal
import unittest

from gi.repository import GLib

import tap
from overlay_case import OverlayCase

MANY = 5000
LATE = (MANY + 1) * 9_000_000
TEXT = 'He was not an ill-disposed young man, unless to be rather cold hearted is to be so.'

Seen = collections.namedtuple('Seen', 'changes looks announced words lines')


class WindowCase(OverlayCase):
    def tell(self):
        changes, looks, announced, words, *lines = self.do('tell').split('|')
        return Seen(int(changes), int(looks), int(announced), words, lines)

    def await_line(self, text):
        self.wait(lambda: text in self.tell().lines, lambda: f'{text}: {self.tell()}')

    def await_words(self, text):
        self.wait(lambda: self.tell().words == text, lambda: f'{text}: {self.tell()}')


class Past(WindowCase):
    def start_late(self):
        def speak(stream):
            for number in range(1, MANY + 1):
                stream.say(number, f'{number} {TEXT}', True, number * 9_000_000)
            stream.say(MANY + 1, 'Not', False, LATE)

        self.service.prepare = speak
        self.start()

    def test_a_long_past_is_shown_in_one_step_and_not_said(self):
        self.start_late()
        self.await_line('Not')
        seen = self.tell()
        self.assertEqual(seen.announced, 0)
        # The window draws the lines once, and again with new breaks when it gets its width.
        self.assertLessEqual(seen.changes, 4)
        self.assertIn('to be so.', ' '.join(seen.lines))

    def test_what_comes_then_is_said(self):
        self.start_late()
        self.await_line('Not')
        self.stream.say(MANY + 1, 'Not late.', True, LATE)
        self.await_words('Not late.')
        self.assertEqual(self.tell().announced, 1)

        # An old segment that gets a translation is neither announced nor shown.
        for number in 1, MANY - 40, MANY:
            self.stream.say(number, f'{number} {TEXT}', True, number * 9_000_000,
                            translation=GLib.Variant('s', 'Alt.'))
        self.stream.say(MANY + 2, 'The end.', True, LATE + 9_000_000)
        self.await_words('The end.')
        self.assertEqual(self.tell().announced, 2)


class Said(WindowCase):
    def test_first_text_right_behind_the_history(self):
        """The window reads the history and a new segment at once."""
        def stop():
            os.kill(self.probe.process.pid, signal.SIGSTOP)

        def speak(stream):
            stream.say(1, 'Old.', True)
            stream.during_history = stop

        self.service.prepare = speak
        self.start()
        self.stream.say(2, 'New.', True)
        os.kill(self.probe.process.pid, signal.SIGCONT)
        self.await_words('New.')
        self.assertEqual(self.tell().announced, 1)

    def test_each_once_in_whatever_order_ids_come(self):
        self.start()
        self.stream.say(1, 'One.', True)
        self.await_words('One.')
        self.stream.say(3, '', True, 1_500_000, gap=GLib.Variant('d', 4))
        self.await_words('[4 s missing]')
        self.stream.say(2, 'Two.', True)
        self.await_words('Two.')
        self.stream.say(2, 'Two.', True, translation=GLib.Variant('s', 'Zwei.'))
        self.stream.say(4, 'Four.', True)
        self.await_words('Four.')
        self.assertEqual(self.tell().announced, 4)


class Looks(WindowCase):
    def start_with_lines(self):
        self.start()
        self.say('One.')
        # Waits until the window has its width.
        self.settle()
        return self.tell()

    def await_look(self, before):
        self.wait(lambda: self.tell().looks > before.looks, 'no other look')
        self.settle()
        return self.tell()

    def test_moved_it_is_the_same(self):
        before = self.start_with_lines()
        self.set(position='free', x=0.2, y=0.3, margin=90, monitor='NONE-7', docked=True, over_fullscreen=False,
                 locked=False)
        self.settle()
        after = self.tell()
        self.assertEqual((after.looks, after.changes), (before.looks, before.changes))

    def test_a_preset_is_one_look(self):
        before = self.start_with_lines()
        for preset in 'high-contrast', 'light':
            self.do(f'preset {preset}')
            after = self.await_look(before)
            self.assertEqual(after.looks, before.looks + 1)
            before = after

    def test_the_desktop_wants_contrast(self):
        before = self.start_with_lines()
        for theme in 'HighContrast', 'Default':
            self.do(f'theme {theme}')
            before = self.await_look(before)


if __name__ == '__main__':
    tap.main()
