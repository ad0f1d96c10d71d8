#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
#
# The settings window as a user sees it, on its own screen (private-display):
# the calls that the service gets, and the messages when it refuses them.
# Pictures of the pages go to the folder "tests/pictures" of the build.

import os
import shutil
import subprocess

from gi.repository import GLib

import tap
from providers_stand_in import Refused, variants
from settings_case import BUILD, SettingsCase, german

PICTURES = os.path.join(BUILD, 'tests', 'pictures')


class Captions(SettingsCase):
    def test_what_is_true_is_shown(self):
        self.providers.defaults.update({'source': 'app:Firefox', 'fallback': True, 'daily-minutes': 90})
        self.open()
        self.await_value('source', 'app:Firefox')
        self.assertEqual(self.value('engine'), 'local')
        self.assertEqual(self.value('fallback'), 'yes')
        self.assertEqual(self.value('daily-minutes'), '90')
        self.see('Audio stays on this computer.')
        self.assertEqual(self.providers.told, [])

    def test_a_source_is_told_and_captions_change_over(self):
        self.open()
        self.say('captions')
        self.wait(lambda: len(self.service.opened) == 1)
        self.say('set', 'source', 'app:Firefox')
        self.await_told({'source': 'app:Firefox'})
        self.wait(lambda: len(self.service.opened) == 2, 'the stream did not change over')

    def test_captions_that_were_joined_are_not_left(self):
        stream = self.service.add_stream()
        self.open()
        self.see('Changes take effect immediately')
        self.say('join', stream.path)
        self.see('These captions belong to another program. Changes apply to captions that you start yourself.')
        self.wait(lambda: stream.holds)
        self.say('set', 'source', 'app:Firefox')
        self.await_told({'source': 'app:Firefox'})
        self.await_value('source', 'app:Firefox')
        self.assertEqual(self.service.opened, [{'stream': stream.path, **self.service.opened[0]}])
        self.assertTrue(stream.holds)
        # The next captions use the new settings.
        self.say('captions')
        self.see('Changes take effect immediately')
        self.wait(lambda: len(self.service.opened) == 2)
        self.say('set', 'source', 'microphone')
        self.wait(lambda: len(self.service.opened) == 3, 'the stream did not change over')

    def test_no_captions_begin_by_themselves(self):
        self.open()
        self.say('set', 'source', 'microphone')
        self.await_told({'source': 'microphone'})
        self.await_value('source', 'microphone')
        self.assertEqual(self.service.opened, [])

    def test_sources_come_and_go(self):
        self.providers.defaults['source'] = 'app:Firefox'
        self.open()
        self.wait(lambda: 'output:speakers' in self.choices('source'))
        self.service.sources = self.service.sources[:1]
        self.emit('SourcesChanged')
        self.wait(lambda: 'output:speakers' not in self.choices('source'))
        choices = self.choices('source')
        self.assertEqual(choices['app:Firefox'], ['Firefox', 'Unavailable; captions wait for it'])
        self.assertIn('microphone', choices)
        self.assertEqual(self.value('source'), 'app:Firefox')
        self.assertEqual(self.providers.told, [])

    def count(self, method):
        return self.service.calls.count(method)

    def emit_engines(self):
        """Emits the signal, and waits for an answer: the signals before it have arrived then."""
        before = self.count('ListEngines')
        self.emit('EnginesChanged')
        self.wait(lambda: self.count('ListEngines') > before)

    def test_sources_that_change_often_are_read_once_more(self):
        self.open()
        self.wait(lambda: 'output:speakers' in self.choices('source'))
        self.emit_engines()
        before = self.count('ListSources')
        for _ in range(20):
            self.emit('SourcesChanged')
        self.service.sources = self.service.sources[:1]
        self.emit('SourcesChanged')
        self.wait(lambda: 'output:speakers' not in self.choices('source'))
        self.emit_engines()
        self.assertLess(self.count('ListSources') - before, 6)

    def test_sources_out_of_sight_are_left_alone(self):
        self.open()
        self.wait(lambda: 'output:speakers' in self.choices('source'))
        self.say('page', 'look')
        self.emit_engines()
        before = self.count('ListSources')
        self.emit('SourcesChanged')
        self.emit_engines()
        self.assertEqual(self.count('ListSources'), before)
        self.service.sources = self.service.sources[:1]
        self.say('page', 'captions')
        self.wait(lambda: 'output:speakers' not in self.choices('source'))

    def test_a_command_has_no_full_stop(self):
        self.open()
        self.providers.refusals['GetDefaults'] = Refused('PolicyRefused', 'This application may not ask. '
                                                         'Allow it with: captionctl allow org.example.Reader')
        self.emit('EnginesChanged')
        self.see('This application may not ask')
        self.assertIn('This application may not ask. Allow it with: captionctl allow org.example.Reader',
                      self.say('texts'))

    def test_much_from_the_bus_is_cut_short(self):
        self.providers.add('openai', dialect='openai', url='https://api.openai.com/v1', model='m')
        self.providers.reasons['openai'] = 'No\x1b\n' * 10000
        self.providers.defaults['engine'] = 'openai'
        self.service.sources += [variants({'id': 'app:x', 'kind': 'app', 'name': 'x' * 10000, 'active': True})]
        self.service.engines += [variants({'id': f'local{i}', 'kind': 'realtime', 'ready': True, 'reason': '',
                                           'host': 'y' * 10000, 'languages': []}) for i in range(100)]
        self.open()
        self.wait(lambda: 'openai' in self.choices('engine') and 'app:x' in self.choices('source'))
        self.see('Not ready: No No')
        self.assertLess(max(len(text) for text in self.say('texts')), 600)
        for control in ('engine', 'source'):
            self.assertLess(max(len(text) for text in sum(self.choices(control).values(), [])), 400)
        self.say('page', 'services')
        self.see('Used for captions')
        self.assertLess(max(len(text) for text in self.say('texts')), 600)
        self.assertLess(sum('it is sent to y' in text for text in self.say('texts')), 70)

    def test_no_audio_server(self):
        self.providers.refusals['ListSources'] = Refused('AudioUnavailable', 'PipeWire does not answer.')
        self.service.sources = None
        self.open()
        self.see('PipeWire does not answer.')
        self.assertEqual(list(self.choices('source')), ['system', 'microphone'])

    def test_what_is_refused_is_said_and_taken_back(self):
        self.open()
        self.wait(lambda: 'microphone' in self.choices('source'))
        self.providers.refusals['SetDefaults'] = Refused('PolicyRefused', 'source: the administrator of this '
                                                         'machine has fixed this setting')
        self.say('set', 'source', 'microphone')
        self.see('The administrator of this machine has fixed this setting.')
        self.await_value('source', 'system')
        del self.providers.refusals['SetDefaults']
        self.say('set', 'source', 'microphone')
        self.await_told({'source': 'microphone'})
        self.wait(lambda: 'administrator' not in self.texts())

    def test_engines_say_where_speech_goes(self):
        self.providers.add('openai', dialect='openai', url='https://api.openai.com/v1', model='m')
        self.providers.reasons['openai'] = 'It has no key.'
        self.open()
        self.wait(lambda: 'openai' in self.choices('engine'))
        self.assertEqual(self.choices('engine')['openai'], ['openai', 'Not ready: It has no key.'])
        self.providers.reasons.clear()
        self.emit('EnginesChanged')
        self.wait(lambda: self.choices('engine')['openai'] == ['openai', 'Sends speech to api.openai.com'])
        self.say('set', 'engine', 'openai')
        self.await_told({'engine': 'openai'})
        self.see('Audio leaves this computer: it is sent to api.openai.com.')

    def test_recognisers_of_this_computer_have_names(self):
        self.service.engines.append(variants({
            'id': 'local:vosk', 'kind': 'local', 'ready': True, 'reason': '', 'host': '', 'languages': ['en-US'],
            'recogniser': 'vosk', 'name': 'Vosk'}))
        self.open()
        self.wait(lambda: 'local:vosk' in self.choices('engine'))
        self.assertEqual(self.choices('engine')['local:vosk'],
                         ['This computer: Vosk', 'Speech stays on this computer'])
        self.assertEqual(self.choices('engine')['local'][0], 'This computer')
        self.say('page', 'services')
        self.see('This computer: Vosk')
        # Newer GTK adds that the button has a label of its own.
        self.assertIn('Use This computer: Vosk for captions', self.say('spoken', 'use-local:vosk'))
        self.say('activate', 'use-local:vosk')
        self.await_told({'engine': 'local:vosk'})

    def test_languages_are_those_of_the_engine(self):
        self.open()
        self.wait(lambda: list(self.choices('language')) == ['', 'en-US'])
        self.providers.add('vllm', dialect='vllm', url='http://localhost:8000/v1', model='m')
        self.providers.defaults['engine'] = 'vllm'
        self.emit('EnginesChanged')
        self.wait(lambda: 'de' in self.choices('language'))
        self.say('set', 'language', 'de')
        self.await_told({'language': 'de'})
        # An engine that does not support the language resets it.
        self.await_value('language', 'de')
        self.say('set', 'engine', 'local')
        self.await_told({'language': 'de'}, {'engine': 'local', 'language': ''})
        self.await_value('language', '')

    def test_the_languages_of_this_computer_are_said(self):
        self.service.engines = []
        self.open()
        self.see('While the service is unavailable, this computer recognises speech.')
        for languages, said in ((['en-US'], 'English'), (['en', 'en-US', 'de'], 'English, German'),
                                (['en', 'de', 'fr', 'it', 'ja', 'ko'], 'English, German, French, Italian and 2 more')):
            self.service.engines = [variants({'id': 'local', 'kind': 'local', 'ready': True, 'reason': '',
                                              'host': '', 'languages': languages})]
            self.emit('EnginesChanged')
            self.say('page', 'captions')
            self.see(f'While the service is unavailable, this computer recognises speech in {said}.')
            self.say('page', 'services')
            self.see(f'Without a network, this computer recognises speech in {said}. A model brings')

    def test_a_language_of_ones_own(self):
        self.providers.add('vllm', dialect='vllm', url='http://localhost:8000/v1', model='m')
        self.providers.defaults['engine'] = 'vllm'
        self.open()
        self.wait(lambda: ':other' in self.choices('language'))
        self.say('set', 'language', ':other')
        self.say('set', 'language-tag', 'not a tag')
        self.say('activate', 'language-tag')
        self.see('Type a language code')
        self.say('set', 'language-tag', 'gsw-CH')
        self.say('activate', 'language-tag')
        self.await_told({'language': 'gsw-CH'})
        self.await_value('language', 'gsw-CH')

    def test_translation_waits_for_a_service_that_has_it(self):
        self.open()
        self.see('Translation is not available in this version.')
        self.assertFalse(self.is_sensitive('translate-to'))
        self.service.engines[0]['translates'] = GLib.Variant('b', True)
        self.emit('EnginesChanged')
        self.wait(lambda: self.is_sensitive('translate-to'))
        self.say('set', 'translate-to', 'fr')
        self.see('No engine of this version translates.')
        self.await_value('translate-to', '')

    def test_limits(self):
        self.open()
        self.say('set', 'fallback', 'yes')
        self.await_told({'fallback': True})
        # Sent once, after the number has not changed for a while.
        for number in ('10', '20', '30'):
            self.say('set', 'daily-minutes', number)
        self.await_told({'fallback': True}, {'daily-minutes': 30})
        self.say('unfold')
        self.say('set', 'session-idle-seconds', '60')
        self.wait(lambda: {'session-idle-seconds': 60} in self.providers.told)

    def test_a_number_is_told_when_the_window_closes_at_once(self):
        self.open()
        self.say('set', 'daily-minutes', '60')
        self.say('close')
        self.wait(lambda: self.providers.told == [{'daily-minutes': 60}])

    def test_an_older_service_has_fewer_settings(self):
        del self.providers.defaults['fallback']
        self.open()
        self.await_value('daily-minutes', '0')
        self.assertIn('hidden', self.say('value', 'fallback'))

    def test_no_service(self):
        self.service.stop()
        self.service = None
        self.open()
        self.wait(lambda: 'shown' in self.say('value', 'service-problem'))
        self.serve()
        self.wait(lambda: 'hidden' in self.say('value', 'service-problem'), 'it does not see the service')

    def test_it_is_closed_while_the_service_is_asked(self):
        self.service.silent = True
        self.open()
        self.say('close')
        self.wait(lambda: self.say('there') == ['no'], 'something keeps the window')


class Services(SettingsCase):
    def add(self, **values):
        self.say('activate', 'add-service')
        self.see('Identifies the service in lists and commands')
        for control, value in values.items():
            self.say('set', control.replace('_', '-'), value)

    def test_openai(self):
        self.open('services')
        self.add(key='sk-very-secret')
        self.assertEqual(self.value('id'), 'openai')
        self.assertIn('hidden', self.say('value', 'url'))
        self.say('activate', 'save')
        self.wait(lambda: self.providers.keys)
        self.assertEqual(self.providers.given, [('openai', {'dialect': 'openai', 'model': 'gpt-live-transcribe'})])
        self.assertEqual(self.providers.keys, {'openai': 'sk-very-secret'})
        # Adding a service sends nothing to it.
        self.see('With this service, audio leaves this computer: it is sent to api.openai.com.')
        self.assertEqual(self.providers.default, 'local')
        self.see('Ready. Its key is in your keyring.')
        self.say('activate', 'use-openai')
        self.await_told({'engine': 'openai'})
        self.see('Used for captions. Audio leaves this computer: it is sent to api.openai.com.')

    def test_azure_and_what_it_needs(self):
        self.open('services')
        self.add(preset='azure', url='https://me.openai.azure.com', model='transcribe')
        self.say('activate', 'save')
        self.wait(lambda: self.providers.given)
        self.assertEqual(self.providers.given, [('azure', {
            'dialect': 'azure', 'model': 'transcribe', 'url': 'https://me.openai.azure.com'})])

    def test_problems_stand_at_their_rows(self):
        self.providers.add('openai', dialect='openai', url='https://api.openai.com/v1', model='m')
        self.open('services')
        self.see('api.openai.com')
        self.add(preset='speaches')
        self.assertEqual(self.value('id'), 'speaches')
        self.say('activate', 'save')
        self.see('It is needed.')
        self.assertEqual(self.say('focused'), ['model'])
        self.say('set', 'model', 'whisper')
        self.say('set', 'id', 'openai')
        self.say('activate', 'save')
        self.see('A service with this name already exists.')
        self.say('set', 'id', 'Not Good')
        self.say('activate', 'save')
        self.see('Use up to 32 lowercase letters')
        self.assertEqual(self.providers.given, [])
        self.say('set', 'id', 'speaches')
        self.say('activate', 'save')
        self.wait(lambda: self.providers.given)

    def test_a_key_that_is_not_taken(self):
        self.providers.refusals['SetKey'] = Refused('KeyringLocked', 'The keyring is locked.')
        self.open('services')
        self.add(key='sk-very-secret')
        self.say('activate', 'save')
        self.see('The keyring is locked.')
        self.assertEqual(self.value('key'), '')
        # The settings are stored, and the second attempt only stores the key.
        del self.providers.refusals['SetKey']
        self.say('set', 'key', 'sk-again')
        self.say('activate', 'save')
        self.wait(lambda: self.providers.keys)
        self.assertEqual(self.providers.keys, {'openai': 'sk-again'})

    def test_editing_changes_what_was_changed(self):
        self.providers.add('work', dialect='azure', url='https://w.openai.azure.com', model='m',
                           keywords=['Anna', 'Ångström'], token_command=['az', 'a b'], prompt='Medicine')
        self.providers.keys['work'] = 'sk-stored'
        self.open('services')
        self.see('w.openai.azure.com')
        self.say('activate', 'edit-work')
        self.wait(lambda: 'Leave this field empty to keep it' in self.texts())
        self.assertNotIn('sk-stored', self.texts())
        self.assertEqual(self.value('key'), '')
        self.say('unfold')
        self.assertEqual(self.value('keywords'), 'Anna, Ångström')
        self.assertEqual(self.value('token-command'), "az 'a b'")
        self.say('set', 'keywords', 'Anna, Ångström, Bo')
        self.say('set', 'rate', '16000')
        self.say('set', 'allow-plain', 'yes')
        self.say('set', 'token-command', "az 'unfinished")
        self.say('activate', 'save')
        self.see('Check for an unmatched quotation mark.')
        self.say('set', 'token-command', '')
        self.say('activate', 'save')
        self.wait(lambda: self.providers.given)
        self.assertEqual(self.providers.given, [('work', {
            'keywords': ['Anna', 'Ångström', 'Bo'], 'rate': 16000, 'allow-plain': True, 'token-command': []})])
        self.assertEqual(self.providers.keys, {'work': 'sk-stored'})

    def test_what_is_folded_is_unfolded_for_its_problem(self):
        self.providers.add('work', dialect='vllm', url='https://work.example', model='m')
        self.open('services')
        self.see('work.example')
        self.say('activate', 'edit-work')
        self.see('New key')
        self.say('unfold')
        self.say('set', 'token-command', "az 'unfinished")
        self.say('fold')
        self.say('activate', 'save')
        self.see('Check for an unmatched quotation mark.')
        self.assertEqual(self.say('focused'), ['token-command'])
        self.say('close')
        self.providers.refusals['SetProvider'] = Refused('InvalidOption', 'keywords: There are too many of them.')
        self.say('activate', 'edit-work')
        self.see('New key')
        self.say('unfold')
        self.say('set', 'keywords', 'Anna')
        self.say('fold')
        self.say('activate', 'save')
        self.see('There are too many of them.')
        self.assertEqual(self.say('focused'), ['keywords'])

    def test_a_hidden_address_is_shown_for_its_problem(self):
        self.providers.refusals['SetProvider'] = Refused('InvalidOption', 'url: It cannot be reached from here.')
        self.open('services')
        self.add(preset='openai')
        self.assertIn('hidden', self.say('value', 'url'))
        self.say('activate', 'save')
        self.see('It cannot be reached from here.')
        self.wait(lambda: 'shown' in self.say('value', 'url'))

    def test_a_key_is_forgotten(self):
        self.providers.add('openai', dialect='openai', url='https://api.openai.com/v1', model='m')
        self.providers.keys['openai'] = 'sk-stored'
        self.open('services')
        self.see('api.openai.com')
        self.say('activate', 'edit-openai')
        self.say('activate', 'forget-key')
        self.wait(lambda: not self.providers.keys)
        self.see('The key was removed from your keyring.')
        self.say('close')
        self.say('close')
        self.wait(lambda: self.say('there') == ['no'], 'something keeps the window')

    def test_removal_asks_first(self):
        self.providers.add('openai', dialect='openai', url='https://api.openai.com/v1', model='m')
        self.providers.default = 'openai'
        self.open('services')
        self.see('api.openai.com')
        self.say('activate', 'remove-openai')
        self.see('Remove “openai”?')
        self.say('close')
        self.assertIn('openai', self.providers.set)
        self.say('activate', 'remove-openai')
        self.say('activate', 'confirm-remove')
        self.wait(lambda: not self.providers.set)
        self.wait(lambda: 'openai' not in self.texts())


class Place(SettingsCase):
    def test_autostart_is_what_the_folder_says(self):
        path = os.path.join(self.home.name, 'autostart', 'org.captiond.Overlay.desktop')
        self.open('place')
        self.assertEqual(self.value('autostart'), 'no')
        self.say('set', 'autostart', 'yes')
        self.assertTrue(os.path.exists(path))
        self.say('set', 'autostart', 'no')
        self.assertFalse(os.path.exists(path))

    def test_what_cannot_be_written_is_said(self):
        with open(os.path.join(self.home.name, 'autostart'), 'w', encoding='utf-8'):
            pass
        self.open('place')
        self.say('set', 'autostart', 'yes')
        self.see('could not be changed')
        self.await_value('autostart', 'no')

    def test_commands_are_copied(self):
        self.open('place')
        name = ['Copy “captiond-overlay --toggle”']
        self.assertEqual(self.say('spoken', 'copy--toggle'), name)
        self.assertNotIn('Copied', self.texts())
        self.say('activate', 'copy--toggle')
        self.see('Copied')
        self.assertEqual(self.say('spoken', 'copy--toggle'), ['Copied'])
        self.wait(lambda: 'Copied' not in self.texts(), 'it says so for ever')
        self.assertEqual(self.say('spoken', 'copy--toggle'), name)

    def test_free_captions_reserve_no_place(self):
        self.open('place')
        self.assertTrue(self.is_sensitive('docked'))
        self.say('set', 'position', 'free')
        self.assertFalse(self.is_sensitive('docked'))
        self.assertIn('hidden', self.say('value', 'margin'))


class Everybody(SettingsCase):
    pages = ('captions', 'services', 'models', 'look', 'place')

    def prepare(self):
        self.providers.add('openai', dialect='openai', url='https://api.openai.com/v1', model='m')
        self.providers.keys['openai'] = 'sk'
        self.providers.add('work', dialect='azure', url='https://work.openai.azure.com', model='m')
        self.providers.reasons['work'] = 'It has no key. Enter one, or ask who gave you the address.'
        self.providers.default = 'openai'
        self.service.models.begin = None
        self.service.models.add('moon', name='English, Moon, 480 ms', license='CC-BY-4.0', download_size=105_913_204,
                                word_errors=6.5, word_errors_on='LibriSpeech test-clean')
        self.service.models.add('sun', name='Eight languages', languages=['en', 'de', 'fr', 'es', 'it', 'ru'],
                                license='Apache-2.0', download_size=330_000_000, needs=['lib'],
                                license_address='https://www.apache.org/licenses/LICENSE-2.0',
                                attribution='The Sun Laboratory', notice='Not for trade.')
        self.service.models.add('old', name='English, old', state='installed', disk_size=45_000_000)
        self.service.models.add('lib', kind='library', name='The library of models', languages=[],
                                download_size=20_000_000)

    def test_every_control_has_a_name(self):
        self.prepare()
        self.open()
        self.wait(lambda: 'openai' in self.choices('engine'))
        self.assertEqual(self.say('nameless'), [])
        self.say('page', 'services')
        self.say('activate', 'add-service')
        self.see('Identifies the service in lists and commands')
        self.say('unfold')
        self.assertEqual(self.say('nameless'), [])

    def assert_keys_have_one_meaning(self, environment, text_of_dialog):
        self.prepare()
        self.open(**environment)
        self.wait(lambda: 'openai' in self.choices('engine'))
        for page in self.pages:
            self.say('page', page)
            if page == 'captions':
                self.say('unfold')
            self.assertEqual(self.say('collisions'), [], page)
        self.say('page', 'services')
        self.say('activate', 'add-service')
        self.see(text_of_dialog)
        self.say('set', 'preset', 'azure')
        self.say('unfold')
        self.assertEqual(self.say('collisions'), [])

    def test_every_key_has_one_meaning(self):
        self.assert_keys_have_one_meaning({}, 'Identifies the service in lists and commands')

    def test_every_key_has_one_meaning_in_german(self):
        self.assert_keys_have_one_meaning(german(), 'Bezeichnet den Dienst in Listen und Befehlen')

    def test_the_keyboard_reaches_everything(self):
        wanted = {'captions': ['source', 'engine', 'language', 'fallback', 'daily-minutes'],
                  'services': ['use-local', 'edit-openai', 'remove-openai', 'use-work', 'edit-work', 'add-service'],
                  'models': ['model-language', 'model-install-moon', 'model-remove-old', 'model-install-sun'],
                  'look': ['look-preset', 'font', 'lines', 'upper-case', 'text-color', 'edge', 'background-opacity',
                           'clear-after'],
                  'place': ['position', 'margin', 'width', 'monitor', 'over-fullscreen', 'docked', 'locked',
                            'autostart']}
        self.prepare()
        self.open()
        for page in self.pages:
            with self.subTest(page=page):
                self.say('page', page)
                if page == 'services':
                    self.see('Used for captions.')
                # The order of focus follows the positions, which need a drawn frame.
                self.wait(lambda names=wanted[page]: all('shown' in self.say('value', name) for name in names))
                self.say('focus', wanted[page][0])
                reached = self.say('focused') + [self.say('tab')[0] for _ in range(40)]
                order = [name for i, name in enumerate(reached) if name in wanted[page] and name not in reached[:i]]
                self.assertEqual(order, wanted[page], reached)

    def assert_pages_fit(self, environment, text_of_dialog):
        self.prepare()
        self.open(**environment)
        self.say('look', 'Default', '2')
        for page in self.pages:
            self.say('page', page)
            self.assert_fits(page)
        self.say('page', 'services')
        self.say('activate', 'add-service')
        self.see(text_of_dialog)
        self.say('unfold')
        self.assert_fits('the dialog')

    def test_it_fits_a_small_screen_in_large_print(self):
        self.assert_pages_fit({}, 'Identifies the service in lists and commands')

    def test_it_fits_a_small_screen_in_large_print_in_german(self):
        self.assert_pages_fit(german(), 'Bezeichnet den Dienst in Listen und Befehlen')

    def assert_fits(self, what):
        width, height = (int(number) for number in self.say('size'))
        self.assertLessEqual(width, 800, what)
        self.assertLessEqual(height, 560, what)

    def test_pictures(self):
        if not shutil.which('import'):
            self.skipTest('there is no "import" of ImageMagick')
        os.makedirs(PICTURES, exist_ok=True)
        self.prepare()
        self.open()
        self.see('api.openai.com')
        for look, scale, name in (('Default', '1', 'light'), ('Default-dark', '1', 'dark'),
                                  ('Default-hc', '1', 'contrast'), ('Default', '2', 'large')):
            self.say('look', look, scale)
            for page in self.pages:
                self.say('page', page)
                self.picture(f'settings-{page}-{name}')
        self.say('look', 'Default', '1')
        self.pictures_of_lists_and_problems()
        self.say('page', 'services')
        self.say('activate', 'add-service')
        self.see('Identifies the service in lists and commands')
        self.picture('settings-service-add')
        self.say('close')
        self.say('activate', 'edit-work')
        self.wait(lambda: 'New key' in self.texts())
        self.say('unfold')
        self.picture('settings-service-edit')
        self.say('close')
        self.say('activate', 'remove-work')
        self.see('Remove “work”?')
        self.picture('settings-service-remove')
        self.say('close')
        self.pictures_of_models()

    def pictures_of_models(self):
        self.providers.default = 'local'
        self.service.engines[0]['recogniser'] = GLib.Variant('s', 'pocketsphinx')
        self.emit('EnginesChanged')
        self.say('page', 'captions')
        self.see('A better recogniser')
        self.picture('settings-models-hint')
        self.say('page', 'models')
        self.say('activate', 'model-install-sun')
        self.see('Install “Eight languages”?')
        self.picture('settings-models-question')
        self.say('close')
        for model, failure in ('moon', 'The server does not answer.'), ('old', ''):
            self.say('activate', f'model-{"install" if failure else "remove"}-{model}')
            self.say('activate', f'confirm-model-{"install" if failure else "remove"}')
            self.wait(lambda: self.service.models.jobs)
            if failure:
                self.service.models.jobs.pop().done('DownloadFailed', failure)
        self.say('activate', 'model-install-sun')
        self.say('activate', 'confirm-model-install')
        self.wait(lambda: len(self.service.models.jobs) == 2)
        self.service.models.jobs[1].progress('download', 20_000_000, 330_000_000)
        self.see('Downloading…')
        self.picture('settings-models-progress')

    def test_pictures_in_german(self):
        if not shutil.which('import'):
            self.skipTest('there is no "import" of ImageMagick')
        os.makedirs(PICTURES, exist_ok=True)
        environment = german()
        self.prepare()
        self.open(**environment)
        self.see('api.openai.com')
        for scale, name in ('1', 'german'), ('2', 'german-large'):
            self.say('look', 'Default', scale)
            for page in self.pages:
                self.say('page', page)
                if page == 'captions':
                    self.say('unfold')
                self.picture(f'settings-{page}-{name}')
        self.say('look', 'Default', '1')
        self.say('page', 'services')
        self.say('activate', 'edit-work')
        self.see('Neuer Schlüssel')
        self.say('unfold')
        self.picture('settings-service-edit-german')
        self.say('close')

    def pictures_of_lists_and_problems(self):
        self.say('page', 'captions')
        for button in ('source', 'engine', 'language'):
            self.say('activate', button)
            self.picture(f'settings-captions-{button}')
            self.say('activate', button)
        self.providers.refusals['SetDefaults'] = Refused('PolicyRefused', 'source: the administrator of this '
                                                         'machine has fixed this setting')
        self.say('set', 'source', 'microphone')
        self.see('The administrator of this machine has fixed this setting.')
        self.say('unfold')
        self.picture('settings-captions-refused')
        self.providers.refusals['GetDefaults'] = Refused('PolicyRefused', 'This application may not ask for captions. '
                                                         'Allow it with: captionctl allow org.example.Reader')
        self.emit('EnginesChanged')
        self.see('This application may not ask')
        self.picture('settings-captions-problem')
        self.providers.refusals.clear()
        self.say('activate', 'try-again')

    def picture(self, name):
        """Takes a picture of the screen once two in a row are equal."""
        path = os.path.join(PICTURES, name + '.png')
        seen = []

        def rests():
            subprocess.run(['import', '-window', 'root', path], check=True)
            with open(path, 'rb') as file:
                seen.append(file.read())
            return len(seen) > 1 and seen[-1] == seen[-2]
        self.pause(0.3)  # the window needs time for its first frame
        self.wait(rests)


if __name__ == '__main__':
    tap.main()
