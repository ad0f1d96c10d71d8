# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""captionctl model lists, installs, removes and imports models."""

import json
import os
import signal

import tap
from captionctl_case import Case, Screen


class ModelCase(Case):
    def setUp(self):
        super().setUp()
        self.models = self.serve().models
        self.models.add('one', name='One, English', word_errors=6.14, license='Apache-2.0',
                        notice='Only for research.', attribution='Its makers', download_size=300_000_000)
        self.models.add('two', languages=['de', 'en'], state='installed', path='/models/two')

    def model(self, *arguments, code=0, **options):
        return self.run_to_end('model', *arguments, code=code, **options)

    def ask(self, *arguments):
        client = self.start('model', *arguments, terminal=(100,), asked=True)
        self.show(client, 'Install? [y/N]')
        return client

    def answer(self, client, text):
        os.write(client.master, text.encode())


class TestList(ModelCase):
    def test_table(self):
        lines = self.model('list').lines()
        self.assertRegex(lines[0], '^MODEL +LANGUAGES +SIZE +ERRORS +STATE +NAME$')
        self.assertRegex(lines[1], '^one +en +300.0 MB +6.1 % +available +One, English$')
        self.assertRegex(lines[2], '^two +de, en +1.0 kB +installed +Two$')

    def test_json_and_language(self):
        rows = json.loads(self.model('list', '--json', '--language', 'de').out)
        self.assertEqual([row['id'] for row in rows], ['two'])
        self.assertEqual(rows[0]['files'], [['two.bin', 3]])
        self.assertEqual(self.models.languages, ['de'])

    def test_no_model_for_a_language(self):
        text = self.model('list', '--language', 'tlh').out
        self.assertIn('no model for the language “tlh”', text)
        self.assertNotIn('XDG_DATA_HOME', text)

    def test_an_empty_catalogue(self):
        self.models.rows.clear()
        self.assertIn('XDG_DATA_HOME', self.model('list').out)
        self.assertEqual(json.loads(self.model('list', '--json').out), [])

    def test_an_update(self):
        self.models.rows['two']['update'] = True
        self.assertRegex(self.model('list').out, 'two .* update ')

    def test_names_are_cleaned(self):
        self.models.rows['one']['name'] = 'bad\x1b[2J\nname'
        self.assertNotIn('\x1b', self.model('list').out)

    def test_show(self):
        text = self.model('show', 'one').out
        for words in ('One, English', 'Apache-2.0', 'https://license.example/', 'Only for research.', 'one.bin, 3 bytes',
                      'models.example', '6.1 %', 'Its makers'):
            self.assertIn(words, text)
        self.assertEqual(json.loads(self.model('show', 'one', '--json').out)['id'], 'one')
        self.assert_error(self.model('show', 'nothing', code=1), 'nothing', 'captionctl model list')

    def test_path(self):
        self.assertEqual(self.model('path', 'two').out, '/models/two\n')
        client = self.model('path', 'one', code=1)
        self.assert_error(client, 'not installed', 'captionctl model install one')

    def test_usage(self):
        for arguments in ([], ['nothing'], ['show'], ['install'], ['remove'], ['import'], ['path', 'a', 'b'],
                          ['list', 'more']):
            with self.subTest(arguments=arguments):
                self.assertIn('See: captionctl model', self.model(*arguments, code=2).err)
        for command in 'list', 'show', 'install', 'remove', 'path', 'import':
            self.assertIn(f'captionctl model {command}', self.model(command, '--help').out)
            self.assertIn(command, self.model('--help').out)


class TestInstall(ModelCase):
    def test_yes(self):
        client = self.model('install', 'one', '--yes')
        for words in ('One, English', '300.0 MB', 'models.example', 'Apache-2.0, https://license.example/',
                      'Only for research.', 'Installed one in /models/one\n'):
            self.assertIn(words, client.out)
        job, = self.models.jobs
        self.assertEqual((job.method, job.name, job.options), ('InstallModel', 'one', {}))

    def test_without_a_terminal_it_does_not_ask(self):
        client = self.model('install', 'one', code=2)
        self.assertIn('--yes', client.err)
        self.assertEqual(self.models.jobs, [])

    def test_the_answer_decides(self):
        for answer, installs in (('y\n', 1), ('n\n', 0), ('\n', 0), ('YES\n', 1)):
            with self.subTest(answer=answer):
                self.models.jobs.clear()
                self.models.rows['one'].update(state='available', path='')
                client = self.ask('install', 'one')
                self.assertEqual(self.models.jobs, [])
                self.answer(client, answer)
                self.end(client, 0)
                self.assertEqual(len(self.models.jobs), installs)

    def test_what_it_needs_is_shown(self):
        self.models.add('lib', kind='library', languages=[], download_size=2000, license='BSD')
        self.models.rows['one']['needs'] = ['lib']
        client = self.model('install', 'one', '--yes')
        self.assertIn('BSD', client.out)
        self.assertIn('Together: 300.0 MB', client.out)
        self.assertEqual([job.name for job in self.models.jobs], ['one'])

    def test_installed_already(self):
        client = self.model('install', 'two', '--yes')
        self.assertNotIn('Licence', client.out)
        self.assertIn('Installed two', client.out)

    def test_several(self):
        self.models.add('three')
        self.model('install', 'one', 'three', '--yes')
        self.assertEqual([job.name for job in self.models.jobs], ['one', 'three'])

    def test_an_unknown_one_installs_nothing(self):
        self.assert_error(self.model('install', 'one', 'nothing', '--yes', code=1), 'nothing')
        self.assertEqual(self.models.jobs, [])

    def test_failure(self):
        self.models.begin = lambda job: job.done('DownloadFailed', 'The server has no such file. Try again.')
        client = self.model('install', 'one', '--yes', code=1)
        self.assert_error(client, 'The server has no such file.')

    def go_on(self, job):
        job.progress('download', 0, 3_000_000)
        job.progress('download', 1_500_000, 3_000_000)
        job.progress('unpack', 1, 2)
        job.progress('store', 0, 0)
        job.done()

    def test_plain_progress(self):
        self.models.begin = self.go_on
        client = self.model('install', 'one', '--yes')
        self.assertEqual(client.err.splitlines(), ['one: downloading 3.0 MB', 'one: unpacking 2 bytes',
                                                   'one: storing'])

    def test_json(self):
        self.models.begin = self.go_on
        rows = self.model('install', 'one', '--yes', '--json').objects()
        self.assertEqual([row['type'] for row in rows], ['progress'] * 4 + ['installed'])
        self.assertEqual(rows[1], {'type': 'progress', 'id': 'one', 'stage': 'download', 'done': 1_500_000,
                                   'total': 3_000_000})
        self.assertEqual(rows[-1]['path'], '/models/one')

    def test_a_bar_on_a_terminal(self):
        self.models.begin = None
        client = self.start('model', 'install', 'one', '--yes', terminal=(100,))
        self.wait(lambda: client.read() or self.models.jobs)
        job, = self.models.jobs
        job.progress('download', 1_500_000, 3_000_000)
        self.show(client, 'one: downloading [##########----------] 50 %, 1.5 MB of 3.0 MB')
        job.done()
        self.end(client, 0)
        lines = [line for line in Screen(100).feed(client.out).lines() if line]
        self.assertEqual(lines[-1], 'Installed one in /models/one')

    def test_an_interrupt_cancels(self):
        self.models.begin = None
        client = self.start('model', 'install', 'one', '--yes')
        self.wait(lambda: self.models.jobs)
        self.models.jobs[0].progress('download', 1, 2)
        self.wait(lambda: client.read() or client.err)
        client.process.send_signal(signal.SIGINT)
        self.end(client, 1)
        self.assertIn('It was cancelled.', client.err)
        self.assertIn('Cancel', self.service.calls)

    def test_a_second_interrupt_does_not_wait(self):
        self.models.begin = None
        client = self.start('model', 'install', 'one', '--yes')
        self.wait(lambda: self.models.jobs)
        job = self.models.jobs[0]
        job.on_cancel = lambda: None
        job.progress('download', 1, 2)
        self.wait(lambda: client.read() or client.err)
        client.process.send_signal(signal.SIGINT)
        self.wait(lambda: 'Cancel' in self.service.calls)
        client.process.send_signal(signal.SIGINT)
        self.end(client, 1)

    def test_the_service_goes_away(self):
        self.models.begin = None
        client = self.start('model', 'install', 'one', '--yes')
        self.wait(lambda: self.models.jobs)
        self.service.stop()
        self.end(client, 1)
        self.assertRegex(client.err, r'captionctl: .+')


class TestRemove(ModelCase):
    def test_remove(self):
        self.assertEqual(self.model('remove', 'two').out, 'Removed two\n')
        self.assertEqual([(job.method, job.name) for job in self.models.jobs], [('RemoveModel', 'two')])

    def test_refused(self):
        self.assert_error(self.model('remove', 'nothing', code=1), 'no model')


class TestImport(ModelCase):
    def setUp(self):
        super().setUp()
        self.folder = os.path.join(self.home.name, 'stick')
        os.mkdir(self.folder)

    def put(self, name, size=3):
        with open(os.path.join(self.folder, name), 'wb') as file:
            file.write(bytes(size))

    def test_only_what_is_whole(self):
        self.models.add('three', files=[('three.bin', 3), ('more.bin', 5)])
        self.models.add('four', files=[('four.bin', 4)])
        self.models.add('five', files=[('five.bin', 3)], needs=['lib'])
        self.models.add('lib', kind='library', files=[('lib.so', 3)])
        for name in 'one.bin', 'two.bin', 'three.bin', 'four.bin', 'five.bin':
            self.put(name)
        client = self.model('import', 'stick', cwd=self.home.name)
        self.assertEqual([(job.name, job.options) for job in self.models.jobs], [('one', {'folder': self.folder})])
        self.assertEqual(client.out, 'Installed one in /models/one\n')

    def test_nothing(self):
        client = self.model('import', self.folder, code=1)
        self.assert_error(client, self.folder, 'captionctl model show ID')

    def test_no_folder(self):
        for folder in '/nonexistent', '/dev/zero', '':
            self.assert_error(self.model('import', folder, code=1), f'There is no folder “{folder}”.')


if __name__ == '__main__':
    tap.main()
