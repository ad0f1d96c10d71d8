#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
#
# The walls between the rooms: which files may include which headers.

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
    """Returns the files of the overlay that do not use widgets: its first library."""
    found = []
    for build in SOURCE.glob('client/overlay/**/meson.build'):
        for files in re.findall(r'overlay_model_sources \+?= files\((.*?)\)', build.read_text(), re.S):
            folder = build.parent.relative_to(SOURCE).as_posix()
            for stem in re.findall(r"'([\w-]+)\.c'", files):
                found += [f'{folder}/{stem}.[ch]', f'{folder}/{stem}-private.h']
    assert found, 'the model of the overlay is not found'
    return found


# The rooms, each after the rooms that it knows, with the rooms that its files may
# include. A room is a folder. Every file may also include its own room and the
# contract in dbus/, and a client may include client/common/. docs/architecture.md
# draws the same table.
ARROWS = {
    'daemon/base': [],
    'daemon/sound': ['daemon/base'],
    'daemon/speech': ['daemon/base'],
    'daemon/models': ['daemon/base'],
    'daemon/providers': ['daemon/base'],
    'daemon/engines': ['daemon/base', 'daemon/speech'],
    'daemon/local': ['daemon/base', 'daemon/models', 'daemon/engines'],
    'daemon/protocol': ['daemon/base', 'daemon/providers'],
    'daemon/realtime': ['daemon/base', 'daemon/providers', 'daemon/engines', 'daemon/protocol'],
    'daemon/text': ['daemon/base', 'daemon/sound', 'daemon/speech', 'daemon/engines'],
    'daemon/bus': ['daemon/base', 'daemon/sound', 'daemon/models', 'daemon/providers', 'daemon/engines',
                   'daemon/local', 'daemon/protocol', 'daemon/realtime', 'daemon/text'],
    'daemon': ['daemon/base', 'daemon/sound', 'daemon/bus'],
    'recognisers/common': [],
    'recognisers/pocketsphinx': ['recognisers/common'],
    'recognisers/sherpa-onnx': ['recognisers/common'],
    'recognisers/live': ['recognisers/common'],
    'recognisers/whisper': ['recognisers/common', 'recognisers/live'],
    'recognisers/confine': [],
    'client/common': [],
    'client/captionctl': [],
    'client/overlay/text': [],
    'client/overlay/captions': ['client/overlay/text'],
    'client/overlay/service': ['client/overlay/text'],
    'client/overlay/transcript': [],
    'client/overlay/window': ['client/overlay/captions', 'client/overlay/service'],
    'client/overlay/settings': ['client/overlay/text', 'client/overlay/captions', 'client/overlay/service'],
    'client/overlay': ['client/overlay/transcript', 'client/overlay/window', 'client/overlay/settings'],
}

# Each dependency has one owner: the pattern of its includes, and the files that
# may contain them. "!" marks files that may not.
OWNERS = {
    'PipeWire': (r'(pipewire|spa)/', ['daemon/sound/*']),
    'PocketSphinx': (r'pocketsphinx(/err)?\.h|sphinxbase/', ['recognisers/pocketsphinx/decoder.c']),
    'speexdsp': (r'speex/', ['daemon/local/resampler.c', 'daemon/realtime/packetizer.c']),
    'libseccomp': (r'seccomp\.h', ['recognisers/confine/confine.c']),
    'libsoup': (r'libsoup/', ['daemon/protocol/connection*', 'daemon/models/fetch.c']),
    'libarchive': (r'archive(_entry)?\.h', ['daemon/models/unpack.c']),
    'libsecret': (r'libsecret/', ['daemon/providers/keyring-ask.h']),
    'json-glib': (r'json-glib/', ['daemon/base/json.h', 'client/captionctl/variant-json.c']),
    'GTK': (r'(gtk|gdk|gsk|adwaita)[/.]', ['client/overlay/*', *(f'!{glob}' for glob in overlay_model())]),
    'the windowing system': (r'(X11/|gdk/x11/|gdk/wayland/|wayland|gtk4-layer-shell)',
                             ['client/overlay/window/placement*', 'client/overlay/window/wayland-probe*']),
    'generated D-Bus code': (r'dbus/captions-dbus\.h', ['daemon/bus/service*', 'client/common/listener.c']),
    'generated code for recognisers': (r'dbus/recogniser-dbus\.h', ['daemon/local/process.c',
                                                                    'recognisers/common/program.c']),
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def files(*patterns):
    return sorted(path for pattern in patterns for path in SOURCE.glob(pattern))


def name(path):
    return path.relative_to(SOURCE).as_posix()


def is_ours(quote, header):
    return quote == '"' or any((SOURCE / folder / header).exists()
                               for folder in ('', 'daemon', 'recognisers', 'client'))


def includes(path, ours=False):
    text = re.sub(r'/\*.*?\*/', ' ', path.read_text(encoding='utf-8'), flags=re.S)
    found = INCLUDE.findall(text)
    assert len(found) == len(re.findall(r'^\s*#\s*include', text, re.M)), f'{path}: an include names no header'
    return [header for quote, header in found if is_ours(quote, header) or not ours]


def matches(path, globs):
    return (any(fnmatch(name(path), glob) for glob in globs)
            and not any(fnmatch(name(path), glob[1:]) for glob in globs if glob[0] == '!'))


def code(*rooms):
    return files(*(f'{room}/**/*.{kind}' for room in rooms for kind in 'ch'))


def room_of(path):
    return path.parent.relative_to(SOURCE).as_posix()


def target(path, header):
    """Returns the room of an included header, or None for a header of another project."""
    folder = Path(header).parent.as_posix()
    if folder == 'dbus':
        return 'dbus'
    return f'{path.relative_to(SOURCE).parts[0]}/{folder}'


def drawn_arrows():
    """Reads the arrows of the pictures in docs/architecture.md: "a --> b & c"."""
    drawn = {}
    text = (SOURCE / 'docs/architecture.md').read_text(encoding='utf-8')
    for block in re.findall(r'^```mermaid\n(.*?)^```$', text, re.M | re.S):
        prefix = re.search(r'^%% rooms below (\S+)$', block, re.M)
        if not prefix:
            continue
        for line in block.splitlines():
            assert re.fullmatch(r'flowchart \w+|%%.*| *\w+ --> \w+( & \w+)*', line), f'not read by this test: {line}'
        full = lambda room: prefix.group(1) if room == 'top' else f'{prefix.group(1)}/' + room.replace('_', '-')
        for source, targets in re.findall(r'^ *(\w+) --> (.+)$', block, re.M):
            drawn.setdefault(full(source), set()).update(full(room) for room in re.split(r'\s*&\s*', targets.strip()))
    return drawn


class Rooms(unittest.TestCase):
    def test_every_dependency_has_one_owner(self):
        for dependency, (pattern, owners) in OWNERS.items():
            for path in code('dbus', 'daemon', 'recognisers', 'client'):
                if any(re.match(pattern, header) for header in includes(path)):
                    with self.subTest(dependency=dependency, path=name(path)):
                        self.assertTrue(matches(path, owners), f'{dependency} belongs to {owners}')

    def test_every_owner_has_its_dependency(self):
        for dependency, (pattern, owners) in OWNERS.items():
            for glob in owners:
                if glob[0] != '!':
                    with self.subTest(dependency=dependency, owner=glob):
                        self.assertTrue(any(re.match(pattern, header)
                                            for path in code('daemon', 'recognisers', 'client')
                                            if matches(path, [glob]) for header in includes(path)))

    def test_includes_name_a_room_that_they_may_know(self):
        for path in code('dbus', 'daemon', 'recognisers', 'client'):
            room = room_of(path)
            allowed = {'dbus', room, *ARROWS.get(room, [])}
            if room.startswith('client/'):
                allowed.add('client/common')
            for header in includes(path, ours=True):
                with self.subTest(path=name(path), header=header):
                    self.assertIn('/', header, 'does not name its room')
                    self.assertIn(target(path, header), allowed)
                    if header.endswith('-private.h'):
                        self.assertEqual(target(path, header), room, 'is private to its room')

    def test_every_folder_with_code_is_a_room(self):
        self.assertEqual({room_of(path) for path in code('dbus', 'daemon', 'recognisers', 'client')}, {'dbus', *ARROWS})

    def test_no_arrow_points_back(self):
        known = []
        for room, targets in ARROWS.items():
            with self.subTest(room=room):
                self.assertLessEqual(set(targets), set(known))
            known.append(room)

    def test_every_arrow_is_used(self):
        used = {(room_of(path), target(path, header))
                for path in code('daemon', 'recognisers', 'client') for header in includes(path, ours=True)}
        allowed = {(room, target) for room, targets in ARROWS.items() for target in targets}
        self.assertEqual(allowed - used, set())

    def test_the_picture_is_the_table(self):
        self.assertEqual(drawn_arrows(), {room: set(targets) for room, targets in ARROWS.items() if targets})

    def test_no_two_things_share_a_name(self):
        headers, functions = {}, {}
        for path in files('dbus/*.h', 'daemon/**/*.h', 'recognisers/**/*.h', 'client/**/*.h'):
            headers.setdefault(path.name, set()).add(name(path))
            for function in re.findall(r'^\w[^\n(]*?\b(cap_\w+) \(', path.read_text(), re.M):
                functions.setdefault(function, set()).add(name(path))
        for found in headers, functions:
            self.assertEqual({key: paths for key, paths in found.items() if len(paths) > 1}, {})

    def test_every_source_is_built(self):
        for path in files('daemon/**/*.c', 'recognisers/**/*.c', 'client/**/*.c'):
            with self.subTest(path=name(path)):
                self.assertIn(f"'{path.name}'", (path.parent / 'meson.build').read_text())

    def test_main_only_wires(self):
        for path in files('daemon/main.c'):
            self.assertLessEqual(len(path.read_text().splitlines()), 200)

    def test_files_can_be_read_in_one_sitting(self):
        for path in code('dbus', 'daemon', 'recognisers', 'client', 'tests'):
            with self.subTest(path=name(path)):
                self.assertLess(len(path.read_text().splitlines()), 800)

    def test_every_test_is_registered(self):
        for path in files('tests/*/test-*.c', 'tests/*/test_*.py'):
            registered = (path.parent / 'meson.build').read_text()
            with self.subTest(path=name(path)):
                short = path.stem[len('test-'):]
                self.assertRegex(registered, rf"'({re.escape(path.name)}|{re.escape(short)})'")

    def test_every_file_says_its_licence(self):
        scripts = [path for path in files('data/*', 'po/*', 'tests/*', 'tests/*/*', '.ci/*')
                   if path.is_file() and path.read_bytes()[:2] == b'#!']
        data = files('data/*.xml', 'data/*.in', 'data/icons/**/*.svg', 'dbus/*.xml')
        for path in code('dbus', 'daemon', 'recognisers', 'client', 'tests') + data + scripts:
            with self.subTest(path=name(path)):
                self.assertIn('SPDX-License-Identifier: LGPL-2.1-or-later', path.read_text()[:600])

    def test_xml_is_well_formed(self):
        for path in files('dbus/*.xml', 'data/*.xml', 'data/*.xml.in', 'data/icons/**/*.svg'):
            with self.subTest(path=name(path)):
                xml.etree.ElementTree.parse(path)

    def test_scripts_parse(self):
        for path in files('data/*', 'po/*', 'tests/*', 'tests/*/*', '.ci/*'):
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
        # Every Debian build has these packages, or needs them for packaging and unit tests.
        self.assertEqual(wanted - listed, {
            'debhelper-compat', 'dbus-daemon', 'ca-certificates', 'glib-networking', 'openssl',
            'pocketsphinx-en-us', 'pocketsphinx-testdata', 'python3-docutils'})
        self.assertEqual(listed - wanted, {'gcc', 'libc6-dev', 'ninja-build'})


if __name__ == '__main__':
    tap.main()
