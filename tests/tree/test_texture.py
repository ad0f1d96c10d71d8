#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
#
# The texture of the code: the rules of a formatter, and the size of files
# and functions.

import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

import tap

SOURCE = Path(os.environ['CAPTIOND_SOURCEDIR'])
COLUMNS = {'dbus': 110, 'daemon': 110, 'client': 110, 'tests': 120}
FILE_LINES = 800
FUNCTION_LINES = 80

# The tables of properties and signals of a class may be longer, because they are flat.
LONG_BY_NATURE = re.compile(r'_(class_init|iface_init) \(')

# Comments and docstrings that open with one of these words and no noun.
NO_SUBJECT = re.compile(r'^ *(?:/\*|\*|#|""") ?(?:What|Who|Whoever|Whose|Of|Where|So often|So long|So much) [a-z]')


def name(path):
    return path.relative_to(SOURCE).as_posix()


def sources(*endings):
    folders = 'dbus', 'daemon', 'client', 'tests'
    return sorted(path for folder in folders for path in (SOURCE / folder).rglob('*')
                  if path.suffix in endings and path.is_file())


def functions(text):
    """Yields (first line, lines) of each function of a C file in GNU style: its
    braces, and no others, stand in the first column."""
    lines = text.split('\n')
    for number, line in enumerate(lines):
        if line.startswith('{') and number > 0:
            end = next((n for n in range(number, len(lines)) if lines[n].startswith('}')), len(lines))
            yield lines[number - 1], end - number + 1


class Texture(unittest.TestCase):

    def each_line(self, *endings):
        for path in sources(*endings):
            for number, line in enumerate(path.read_text(encoding='utf-8').split('\n'), 1):
                yield path, number, line

    def test_lines_fit(self):
        for path, number, line in self.each_line('.c', '.h', '.py'):
            columns = COLUMNS[name(path).split('/')[0]]
            # Messages stay on one line, so that a search finds them.
            if len(line) > columns and not re.search(r'"[^"]{40,}|https?://', line):
                with self.subTest(path=f'{name(path)}:{number}'):
                    self.assertLessEqual(len(line), columns)

    def test_white_space_is_clean(self):
        for path, number, line in self.each_line('.c', '.h', '.py', '.build'):
            with self.subTest(path=f'{name(path)}:{number}'):
                self.assertEqual(line, line.rstrip())
                self.assertNotIn('\t', line)

    def test_comments_have_a_subject(self):
        """CONTRIBUTING: a sentence has a subject, and the subject acts."""
        for path, number, line in self.each_line('.c', '.h', '.py', '.build'):
            if NO_SUBJECT.search(line):
                with self.subTest(path=f'{name(path)}:{number}'):
                    self.fail(f'a comment without a subject: {line.strip()}')

    def test_files_end_with_a_newline(self):
        for path in sources('.c', '.h', '.py', '.build', '.xml'):
            with self.subTest(path=name(path)):
                self.assertRegex(path.read_text(encoding='utf-8')[-2:], r'[^\n]\n')

    def test_files_can_be_read_in_one_sitting(self):
        for path in sources('.c', '.h', '.py'):
            with self.subTest(path=name(path)):
                self.assertLess(path.read_text(encoding='utf-8').count('\n'), FILE_LINES)

    def test_functions_fit_a_screen(self):
        for path in sources('.c'):
            for function, lines in functions(path.read_text(encoding='utf-8')):
                if not LONG_BY_NATURE.search(function):
                    with self.subTest(path=name(path), function=function):
                        self.assertLessEqual(lines, FUNCTION_LINES)

    def test_one_style_of_braces(self):
        """GNU style: a space before the parenthesis, a brace on its own line."""
        for path in sources('.c'):
            text = path.read_text(encoding='utf-8')
            # The rules do not apply to strings and comments.
            text = re.sub(r'"(?:[^"\\\n]|\\.)*"|/\*.*?\*/',
                          lambda part: re.sub(r'[^\n]', ' ', part.group()), text, flags=re.S)
            for pattern in (r'^ *(if|for|while|switch|do|else)\b.*\{$', r'^\w.*\)[ \t]*\{$',
                            r'\b(if|for|while|switch|return)\('):
                for found in re.finditer(pattern, text, re.M):
                    with self.subTest(path=name(path), line=text.count('\n', 0, found.start()) + 1):
                        self.assertIsNone(found.group())


class Commits(unittest.TestCase):

    def git(self, *arguments):
        """The output of git, or None. The clone may belong to another user."""
        if not shutil.which('git'):
            return None
        done = subprocess.run(['git', '-c', 'safe.directory=*', '-C', str(SOURCE), *arguments], capture_output=True,
                              text=True, check=False)
        return done.stdout if done.returncode == 0 else None

    def test_subjects_name_an_area_and_bodies_say_why(self):
        top, log = self.git('rev-parse', '--show-toplevel'), self.git('log', '-n', '100', '--format=%h%x1f%s%x1f%b%x1e')
        if log is None or not Path(top.strip()).samefile(SOURCE):
            self.skipTest('no history of this project can be read here')
        for entry in filter(str.strip, log.split('\x1e')):
            commit, subject, body = entry.strip('\n').split('\x1f')
            # Git writes these.
            if subject.startswith(('Merge ', 'Revert "')):
                continue
            with self.subTest(commit=commit, subject=subject):
                self.assertRegex(subject, r'^[a-z0-9._/-]+(, [a-z0-9._/-]+)*: [A-Z]')
                self.assertLessEqual(len(subject), 64)
                self.assertFalse(subject.endswith('.'))
                self.assertTrue(body.strip(), 'no body: say why')


if __name__ == '__main__':
    tap.main()
