# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""captionctl provider sets up speech services, and never shows a key."""

import json
import os
import pty
import signal
import subprocess
import termios

import tap
from captionctl_case import Case
from providers_stand_in import Refused

KEY = 'sk-canary-0123456789abcdef'
AZURE = 'https://example.openai.azure.com'


class ProviderCase(Case):
    def setUp(self):
        super().setUp()
        self.providers = self.serve().providers

    def provider(self, *arguments, code=0, key=None, **options):
        if key is not None:
            options['stdin'] = subprocess.PIPE
        client = self.start('provider', *arguments, **options)
        if key is not None:
            client.process.stdin.write(key)
            client.process.stdin.close()
        self.end(client, code)
        return client

    def changed(self, name):
        """Returns the settings that differ from those of a new provider."""
        self.providers.add('plain')
        plain = self.providers.set.pop('plain')
        return {key: value for key, value in self.providers.set[name].items()
                if value != plain[key]}

    def assert_not_called(self, *methods):
        for method in methods:
            self.assertNotIn(method, self.service.calls)


class TestAdd(ProviderCase):
    def test_all_options_reach_the_service(self):
        self.provider('add', 'work', '--dialect', 'azure-realtime', '--url', AZURE, '--model', 'm',
                      '--session-model', 's', '--auth', 'token-command',
                      '--token-command', "az 'a b' --x", '--mint', '--turns', 'server',
                      '--rate', '16000', '--prompt', 'Übung', '--keyword', 'eins',
                      '--keyword', 'zwei', '--delay', 'low', '--noise-reduction', 'near_field',
                      '--organization', 'o', '--project', 'p', '--ca-file', 'ca.pem',
                      '--allow-plain', environment={'LC_ALL': 'C'})
        self.assertEqual(self.changed('work'), {
            'dialect': 'azure-realtime', 'url': AZURE, 'model': 'm', 'session-model': 's',
            'auth': 'token-command', 'token-command': ['az', 'a b', '--x'], 'mint': True,
            'turns': 'server', 'rate': 16000, 'prompt': 'Übung', 'keywords': ['eins', 'zwei'],
            'delay': 'low', 'noise-reduction': 'near_field', 'organization': 'o', 'project': 'p',
            'ca-file': os.path.join(os.getcwd(), 'ca.pem'), 'allow-plain': True})

    def test_key_from_a_pipe(self):
        client = self.provider('add', 'openai', '--model', 'm', '--key-stdin',
                               key=f'{KEY} \r\nanother line\n'.encode())
        self.assertEqual(self.providers.keys, {'openai': KEY})
        self.assertEqual(self.changed('openai'), {
            'dialect': 'openai', 'url': 'https://api.openai.com/v1', 'model': 'm'})
        self.assertIn('captionctl listen --engine openai\n', client.out)
        self.assertIn('captionctl doctor openai\n', client.out)
        self.assertIn('api.openai.com', client.out)
        self.assertNotIn(KEY, client.out + client.err)
        self.assertEqual(self.providers.default, 'local')

    def test_key_of_the_greatest_size(self):
        self.provider('add', 'openai', '--model', 'm', '--key-stdin', key=b'x' * 16000)
        self.assertEqual(self.providers.keys, {'openai': 'x' * 16000})

    def test_default(self):
        client = self.provider('add', 'vllm', '--url', 'http://localhost:8000/v1', '--model', 'm',
                               '--default')
        self.assertEqual(self.providers.default, 'vllm')
        self.assertIn('also the default engine', client.out)
        self.assertIn('captionctl provider set-key vllm', client.out)

    def test_known_names_and_others(self):
        for name in ('speaches', 'localai', 'vllm'):
            self.provider('add', name, '--url', 'http://localhost/v1', '--model', 'm')
            self.assertEqual(self.changed(name)['dialect'], name)
        self.provider('add', 'other', '--url', 'https://example.org/v1', '--model', 'm')
        self.assertNotIn('dialect', self.changed('other'))
        client = self.provider('add', 'azure', '--url', AZURE, '--model', 'm', '--no-key')
        self.assertIn('It has no key yet. To store one:\n  captionctl provider set-key azure\n', client.out)

    def test_a_token_command_needs_no_key(self):
        self.provider('add', 'azure', '--url', AZURE, '--model', 'm', '--token-command', 'az token')
        self.assertEqual(self.changed('azure')['auth'], 'token-command')
        self.assert_not_called('SetKey')

    def test_nothing_is_asked_without_a_terminal(self):
        for arguments, missing in (
                (['openai'], ['--model', '--key-stdin']),
                (['openai', '--key-stdin'], ['--model']),
                (['openai', '--model', 'm'], ['--key-stdin']),
                (['azure', '--key-stdin'], ['--url', '--model']),
                (['x', '--dialect', 'azure-realtime', '--no-key'],
                 ['--url', '--model', '--session-model']),
                (['speaches'], ['--url', '--model']),
                (['mine'], ['--url', '--model'])):
            with self.subTest(arguments=arguments):
                client = self.provider('add', *arguments, code=2)
                self.assert_error(client, *missing)
        self.assert_not_called('SetProvider')

    def test_malformed(self):
        for arguments in (
                [], ['--dance'], ['dance'], ['add'], ['add', 'a', 'b'], ['add', 'A'],
                ['add', 'local'], ['add', '1a'], ['add', 'a' * 33], ['add', b'a\xff'], ['show'],
                ['remove'], ['default'], ['set-key'], ['clear-key'], ['list', 'x'],
                ['add', 'a', '--rate', 'x'], ['add', 'a', '--rate', '-1'],
                ['add', 'a', '--token-command', "'"], ['add', 'a', '--prompt', b'\xff'],
                ['add', 'a', '--mint', '--no-mint'], ['add', 'a', '--key-stdin', '--no-key'],
                ['add', 'a', '--key', 'x'], ['set-key', 'a'], ['set-key', 'a', KEY]):
            with self.subTest(arguments=arguments):
                client = self.provider(*arguments, code=2)
                self.assert_error(client, '--help')
                self.assertEqual(client.out, '')
        self.assertEqual(self.service.calls, [])

    def test_an_empty_key_changes_nothing(self):
        for key in (b'', b'\n', b' \r\n'):
            client = self.provider('add', 'openai', '--model', 'm', '--key-stdin', key=key, code=2)
            self.assert_error(client, 'empty')
        client = self.provider('add', 'openai', '--model', 'm', '--key-stdin', key=b'x' * 20000,
                               code=2)
        self.assert_error(client, '16 KiB')
        self.assert_not_called('SetProvider', 'SetKey')

    def test_one_that_exists_is_not_overwritten(self):
        self.providers.add('openai', url='https://api.openai.com/v1', model='m')
        client = self.provider('add', 'openai', '--model', 'x', '--key-stdin', key=b'k', code=1)
        self.assert_error(client, 'captionctl provider set openai')
        self.assert_not_called('SetProvider', 'SetKey')

    def test_a_key_that_cannot_be_stored(self):
        self.providers.refusals['SetKey'] = Refused('KeyringLocked', 'The keyring stayed locked.')
        client = self.provider('add', 'openai', '--model', 'm', '--key-stdin', key=KEY.encode(),
                               code=1)
        self.assert_error(client, 'openai is set up', 'The keyring stayed locked.',
                          'captionctl provider set-key openai')
        self.assertNotIn(KEY, client.err)
        self.assertIn('openai', self.providers.set)

    def test_a_refused_setting(self):
        self.providers.refusals['SetProvider'] = Refused('InvalidOption', 'dialect: There is no such.')
        client = self.provider('add', 'x', '--url', 'https://example.org', '--model', 'm', code=1)
        self.assert_error(client, 'dialect: There is no such.')


class TestAsking(ProviderCase):
    def ask(self, *arguments, **options):
        return self.start('provider', *arguments, terminal=(80,), asked=True, **options)

    def answer(self, client, question, text):
        self.show(client, question)
        os.write(client.master, text.encode() + b'\n')

    def echoes(self, client):
        return bool(termios.tcgetattr(client.master)[3] & termios.ECHO)

    def answer_key(self, client, text=KEY):
        self.show(client, 'Key for')
        self.wait(lambda: not self.echoes(client), 'the key would be shown')
        os.write(client.master, text.encode() + b'\n')

    def test_openai_by_name(self):
        client = self.ask('add', 'openai')
        self.answer(client, 'Transcription model [gpt-live-transcribe]: ', '')
        self.answer_key(client)
        self.show(client, 'captionctl listen --engine openai')
        self.assertTrue(self.echoes(client))
        self.end(client, 0)
        self.assertNotIn(KEY, client.out)
        self.assertEqual(self.providers.keys, {'openai': KEY})
        self.assertEqual(self.changed('openai')['model'], 'gpt-live-transcribe')

    def test_azure_by_dialect(self):
        client = self.ask('add', 'work', '--dialect', 'azure-realtime')
        self.answer(client, 'Endpoint of the resource', f' {AZURE} ')
        self.answer(client, 'Deployment of the transcription model: ', 'whisper')
        self.answer(client, 'Deployment of the conversation model: ', 'talk')
        self.answer_key(client)
        self.end(client, 0)
        self.assertEqual(self.changed('work'), {
            'dialect': 'azure-realtime', 'url': AZURE, 'model': 'whisper', 'session-model': 'talk'})

    def test_servers_of_ones_own(self):
        for name, url in (('speaches', 'http://localhost:8000/v1'),
                          ('localai', 'http://localhost:8080/v1'),
                          ('vllm', 'http://localhost:8000/v1')):
            client = self.ask('add', name)
            self.answer(client, f'URL of the server [{url}]: ', '')
            self.answer(client, 'Transcription model: ', 'm')
            self.end(client, 0)
            self.assertEqual(self.changed(name), {'dialect': name, 'url': url, 'model': 'm'})
        self.assert_not_called('SetKey')

    def test_only_what_is_missing_is_asked(self):
        client = self.ask('add', 'azure', '--url', AZURE, '--model', 'm')
        self.answer_key(client)
        self.end(client, 0)
        self.assertNotIn('Endpoint', client.out)
        self.assertNotIn('Deployment', client.out)

    def test_questions_do_not_go_to_the_standard_output(self):
        client = self.ask('add', 'vllm', stdout=subprocess.PIPE)
        self.answer(client, 'URL of the server', '')
        self.answer(client, 'Transcription model: ', 'm')
        self.wait(lambda: client.read() or client.process.poll() is not None)
        self.assertEqual(client.process.returncode, 0)
        self.assertIn('m', self.changed('vllm')['model'])

    def test_needed_and_not_answered(self):
        client = self.ask('add', 'azure')
        self.answer(client, 'Endpoint', '')
        self.end(client, 2)
        client = self.ask('add', 'openai', '--model', 'm')
        self.answer_key(client, '')
        self.end(client, 2)
        self.assertIn('empty', client.out)
        client = self.ask('add', 'openai')
        self.show(client, 'Transcription model')
        os.write(client.master, b'\x04')
        self.end(client, 1)
        self.assertIn('Nothing was changed', client.out)
        self.assert_not_called('SetProvider')

    def test_one_that_exists_is_not_asked_about(self):
        self.providers.add('openai', url='https://api.openai.com/v1', model='m')
        client = self.ask('add', 'openai')
        self.end(client, 1)
        self.assertNotIn('Transcription model', client.out)

    def test_an_interrupt_leaves_the_terminal_as_it_was(self):
        self.providers.add('openai', url='https://api.openai.com/v1', model='m')
        self.need_terminals()
        fresh = pty.openpty()
        before = termios.tcgetattr(fresh[0])
        for fd in fresh:
            os.close(fd)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            client = self.ask('set-key', 'openai')
            self.show(client, 'Key for')
            self.wait(lambda: not self.echoes(client))
            if number == signal.SIGINT:
                os.write(client.master, b'half a key\x03')
            else:
                client.process.send_signal(number)
            self.end(client, -number)
            self.assertEqual(termios.tcgetattr(client.master), before)
            self.assertNotIn('half', client.out)
        self.assert_not_called('SetKey')

    def test_it_asks_again_after_a_stop(self):
        self.providers.add('openai', url='https://api.openai.com/v1', model='m')
        client = self.ask('set-key', 'openai')
        self.show(client, 'Key for')
        self.wait(lambda: not self.echoes(client))
        # The kernel does not stop an orphaned process group, because no shell could continue it.
        client.process.send_signal(signal.SIGTSTP)
        self.wait(lambda: client.read() or client.out.count('Key for') == 2)
        self.answer_key(client)
        self.end(client, 0)
        self.assertEqual(self.providers.keys, {'openai': KEY})


class TestChanging(ProviderCase):
    def setUp(self):
        super().setUp()
        self.providers.add('work', dialect='azure', url=AZURE, model='m', keywords=['a'], mint=True,
                           rate=16000, prompt='p', token_command=['x'])

    def test_set_changes_what_is_named(self):
        self.provider('set', 'work', '--model', 'n', '--no-mint', '--rate', '', '--prompt', '',
                      '--keyword', '', '--token-command', '')
        self.assertEqual(self.changed('work'), {'dialect': 'azure', 'url': AZURE, 'model': 'n'})

    def test_set_tells_what_is_missing_now(self):
        client = self.provider('set', 'work', '--model', 'n')
        self.assertIn('captionctl provider set-key work', client.out)
        client = self.provider('set', 'work', '--key-stdin', '--default', key=b'k')
        self.assertNotIn('set-key', client.out)
        self.assertEqual(self.providers.keys, {'work': 'k'})
        self.assertEqual(self.providers.default, 'work')

    def test_set_wants_something_to_change(self):
        client = self.provider('set', 'work', code=2)
        self.assertIn('No setting to change was given', client.err)
        self.assert_not_called('SetProvider')

    def test_without_its_program_a_provider_has_a_key_again(self):
        self.provider('set', 'work', '--token-command', 'print-token')
        self.assertEqual(self.changed('work')['auth'], 'token-command')
        self.provider('set', 'work', '--token-command', '')
        self.assertNotIn('auth', self.changed('work'))

    def test_set_makes_nothing_new(self):
        client = self.provider('set', 'other', '--model', 'n', code=1)
        self.assert_error(client, 'captionctl provider add other')
        self.assert_not_called('SetProvider')

    def test_keys(self):
        client = self.provider('set-key', 'work', '--key-stdin', key=KEY.encode())
        self.assertEqual(self.providers.keys, {'work': KEY})
        self.assertNotIn(KEY, client.out)
        self.provider('clear-key', 'work')
        self.assertEqual(self.providers.keys, {})
        client = self.provider('set-key', 'other', '--key-stdin', key=b'k', code=1)
        self.assert_error(client, 'no provider')

    def test_default(self):
        client = self.provider('default', 'work')
        self.assertEqual(self.providers.default, 'work')
        self.assertIn('speech goes to example.openai.azure.com', client.out)
        client = self.provider('default', 'local')
        self.assertEqual(self.providers.default, 'local')
        self.assertIn('stays on this computer', client.out)
        client = self.provider('default', 'other', code=1)
        self.assert_error(client, 'no engine')

    def test_remove(self):
        self.providers.default = 'work'
        client = self.provider('remove', 'work')
        self.assertEqual(self.providers.set, {})
        self.assertIn('example.openai.azure.com', client.out)
        self.assertIn('It was the default', client.out)
        client = self.provider('remove', 'work', code=1)
        self.assert_error(client, 'no provider')


class TestShowing(ProviderCase):
    def setUp(self):
        super().setUp()
        self.providers.add('work', dialect='azure', url=AZURE, model='whisper', auth='token-command',
                           token_command=['az', 'a b'])
        self.providers.add('openai', url='https://api.openai.com/v1', model='gpt-live-transcribe',
                           dialect='openai')
        self.providers.default = 'openai'

    def test_list(self):
        self.assertEqual(self.provider('list').lines(), [
            'PROVIDER  DIALECT  HOST                      MODEL                KEY      DEFAULT',
            'work      azure    example.openai.azure.com  whisper              command',
            'openai    openai   api.openai.com            gpt-live-transcribe  missing  yes'])

    def test_list_of_none(self):
        self.providers.set = {}
        self.assertIn('captionctl provider add', self.provider('list').out)
        self.assertEqual(json.loads(self.provider('list', '--json').out), [])

    def test_states_of_the_key(self):
        for state in ('none', 'set', 'missing', 'locked', 'command', 'new'):
            self.providers.key_states['work'] = state
            self.assertIn('Key ', self.provider('show', 'work').out)
            self.assertEqual(json.loads(self.provider('show', 'work', '--json').out)['key'], state)

    def test_json(self):
        work, openai = json.loads(self.provider('list', '--json').out)
        self.assertEqual((work['id'], work['default']), ('work', False))
        self.assertEqual(work['provider']['token-command'], ['az', 'a b'])
        self.assertTrue(openai['default'])
        self.assertEqual(json.loads(self.provider('show', 'openai', '--json').out), openai)

    def test_show(self):
        self.providers.learnt['work'] = ['The model refuses a language.', 'Another\nline.']
        self.providers.reasons['work'] = 'The token command failed.'
        self.assertEqual(self.provider('show', 'work').lines(), [
            'Provider  work',
            'Host      example.openai.azure.com',
            'Key       printed as a token by a program',
            'Ready     no: The token command failed.',
            'Default   no',
            '',
            'Settings:',
            '  dialect        azure',
            f'  url            {AZURE}',
            '  model          whisper',
            '  auth           token-command',
            "  token-command  az 'a b'",
            '',
            'Learnt about the service:',
            '  The model refuses a language.',
            '  Another line.'])

    def test_engines(self):
        self.providers.reasons['work'] = 'It has no key.'
        lines = self.run_to_end('engines').lines()
        self.assertRegex(lines[1], r'^work +example\.openai\.azure\.com +any it supports +no +It has no key\.$')
        self.assertRegex(lines[2], r'^openai +api\.openai\.com +any it supports +yes$')

    def test_no_bus(self):
        for command in (['list'], ['show', 'x'], ['remove', 'x'], ['default', 'x'],
                        ['clear-key', 'x']):
            client = self.provider(*command, code=1, environment={
                'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent'})
            self.assert_error(client, 'no session bus was found')

    def test_help(self):
        client = self.provider('--help')
        for command in ('add', 'list', 'show', 'set', 'remove', 'set-key', 'clear-key', 'default'):
            self.assertIn(f'  {command} ', client.out)
            self.assertIn(f'captionctl provider {command} ', self.provider(command, '--help').out)
        self.assertIn('provider', self.run_to_end('--help').out)


if __name__ == '__main__':
    tap.main()
