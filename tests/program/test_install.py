# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""Models are installed, replaced, verified and removed as a whole."""

import hashlib
import os
import random
import subprocess
import tempfile
import threading
import time
import unittest

import tap
from model_server import ModelServer
from models import PROBE, archive, entry, probe, tree, write_entry

RANDOM = random.Random(1)
KILLS = 100


def noise(size):
    return RANDOM.randbytes(size)


class Case(unittest.TestCase):

    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        self.addCleanup(self.home.cleanup)
        self.folder = os.path.join(self.home.name, 'captiond', 'models')
        self.entries = os.path.join(self.home.name, 'entries')
        self.server = ModelServer()
        self.addCleanup(self.server.stop)

    def write(self, text, name='one'):
        return write_entry(self.entries, name, text)

    def installed(self, name='one'):
        return tree(os.path.join(self.folder, name))

    def partial(self):
        return sorted(os.listdir(os.path.join(self.folder, '.partial')))

    def assert_fails(self, answer, name, *words):
        self.assertTrue(answer.startswith(f'error org.captiond.Captions1.Error.{name} '), answer)
        for word in words:
            self.assertIn(word, answer)

    def assert_whole(self, text, files, name='one'):
        """Checks the installed model without the help of captiond."""
        found = self.installed(name)
        manifest = found.pop('manifest').decode()
        self.assertEqual(found.pop('entry.model').decode(), text)
        self.assertEqual(found, files)
        files = {**files, 'entry.model': text.encode()}
        self.assertEqual(sorted(manifest.splitlines()), sorted(
            f'{len(content)} {hashlib.sha256(content).hexdigest()} {path}' for path, content in files.items()))


class Install(Case):

    def test_archives_and_files(self):
        files = {'a': noise(50_000), 'b/c': b'c'}
        text = entry(self.server, {'model.tar.gz': archive(**files), 'plain': b'plain'})
        self.assertEqual(probe('install', self.folder, self.write(text)), 'done')
        self.assert_whole(text, {**files, 'plain': b'plain'})
        self.assertEqual(self.partial(), [])
        self.assertEqual(os.stat(os.path.join(self.folder, 'one')).st_mode & 0o777, 0o700)
        self.assertEqual(os.stat(os.path.join(self.folder, 'one', 'plain')).st_mode & 0o777, 0o600)
        self.assertEqual(probe('verify', os.path.join(self.folder, 'one')), 'done')

    def test_a_newer_version_replaces_it(self):
        for content in b'old', b'new':
            text = entry(self.server, {'plain': content}, name=content.decode())
            self.assertEqual(probe('install', self.folder, self.write(text)), 'done')
            self.assert_whole(text, {'plain': content})
        self.assertEqual(self.partial(), [])

    def test_a_failed_download_leaves_the_old_one(self):
        old = entry(self.server, {'plain': b'old'})
        probe('install', self.folder, self.write(old))
        new = entry(self.server, {'plain': b'new', 'missing': b'x'})
        del self.server.pages['/missing']
        self.assert_fails(probe('install', self.folder, self.write(new)), 'DownloadFailed', 'missing', '404')
        self.assert_whole(old, {'plain': b'old'})
        self.server.requests.clear()
        self.server.add('/missing', b'x')
        self.assertEqual(probe('install', self.folder, self.write(new)), 'done')
        self.assertEqual([path for path, _ in self.server.requests], ['/missing'])

    def test_a_bad_archive_leaves_nothing(self):
        text = entry(self.server, {'model.tar.gz': b'no archive', 'plain': b'plain'})
        self.assert_fails(probe('install', self.folder, self.write(text)), 'ModelDamaged', 'model.tar.gz')
        self.assertEqual(self.installed(), {})
        self.assertEqual(self.partial(), [])

    def test_an_archive_with_the_name_of_a_file(self):
        text = entry(self.server, {'model.tar.gz': archive(plain=b'1'), 'plain': b'2'})
        self.assert_fails(probe('install', self.folder, self.write(text)), 'ModelDamaged', 'plain')
        self.assertEqual(self.installed(), {})

    def test_two_at_once(self):
        text = entry(self.server, {'plain': noise(500_000)})
        self.server.pages['/plain'].pause = 0.05
        path = self.write(text)
        with subprocess.Popen([PROBE, 'install', self.folder, path], stdout=subprocess.PIPE, text=True) as first:
            while not self.server.sent:
                time.sleep(0.01)
            self.assert_fails(probe('install', self.folder, path), 'LimitExceeded', 'Another captiond')
            self.assertEqual(first.communicate()[0].strip(), 'done')


class Import(Case):

    def setUp(self):
        super().setUp()
        self.source = os.path.join(self.home.name, 'stick')
        os.mkdir(self.source)
        self.files = {'model.tar.gz': archive(a=b'a'), 'plain': b'plain'}
        self.text = entry(self.server, self.files)
        self.server.pages.clear()
        for name, content in self.files.items():
            self.put(name, content)

    def put(self, name, content):
        with open(os.path.join(self.source, name), 'wb') as file:
            file.write(content)

    def install(self):
        return probe('install', self.folder, self.write(self.text), self.source)

    def test_all_files_are_there(self):
        self.assertEqual(self.install(), 'done')
        self.assert_whole(self.text, {'a': b'a', 'plain': b'plain'})
        self.assertEqual(sorted(os.listdir(self.source)), ['model.tar.gz', 'plain'])
        self.assertEqual(self.server.requests, [])

    def test_a_file_is_missing_or_another(self):
        for content in b'plaim', b'plai', b'plain2', None:
            with self.subTest(content=content):
                if content is None:
                    os.unlink(os.path.join(self.source, 'plain'))
                else:
                    self.put('plain', content)
                self.assert_fails(self.install(), 'InvalidOption', 'folder: ', 'plain', self.source)
                self.assertEqual(self.installed(), {})
                self.assertEqual(self.partial(), [])

    def test_a_pipe_in_place_of_a_file(self):
        os.unlink(os.path.join(self.source, 'plain'))
        os.mkfifo(os.path.join(self.source, 'plain'))
        self.assert_fails(self.install(), 'InvalidOption', 'is missing')


class Verify(Case):

    def setUp(self):
        super().setUp()
        text = entry(self.server, {'model.tar.gz': archive(a=b'a' * 1000)})
        probe('install', self.folder, self.write(text))
        self.model = os.path.join(self.folder, 'one')

    def change(self, name, text, at=0):
        with open(os.path.join(self.model, name), 'r+b') as file:
            file.seek(at)
            file.write(text)

    def test_damage(self):
        self.change('a', b'b', 500)
        self.assert_fails(probe('verify', self.model), 'ModelDamaged', 'another content')

    def test_another_size(self):
        self.change('a', b'b', 1000)
        self.assert_fails(probe('verify', self.model), 'ModelDamaged', 'another size')

    def test_a_missing_file(self):
        os.unlink(os.path.join(self.model, 'a'))
        self.assert_fails(probe('verify', self.model), 'ModelDamaged', 'is missing')

    def test_changed_settings(self):
        self.change('entry.model', b'[M0del]')
        self.assert_fails(probe('verify', self.model), 'ModelDamaged', 'entry.model')

    def test_a_manifest_that_leads_outside(self):
        self.change('manifest', b'1 ' + b'a' * 64 + b' ../../etc\n')
        self.assert_fails(probe('verify', self.model), 'ModelDamaged', 'list of files')


class Killed(Case):

    def setUp(self):
        super().setUp()
        self.versions = []
        for version in 'old', 'new':
            files = {f'f{i}': noise(30_000) for i in range(20)}
            plain = noise(100_000)
            text = entry(self.server, {'model.tar.gz': archive(**files), 'plain': plain}, name=version,
                         prefix=f'/{version}/')
            self.versions.append((text, {**files, 'plain': plain}))

    def state(self):
        """Returns the number of the installed version, which has to be whole, or None."""
        if not os.path.exists(os.path.join(self.folder, 'one')):
            return None
        text = self.installed()['entry.model'].decode()
        number = [text for text, _ in self.versions].index(text)
        self.assert_whole(*self.versions[number])
        return number

    def kill(self, seconds, *arguments):
        with subprocess.Popen([PROBE, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              env={**os.environ, 'no_proxy': '127.0.0.1'}) as process:
            timer = threading.Timer(seconds, process.kill)
            timer.start()
            killed = process.wait() != 0
            timer.cancel()
        return killed

    def measure(self, *arguments):
        began = time.monotonic()
        self.assertEqual(probe(*arguments), 'done')
        return time.monotonic() - began

    def test_killed_at_any_moment(self):
        paths = [self.write(text, 'one') for text, _ in self.versions[:1]]
        whole = self.measure('install', self.folder, paths[0])
        self.assertEqual(self.state(), 0)
        before, kills, news = 0, 0, 0
        moments = random.Random(2)
        for _ in range(KILLS):
            path = self.write(self.versions[1 - before][0], 'one')
            kills += self.kill(moments.uniform(0, whole), 'install', self.folder, path)
            now = self.state()
            self.assertIn(now, (0, 1))
            news += now != before
            before = now
        print(f'# {kills} of {KILLS} were killed in time, {news} had the new model')
        self.assertGreater(kills, KILLS / 4)
        path = self.write(self.versions[1 - before][0], 'one')
        self.assertEqual(probe('install', self.folder, path), 'done')
        self.assertEqual(self.state(), 1 - before)
        self.assertEqual(self.partial(), [])

    def test_killed_during_the_removal(self):
        path = self.write(self.versions[0][0], 'one')
        for i in range(15):
            if self.state() is None:
                self.assertEqual(probe('install', self.folder, path), 'done')
            self.kill(i * 0.002, 'remove', self.folder, 'one')
            self.state()
        probe('sweep', self.folder)
        self.assertEqual([name for name in self.partial() if name != 'one'], [])
        self.assertEqual(probe('remove', self.folder, 'one'), 'done')
        self.assertIsNone(self.state())
        self.assertEqual(self.partial(), [])


class Leftovers(Case):

    def put(self, path, content=b'x'):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(content)
        return path

    def test_what_is_kept(self):
        kept = self.put('.partial/one/download/plain.part')
        self.put('.partial/one/tree/half')
        self.put('.partial/two.removed/a/b')
        self.put('.partial/three.old/a')
        self.put('three/a', b'new')
        self.put('.partial/four.old/a', b'replaced')
        stale = self.put('.partial/five/download/plain.part')
        os.utime(stale, (time.time() - 8 * 86400,) * 2)
        os.symlink('/etc', os.path.join(self.folder, '.partial', 'link'))
        self.assertEqual(probe('sweep', self.folder), 'done')
        self.assertEqual(self.partial(), ['one'])
        self.assertTrue(os.path.exists(kept))
        self.assertEqual(self.installed('three'), {'a': b'new'})
        self.assertEqual(self.installed('four'), {'a': b'replaced'})
        self.assertTrue(os.path.exists('/etc/passwd'))

    def test_nothing_is_made(self):
        probe('sweep', self.folder)
        self.assertFalse(os.path.exists(self.folder))


class FullDisk(Case):

    def setUp(self):
        super().setUp()
        os.makedirs(self.folder)
        mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', self.folder],
                                 capture_output=True, check=False)
        if mounted.returncode != 0:
            self.skipTest('only root can mount a small file system, to fill it')
        self.addCleanup(subprocess.run, ['umount', self.folder], check=True)

    def fill(self):
        with open(os.path.join(self.folder, '.filler'), 'wb', buffering=0) as file:
            try:
                while file.write(bytes(65536)):
                    pass
            except OSError:
                pass

    def test_too_small_from_the_start(self):
        text = entry(self.server, {'plain': noise(12_000_000)})
        self.assert_fails(probe('install', self.folder, self.write(text)), 'DiskFull', 'free', self.folder)
        self.assertEqual(self.server.requests, [])
        self.assertEqual(self.partial(), [])

    def test_full_in_the_middle(self):
        text = entry(self.server, {'plain': noise(3_000_000)})
        self.server.pages['/plain'].pause = 0.01
        path = self.write(text)
        with subprocess.Popen([PROBE, 'install', self.folder, path], stdout=subprocess.PIPE, text=True) as process:
            while not self.server.sent:
                time.sleep(0.005)
            self.fill()
            answer = process.communicate()[0]
        self.assert_fails(answer, 'DiskFull', 'Make room')
        self.assertEqual(self.partial(), [])
        os.unlink(os.path.join(self.folder, '.filler'))
        self.assertEqual(probe('install', self.folder, path), 'done')


if __name__ == '__main__':
    tap.main()
