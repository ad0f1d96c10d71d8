# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""captionctl doctor shows a diagnosis, stores its settings and writes a report."""

import getpass
import json
import os
import signal
import socket
import stat

from gi.repository import Gio, GLib

import tap
from captionctl_case import Case, Screen
from providers_stand_in import DIAGNOSIS, Refused

AZURE = 'https://acme.openai.azure.com'
HEADER = ('STEP                     RESULT   HTTP/CLOSE  CODE               TEXT AFTER  '
          'REGION     REQUEST')


def answer(diagnosis):
    """Sends the rows of a diagnosis of Azure."""
    diagnosis.row(step='name', works=True, seconds=0.01)
    diagnosis.row(step='door', door='azure', url='wss://acme.openai.azure.com/openai/v1/realtime',
                  works=False, status=404, code='DeploymentNotFound',
                  request_id='0123456789abcdef', region='East US 2',
                  message='acme.openai.azure.com has no deployment of that name. ' * 3)
    diagnosis.row(step='door', door='azure-preview', works=True, status=101, seconds=1.5)
    diagnosis.row(step='door', door='azure-realtime', works=False,
                  message='It needs a session model.')
    diagnosis.done('works', message='Use the door azure-preview.', door='azure-preview',
                   applied=diagnosis.options.get('apply', False),
                   settings={'dialect': 'azure-preview', 'model': 'whisper'})


class DoctorCase(Case):
    def setUp(self):
        super().setUp()
        self.providers = self.serve().providers
        self.providers.add('work', dialect='azure', url=AZURE, model='whisper',
                           token_command=['az', 'words'])
        self.providers.diagnose = answer

    def doctor(self, *arguments, code=0, **options):
        return self.run_to_end('doctor', *arguments, code=code, **options)

    def begin(self, *arguments, **options):
        """Starts a client whose diagnosis runs and waits for rows from the test."""
        self.providers.diagnose = None
        before = len(self.providers.diagnoses)
        client = self.start('doctor', *arguments, **options)
        self.wait(lambda: len(self.providers.diagnoses) > before)
        return client, self.providers.diagnoses[-1]


class TestTable(DoctorCase):
    def test_rows_and_verdict(self):
        client = self.doctor('work')
        self.assertEqual(client.lines(), [
            HEADER,
            'name                     works',
            'azure                    fails    404         DeploymentNotFou…              '
            'East US 2  0123456789a…',
            '    acme.openai.azure.com has no deployment of that name. acme.openai.azure.com has no '
            'deployment of',
            '    that name. acme.openai.azure.com has no deployment of that name.',
            'azure-preview            works    101                            1.50 s',
            'azure-realtime           fails',
            '    It needs a session model.',
            '',
            'work works. Use the door azure-preview.',
            'To use these settings from now on:',
            '  captionctl provider set work --dialect azure-preview'])
        self.assertEqual(client.err, '')
        self.assertEqual(self.providers.diagnoses[0].options, {'apply': False})

    def test_rows_come_one_by_one(self):
        client, diagnosis = self.begin('work')
        self.show(client, HEADER)
        diagnosis.row(step='name', works=True)
        self.show(client, 'name  ')
        diagnosis.row(step='connection', works=True, seconds=0.2)
        self.show(client, 'connection  ')
        self.assertNotIn('0.20', client.out)
        diagnosis.done('works', message='All is well.')
        self.end(client, 0)
        self.assertNotIn('To use these settings', client.out)

    def test_it_fits_its_terminal(self):
        for width in (120, 80, 40):
            client = self.start('doctor', 'work', terminal=(width,))
            self.end(client, 0)
            lines = Screen(1000).feed(client.out).lines()
            self.assertEqual('REQUEST' in lines[0], width >= 100)
            # The command is not wrapped, so that it can be copied.
            self.assertLessEqual(max(len(line) for line in lines[:-2]), width)

    def test_what_was_stored_is_said(self):
        client = self.doctor('work', '--apply')
        self.assertEqual(self.providers.diagnoses[0].options, {'apply': True})
        self.assertIn('These settings are stored. work uses them from now on.\n', client.out)
        self.assertNotIn('provider set', client.out)

    def test_what_fails(self):
        self.providers.diagnose = lambda diagnosis: (
            diagnosis.row(step='key', works=False, message='The\x1b[31m key\nis wrong.'),
            diagnosis.done('fails', message='Set another key.'))
        client = self.doctor('work', code=1)
        self.assertEqual(client.lines()[1:], [
            'key                      fails', '    The[31m key is wrong.', '',
            'work fails. Set another key.'])
        self.assert_error(client, 'work does not work')

    def test_signals_of_others_are_not_ours(self):
        client, diagnosis = self.begin('work')
        path, diagnosis.path = diagnosis.path, diagnosis.path + '0'
        diagnosis.row(step='other', works=True)
        diagnosis.done('fails', message='Another one.')
        diagnosis.path = path
        other = self.bus_connection()
        other.emit_signal(diagnosis.caller, path, DIAGNOSIS, 'Done',
                          GLib.Variant('(sa{sv})', ('fails', {})))
        other.flush_sync(None)
        diagnosis.done('works', message='Ours.')
        self.end(client, 0)
        self.assertNotIn('other', client.out)

    def bus_connection(self):
        connection = Gio.DBusConnection.new_for_address_sync(
            self.bus.get_bus_address(), Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
            | Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
        connection.set_exit_on_close(False)
        return connection


class TestChoice(DoctorCase):
    def test_the_only_one(self):
        self.assertIn('work works', self.doctor().out)

    def test_the_default(self):
        self.providers.add('openai', dialect='openai', url='https://api.openai.com/v1', model='m')
        self.providers.default = 'openai'
        self.assertIn('openai works', self.doctor().out)

    def test_none_of_many(self):
        self.providers.add('openai', dialect='openai', url='https://api.openai.com/v1', model='m')
        self.assert_error(self.doctor(code=2), 'work, openai')
        self.assert_error(self.doctor('home', code=1), 'no provider "home"')
        self.assertEqual(self.providers.diagnoses, [])

    def test_malformed(self):
        for arguments in (['a', 'b'], ['--dance'], ['--report'], ['--json', '--report', '-'],
                          ['local', '--apply'], ['local:one', '--apply']):
            self.assert_error(self.doctor(*arguments, code=2), '--help')
        self.assertIn('captionctl doctor', self.doctor('--help').out)

    def test_refused(self):
        self.providers.refusals['Diagnose'] = Refused('LimitExceeded', 'Four run already.')
        self.assertEqual(self.doctor(code=1).out, '')
        self.assert_error(self.doctor(code=1), 'Four run already.')


class TestJson(DoctorCase):
    def test_one_object(self):
        result = json.loads(self.doctor('--json').out)
        self.assertEqual(list(result), ['provider', 'rows', 'verdict', 'details'])
        self.assertEqual((result['provider'], result['verdict']), ('work', 'works'))
        self.assertEqual([row['step'] for row in result['rows']], ['name', 'door', 'door', 'door'])
        self.assertEqual(result['rows'][1]['request-id'], '0123456789abcdef')
        self.assertEqual(result['details']['settings'],
                         {'dialect': 'azure-preview', 'model': 'whisper'})

    def test_without_rows(self):
        self.providers.diagnose = lambda diagnosis: diagnosis.done('fails', message='No.')
        client = self.doctor('--json', code=1)
        self.assertEqual(json.loads(client.out)['rows'], [])


class TestEnd(DoctorCase):
    def test_an_interrupt_cancels(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            client, diagnosis = self.begin('work')
            self.show(client, HEADER)
            diagnosis.row(step='name', works=True)
            self.show(client, 'name')
            client.process.send_signal(number)
            self.end(client, 1)
            self.assertIn('The diagnosis was cancelled.', client.out)
            self.assert_error(client, 'interrupted')
        self.assertEqual(self.service.calls.count('Cancel'), 2)

    def test_a_second_interrupt_waits_for_nothing(self):
        client, diagnosis = self.begin('work')
        diagnosis.on_cancel = lambda: None
        diagnosis.row(step='name', works=True)
        self.show(client, 'name')
        client.process.send_signal(signal.SIGINT)
        self.wait(lambda: 'Cancel' in self.service.calls)
        client.process.send_signal(signal.SIGINT)
        self.end(client, 1)
        self.assert_error(client, 'interrupted')

    def test_a_cancel_without_an_answer(self):
        client, diagnosis = self.begin('work')
        diagnosis.on_cancel = lambda: None
        diagnosis.row(step='name', works=True)
        self.show(client, 'name')
        client.process.send_signal(signal.SIGINT)
        self.end(client, 1)
        self.assert_error(client, 'did not answer')

    def test_the_service_vanishes(self):
        client, diagnosis = self.begin('work', '--json')
        diagnosis.row(step='name', works=True)
        self.service.stop()
        self.end(client, 1)
        self.assert_error(client, 'the caption service stopped')
        self.assertEqual(client.out, '')

    def test_the_bus_vanishes(self):
        client, diagnosis = self.begin('work')
        diagnosis.row(step='name', works=True)
        self.show(client, 'name')
        self.service.stop()
        self.service = None
        self.stop_bus()
        self.end(client, 1)
        self.assertTrue(client.err.startswith('captionctl: the '), client.err)

    def test_nobody_reads(self):
        client, diagnosis = self.begin('work')
        self.show(client, HEADER)
        client.fds = {fd: name for fd, name in client.fds.items() if name == 'err'}
        client.process.stdout.close()
        diagnosis.row(step='name', works=True)
        diagnosis.done('fails', message='It does not.')
        self.end(client, 1)
        self.assertIn('does not work', client.err)


class TestReport(DoctorCase):
    def path(self):
        return os.path.join(self.home.name, 'report.txt')

    def test_file(self):
        with open(self.path(), 'w', encoding='utf-8') as file:
            file.write('old')
        os.chmod(self.path(), 0o644)
        client = self.doctor('--report', self.path())
        self.assertIn('work works', client.out)
        self.assertEqual(stat.S_IMODE(os.stat(self.path()).st_mode), 0o600)
        with open(self.path(), encoding='utf-8') as file:
            report = file.read()
        for text in ('captiond    0.1.0', 'DeploymentNotFound', '0123456789abcdef', 'East US 2',
                     'https://RESOURCE.openai.azure.com\n', 'Verdict: works'):
            self.assertIn(text, report)
        for text in ('acme', 'words', socket.gethostname(), self.home.name):
            self.assertNotIn(text, report)
        for word in report.split():
            self.assertNotEqual(word, getpass.getuser())

    def test_standard_output(self):
        client = self.doctor('--report', '-')
        self.assertTrue(client.out.startswith('Diagnosis of a speech service\n'))
        self.assertNotIn('HTTP/CLOSE', client.out)

    def test_with_json(self):
        client = self.doctor('--json', '--report', self.path())
        json.loads(client.out)
        self.assertTrue(os.path.exists(self.path()))

    def test_a_place_where_it_cannot_be(self):
        for path in (self.home.name, self.path() + '/x', '/dev/null', b'/nowhere/\xff'):
            self.assert_error(self.doctor('--report', path, code=1), 'the report cannot be written')
        self.assertNotIn('Diagnose', self.service.calls)


if __name__ == '__main__':
    tap.main()
