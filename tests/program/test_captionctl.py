# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""Runs captionctl as users and scripts do, against a stand-in for the service."""

import json
import os
import signal
import subprocess
import time

from gi.repository import GLib

import tap
from captionctl_case import Case, Screen
from captions_stand_in import ERROR, NAME, PATH, Refused


class TestUsage(Case):
    def test_help(self):
        client = self.run_to_end('--help')
        for word in ('listen', 'sources', 'engines', 'status', 'provider', 'model', 'doctor', '--version'):
            self.assertIn(word, client.out)
        for command in ('listen', 'sources', 'engines', 'status', 'provider', 'model', 'doctor'):
            client = self.run_to_end(command, '--help')
            self.assertIn(f'captionctl {command}', client.out)
            self.assertEqual(client.err, '')

    def test_version(self):
        self.assertRegex(self.run_to_end('--version').out, r'\Acaptionctl \d+\.\d+\.\d+\n\Z')

    def test_malformed(self):
        for arguments in (
                [], ['dance'], ['--dance'],
                ['listen', '--dance'], ['listen', 'system'], ['listen', '--format', 'xml'],
                ['listen', '--source'], ['listen', '--duration'], ['listen', '--duration', '0'],
                ['listen', '--duration', '-1'], ['listen', '--duration', 'nan'],
                ['listen', '--duration', 'inf'], ['listen', '--duration', '1e30'],
                ['listen', '--duration', '5s'], ['listen', '--duration', ''],
                ['listen', '--join', 'x'], ['listen', '--join', ''], ['listen', '--join', '/a/b'],
                ['listen', '--join', PATH + '/stream/'],
                ['listen', '--join', '1', '--source', 'system'],
                ['listen', '--join', '1', '--engine', 'local'],
                ['listen', '--join', '1', '--language', 'en'],
                ['listen', '--source', b'app:\xff'],
                ['sources', '--dance'], ['sources', 'x'], ['engines', 'x'], ['status', 'x']):
            with self.subTest(arguments=arguments):
                client = self.run_to_end(*arguments, code=2)
                self.assert_error(client, '--help')
                self.assertEqual(client.out, '')


class TestPipe(Case):
    def test_finals_only(self):
        service = self.serve()
        client, stream = self.listen('--source', 'app:Übung', '--engine', 'local', '--language',
                                     'de-DE', environment={'LC_ALL': 'C'})
        self.assertEqual(service.opened, [{'source': 'app:Übung', 'engine': 'local',
                                           'language': 'de-DE', 'partials': False}])
        stream.set_state('waiting', 'NoSuchSource', 'No application called Übung plays.')
        stream.set_state('listening', SourceDescription='Test Speakers')
        stream.say(1, 'guten')
        stream.say(1, 'Guten\nTag\x1b[31m.', True)
        self.show(client, 'Guten Tag[31m.\n')
        stream.say(2, '', True)
        stream.say(3, 'Noch einer.', True)
        self.show(client, 'Noch einer.\n')
        client.process.send_signal(signal.SIGINT)
        self.end(client, 0)
        self.assertEqual(client.lines(), ['Guten Tag[31m.', 'Noch einer.'])
        self.assertEqual(client.err, '')
        self.assertEqual(service.holders(), 0)

    def test_history_meets_signals(self):
        service = self.serve()
        stream = service.add_stream()
        stream.say(1, 'First.', True)
        stream.say(2, 'Second.', True)
        # The newest serial of the first segment is greater than that of the second.
        stream.say(1, 'First.', True, translation=GLib.Variant('s', 'Erstens.'))

        def during_history():
            stream.say(3, 'third')
            stream.say(3, 'Third.', True)
            stream.during_history = None
        stream.during_history = during_history
        client, _ = self.listen('--join', '1', '--format', 'json')
        self.assertEqual(service.opened[0]['stream'], stream.path)
        stream.say(4, 'Fourth.', True)
        self.show(client, 'Fourth.')
        client.process.send_signal(signal.SIGTERM)
        self.end(client, 0)
        finals = [entry['text'] for entry in client.segments()]
        self.assertEqual(finals, ['First.', 'Second.', 'Third.', 'Fourth.'])

    def test_join_by_path(self):
        service = self.serve()
        stream = service.add_stream()
        client, _ = self.listen('--join', stream.path, '--duration', '0.2')
        self.end(client, 0)
        self.assertEqual(service.opened[0]['stream'], stream.path)

    def test_final_is_printed_once(self):
        self.serve()
        client, stream = self.listen()
        stream.say(1, 'Once.', True)
        stream.say(1, 'Once.', True, translation=GLib.Variant('s', 'Einmal.'))
        stream.say(2, 'Twice.', True)
        self.show(client, 'Twice.')
        self.assertEqual(client.lines(), ['Once.', 'Twice.'])

    def test_retraction_of_what_was_not_shown(self):
        self.serve()
        client, stream = self.listen()
        stream.say(1, 'oh')
        stream.retract(1)
        stream.say(2, 'Yes.', True)
        self.show(client, 'Yes.')
        self.assertEqual(client.lines(), ['Yes.'])


class TestJson(Case):
    def test_all_fields(self):
        self.serve()
        client, stream = self.listen('--format', 'json')
        stream.set_state('listening', SourceDescription='Test Speakers')
        details = {'speaker': GLib.Variant('s', 'system'), 'confidence': GLib.Variant('d', 0.5),
                   'words': GLib.Variant('a(sxx)', [('Hello', 1, 2)]),
                   'gap': GLib.Variant('d', float('nan')), 'incomplete': GLib.Variant('b', True)}
        stream.say(7, 'hello')
        stream.say(7, 'Hello\x1b"\u2028\n\x9b.', True, **details)
        self.show(client, '"final":true')
        for unsafe in '\x1b\x9b\u2028':
            self.assertNotIn(unsafe, client.out)
        self.assertEqual(client.segments(), [
            {'type': 'segment', 'id': 7, 'serial': 1, 'text': 'hello', 'final': False,
             'start': 7_000_000, 'end': 7_500_000, 'details': {}},
            {'type': 'segment', 'id': 7, 'serial': 2, 'text': 'Hello\x1b"\u2028\n\x9b.',
             'final': True, 'start': 7_000_000, 'end': 7_500_000,
             'details': {'speaker': 'system', 'confidence': 0.5, 'gap': None, 'incomplete': True,
                         'words': [{'word': 'Hello', 'start': 1, 'end': 2}]}}])
        states = [entry for entry in client.objects() if entry['type'] == 'state']
        self.assertEqual([state['state'] for state in states], ['starting', 'listening'])
        self.assertEqual(states[1], {
            'type': 'state', 'stream': stream.path, 'state': 'listening', 'state_reason': '',
            'state_message': '', 'source': 'system', 'source_description': 'Test Speakers',
            'engine': 'local', 'remote_host': '', 'language': 'en-US',
            'epoch': 1_700_000_000_000_000})

    def test_no_partials(self):
        service = self.serve()
        stream = service.add_stream()
        stream.say(1, 'said before')
        client, _ = self.listen('--join', '1', '--format', 'json', '--no-partials')
        self.assertIs(service.opened[0]['partials'], False)
        stream.say(2, 'part')
        stream.retract(2)
        stream.say(1, 'Said before.', True)
        self.show(client, 'Said before.')
        self.assertEqual([entry['type'] for entry in client.objects()], ['state', 'segment'])

    def test_retracted(self):
        self.serve()
        client, stream = self.listen('--format', 'json')
        stream.say(1, 'oh')
        stream.retract(1)
        self.show(client, '"retracted"')
        self.assertEqual(client.objects()[-1], {'type': 'retracted', 'id': 1, 'serial': 2})

    def test_failure_is_a_state_too(self):
        self.serve()
        client, stream = self.listen('--format', 'json')
        # The service does not promise an order of the two signals.
        stream.tell('Failed', GLib.Variant('(ss)', (ERROR + 'QuotaExceeded',
                                                    'The account has no credit left.')))
        stream.set_state('failed', 'QuotaExceeded', 'The account has no credit left.')
        self.end(client, 1)
        self.assertEqual(client.objects()[-1]['state_reason'], ERROR + 'QuotaExceeded')
        self.assert_error(client, 'The account has no credit left.')


class TestTerminal(Case):
    def screen(self, client, width):
        return Screen(width).feed(client.out).lines()

    def test_rewrites(self):
        service = self.serve()
        client, stream = self.listen(terminal=(30,))
        self.assertIs(service.opened[0]['partials'], True)
        stream.set_state('waiting', 'NoSuchSource', 'Nothing plays.')
        self.show(client, 'Waiting: Nothing plays.')
        stream.set_state('listening', SourceDescription='Speakers')
        stream.set_state('listening', SourceDescription='Speakers')
        stream.say(1, 'one two three')
        stream.say(1, 'one two three four five six seven eight nine')
        self.show(client, 'eight nine')
        self.assertEqual(self.screen(client, 30), [
            'Waiting: Nothing plays.', 'Listening to Speakers.', '… five six seven eight nine'])
        stream.say(2, 'ten')
        self.show(client, 'nine ten')
        stream.set_state('paused')
        self.show(client, 'Paused.')
        stream.say(1, 'One to nine.', True)
        self.show(client, 'One to nine.')
        stream.say(3, 'eleven')
        self.show(client, 'ten eleven')
        self.assertEqual(self.screen(client, 30), [
            'Waiting: Nothing plays.', 'Listening to Speakers.', 'Paused.', 'One to nine.',
            'ten eleven'])
        stream.retract(3)
        stream.say(2, 'Ten.', True)
        self.show(client, 'Ten.')
        self.assertEqual(self.screen(client, 30)[-2:], ['Ten.', ''])

    def test_notes_break_between_words(self):
        service = self.serve()
        client, stream = self.listen(terminal=(30,))
        stream.set_state('reconnecting', 'ConnectionLost', 'The connection was lost. It comes back.')
        self.show(client, 'comes back.')
        self.assertEqual(self.screen(client, 30), [
            'Reconnecting: The connection', 'was lost. It comes back.', ''])
        stream.set_state('listening', SourceDescription='Speakers')
        stream.say(1, 'one')
        self.show(client, 'one')
        self.assertEqual(self.screen(client, 30)[1:], [
            'was lost. It comes back.', 'Listening to Speakers.', 'one'])

    def test_narrow_and_wide(self):
        self.serve()
        client, stream = self.listen(terminal=(9,))
        for text in ('日', '日本', '日本語', '日本語で', '日本語で話', 'e\u0301' * 20,
                     'a\x1b[2Jb\x07c\u202e', 'long enough to wrap, if it could'):
            stream.say(1, text)
        self.show(client, 'could')
        self.assertEqual(self.screen(client, 9), ['…could'])
        self.assertNotIn('\x1b[2J', client.out)
        self.assertNotIn('\u202e', client.out)
        stream.say(1, '日本語で話す', True)
        self.show(client, '日本語で話す')
        self.assertEqual(self.screen(client, 9), ['日本語で', '話す', ''])

    def test_resize(self):
        self.serve()
        client, stream = self.listen(terminal=(40,))
        stream.say(1, 'a line of some thirty columns.')
        self.show(client, 'columns.')
        client.out = ''
        client.resize(20)
        # The terminal has wrapped the 30 columns into two rows.
        self.show(client, '\x1b[1A\r\x1b[J… thirty columns.')

    def test_no_partials(self):
        service = self.serve()
        client, stream = self.listen('--no-partials', terminal=(40,))
        self.assertIs(service.opened[0]['partials'], False)
        stream.say(1, 'part')
        stream.say(1, 'Whole.', True)
        self.show(client, 'Whole.')
        self.assertNotIn('part', client.out)

    def test_dumb_terminal(self):
        service = self.serve()
        client, stream = self.listen(terminal=(40,), environment={'TERM': 'dumb'})
        stream.say(1, 'Whole.', True)
        self.show(client, 'Whole.')
        self.assertIs(service.opened[0]['partials'], False)
        self.assertNotIn('\x1b', client.out)

    def test_interrupt_keeps_last_words(self):
        service = self.serve()
        client, stream = self.listen(terminal=(40,))
        stream.say(1, 'to be')
        self.show(client, 'to be')
        os.write(client.master, b'\x03')
        self.end(client, 0)
        self.assertEqual(self.screen(client, 40), ['to be.', ''])
        self.assertEqual(service.holders(), 0)

    def test_words_stay_when_the_service_ends(self):
        service = self.serve()
        client, stream = self.listen(terminal=(200,))
        stream.say(1, 'to be')
        self.show(client, 'to be')
        service.stop()
        self.end(client, 1)
        lines = self.screen(client, 200)
        self.assertEqual(lines[0], 'to be')
        self.assertTrue(lines[1].startswith('captionctl: the caption service stopped'))


class TestBetterModel(Case):
    HINT = 'A better recogniser for this language can be installed. To see which: captionctl model list --language '

    def setUp(self):
        super().setUp()
        self.models = self.serve().models
        self.models.add('one', languages=['en', 'de'])
        self.service.engines = [{'id': GLib.Variant('s', name), 'recogniser': GLib.Variant('s', recogniser)}
                                for name, recogniser in (('local', 'pocketsphinx'),
                                                         ('local:pocketsphinx', 'pocketsphinx'),
                                                         ('local:sherpa-onnx', 'sherpa-onnx'))]

    def begin(self, *arguments, **options):
        client, stream = self.listen(*arguments, **{'terminal': (200,), **options})
        stream.set_state('listening')
        return client, stream

    def begin_slowly(self, method, *arguments):
        self.service.slow, self.service.delayed = method, []
        return self.begin(*arguments)

    def assert_told(self, *arguments, language, **options):
        client, _ = self.begin(*arguments, **options)
        self.show(client, self.HINT + language)

    def assert_not_told(self, *arguments, asked='', **options):
        """@asked: the last call that the client makes."""
        self.service.calls.clear()
        client, stream = self.begin(*arguments, **options)
        self.wait(lambda: not asked or asked in self.service.calls)
        stream.say(1, 'A caption.', True)
        self.show(client, 'A caption.')
        self.assertNotIn('better', client.out + client.err)
        if not asked:
            self.assertNotIn('ListEngines', self.service.calls)

    def test_it_is_told_once(self):
        self.assert_told('--language', 'en', language='en')
        self.assertEqual(self.models.languages, ['en'])
        self.wait(lambda: os.path.exists(f'{self.home.name}/captiond/model-hint-said'))
        self.assert_not_told('--language', 'en')

    def test_it_does_not_break_a_line(self):
        client, stream = self.begin_slowly('ListModels', '--language', 'en')
        stream.say(1, 'one two')
        self.show(client, 'one two')
        self.wait(lambda: self.service.delayed)
        self.service.answer_delayed()
        self.show(client, self.HINT)
        stream.say(1, 'one two three')
        self.show(client, 'three')
        lines = Screen(200).feed(client.out).lines()
        self.assertEqual(lines[1:], [self.HINT + 'en', 'one two three'])

    def test_in_the_language_of_the_user(self):
        self.assert_told('--language', '', '--engine', 'local:pocketsphinx', language='de',
                         environment={'LC_ALL': 'de_AT.UTF-8'})

    def test_a_full_disk_is_no_error_of_the_captions(self):
        for _ in range(2):
            self.assert_told('--language', 'en', language='en', environment={'XDG_STATE_HOME': '/dev/null'})

    def test_only_a_person_is_told(self):
        self.assert_not_told('--format', 'json')
        self.assert_not_told(stderr=subprocess.PIPE)
        self.assert_not_told(terminal=None)

    def test_only_if_it_is_better(self):
        self.assert_not_told('--engine', 'cloud')
        self.assert_not_told('--engine', 'local:sherpa-onnx', asked='ListEngines')
        self.assert_not_told('--language', 'fr', asked='ListModels')
        self.models.add('two', languages=['en'], state='installed')
        self.assert_not_told('--language', 'en', asked='ListModels')
        del self.models.rows['two']
        for facts in ({'usable': False}, {'usable': True, 'state': 'installed'},
                      {'kind': 'library', 'state': 'available'}):
            self.models.rows['one'].update(facts)
            self.assert_not_told('--language', 'en', asked='ListModels')


class TestEnd(Case):
    def test_signals(self):
        service = self.serve()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            client, stream = self.listen_live()
            stream.say(2, 'last words')
            client.process.send_signal(number)
            self.end(client, 0)
            self.assertEqual(client.lines(), ['Live.', 'last words.'])
            self.assertEqual(client.err, '')
            self.assertEqual(service.holders(), 0)
        self.assertEqual(service.calls[-4:], ['GetSegments', 'Flush', 'GetSegments', 'Close'])

    def test_engine_has_nothing_more(self):
        self.serve()
        client, stream = self.listen('--format', 'json')
        stream.flush_after_ms = None
        stream.say(1, 'unfinished')
        self.show(client, 'unfinished')
        began = time.monotonic()
        client.process.send_signal(signal.SIGINT)
        self.end(client, 0)
        self.assertGreater(time.monotonic() - began, 0.9)
        self.assertIs(client.segments()[-1]['details']['incomplete'], True)

    def test_second_interrupt(self):
        self.serve()
        client, stream = self.listen_live()
        stream.flush_after_ms = None
        stream.say(2, 'unfinished')
        client.process.send_signal(signal.SIGINT)
        self.wait(lambda: 'Flush' in self.service.calls)
        client.process.send_signal(signal.SIGINT)
        self.end(client, 0)
        self.assertNotIn('Close', self.service.calls)
        self.wait(lambda: self.service.holders() == 0)

    def test_interrupt_without_an_answer(self):
        service = self.serve()
        service.silent = True
        client = self.start('listen')
        self.wait(lambda: service.unanswered)
        client.process.send_signal(signal.SIGINT)
        self.end(client, 0)
        self.assertEqual(client.err, '')

    def test_an_end_before_the_first_caption(self):
        """captionctl has shown nothing yet, so it waits for no last words."""
        service = self.serve()
        stream = service.add_stream()
        client = None

        def during_history():
            client.process.send_signal(signal.SIGTERM)
            # captionctl gets the signal before this answer.
            self.wait(lambda: 'Close' in service.calls)
        stream.during_history = during_history
        client = self.start('listen', '--join', '1')
        self.end(client, 0)
        self.assertNotIn('Flush', service.calls)
        self.assertEqual((client.out, client.err), ('', ''))

    def test_duration(self):
        service = self.serve(lambda stream: stream.say(1, 'said in time'))
        # The duration counts from the start of the program, which takes longer on a busy machine.
        client, stream = self.listen('--duration', '3')
        self.end(client, 0)
        self.assertEqual(client.lines(), ['said in time.'])
        self.assertEqual(client.err, '')
        self.assertEqual(service.holders(), 0)

    def test_closed_pipe(self):
        service = self.serve()
        client, stream = self.listen()
        # The command ends although no caption arrives.
        fd = client.process.stdout.fileno()
        client.process.stdout.close()
        del client.fds[fd]
        self.end(client, 0)
        self.wait(lambda: service.holders() == 0)
        self.assertEqual(client.err, '')

    def test_closed_pipe_of_a_list(self):
        self.serve()
        read, write = os.pipe()
        os.close(read)
        client = self.run_to_end('sources', stdout=write)
        os.close(write)
        self.assertEqual(client.err, '')

    def test_full_disk(self):
        service = self.serve()
        with open('/dev/full', 'wb') as full:
            client, stream = self.listen(stdout=full)
            stream.say(1, 'Words.', True)
            self.end(client, 1)
        self.assert_error(client, 'No space left')
        self.assertEqual(service.holders(), 0)

    def test_closed_terminal(self):
        service = self.serve()
        client, stream = self.listen(terminal=(40,))
        os.close(client.master)
        client.fds.clear()
        client.master = os.open('/dev/null', os.O_RDONLY)
        self.end(client, 0)
        self.wait(lambda: service.holders() == 0)

    def test_service_vanishes(self):
        service = self.serve()
        client, stream = self.listen()
        stream.say(1, 'Words.', True)
        self.show(client, 'Words.')
        service.stop()
        self.end(client, 1)
        self.assert_error(client, 'the caption service stopped')

    def test_bus_vanishes(self):
        self.serve()
        client, stream = self.listen()
        self.stop_bus()
        self.end(client, 1)
        # At its end, the bus may close the service's connection before captionctl's.
        self.assert_error(client)
        self.assertRegex(client.err, 'connection to the session bus was lost|the caption service stopped')

    def test_dropped(self):
        self.serve()
        client, stream = self.listen()
        stream.tell('Dropped', GLib.Variant('(s)', (ERROR + 'LimitExceeded',)))
        self.end(client, 1)
        self.assert_error(client, 'too slowly')

    def test_closed_by_the_service(self):
        self.serve()
        client, stream = self.listen()
        stream.set_state('closed')
        self.end(client, 1)
        self.assert_error(client, 'closed')


class TestFailure(Case):
    def test_fails_later(self):
        service = self.serve()
        client, stream = self.listen()
        stream.say(1, 'Before it.', True)
        stream.set_state('failed', 'NoCredentials', 'There is no key\x1b[1m for this service.')
        self.end(client, 1)
        self.assertEqual(client.lines(), ['Before it.'])
        self.assert_error(client, 'There is no key[1m for this service.')
        self.assertNotIn('..', client.err)
        self.assertEqual(service.holders(), 0)

    def test_failed_before(self):
        service = self.serve()
        stream = service.add_stream()
        stream.say(1, 'Before it.', True)
        stream.set_state('failed', 'NoCredentials', 'There is no key.')
        client, _ = self.listen('--join', '1')
        self.end(client, 1)
        self.assertEqual(client.lines(), ['Before it.'])
        self.assert_error(client, 'There is no key.')

    def test_failed_on_a_terminal(self):
        self.serve()
        client, stream = self.listen(terminal=(60,))
        stream.say(1, 'half a')
        self.show(client, 'half a')
        stream.set_state('failed', 'NoCredentials', 'There is no key.')
        self.end(client, 1)
        self.assertEqual(Screen(60).feed(client.out).lines(),
                         ['half a.', 'captionctl: There is no key.', ''])

    def test_waiting_is_no_failure(self):
        self.serve(lambda stream: stream.set_state('waiting', 'NoSuchSource', 'Nothing plays.'))
        client, stream = self.listen('--duration', '0.5')
        self.end(client, 0)
        self.assertEqual(client.err, '')

    def test_refused(self):
        service = self.serve()
        service.refusal = Refused('NoSuchEngine', 'There is no engine "x". See: captionctl engines')
        for arguments in (['listen', '--engine', 'x'], ['sources'], ['engines'], ['status']):
            client = self.run_to_end(*arguments, code=1)
            self.assert_error(client, 'captionctl: There is no engine "x". See: captionctl engines')

    def test_no_such_stream(self):
        self.serve()
        client = self.run_to_end('listen', '--join', '9', code=1)
        self.assert_error(client, 'stream: There is no such stream.')

    def test_no_bus(self):
        for address in ({'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent'},
                        {'DBUS_SESSION_BUS_ADDRESS': 'nonsense'}):
            for command in ('listen', 'sources', 'engines', 'status', 'doctor'):
                client = self.run_to_end(command, code=1, environment=address)
                self.assert_error(client, 'no session bus was found')

    def test_not_installed(self):
        for command in ('listen', 'sources', 'engines'):
            client = self.run_to_end(command, code=1)
            self.assert_error(client, 'not installed')


class TestStartFailure(Case):
    services = [(NAME, '/bin/false')]

    def test_start_failure(self):
        client = self.run_to_end('sources', code=1)
        self.assert_error(client, 'could not be started', 'journalctl')

    def test_status_does_not_start_it(self):
        client = self.run_to_end('status')
        self.assertIn('not running. It starts when', client.out)
        self.assertEqual(json.loads(self.run_to_end('status', '--json').out),
                         {'installed': True, 'running': False, 'streams': []})


class TestLists(Case):
    def test_sources(self):
        service = self.serve()
        service.sources = [
            {'id': GLib.Variant('s', 'system'), 'kind': GLib.Variant('s', 'system'),
             'name': GLib.Variant('s', 'Test Speakers'), 'default': GLib.Variant('b', True),
             'active': GLib.Variant('b', False)},
            {'id': GLib.Variant('s', 'app:音楽'), 'kind': GLib.Variant('s', 'app'),
             'name': GLib.Variant('s', 'Evil\x1b]0;name\x07'), 'active': GLib.Variant('b', True)}]
        self.assertEqual(self.run_to_end('sources').lines(), [
            'SOURCE    NAME           USE',
            'system    Test Speakers  default',
            'app:音楽  Evil]0;name    active'])
        entries = json.loads(self.run_to_end('sources', '--json').out)
        self.assertEqual(entries[1], {'id': 'app:音楽', 'kind': 'app', 'active': True,
                                      'name': 'Evil\x1b]0;name\x07'})

    def test_engines(self):
        service = self.serve()
        service.engines = [
            {'id': GLib.Variant('s', 'local'), 'kind': GLib.Variant('s', 'local'),
             'ready': GLib.Variant('b', True), 'reason': GLib.Variant('s', ''),
             'host': GLib.Variant('s', ''), 'languages': GLib.Variant('as', ['en-US', 'de-DE'])},
            {'id': GLib.Variant('s', 'openai'), 'kind': GLib.Variant('s', 'realtime'),
             'ready': GLib.Variant('b', False), 'reason': GLib.Variant('s', 'There is no key.'),
             'host': GLib.Variant('s', 'api.example.org'), 'languages': GLib.Variant('as', [])}]
        lines = self.run_to_end('engines').lines()
        self.assertEqual([line.split('  ')[0] for line in lines], ['ENGINE', 'local', 'openai'])
        self.assertIn('There is no key.', lines[2])
        entries = json.loads(self.run_to_end('engines', '--json').out)
        self.assertEqual(entries[0]['languages'], ['en-US', 'de-DE'])

    def test_status(self):
        service = self.serve()
        self.assertEqual(self.run_to_end('status').out,
                         'captiond 0.1.0 is running and has no open stream.\n')
        for _ in range(10):
            stream = service.add_stream(source='app:Firefox')
        stream.set_state('waiting', 'NoSuchSource', 'Nothing plays.')
        text = self.run_to_end('status').out
        self.assertIn('Stream 10\n  State     waiting: Nothing plays.\n'
                      '  Source    app:Firefox\n', text)
        self.assertLess(text.index('Stream 9'), text.index('Stream 10'))
        status = json.loads(self.run_to_end('status', '--json').out)
        self.assertIs(status['running'], True)
        self.assertEqual(status['version'], '0.1.0')
        self.assertEqual(status['streams'][9]['stream'], stream.path)
        self.assertEqual(status['streams'][9]['state_message'], 'Nothing plays.')
        self.assertEqual(status['streams'][9]['holders'], ['captionctl'])
        self.assertNotIn('OpenStream', service.calls)

    def test_status_while_the_local_engine_stands_in(self):
        stream = self.serve().add_stream(engine='cloud')
        stream.set_state('listening', RemoteHost='api.example.org')
        stream.properties.update(SentSeconds=GLib.Variant('d', 10.5), BilledSeconds=GLib.Variant('d', 9.5),
                                 Reconnects=GLib.Variant('u', 1))
        text = self.run_to_end('status').out
        self.assertIn('  Engine    cloud\n', text)
        self.assertIn('  Sent to   api.example.org\n', text)
        counters = '  Service   10.5 s sent, 9.5 s billed, 1 reconnection\n'
        self.assertIn(counters, text)
        stream.set_state('listening', RemoteHost='')
        text = self.run_to_end('status').out
        self.assertIn('  Engine    cloud (unavailable; the local engine replaces it)\n', text)
        self.assertIn('  Sent to   nowhere\n', text)
        self.assertIn(counters, text)
        stream.set_state('failed', 'BudgetExhausted', 'The minutes are used up.')
        self.assertIn('  Engine    cloud\n', self.run_to_end('status').out)

    def test_status_of_a_recogniser_that_was_named(self):
        stream = self.serve().add_stream(engine='local:sherpa-onnx')
        stream.set_state('listening', RemoteHost='')
        self.assertIn('  Engine    local:sherpa-onnx\n', self.run_to_end('status').out)

    def test_status_fits_a_terminal(self):
        stream = self.serve().add_stream(engine='cloud')
        stream.set_state('waiting', 'PolicyRefused', 'The session is locked, and nothing is heard.')
        lines = Screen(40).feed(self.run_to_end('status', terminal=(40,)).out).lines()
        self.assertEqual(lines[3:6], ['  State     waiting: The session is', '            locked, and nothing is',
                                      '            heard.'])
        self.assertIn('locked, and nothing is heard.\n', self.run_to_end('status').out)

    def test_status_not_installed(self):
        self.assertIn('not installed', self.run_to_end('status').out)


if __name__ == '__main__':
    tap.main()
