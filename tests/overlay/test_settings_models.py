#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
#
# The page with the models: what the user sees of each, and how one is installed and
# removed.

from gi.repository import GLib

import tap
from providers_stand_in import Refused
from settings_case import SettingsCase, german


class Models(SettingsCase):
    def setUp(self):
        super().setUp()
        self.models = self.service.models
        self.models.begin = None
        self.providers.defaults['language'] = 'de'
        self.models.add('moon', name='Moon', languages=['en'], download_size=1_500_000, license='MIT',
                        license_address='https://license.example/mit', word_errors=6.5,
                        word_errors_on='LibriSpeech')
        self.models.add('sun', name='Sun', languages=['de', 'en'], download_size=80_000_000, needs=['lib'],
                        hosts=['models.example'], attribution='The Sun Lab', notice='Not for trade.')
        self.models.add('lib', kind='library', name='Library', languages=[], download_size=20_000_000)

    def open_models(self, **environment):
        self.open('models', **environment)
        self.wait(lambda: 'Sun' in self.texts())

    def emit_changed(self):
        self.emit('ModelsChanged')

    def install(self, model='sun'):
        self.say('activate', f'model-install-{model}')
        self.say('activate', 'confirm-model-install')
        self.wait(lambda: self.models.jobs, 'no InstallModel')
        return self.models.jobs[-1]

    def test_they_are_filtered_by_language(self):
        self.open_models()
        self.assertEqual(self.value('model-language'), 'de')
        self.assertNotIn('Moon', self.texts())
        self.assertEqual(list(self.choices('model-language')), ['', 'en', 'de'])
        self.say('set', 'model-language', 'en')
        self.see('Moon')
        self.see('6.5 % wrong words, according to its makers (LibriSpeech)')
        self.say('set', 'model-language', '')
        self.see('Moon')
        self.assertNotIn('Library', self.texts())
        # Another language of captions does not override the choice.
        self.providers.defaults['language'] = 'de-AT'
        self.emit('EnginesChanged')
        self.wait(lambda: self.service.calls.count('GetDefaults') > 1)
        self.assertEqual(self.value('model-language'), '')

    def test_nothing_is_read_before_the_page_is_seen(self):
        self.open()
        self.assertNotIn('ListModels', self.service.calls)
        self.say('page', 'models')
        self.see('Sun')

    def test_the_size_includes_what_is_needed(self):
        self.open_models()
        self.see('100.0\u00a0MB to download, licence MIT')
        self.models.rows['lib']['state'] = 'installed'
        self.emit_changed()
        self.see('80.0\u00a0MB to download, licence MIT')

    def test_a_licence_is_called_by_its_name(self):
        self.models.rows['sun']['license'] = 'LicenseRef-Sunny-License'
        self.open_models()
        self.see('100.0\u00a0MB to download, licence Sunny-License')
        self.say('activate', 'model-install-sun')
        self.see('Licence: Sunny-License, https://license.example/')

    def test_an_installation_asks_and_goes_on(self):
        self.open_models()
        self.say('activate', 'model-install-sun')
        self.see('Install “Sun”?')
        self.see('Sun: 80.0\u00a0MB will be downloaded from models.example.')
        self.see('Library: 20.0\u00a0MB will be downloaded from models.example.')
        self.see('Licence: MIT, https://license.example/')
        self.see('Made by: The Sun Lab')
        self.see('Please note: Not for trade.')
        self.see('Together: 100.0\u00a0MB')
        self.say('close')
        self.assertEqual(self.models.jobs, [])
        job = self.install()
        self.assertEqual((job.method, job.name, job.options), ('InstallModel', 'sun', {}))
        self.wait(lambda: 'shown' in self.say('value', 'model-cancel-sun'))
        self.assertIn('hidden', self.say('value', 'model-install-sun'))
        job.progress('download', 20_000_000, 80_000_000)
        self.see('Downloading… 20.0\u00a0MB of 80.0\u00a0MB')
        job.progress('unpack', 0, 0)
        self.see('Unpacking…')
        job.done()
        self.emit_changed()
        self.see('Installed.')
        self.wait(lambda: 'shown' in self.say('value', 'model-remove-sun'))
        self.assertIn('hidden', self.say('value', 'model-cancel-sun'))

    def test_a_job_that_ends_at_once_is_over(self):
        self.models.begin = lambda job: job.done()
        self.open_models()
        self.install()
        self.see('Installed.')

    def test_a_cancelled_installation_is_no_problem(self):
        self.open_models()
        self.install()
        self.say('activate', 'model-cancel-sun')
        self.wait(lambda: 'shown' in self.say('value', 'model-install-sun'))
        self.assertIn('Cancel', self.service.calls)
        self.assertNotIn('cancelled', self.texts())

    def test_a_failure_is_explained_until_the_next_attempt(self):
        self.open_models()
        self.install().done('DownloadFailed', 'models.example does not answer')
        self.see('The model could not be downloaded. Check your network connection and try again. '
                 'Details: Models.example does not answer.')
        self.install()
        self.wait(lambda: 'could not be downloaded' not in self.texts())

    def test_a_refusal_is_said(self):
        self.open_models()
        self.service.refusal = Refused('PolicyRefused', 'the administrator allows no models')
        self.say('activate', 'model-install-sun')
        self.say('activate', 'confirm-model-install')
        self.see('The administrator allows no models.')
        self.service.refusal = None

    def test_the_service_ends_during_a_job(self):
        self.open_models()
        self.install()
        self.wait(lambda: 'shown' in self.say('value', 'model-cancel-sun'))
        self.service.stop()
        self.service = None
        self.wait(lambda: 'hidden' in self.say('value', 'model-cancel-sun'), 'it waits for a job that is gone')

    def test_the_next_window_shows_the_job(self):
        self.open_models()
        job = self.install()
        self.wait(lambda: 'shown' in self.say('value', 'model-cancel-sun'))
        self.say('close')
        self.wait(lambda: self.say('there') == ['no'])
        job.progress('download', 20_000_000, 80_000_000)
        self.say('open')
        self.say('page', 'models')
        self.see('Downloading… 20.0\u00a0MB of 80.0\u00a0MB')
        job.progress('download', 40_000_000, 80_000_000)
        self.see('Downloading… 40.0\u00a0MB of 80.0\u00a0MB')
        self.say('activate', 'model-cancel-sun')
        self.wait(lambda: 'shown' in self.say('value', 'model-install-sun'))
        self.assertIn('Cancel', self.service.calls)

    def test_the_next_window_reads_the_list_again(self):
        self.open_models()
        self.say('close')
        self.wait(lambda: self.say('there') == ['no'])
        self.models.rows['sun']['name'] = 'Sunrise'
        self.say('open')
        self.say('page', 'models')
        self.see('Sunrise')

    def test_a_removal_asks_first(self):
        self.models.rows['sun'].update({'state': 'installed', 'disk-size': 90_000_000})
        self.open_models()
        self.see('90.0\u00a0MB on the disk, licence MIT')
        self.say('activate', 'model-remove-sun')
        self.see('Remove “Sun”?')
        self.say('close')
        self.assertEqual(self.models.jobs, [])
        self.say('activate', 'model-remove-sun')
        self.say('activate', 'confirm-model-remove')
        self.wait(lambda: self.models.jobs)
        self.see('Removing…')
        self.models.jobs[0].done()
        self.wait(lambda: 'shown' in self.say('value', 'model-install-sun'))

    def test_states_are_said(self):
        row = self.models.rows['sun']
        row.update({'state': 'installed', 'system': True})
        self.open_models()
        self.see('Installed for all users.')
        self.assertIn('hidden', self.say('value', 'model-remove-sun'))
        for facts, sentence in (({'state': 'installing', 'system': False}, 'It is being installed.'),
                                ({'state': 'damaged'}, 'Its files are damaged. Install it again.'),
                                ({'state': 'installed', 'update': True}, 'Another version is available.'),
                                ({'state': 'available', 'update': False, 'usable': False, 'reason': 'No room.'},
                                 'It cannot be used on this computer: No room.')):
            row.update(facts)
            self.emit_changed()
            self.see(sentence)
        self.assertIn('hidden', self.say('value', 'model-install-sun'))

    def test_much_from_the_bus_is_cut_short(self):
        self.models.add('x', name='x\x1b\n' * 10000, languages=['de'] * 1000, license='y' * 10000,
                        needs=['x', 'sun'])
        for i in range(300):
            self.models.add(f'z{i}', name='Z', languages=['de'])
        self.open_models()
        self.assertLess(max(len(text) for text in self.say('texts')), 600)
        self.assertLess(sum(text == 'Z' for text in self.say('texts')), 201)

    def test_an_empty_catalogue_and_no_service(self):
        self.models.rows.clear()
        self.open('models')
        self.see('The catalogue has no models.')
        self.service.stop()
        self.service = None
        self.serve()
        self.service.models.add('star', name='Star', languages=['fr'])
        self.emit_changed()
        self.see('Star')

    def test_they_are_in_german(self):
        self.open_models(**german())
        self.say('set', 'model-language', 'en')
        self.see('6,5 % falsche Wörter nach Angabe der Hersteller (LibriSpeech)')
        self.say('activate', 'model-install-sun')
        self.see('„Sun“ installieren?')

    def use_pocketsphinx(self):
        self.service.engines[0]['recogniser'] = GLib.Variant('s', 'pocketsphinx')
        self.providers.defaults['language'] = 'en-US'

    def test_a_better_recogniser_is_mentioned_once(self):
        self.use_pocketsphinx()
        self.open()
        self.see('A better recogniser for English (United States) can be installed on this computer.')
        self.assert_keys_have_one_meaning()
        self.say('activate', 'show-models')
        self.see('Moon')
        self.assertNotIn('A better recogniser', self.texts())

    def test_the_next_window_does_not_mention_it_again(self):
        self.use_pocketsphinx()
        self.open(GSETTINGS_BACKEND='keyfile')
        self.see('A better recogniser')
        self.end()
        before = self.service.calls.count('ListModels')
        self.open(GSETTINGS_BACKEND='keyfile')
        self.wait(lambda: 'local' in self.choices('engine'))
        self.say('page', 'models')
        self.see('Moon')
        self.assertEqual(self.service.calls.count('ListModels'), before + 1)
        self.assertNotIn('A better recogniser', self.texts())

    def test_a_better_recogniser_is_mentioned_in_german(self):
        self.use_pocketsphinx()
        self.open(**german())
        self.see('lässt sich auf diesem Computer eine bessere Spracherkennung installieren.')
        self.assert_keys_have_one_meaning()

    def assert_keys_have_one_meaning(self):
        for page in ('captions', 'services', 'models', 'look', 'place'):
            self.say('page', page)
            if page == 'captions':
                self.say('unfold')
            self.assertEqual(self.say('collisions'), [], page)

    def test_no_better_recogniser_is_no_news(self):
        self.use_pocketsphinx()
        for row in self.models.rows.values():
            row['usable'] = False
        self.open()
        self.wait(lambda: 'ListModels' in self.service.calls)
        self.emit_changed()
        self.wait(lambda: self.service.calls.count('ListModels') > 1)
        self.assertNotIn('A better recogniser', self.texts())
        self.models.rows['moon']['usable'] = True
        self.emit_changed()
        self.see('A better recogniser')


if __name__ == '__main__':
    tap.main()
