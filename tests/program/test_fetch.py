# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""A download of a model's file, against a server that does everything wrong."""

import hashlib
import os
import random
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
import unittest

import tap
from model_server import ModelServer

PROBE = os.path.join(os.environ['CAPTIOND_BUILDDIR'], 'tests', 'tools', 'model-probe')
FAILED = 'error org.captiond.Captions1.Error.DownloadFailed '
CONTENT = random.Random(1).randbytes(300_000)


class Case(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, 'model')
        self.server = ModelServer()
        self.addCleanup(self.server.stop)

    def command(self, *addresses, content=CONTENT):
        return [PROBE, 'fetch', self.path, str(len(content)), hashlib.sha256(content).hexdigest(),
                *(address if ':' in address else self.server.url + address for address in addresses)]

    def fetch(self, *addresses, **options):
        done = subprocess.run(self.command(*addresses, **options), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True, check=True, timeout=120,
                              env={**os.environ, 'no_proxy': '127.0.0.1'})
        return done.stdout.strip()

    def read(self, name='model'):
        with open(os.path.join(self.folder.name, name), 'rb') as file:
            return file.read()

    def assert_done(self, answer):
        self.assertEqual(answer, 'done')
        self.assertEqual(self.read(), CONTENT)
        self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o600)
        self.assertEqual(os.listdir(self.folder.name), ['model'])

    def assert_failed(self, answer, *words, left=()):
        self.assertTrue(answer.startswith(FAILED), answer)
        for word in words:
            self.assertIn(word, answer)
        self.assertEqual(sorted(os.listdir(self.folder.name)), sorted(left))

    def ranges(self):
        return [headers.get('Range') for _, headers in self.server.requests]


class Good(Case):

    def test_a_file(self):
        self.server.add('/a', CONTENT)
        self.assert_done(self.fetch('/a'))
        headers = {name.lower(): value for name, value in self.server.requests[0][1].items()}
        self.assertEqual(headers['user-agent'].split('/')[0], 'captiond')
        for name in 'cookie', 'referer', 'authorization', 'range':
            self.assertNotIn(name, headers)

    def test_a_file_that_is_there_is_not_fetched(self):
        self.server.add('/a', CONTENT)
        self.fetch('/a')
        self.assert_done(self.fetch('/a'))
        self.assertEqual(len(self.server.requests), 1)

    def test_a_file_that_is_damaged_is_fetched_again(self):
        self.server.add('/a', CONTENT)
        self.fetch('/a')
        with open(self.path, 'r+b') as file:
            file.write(b'damage')
        self.assert_done(self.fetch('/a'))

    def test_a_server_that_does_not_say_the_length(self):
        self.server.add('/a', CONTENT, length=False)
        self.assert_done(self.fetch('/a'))

    def test_a_slow_server(self):
        self.server.add('/a', CONTENT, pause=0.1)
        self.assert_done(self.fetch('/a'))

    def test_the_next_address(self):
        self.server.add('/b', CONTENT)
        self.assert_done(self.fetch('/missing', 'http://127.0.0.1:1/refused', '/b'))

    def test_redirects(self):
        for i in range(10):
            self.server.add(f'/{i}', redirect=f'/{i + 1}' if i % 2 else f'{self.server.url}/{i + 1}')
        self.server.add('/10', CONTENT)
        self.assert_done(self.fetch('/0'))


class Resumed(Case):

    def test_cut_at_any_byte(self):
        cuts = [1, 2, 16384, 100_000, 149_999]
        self.server.add('/a', CONTENT, cuts=cuts)
        self.assert_done(self.fetch('/a'))
        # A reset may drop bytes that were sent, but none comes twice that was stored.
        self.assertIsNone(self.ranges()[0])
        resumed = [int(text[len('bytes='):-1]) for text in self.ranges()[1:] if text]
        self.assertTrue(resumed, self.ranges())
        self.assertEqual(resumed, sorted(resumed))

    def test_without_ranges(self):
        self.server.add('/a', CONTENT, ranges=False, cuts=[100_000, 200_000])
        self.assert_done(self.fetch('/a'))

    def test_without_an_etag(self):
        for etag in None, 'W/"1"':
            with self.subTest(etag=etag):
                self.server.requests.clear()
                self.server.add('/a', CONTENT, etag=etag, cuts=[100_000])
                self.assert_done(self.fetch('/a'))
                self.assertEqual(set(self.ranges()), {None})
                os.unlink(self.path)

    def test_the_file_changes_meanwhile(self):
        page = self.server.add('/a', b'x' * len(CONTENT), cuts=[100_000, 0, 0, 0])
        self.assert_failed(self.fetch('/a'), 'connection', left=['model.etag', 'model.part'])
        page.content, page.etag = CONTENT, '"2"'
        self.assert_done(self.fetch('/a'))

    def test_a_tag_that_lies(self):
        page = self.server.add('/a', b'x' * len(CONTENT), cuts=[100_000, 0, 0, 0])
        self.fetch('/a')
        self.assertIn('model.part', os.listdir(self.folder.name))
        page.content = CONTENT
        self.assert_done(self.fetch('/a'))

    def test_killed_and_started_again(self):
        self.server.add('/a', CONTENT, pause=0.02)
        for _ in range(3):
            sent = self.server.sent
            with subprocess.Popen(self.command('/a'), stdin=subprocess.DEVNULL) as probe:
                while self.server.sent < sent + 50_000:
                    time.sleep(0.005)
                probe.send_signal(signal.SIGKILL)
        self.assert_done(self.fetch('/a'))
        self.assertTrue(self.ranges()[-1])

    def test_killed_after_the_last_byte(self):
        with open(self.path + '.part', 'wb') as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(CONTENT)
        self.assert_done(self.fetch('/a'))
        self.assertEqual(self.server.requests, [])

    def test_another_part_than_asked_for(self):
        self.server.add('/a', CONTENT, cuts=[100_000], wrong_range=True)
        self.assert_done(self.fetch('/a'))


class Bad(Case):

    def test_refusals(self):
        for status in 401, 403, 404, 410:
            with self.subTest(status=status):
                self.server.requests.clear()
                self.server.add('/a', CONTENT, statuses=[status] * 9)
                self.assert_failed(self.fetch('/a'), f'status {status}', '127.0.0.1')
                self.assertEqual(len(self.server.requests), 1)

    def test_a_server_in_trouble_is_asked_three_times(self):
        self.server.add('/a', CONTENT, statuses=[500, 503])
        self.assert_done(self.fetch('/a'))
        os.unlink(self.path)
        self.server.requests.clear()
        self.server.add('/a', CONTENT, statuses=[500] * 9)
        self.assert_failed(self.fetch('/a'), 'status 500', 'try again later')
        self.assertEqual(len(self.server.requests), 3)

    def test_another_content(self):
        self.server.add('/a', CONTENT[:-1] + b'x')
        self.assert_failed(self.fetch('/a'), 'its content differs')
        self.assertEqual(len(self.server.requests), 1)

    def test_another_size(self):
        for content in CONTENT[:-1], CONTENT + b'x', b'':
            with self.subTest(size=len(content)):
                self.server.add('/a', content)
                self.assert_failed(self.fetch('/a'), 'its size differs')

    def test_too_long_without_a_length(self):
        self.server.add('/a', CONTENT + b'x' * 10_000_000, length=False)
        self.assert_failed(self.fetch('/a'), 'its size differs')
        self.assertLess(self.server.sent, 10_000_000)

    def test_too_short_without_a_length(self):
        self.server.add('/a', CONTENT[:-1], length=False)
        answer = self.fetch('/a')
        self.assertTrue(answer.startswith(FAILED), answer)
        self.assertNotIn('model', os.listdir(self.folder.name))

    def test_a_length_that_lies(self):
        self.server.add('/a', CONTENT[:1000], declared=len(CONTENT))
        self.server.pages['/a'].cuts = [1000] * 20
        answer = self.fetch('/a')
        self.assertTrue(answer.startswith(FAILED), answer)

    def test_a_stall(self):
        self.server.add('/a', CONTENT, stall_at=50_000, ranges=False)
        self.assert_failed(self.fetch('/a'), 'no data came for 1 seconds', left=['model.etag', 'model.part'])
        self.assertLessEqual(len(self.server.requests), 4)

    def test_redirects_without_end(self):
        self.server.add('/a', redirect='/a')
        self.assert_failed(self.fetch('/a'), 'redirects too often')
        self.assertEqual(len(self.server.requests), 11)

    def test_redirects_that_are_not_followed(self):
        for address in ('http://captiond.example/model', 'file:///etc/passwd', 'ftp://127.0.0.1/a',
                        'http://me:key@127.0.0.1/a', 'http://'):
            with self.subTest(address=address):
                self.server.add('/a', redirect=address)
                self.assert_failed(self.fetch('/a'), 'redirects to an address')

    def test_addresses_that_are_not_https(self):
        for address in 'http://captiond.example/model', 'http://127.0.0.1.captiond.example/', 'file:///etc/passwd':
            with self.subTest(address=address):
                self.assert_failed(self.fetch(address), 'not https')

    def test_nobody_is_there(self):
        self.assert_failed(self.fetch('http://127.0.0.1:1/a'), 'the connection failed')

    def test_a_part_that_is_a_link(self):
        target = os.path.join(self.folder.name, 'target')
        os.symlink(target, self.path + '.part')
        self.server.add('/a', CONTENT)
        self.assertTrue(self.fetch('/a').startswith('error '))
        self.assertFalse(os.path.exists(target))


class Encrypted(Case):

    def serve_tls(self):
        """Starts a server whose certificate no authority of this system has signed."""
        openssl = shutil.which('openssl')
        if not openssl:
            self.skipTest('openssl is not installed')
        pem = os.path.join(self.folder.name, 'server.pem')
        subprocess.run([openssl, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', pem, '-out',
                        pem + '.crt', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
                       check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem + '.crt', pem)
        os.unlink(pem)
        os.unlink(pem + '.crt')
        server = ModelServer(context)
        self.addCleanup(server.stop)
        return server

    def test_an_unknown_certificate(self):
        server = self.serve_tls()
        server.add('/a', CONTENT)
        answer = self.fetch(server.url + '/a')
        if 'TLS support is not available' in answer:
            self.skipTest('glib-networking is not installed')
        self.assert_failed(answer, 'certificate')
        self.assertEqual(server.requests, [])

    def test_a_redirect_to_it(self):
        server = self.serve_tls()
        server.add('/a', CONTENT)
        self.server.add('/b', redirect=server.url + '/a')
        self.assert_failed(self.fetch('/b'), 'connection failed')
        self.assertEqual(server.requests, [])


if __name__ == '__main__':
    tap.main()
