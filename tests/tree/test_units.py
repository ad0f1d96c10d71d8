#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
#
# The files that are installed beside the programs are valid, and are installed in
# the places where other programs search for them. Skips checks whose tool is missing.

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


def has_overlay():
    targets = json.loads((BUILD / 'meson-info/intro-targets.json').read_text())
    return any(target['name'] == 'captiond-overlay' for target in targets)


def libexecdir():
    return Path(option('prefix')) / option('libexecdir')


class Unit(unittest.TestCase):
    path = BUILD / 'data/captiond.service'

    def test_systemd_accepts_it(self):
        analyze = tool('systemd-analyze')
        with tempfile.TemporaryDirectory() as folder:
            # systemd-analyze looks for the program, and for the socket of the bus that
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


@unittest.skipUnless(has_overlay(), 'built without GTK')
class Overlay(unittest.TestCase):
    """The files with which desktops find the overlay."""
    name = 'org.captiond.Overlay'
    desktop = BUILD / f'data/{name}.desktop'
    metainfo = BUILD / f'data/{name}.metainfo.xml'

    def test_the_desktop_file_is_valid(self):
        status, output = run(tool('desktop-file-validate'), str(self.desktop))
        # The overlay belongs to the categories of sound and of accessibility.
        complaints = [line for line in output.splitlines() if 'more than one main category' not in line]
        self.assertEqual((status, complaints), (0, []))

    def test_the_metainfo_is_valid(self):
        _, output = run(tool('appstreamcli'), 'validate', '--no-net', str(self.metainfo))
        # There is no home page yet, which newer versions treat as an error.
        complaints = [line for line in output.splitlines()
                      if line.startswith(('E:', 'W:')) and 'url-homepage-missing' not in line]
        self.assertEqual(complaints, [], output)
        self.assertIn('alidation', output)

    def test_its_actions_are_those_of_the_program(self):
        groups = key_file(self.desktop)
        names = groups['Desktop Entry']['Actions'].rstrip(';').split(';')
        source = (SOURCE / 'client/overlay/application.c').read_text()
        for name in names:
            with self.subTest(action=name):
                self.assertEqual(groups[f'Desktop Action {name}']['Exec'], f'captiond-overlay --{name}')
                self.assertIn(f'{{ "{name}", on_{name} }}', source)

    def test_the_bus_starts_it_as_a_service(self):
        service = key_file(BUILD / f'data/{self.name}.service')['D-BUS Service']
        self.assertEqual(service['Name'], self.name)
        self.assertEqual(service['Exec'], f'{Path(option("prefix")) / option("bindir")}/captiond-overlay '
                                          '--gapplication-service')

    def test_completions_and_manual_know_every_option(self):
        program = BUILD / 'client/overlay/captiond-overlay'
        status, output = run(str(program), '--help', LC_ALL='C.UTF-8')
        self.assertEqual(status, 0, output)
        options = set(re.findall(r'--([a-z]+)', output))
        self.assertIn('toggle', options)
        manual = (SOURCE / 'data/captiond-overlay.1').read_text().replace('\\-', '-')
        for option_name in options:
            with self.subTest(option=option_name):
                self.assertIn(f'--{option_name}', manual)
                for shell in 'bash', 'zsh', 'fish':
                    text = (SOURCE / f'data/completions/captiond-overlay.{shell}').read_text()
                    self.assertRegex(text, rf'(--|-l ){option_name}\b')


class Settings(unittest.TestCase):
    def test_the_schema_is_strict(self):
        compiler = tool('glib-compile-schemas')
        status, output = run(compiler, '--strict', '--dry-run', str(SOURCE / 'data'))
        self.assertEqual((status, output), (0, ''))

    def test_the_look_has_its_own(self):
        gsettings = tool('gsettings')
        status, output = run(gsettings, '--schemadir', str(BUILD / 'data'), 'list-keys', 'org.captiond.Overlay')
        self.assertEqual(status, 0, output)
        self.assertIn('locked', output.split())

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
            'org.captiond managing-apps @as []',
            'org.captiond providers @as []',
            'org.captiond recogniser-processors uint32 2',
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
            f'{prefix}/share/dbus-1/interfaces/org.captiond.Recogniser1.xml',
            *(f'{prefix}/share/captiond/models/{path.name}' for path in SOURCE.glob('data/models/*.model')),
            f'{prefix}/share/captiond/recognisers/pocketsphinx.recogniser',
            f'{prefix}/share/captiond/recognisers/sherpa-onnx.recogniser',
            f'{prefix}/share/captiond/recognisers/whisper.recogniser',
            *(str(libexecdir() / name) for name in ('captiond', 'captiond-confine', 'captiond-pocketsphinx',
                                                    'captiond-sherpa-onnx', 'captiond-whisper')),
        }
        if (BUILD / 'docs/dbus.html').exists():
            expected.add(f'{prefix}/share/doc/captiond/dbus.html')
        if has_overlay():
            overlay = 'org.captiond.Overlay'
            expected |= {
                f'{prefix}/bin/captiond-overlay',
                f'{prefix}/share/applications/{overlay}.desktop',
                f'{prefix}/share/metainfo/{overlay}.metainfo.xml',
                f'{prefix}/share/dbus-1/services/{overlay}.service',
                f'{prefix}/share/glib-2.0/schemas/{overlay}.gschema.xml',
                f'{prefix}/share/icons/hicolor/scalable/apps/{overlay}.svg',
                f'{prefix}/share/icons/hicolor/symbolic/apps/{overlay}-symbolic.svg',
                f'{prefix}/share/locale/de/LC_MESSAGES/captiond.mo',
                f'{prefix}/share/man/man1/captiond-overlay.1',
                f'{prefix}/share/bash-completion/completions/captiond-overlay',
                f'{prefix}/share/zsh/site-functions/_captiond-overlay',
                f'{prefix}/share/fish/vendor_completions.d/captiond-overlay.fish',
            }

        with tempfile.TemporaryDirectory() as folder:
            status, output = run('meson', 'install', '-C', str(BUILD), '--no-rebuild', '--destdir', folder)
            self.assertEqual(status, 0, output)
            root = Path(folder)
            found = {f'/{path.relative_to(root)}' for path in root.rglob('*') if path.is_file()}
        self.assertEqual(found, expected)


if __name__ == '__main__':
    tap.main()
