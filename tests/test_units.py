#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
#
# What lies beside the programs is sound, and is installed where it is looked
# for. Skips what this machine has no tool for.

import configparser
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import tap

SOURCE, BUILD = Path(os.environ['CAPTIOND_SOURCEDIR']), Path(os.environ['CAPTIOND_BUILDDIR'])
BUS_NAME = 'org.captiond.Captions1'


def run(*command, **environment):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env={**os.environ, **environment})
    return done.returncode, done.stdout + done.stderr


def tool(name):
    path = shutil.which(name)
    if path is None:
        raise unittest.SkipTest(f'{name} is not installed')
    return path


def key_file(path):
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str
    parser.read(path, encoding='utf-8')
    return parser


def option(name):
    options = json.loads((BUILD / 'meson-info/intro-buildoptions.json').read_text())
    return next(row['value'] for row in options if row['name'] == name)


def libexecdir():
    return Path(option('prefix')) / option('libexecdir')


class Unit(unittest.TestCase):
    path = BUILD / 'data/captiond.service'

    def test_systemd_accepts_it(self):
        analyze = tool('systemd-analyze')
        with tempfile.TemporaryDirectory() as folder:
            # verify looks for the program, and for the socket of the bus that
            # every unit of this type needs.
            text = re.sub('(?m)^ExecStart=.*', 'ExecStart=/bin/true', self.path.read_text())
            unit = Path(folder) / self.path.name
            unit.write_text(text)
            (unit.parent / 'dbus.socket').write_text('[Socket]\nListenStream=%t/bus\n')
            status, output = run(analyze, '--user', 'verify', '--man=no', str(unit),
                                 XDG_RUNTIME_DIR=folder, HOME=folder)
        if 'Failed to initialize manager' in output:
            self.skipTest(f'systemd-analyze cannot run here: {output.strip()}')
        self.assertEqual(output, '')
        self.assertEqual(status, 0)

    def test_it_starts_the_daemon_under_its_bus_name(self):
        service = key_file(self.path)['Service']
        self.assertEqual(service['Type'], 'dbus')
        self.assertEqual(service['BusName'], BUS_NAME)
        self.assertEqual(service['ExecStart'], str(libexecdir() / 'captiond'))


class Activation(unittest.TestCase):
    def test_the_bus_asks_systemd_for_the_unit(self):
        path = BUILD / f'data/{BUS_NAME}.service'
        service = key_file(path)['D-BUS Service']
        self.assertEqual(service['Name'], path.stem)
        self.assertEqual(service['SystemdService'], Unit.path.name)
        self.assertEqual(service['Exec'], str(libexecdir() / 'captiond'))
        self.assertIn(f'"{BUS_NAME}"', (SOURCE / 'dbus/names.h').read_text())


class Settings(unittest.TestCase):
    def test_the_schema_is_strict(self):
        compiler = tool('glib-compile-schemas')
        status, output = run(compiler, '--strict', '--dry-run', str(SOURCE / 'data'))
        self.assertEqual((status, output), (0, ''))

    def test_the_build_folder_has_it_with_its_defaults(self):
        gsettings = tool('gsettings')
        status, output = run(gsettings, '--schemadir', str(BUILD / 'data'),
                             'list-recursively', 'org.captiond', GSETTINGS_BACKEND='memory')
        self.assertEqual(status, 0, output)
        self.assertEqual(sorted(output.splitlines()), [
            'org.captiond allowed-apps @as []',
            'org.captiond audio-kept-seconds uint32 90',
            'org.captiond daily-minutes uint32 0',
            "org.captiond engine 'local'",
            'org.captiond fallback false',
            'org.captiond fallback-seconds uint32 10',
            "org.captiond language ''",
            'org.captiond listen-while-locked false',
            'org.captiond providers @as []',
            'org.captiond session-idle-seconds uint32 120',
            "org.captiond source 'system'",
            "org.captiond translate-to ''",
        ])


class Manual(unittest.TestCase):
    def test_pages_have_no_warnings(self):
        man = tool('man')
        pages = sorted(SOURCE.glob('data/*.[1-8]'))
        self.assertTrue(pages)
        for page in pages:
            with self.subTest(page=page.name):
                status, output = run(man, '--warnings', '--local-file', str(page), LC_ALL='C.UTF-8')
                self.assertEqual(status, 0, output)
                self.assertIn(page.stem.upper(), output)
                self.assertNotIn('warning:', output)


class Install(unittest.TestCase):
    def test_every_file_has_its_place(self):
        prefix = Path(option('prefix'))
        expected = {
            f'{prefix}/lib/systemd/user/captiond.service',
            f'{prefix}/share/dbus-1/services/{BUS_NAME}.service',
            f'{prefix}/share/dbus-1/interfaces/{BUS_NAME}.xml',
            f'{prefix}/share/glib-2.0/schemas/org.captiond.gschema.xml',
            f'{prefix}/share/man/man1/captionctl.1',
            f'{prefix}/share/man/man8/captiond.8',
            f'{prefix}/share/bash-completion/completions/captionctl',
            f'{prefix}/share/zsh/site-functions/_captionctl',
            f'{prefix}/share/fish/vendor_completions.d/captionctl.fish',
            f'{prefix}/bin/captionctl',
            str(libexecdir() / 'captiond'),
        }

        with tempfile.TemporaryDirectory() as folder:
            status, output = run('meson', 'install', '-C', str(BUILD), '--no-rebuild', '--destdir', folder)
            self.assertEqual(status, 0, output)
            root = Path(folder)
            found = {f'/{path.relative_to(root)}' for path in root.rglob('*') if path.is_file()}
        self.assertEqual(found, expected)


if __name__ == '__main__':
    tap.main()
