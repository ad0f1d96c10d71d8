# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Providers and their keys, over the bus and with a real keyring."""

import os
import signal
import subprocess
import tempfile
import time

from gi.repository import Gio, GLib

import tap
from captions import BUILD, NAME, PATH, Client, TestCase, run_until
from keyring import BareBus, Keyring

PROBE = os.path.join(BUILD, 'tests', 'tools', 'credentials-probe')
URL = 'https://speech.example/v1'
KEY = 'sk-canary-1234567890'
# The engines that need no provider.
LOCAL = ['local', 'local:pocketsphinx', 'local:sherpa-onnx', 'local:whisper']


class Caller(Client):

    def set_provider(self, name, **settings):
        def variant(value):
            kind = {bool: 'b', int: 'u', list: 'as'}.get(type(value), 's')
            return GLib.Variant(kind, value)
        return self.call(PATH, NAME, 'SetProvider', GLib.Variant('(sa{sv})', (
            name, {key.replace('_', '-'): variant(value) for key, value in settings.items()})))

    def remove_provider(self, name):
        return self.call(PATH, NAME, 'RemoveProvider', GLib.Variant('(s)', (name,)))

    def clear_key(self, name):
        return self.call(PATH, NAME, 'ClearKey', GLib.Variant('(s)', (name,)))

    def start_set_key(self, name, fd):
        """Starts the call. The returned box receives its result."""
        box = []
        descriptors = Gio.UnixFDList.new()
        descriptors.append(fd)
        self.bus.call_with_unix_fd_list(
            NAME, PATH, NAME, 'SetKey', GLib.Variant('(sh)', (name, 0)), None,
            Gio.DBusCallFlags.NONE, 40000, descriptors, None, lambda bus, result: box.append(result))
        return box

    def finish_set_key(self, box):
        run_until(lambda: box, 40, 'SetKey')
        self.bus.call_with_unix_fd_list_finish(box[0])

    def set_key(self, name, key):
        read, write = os.pipe()
        try:
            box = self.start_set_key(name, read)
        finally:
            os.close(read)
        os.write(write, key.encode())
        os.close(write)
        self.finish_set_key(box)

    def engines(self):
        return {engine['id']: engine for engine in self.call(PATH, NAME, 'ListEngines')}


class Case(TestCase):

    def client(self):
        client = Caller()
        self.clients.append(client)
        return client

    def setUp(self):
        super().setUp()
        self.caller = self.client()


class KeyringCase(Case):

    def setUp(self):
        self.keyring = Keyring()
        self.addCleanup(self.keyring.stop)
        super().setUp()
        self.caller.set_provider('mine', dialect='openai', url=URL, model='m')

    def key_state(self):
        engine = self.caller.engines()['mine']
        return engine['key'], engine['ready']

    def probe(self, *options, url=URL, settings='', environment=None, answers=1):
        """Returns the key that an engine would get, once for each answer."""
        text = f"{{'url': <'{url}'>, 'model': <'m'>{settings}}}"
        done = subprocess.run([PROBE, *options, 'mine', text], input='\n' * (answers - 1), timeout=240,
                              stdout=subprocess.PIPE, text=True, check=True,
                              env={**os.environ, **(environment or {})})
        lines = done.stdout.splitlines()
        return lines[0] if answers == 1 else lines

    def assert_probe_fails(self, name, *options, **more):
        answer = self.probe(*options, **more)
        self.assertTrue(answer.startswith(f'error {NAME}.Error.{name} '), answer)
        self.assertNotIn(KEY, answer)
        return answer


class BareCase(Case):
    """A session without a keyring, and without a program that could start one."""

    def setUp(self):
        self.bus = BareBus()
        self.addCleanup(self.bus.stop)
        super().setUp()


class Settings(BareCase):

    def test_a_provider_is_made_changed_and_removed(self):
        caller = self.caller
        caller.set_provider('mine', url='wss://API.openai.com/v1/realtime', model='m')
        run_until(lambda: caller.members('EnginesChanged'), 5, 'EnginesChanged')
        caller.set_provider('mine', keywords=['one', 'two'], turns='client', rate=16000, mint=True)
        engine = caller.engines()['mine']
        self.assertEqual((engine['kind'], engine['host'], engine['languages'], engine['learnt']),
                         ('realtime', 'api.openai.com', [], []))
        settings = engine['provider']
        self.assertEqual((settings['url'], settings['model'], settings['keywords'], settings['turns'],
                          settings['rate'], settings['mint'], settings['prompt']),
                         ('https://api.openai.com/v1', 'm', ['one', 'two'], 'client', 16000, True, ''))

        run_until(lambda: len(caller.members('EnginesChanged')) == 2, 5, 'one signal for one change')
        caller.remove_provider('mine')
        self.assertEqual(list(caller.engines()), LOCAL)
        run_until(lambda: len(caller.members('EnginesChanged')) == 3, 5, 'EnginesChanged')

    def test_errors_have_names_and_no_secrets(self):
        caller = self.caller
        message = self.assert_fails('InvalidOption', caller.set_provider, 'mine', model='m',
                                    url=f'https://example.org/v1?api-key={KEY}')
        self.assertIn('url: ', message)
        self.assertNotIn(KEY, message)
        self.assert_fails('InvalidOption', caller.set_provider, 'local', url=URL, model='m')
        self.assert_fails('InvalidOption', caller.set_provider, 'mine', url=URL)
        self.assert_fails('NoSuchEngine', caller.remove_provider, 'mine')
        self.assert_fails('NoSuchEngine', caller.clear_key, 'mine')
        self.assert_fails('NoSuchEngine', caller.set_key, 'mine', KEY)
        self.assertEqual(list(caller.engines()), LOCAL)

    def test_keys_that_are_none_are_refused(self):
        caller = self.caller
        caller.set_provider('mine', url=URL, model='m')
        for key in ('', '\n', 'x' * 20000, KEY + '\x01', 'schlüssel'):
            with self.subTest(key=key[:10]):
                message = self.assert_fails('InvalidOption', caller.set_key, 'mine', key)
                self.assertIn('key: ', message)
                self.assertNotIn(KEY, message)
        with tempfile.TemporaryDirectory() as folder:
            fd = os.open(folder, os.O_RDONLY)
            box = caller.start_set_key('mine', fd)
            os.close(fd)
            self.assert_fails('InvalidOption', caller.finish_set_key, box)


class Keys(KeyringCase):

    def test_a_key_goes_into_the_keyring_and_out_again(self):
        self.assertEqual(self.key_state(), ('missing', False))
        self.assertIn('set-key mine', self.caller.engines()['mine']['reason'])
        self.assert_probe_fails('NoCredentials')

        before = len(self.caller.members('EnginesChanged'))
        self.caller.set_key('mine', f'  {KEY}\nmore\n')
        run_until(lambda: len(self.caller.members('EnginesChanged')) > before, 5, 'EnginesChanged')
        self.assertEqual(self.key_state(), ('set', True))
        (label, attributes, key), = self.keyring.items(provider='mine')
        self.assertEqual((attributes['provider'], attributes['host'], attributes['xdg:schema'], key),
                         ('mine', 'speech.example', 'org.captiond.ApiKey', KEY))
        self.assertEqual(label, 'captiond: key of mine for speech.example')
        self.assertEqual(self.probe(), f'key {KEY}')

        self.caller.set_key('mine', 'another')
        self.assertEqual([item[2] for item in self.keyring.items(provider='mine')], ['another'])
        self.caller.clear_key('mine')
        self.assertEqual(self.keyring.items(provider='mine'), [])
        self.caller.clear_key('mine')
        self.assertEqual(self.key_state(), ('missing', False))

    def test_another_host_does_not_get_the_key(self):
        self.caller.set_key('mine', KEY)
        for url in ('https://other.example', 'https://speech.example:8443'):
            message = self.assert_probe_fails('NoCredentials', url=url)
            self.assertIn('another host', message)
        self.caller.set_provider('mine', url='https://other.example')
        self.assertEqual(self.key_state(), ('missing', False))
        self.caller.set_key('mine', 'second')
        self.assertEqual(self.probe(), f'key {KEY}')
        self.assertEqual(self.probe(url='https://other.example'), 'key second')

    def test_removing_a_provider_removes_its_keys(self):
        self.caller.set_key('mine', KEY)
        self.caller.set_provider('mine', url='https://other.example')
        self.caller.set_key('mine', KEY)
        self.caller.set_provider('yours', url=URL, model='m')
        self.caller.set_key('yours', 'kept')
        self.caller.remove_provider('mine')
        self.assertEqual(self.keyring.items(provider='mine'), [])
        self.assertEqual([item[2] for item in self.keyring.items(provider='yours')], ['kept'])

    def test_a_locked_keyring_is_told_from_one_without_the_key(self):
        self.caller.set_key('mine', KEY)
        self.keyring.lock()
        self.assertEqual(self.key_state(), ('locked', True))
        self.assert_probe_fails('KeyringLocked')
        self.assert_probe_fails('KeyringLocked', '--optional')
        self.assert_probe_fails('NoCredentials', url='https://other.example')
        self.assert_fails('KeyringLocked', self.caller.clear_key, 'mine')
        self.keyring.unlock()
        self.assertEqual(self.probe(), f'key {KEY}')

    def test_a_refused_dialog_is_told(self):
        # Without a display the keyring cannot open its dialog, which counts as a refusal.
        self.caller.set_key('mine', KEY)
        self.keyring.lock()
        self.assert_probe_fails('KeyringLocked', '--prompt')
        self.assert_fails('KeyringLocked', self.caller.set_key, 'mine', 'another')
        self.keyring.unlock()
        self.assertEqual(self.probe(), f'key {KEY}')

    def test_a_frozen_keyring_does_not_keep_the_list(self):
        self.caller.set_key('mine', KEY)
        self.keyring.process.send_signal(signal.SIGSTOP)
        try:
            self.assertEqual(self.key_state(), ('locked', True))
        finally:
            self.keyring.process.send_signal(signal.SIGCONT)

    def test_removing_a_provider_does_not_wait_for_the_keyring(self):
        self.caller.set_key('mine', KEY)
        self.keyring.lock()
        message = self.assert_fails('KeyringLocked', self.caller.remove_provider, 'mine')
        self.assertIn('mine is removed, but its key is still in the keyring', message)
        self.assertEqual(list(self.caller.engines()), LOCAL)

    def test_a_key_comes_from_a_file_or_socket(self):
        with tempfile.TemporaryFile() as file:
            file.write(KEY.encode())
            file.seek(0)
            box = self.caller.start_set_key('mine', file.fileno())
            self.caller.finish_set_key(box)
        self.assertEqual(self.probe(), f'key {KEY}')

    def test_what_the_daemon_was_given_comes_first(self):
        self.caller.set_key('mine', KEY)
        self.assertEqual(self.probe(environment={'CAPTIOND_KEY_MINE': 'given'}), 'key given')
        with tempfile.TemporaryDirectory() as folder:
            given = {'CREDENTIALS_DIRECTORY': folder}
            self.assertEqual(self.probe(environment=given), f'key {KEY}')
            with open(os.path.join(folder, 'captiond-key-mine'), 'w', encoding='utf-8') as file:
                file.write('systemd\n')
            self.assertEqual(self.probe(environment=given), 'key systemd')
            with open(os.path.join(folder, 'captiond-key-mine'), 'w', encoding='utf-8') as file:
                file.write('x' * 20000)
            self.assert_probe_fails('NoCredentials', environment=given)
            os.remove(os.path.join(folder, 'captiond-key-mine'))
            os.mkfifo(os.path.join(folder, 'captiond-key-mine'))
            self.assert_probe_fails('NoCredentials', environment=given)

    def test_no_key_where_none_is_needed(self):
        self.assertEqual(self.probe('--optional'), 'none')
        self.caller.set_key('mine', KEY)
        self.assertEqual(self.probe('--optional'), f'key {KEY}')
        self.assertEqual(self.probe(settings=", 'auth': <'none'>"), 'none')
        self.caller.set_provider('mine', auth='none')
        self.assertEqual(self.key_state(), ('none', True))


class Waiting(BareCase):
    daemon_options = ('--idle-seconds', '1')

    def test_the_daemon_stays_until_the_key_has_come(self):
        self.caller.set_provider('mine', url=URL, model='m')
        read, write = os.pipe()
        box = self.caller.start_set_key('mine', read)
        os.close(read)
        until = time.monotonic() + 3
        run_until(lambda: box or time.monotonic() > until, 5, 'the time of leaving')
        self.assertEqual((box, self.daemon.process.poll()), ([], None))
        os.write(write, KEY.encode())
        os.close(write)
        self.assert_fails('NoCredentials', self.caller.finish_set_key, box)
        self.assertEqual(self.daemon.process.wait(60), 0)

    def test_keys_that_do_not_come_are_limited(self):
        self.caller.set_provider('mine', url=URL, model='m')
        read, write = os.pipe()
        boxes = [self.caller.start_set_key('mine', read) for _ in range(9)]
        run_until(lambda: any(boxes), 5, 'a refusal')
        refused, = [box for box in boxes if box]
        self.assert_fails('LimitExceeded', self.caller.finish_set_key, refused)
        os.close(read)
        os.close(write)
        run_until(lambda: all(boxes), 5, 'the end of the others')


class TokenCommand(KeyringCase):

    def command(self, script):
        return f", 'auth': <'token-command'>, 'token-command': <['/bin/sh', '-c', '{script}']>"

    def test_a_token_is_kept_as_long_as_it_is_good(self):
        with tempfile.TemporaryDirectory() as folder:
            count = f'echo x >> {folder}/runs; wc -l < {folder}/runs'
            self.assertEqual(self.probe(settings=self.command(count), answers=3), ['key 1'] * 3)
            soon = (f'echo x >> {folder}/soon; printf "{{\\\\"accessToken\\\\": \\\\"%s\\\\", '
                    f'\\\\"expires_on\\\\": %s}}" $(wc -l < {folder}/soon) $(($(date +%s) + 60))')
            self.assertEqual(self.probe(settings=self.command(soon), answers=2), ['key 1', 'key 2'])

    def test_the_command_does_not_see_our_keys(self):
        self.assertEqual(self.probe(settings=self.command('echo ${CAPTIOND_KEY_OTHER-gone}'),
                                    environment={'CAPTIOND_KEY_OTHER': KEY}), 'key gone')

    def test_it_is_listed_without_being_run(self):
        with tempfile.TemporaryDirectory() as folder:
            ran = os.path.join(folder, 'ran')
            self.caller.set_provider('mine', auth='token-command', token_command=['touch', ran])
            self.assertEqual(self.key_state(), ('command', True))
            self.assertFalse(os.path.exists(ran))


class WithoutKeyring(BareCase):

    def setUp(self):
        os.environ['CAPTIOND_KEY_MY_OWN'] = KEY
        self.addCleanup(os.environ.pop, 'CAPTIOND_KEY_MY_OWN', None)
        super().setUp()

    def test_it_says_what_works_instead(self):
        self.caller.set_provider('mine', dialect='openai', model='m')
        self.assertEqual(self.caller.engines()['mine']['key'], 'missing')
        message = self.assert_fails('NoCredentials', self.caller.set_key, 'mine', KEY)
        self.assertIn('captiond-key-mine', message)
        self.assertIn('CAPTIOND_KEY_MINE', message)
        self.assert_fails('NoCredentials', self.caller.clear_key, 'mine')
        self.caller.remove_provider('mine')

    def test_a_key_from_the_environment_is_gone_from_there(self):
        self.caller.set_provider('my-own', dialect='openai', model='m')
        self.assertEqual(self.caller.engines()['my-own']['key'], 'set')
        with open(f'/proc/{self.daemon.process.pid}/environ', 'rb') as file:
            environ = file.read()
        self.assertNotIn(KEY.encode(), environ)
        self.assertIn(b'DBUS_SESSION_BUS_ADDRESS', environ)


if __name__ == '__main__':
    tap.main()
