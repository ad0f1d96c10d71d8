#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
#
# The walls between the rooms: who may include what.

import os
import re
import subprocess
import unittest
import xml.etree.ElementTree
from fnmatch import fnmatch
from pathlib import Path

import tap

SOURCE = Path(os.environ['CAPTIOND_SOURCEDIR'])


def overlay_model():
    """What the overlay knows without widgets: its first library."""
    text = (SOURCE / 'client/overlay/meson.build').read_text()
    listed = re.search(r'overlay_model_sources = (?:\[\]\nforeach name : )?\[(.*?)\]', text, re.S).group(1)
    return [f'client/overlay/{stem}.[ch]' for stem in re.findall(r"'([\w-]+)\.c'", listed)]


# One owner per dependency: pattern of the include, files that may have it; "!"
# before those that may not.
OWNERS = {
    'PipeWire': (r'(pipewire|spa)/',
                 ['daemon/capture-node.c', 'daemon/graph-registry.c', 'daemon/audio-graph.c',
                  'daemon/pipewire-source*']),
    'PocketSphinx': (r'(pocketsphinx|sphinxbase)[/.]', ['daemon/recogniser.c']),
    'speexdsp': (r'speex/', ['daemon/local-decoder.c', 'daemon/realtime-*.c']),
    'libsoup': (r'libsoup/', ['daemon/realtime-connection*', 'daemon/text-translator*']),
    'libsecret': (r'libsecret/', ['daemon/credentials.c']),
    'json-glib': (r'json-glib/', ['daemon/realtime-*', 'daemon/dialect-*', 'daemon/text-translator*',
                                  'client/*json*']),
    'GTK': (r'(gtk|gdk|gsk|adwaita)[/.]', ['client/overlay/*', *(f'!{glob}' for glob in overlay_model())]),
    'the windowing system': (r'(X11/|gdk/x11/|gdk/wayland/|wayland|gtk4-layer-shell)',
                             ['client/overlay/placement*', 'client/overlay/wayland-probe*']),
    'generated D-Bus code': (r'captions-dbus\.h', ['daemon/*service*', 'client/*']),
}

# The side of the sound: only the stream, and what owns streams, knows it.
CAPTURE_SIDE = ['daemon/pipewire-source*', 'daemon/graph-*', 'daemon/source-list*',
                'daemon/audio-graph*', 'daemon/ring*', 'daemon/capture*', 'daemon/quarantine*']

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def files(*patterns):
    return sorted(path for pattern in patterns for path in SOURCE.glob(pattern))


def name(path):
    return path.relative_to(SOURCE).as_posix()


def includes(path, ours=False):
    found = INCLUDE.findall(path.read_text(encoding='utf-8'))
    return [header for quote, header in found if quote == '"' or not ours]


def matches(path, globs):
    return (any(fnmatch(name(path), glob) for glob in globs)
            and not any(fnmatch(name(path), glob[1:]) for glob in globs if glob[0] == '!'))


def code(*rooms):
    return files(*(f'{room}/**/*.{kind}' for room in rooms for kind in 'ch'))


def daemon_order():
    """The modules of the daemon in the order of its list of sources."""
    text = (SOURCE / 'daemon/meson.build').read_text()
    listed = re.search(r'daemon_sources = \[(.*?)\]', text, re.S).group(1)
    return re.findall(r"'([\w-]+)\.c'", listed)


class Rooms(unittest.TestCase):
    def test_every_dependency_has_one_owner(self):
        for dependency, (pattern, owners) in OWNERS.items():
            for path in code('dbus', 'daemon', 'client'):
                if any(re.match(pattern, header) for header in includes(path)):
                    with self.subTest(dependency=dependency, path=name(path)):
                        self.assertTrue(matches(path, owners), f'{dependency} belongs to {owners}')

    def test_rooms_do_not_look_into_each_other(self):
        headers = {room: {path.name for path in files(f'{room}/**/*.h')} for room in ('dbus', 'daemon', 'client')}
        for room, closed in {'dbus': ('daemon', 'client'), 'daemon': ('client',), 'client': ('daemon',)}.items():
            for path in code(room):
                for header in includes(path, ours=True):
                    with self.subTest(path=name(path), header=header):
                        own = header in headers[room] | headers['dbus']
                        foreign = '/' in header or any(header in headers[other] for other in closed)
                        self.assertTrue(own or not foreign, 'of another room')

    def test_files_stand_in_the_order_of_sound(self):
        order = daemon_order()
        for path in code('daemon'):
            if path.stem not in order:
                continue
            for header in includes(path, ours=True):
                stem = Path(header).stem
                if (SOURCE / 'daemon' / header).exists() and stem in order:
                    with self.subTest(path=name(path), header=header):
                        self.assertLessEqual(order.index(stem), order.index(path.stem),
                                             'stands later in daemon/meson.build')

    def test_only_the_stream_knows_both_sides(self):
        order = daemon_order()
        end = order.index('stream') if 'stream' in order else len(order)
        for path in code('daemon'):
            if path.stem not in order[:end] or matches(path, CAPTURE_SIDE):
                continue
            for header in includes(path, ours=True):
                with self.subTest(path=name(path), header=header):
                    self.assertFalse(matches(SOURCE / 'daemon' / header, CAPTURE_SIDE),
                                     'knows where its sound comes from')

    def test_every_source_of_the_daemon_is_built(self):
        listed = set(daemon_order()) | {'main'}
        self.assertEqual({path.stem for path in files('daemon/*.c')} - listed, set())

    def test_main_only_wires(self):
        for path in files('daemon/main.c'):
            self.assertLessEqual(len(path.read_text().splitlines()), 200)

    def test_files_can_be_read_in_one_sitting(self):
        for path in code('dbus', 'daemon', 'client', 'tests'):
            with self.subTest(path=name(path)):
                self.assertLess(len(path.read_text().splitlines()), 800)

    def test_every_test_is_registered(self):
        registered = (SOURCE / 'tests/meson.build').read_text()
        for path in files('tests/test-*.c', 'tests/test_*.py'):
            with self.subTest(path=name(path)):
                short = path.stem[len('test-'):]
                self.assertRegex(registered, rf"'({re.escape(path.name)}|{re.escape(short)})'")

    def test_every_file_says_its_licence(self):
        scripts = [path for path in files('data/*', 'po/*', 'tests/*', '.ci/*')
                   if path.is_file() and path.read_bytes()[:2] == b'#!']
        for path in code('dbus', 'daemon', 'client', 'tests') + files('data/*.xml', 'data/*.in', 'data/icons/**/*.svg', 'dbus/*.xml') + scripts:
            with self.subTest(path=name(path)):
                self.assertIn('SPDX-License-Identifier: LGPL-2.1-or-later', path.read_text()[:600])

    def test_xml_is_well_formed(self):
        for path in files('dbus/*.xml', 'data/*.xml', 'data/*.xml.in', 'data/icons/**/*.svg'):
            with self.subTest(path=name(path)):
                xml.etree.ElementTree.parse(path)

    def test_scripts_parse(self):
        for path in files('data/*', 'po/*', 'tests/*', '.ci/*'):
            if path.is_file() and path.read_bytes()[:2] == b'#!':
                shebang = path.read_text().splitlines()[0]
                shell = 'bash' if 'bash' in shebang else 'sh' if shebang.endswith('sh') else None
                if shell:
                    with self.subTest(path=name(path)):
                        done = subprocess.run([shell, '-n', str(path)], capture_output=True, text=True)
                        self.assertEqual((done.returncode, done.stderr), (0, ''))


class Readme(unittest.TestCase):
    text = (SOURCE / 'README.md').read_text(encoding='utf-8')

    def test_one_line_to_try_and_one_to_test(self):
        for heading in 'Try it', 'Test it':
            with self.subTest(heading=heading):
                section = re.search(rf'^## {heading}$(.*?)(?=^## |\Z)', self.text, re.M | re.S).group(1)
                blocks = re.findall(r'^```\w*\n(.*?)^```$', section, re.M | re.S)
                self.assertEqual(len(blocks), 1)
                self.assertEqual(len(blocks[0].splitlines()), 1)
                script = blocks[0].split()[-1]
                self.assertTrue((SOURCE / script).exists(), script)

    def test_it_fits_a_screen(self):
        self.assertLessEqual(len(self.text.splitlines()), 60)

    def test_debian_builds_with_what_the_list_names(self):
        listed = set(re.findall(r'[\w.+-]+', ' '.join(re.findall(
            r'^(?:build|overlay): (.*)$', (SOURCE / 'data/packages').read_text(), re.M))))
        control = (SOURCE / 'debian/control').read_text()
        wanted = re.search(r'^Build-Depends:(.*?)^\S', control, re.M | re.S).group(1)
        wanted = {re.match(r'[\w.+-]+', part.strip()).group(0) for part in wanted.split(',') if part.strip()}
        # What every Debian build has, or needs for packaging and its unit tests.
        self.assertEqual(wanted - listed, {'debhelper-compat', 'dbus-daemon', 'ca-certificates', 'glib-networking', 'openssl', 'pocketsphinx-en-us',
                                           'pocketsphinx-testdata'})
        self.assertEqual(listed - wanted, {'gcc', 'libc6-dev', 'ninja-build'})


if __name__ == '__main__':
    tap.main()
