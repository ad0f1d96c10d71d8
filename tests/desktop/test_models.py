# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Models over the bus: listed, installed, cancelled and removed by the real daemon."""

import os
import random
import shutil

from gi.repository import GLib

import tap
from captions import NAME, PATH, Client, Daemon, TestCase, run_until
from model_server import ModelServer
from models import archive, entry, tree, write_entry
from program import captionctl

JOB = NAME + '.Job'
FOLDER = os.path.join(os.environ['XDG_DATA_HOME'], 'captiond', 'models')
FILES = {'a': b'a' * 1000, 'b/c': b'c'}
ERROR = NAME + '.Error.'


class Job:
    def __init__(self, client, path):
        self.client = client
        self.path = path

    def done(self):
        return self.client.members('Done', self.path)

    def wait(self):
        run_until(self.done, 30, f'the end of {self.path}')
        return self.done()[0]

    def progress(self):
        return self.client.members('Progress', self.path)

    def cancel(self, client=None):
        (client or self.client).call(self.path, JOB, 'Cancel')


class Caller(Client):

    def models(self, **options):
        variants = {key: GLib.Variant('s', value) for key, value in options.items()}
        return {model['id']: model
                for model in self.call(PATH, NAME, 'ListModels', GLib.Variant('(a{sv})', (variants,)))}

    def state(self, name='one'):
        return self.models()[name]['state']

    def install(self, name='one', **options):
        variants = {key: GLib.Variant('s', value) for key, value in options.items()}
        return Job(self, self.call(PATH, NAME, 'InstallModel', GLib.Variant('(sa{sv})', (name, variants))))

    def remove(self, name='one'):
        return Job(self, self.call(PATH, NAME, 'RemoveModel', GLib.Variant('(s)', (name,))))


class Case(TestCase):

    def setUp(self):
        shutil.rmtree(FOLDER, ignore_errors=True)
        os.environ['no_proxy'] = '127.0.0.1'
        self.server = ModelServer()
        self.addCleanup(self.server.stop)
        self.prepare()
        super().setUp()
        self.caller = self.client()

    def prepare(self):
        """Writes what the daemon finds when it starts."""
        self.text = self.offer()

    def client(self):
        client = Caller()
        self.clients.append(client)
        return client

    def offer(self, model='one', files=None, **options):
        files = files or {'model.tar.gz': archive(**FILES), 'plain': b'plain'}
        text = entry(self.server, files, prefix=f'/{model}/', **options)
        write_entry(FOLDER, model, text)
        return text

    def installed(self, name='one'):
        found = tree(os.path.join(FOLDER, name))
        found.pop('manifest', None)
        found.pop('entry.model', None)
        return found

    def succeed(self, job):
        self.assertEqual(job.wait(), ('', ''))
        return job

    def fail_with(self, name, job):
        error, message = job.wait()
        self.assertEqual(error, ERROR + name, message)
        self.assertTrue(message.endswith('.'), message)
        return message


class List(Case):

    def prepare(self):
        self.offer('one', name='One', language='en;de', more='Memory=5\nWordErrors=6.5\nWordErrorsOn=test-clean\n'
                   'WordErrorsSource=https://paper.example/\nCase=true\nStreams=true\nNeeds=lib;\n'
                   'Attribution=Makers\nNotice=Only for tests.')
        self.offer('lib', name='Library', language='', files={'lib.so': b'so'}, unpack=())
        self.offer('bad', language='fr', more='Needs=nowhere;')

    def test_the_whole_row(self):
        row = self.caller.models()['one']
        size = len(archive(**FILES))
        self.assertEqual(row, {
            'id': 'one', 'kind': 'model', 'name': 'One', 'languages': ['en', 'de'], 'recogniser': 'whisper',
            'form': 'ggml', 'license': 'MIT', 'license-address': 'https://license.example/',
            'attribution': 'Makers', 'notice': 'Only for tests.', 'download-size': size + 5, 'disk-size': 0,
            'memory': 5, 'files': [('model.tar.gz', size), ('plain', 5)], 'hosts': ['127.0.0.1'],
            'needs': ['lib'], 'case': True, 'punctuation': False, 'streams': True, 'word-errors': 6.5,
            'word-errors-source': 'https://paper.example/', 'word-errors-on': 'test-clean',
            'state': 'available', 'path': '', 'system': False, 'update': False, 'usable': True, 'reason': ''})

    def test_unknown_facts_and_reasons(self):
        models = self.caller.models()
        self.assertNotIn('word-errors', models['lib'])
        self.assertEqual((models['lib']['kind'], models['lib']['languages']), ('library', []))
        self.assertFalse(models['bad']['usable'])
        self.assertIn('nowhere', models['bad']['reason'])

    def test_languages(self):
        self.assertEqual(set(self.caller.models(language='de')), {'one'})
        self.assertEqual(set(self.caller.models(language='fr-FR')), {'bad'})
        self.assertEqual(set(self.caller.models(language='')), {'one', 'lib', 'bad'})
        self.assert_fails('InvalidOption', self.caller.models, language='no tag')
        self.assert_fails('InvalidOption', self.caller.models, other='en')

    def test_changes_are_told(self):
        self.offer('new')
        run_until(lambda: 'new' in self.caller.models(), 10, 'the new entry')
        run_until(lambda: self.caller.members('ModelsChanged'), 10, 'ModelsChanged')


class Install(Case):

    def test_install_and_remove(self):
        job = self.succeed(self.caller.install())
        self.assertEqual(self.installed(), {**FILES, 'plain': b'plain'})
        row = self.caller.models()['one']
        self.assertEqual(row['state'], 'installed')
        self.assertEqual(row['path'], os.path.join(FOLDER, 'one'))
        self.assertEqual(row['disk-size'], 1000 + 1 + 5 + len(self.text))
        self.assertTrue(self.caller.members('ModelsChanged'))
        self.assert_gone(job)

        self.succeed(self.caller.remove())
        self.assertEqual(self.caller.state(), 'available')
        self.assertFalse(os.path.exists(os.path.join(FOLDER, 'one')))
        self.assert_fails('NoSuchModel', self.caller.remove)

    def assert_gone(self, job):
        with self.assertRaises(GLib.Error):
            job.cancel()

    def test_progress(self):
        content = random.Random(1).randbytes(400_000)
        self.text = self.offer(files={'plain': content}, unpack=())
        self.server.pages['/one/plain'].pause = 0.05
        run_until(lambda: self.caller.models()['one']['download-size'] == len(content), 10, 'the new entry')
        job = self.caller.install()
        run_until(job.progress, 10, 'progress')
        self.assertEqual(self.caller.state(), 'installing')
        other = self.client()
        self.succeed(job)
        rows = [row for row in job.progress() if row[0] == 'download']
        self.assertEqual({row[2] for row in rows}, {len(content)})
        self.assertEqual([row[1] for row in rows], sorted(row[1] for row in rows))
        self.assertGreater(len(rows), 1)
        self.assertEqual(other.members('Progress') + other.members('Done'), [])

    def test_errors_of_the_call(self):
        self.assert_fails('NoSuchModel', self.caller.install, 'nothing')
        self.assert_fails('NoSuchModel', self.caller.remove, 'nothing')
        self.assert_fails('NoSuchModel', self.caller.install, '../../etc')
        self.assert_fails('InvalidOption', self.caller.install, folder='relative/path')
        self.assert_fails('InvalidOption', self.caller.install, other='x')

    def test_errors_of_the_job(self):
        self.server.pages['/one/plain'].content = b'plaim'
        self.assertIn('plain', self.fail_with('DownloadFailed', self.caller.install()))
        self.assertEqual(self.caller.state(), 'available')
        self.assertIn('is missing', self.fail_with('InvalidOption', self.caller.install(folder='/')))

    def test_from_a_folder(self):
        source = os.path.join(os.environ['XDG_RUNTIME_DIR'], 'stick')
        os.makedirs(source, exist_ok=True)
        for name in 'model.tar.gz', 'plain':
            with open(os.path.join(source, name), 'wb') as file:
                file.write(self.server.pages[f'/one/{name}'].content)
        self.succeed(self.caller.install(folder=source))
        self.assertEqual(self.server.requests, [])
        self.assertEqual(self.installed(), {**FILES, 'plain': b'plain'})

    def test_what_it_needs_comes_first(self):
        self.offer('two', more='Needs=lib;')
        self.offer('lib', language='', files={'lib.so': b'so'}, unpack=())
        run_until(lambda: {'two', 'lib'} <= set(self.caller.models()), 10, 'the new entries')
        self.succeed(self.caller.install('two'))
        self.assertEqual(self.installed('lib'), {'lib.so': b'so'})
        self.assertEqual(self.server.requests[0][0], '/lib/lib.so')
        self.succeed(self.caller.remove('lib'))
        self.assertIn('lib', self.caller.models()['two']['reason'])
        self.succeed(self.caller.install('two'))
        self.assertTrue(self.caller.models()['two']['usable'])

    def test_installed_already(self):
        self.succeed(self.caller.install())
        self.server.requests.clear()
        self.succeed(self.caller.install())
        self.assertEqual(self.server.requests, [])

    def test_a_newer_version(self):
        self.succeed(self.caller.install())
        self.assertFalse(self.caller.models()['one']['update'])
        self.offer(files={'plain': b'newer'}, unpack=(), name='Newer')
        run_until(lambda: self.caller.models()['one']['update'], 10, 'the new entry')
        self.succeed(self.caller.install())
        self.assertEqual(self.installed(), {'plain': b'newer'})
        self.assertEqual(self.caller.models()['one']['name'], 'Newer')

    def test_a_broken_folder(self):
        self.succeed(self.caller.install())
        os.unlink(os.path.join(FOLDER, 'one', 'manifest'))
        os.utime(os.path.join(FOLDER, 'one.model'))
        run_until(lambda: self.caller.state() == 'damaged', 10, 'the damage')
        self.succeed(self.caller.install())
        self.assertEqual(self.caller.state(), 'installed')


class Jobs(Case):

    def prepare(self):
        super().prepare()
        for name in 'slow', 'next':
            self.offer(name, files={'plain': random.Random(1).randbytes(300_000)}, unpack=())
        self.server.pages['/slow/plain'].stall_at = 100_000

    def start_slow(self):
        job = self.caller.install('slow')
        run_until(job.progress, 10, 'progress')
        return job

    def test_cancel(self):
        job = self.start_slow()
        other = self.client()
        self.assert_fails('NotHolder', job.cancel, other)
        job.cancel()
        self.fail_with('Cancelled', job)
        self.assertEqual(self.caller.state('slow'), 'available')
        self.assertEqual(os.listdir(os.path.join(FOLDER, '.partial')), [])

    def test_a_job_that_waits(self):
        slow, after = self.start_slow(), self.caller.install('next')
        self.assertEqual(self.caller.state('next'), 'installing')
        after.cancel()
        self.fail_with('Cancelled', after)
        after = self.caller.install('next')
        slow.cancel()
        self.fail_with('Cancelled', slow)
        self.succeed(after)

    def test_two_callers_share_the_work(self):
        job = self.start_slow()
        other = self.client()
        shared = other.install('slow')
        self.assertNotEqual(shared.path, job.path)
        job.cancel()
        self.fail_with('Cancelled', job)
        self.assertEqual(self.caller.state('slow'), 'installing')
        run_until(shared.progress, 10, 'progress of the other')
        shared.cancel()
        self.fail_with('Cancelled', shared)
        self.assertEqual(len([path for path, _ in self.server.requests if path == '/slow/plain']), 1)

    def test_the_work_goes_on_without_its_caller(self):
        self.server.pages['/slow/plain'].stall_at = None
        self.server.pages['/slow/plain'].pause = 0.02
        leaver = self.client()
        leaver.install('slow')
        leaver.leave()
        run_until(lambda: self.caller.state('slow') == 'installed', 20, 'the installation')

    def test_install_while_another_is_being_cancelled(self):
        job = self.start_slow()
        other = self.client()
        self.server.pages['/slow/plain'].stall_at = None
        # Both calls arrive before the first job has ended.
        self.caller.bus.call(NAME, job.path, JOB, 'Cancel', None, None, 0, -1, None, None)
        self.caller.bus.flush_sync()
        after = other.install('slow')
        self.fail_with('Cancelled', job)
        self.succeed(after)
        self.assertEqual(self.caller.state('slow'), 'installed')

    def test_install_after_remove(self):
        self.succeed(self.caller.install())
        removal, after = self.caller.remove(), self.caller.install()
        self.succeed(removal)
        self.succeed(after)
        self.assertEqual(self.caller.state(), 'installed')

    def test_remove_after_install(self):
        job = self.caller.install()
        after = self.caller.remove()
        self.succeed(job)
        self.succeed(after)
        self.assertEqual(self.caller.state(), 'available')

    def test_limits(self):
        for i in range(17):
            self.offer(f'm{i}', files={'plain': b'x'}, unpack=())
        run_until(lambda: 'm16' in self.caller.models(), 10, 'the new entries')
        slow = self.start_slow()
        jobs = [self.caller.install(f'm{i}') for i in range(15)]
        self.assert_fails('LimitExceeded', self.caller.install, 'm15')
        slow.cancel()
        for job in jobs:
            self.succeed(job)

    def test_the_daemon_ends_and_continues(self):
        self.start_slow()
        self.assertEqual(self.daemon.stop(), 0)
        part = os.path.join(FOLDER, '.partial', 'slow', 'download', 'plain.part')
        self.assertGreater(os.path.getsize(part), 0)
        self.server.pages['/slow/plain'].stall_at = None
        self.daemon = Daemon()
        self.caller.wait_for_service()
        self.succeed(self.caller.install('slow'))
        self.assertIn('Range', self.server.requests[-1][1])


class Idle(Case):
    daemon_options = ('--idle-seconds', '1')

    def test_a_job_keeps_the_daemon(self):
        self.server.pages['/one/plain'].pause = 3
        job = self.caller.install()
        self.succeed(job)
        run_until(lambda: self.daemon.process.poll() is not None, 20, 'the end of the idle daemon')


class Command(Case):
    """captionctl with the real daemon."""

    def test_from_nothing_to_an_installed_model(self):
        done = captionctl('model', 'install', 'one', '--yes')
        self.assertEqual(done.status, 0, done)
        self.assertIn('127.0.0.1', done.out)
        path = captionctl('model', 'path', 'one').out.strip()
        self.assertEqual(path, os.path.join(FOLDER, 'one'))
        self.assertIn('plain', os.listdir(path))
        self.assertEqual(captionctl('model', 'list', '--json').json()[0]['state'], 'installed')
        self.assertEqual(captionctl('model', 'remove', 'one').status, 0)
        self.assertFalse(os.path.exists(path))

    def test_failures(self):
        del self.server.pages['/one/plain']
        done = captionctl('model', 'install', 'one', '--yes')
        self.assertEqual(done.status, 1)
        self.assertIn('status 404', done.err)
        self.assertIn('not installed', captionctl('model', 'remove', 'one').err)


class System(Case):

    def prepare(self):
        self.offer()
        self.data = os.path.join(os.environ['XDG_RUNTIME_DIR'], 'system')
        os.environ['XDG_DATA_DIRS'] = f'{self.data}:/usr/local/share:/usr/share'
        shutil.rmtree(self.data, ignore_errors=True)
        self.addCleanup(os.environ.pop, 'XDG_DATA_DIRS')

    def test_a_model_of_the_system(self):
        self.succeed(self.caller.install())
        folder = os.path.join(self.data, 'captiond', 'models', 'one')
        shutil.copytree(os.path.join(FOLDER, 'one'), folder)
        self.succeed(self.caller.remove())
        row = self.caller.models()['one']
        self.assertEqual((row['state'], row['system'], row['path']), ('installed', True, folder))
        self.assertIn('administrator', self.assert_fails('PolicyRefused', self.caller.remove))


if __name__ == '__main__':
    tap.main()
