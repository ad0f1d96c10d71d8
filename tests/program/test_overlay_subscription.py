# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The overlay's subscription to captions, in a program without windows, against a stand-in."""

import os
import subprocess
import time

from gi.repository import GLib

import tap
from captionctl_case import Case
from captions_stand_in import ERROR
from providers_stand_in import Refused

PROBE = os.path.join(os.environ['CAPTIOND_BUILDDIR'], 'tests', 'tools', 'subscription-probe')
EPOCH = 1_700_000_000_000_000
ENDED_UNEXPECTEDLY = 'ended unexpectedly'


class Late:
    """A message that is composed when it is read."""

    def __init__(self, make):
        self.make = make

    def __str__(self):
        return self.make()


class Probe:
    """The running probe, which takes orders; .lines has its events."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([PROBE, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.lines = []
        self.rest = ''

    def do(self, order):
        self.process.stdin.write(order.encode() + b'\n')
        self.process.stdin.flush()

    def read(self):
        self.rest += (self.process.stdout.read() or b'').decode()
        *lines, self.rest = self.rest.split('\n')
        self.lines += lines

    def close(self):
        self.process.stdin.close()
        code = self.process.wait(60)
        self.process.stdout.close()
        return code


class SubscriptionCase(Case):
    def probe(self, *orders, clock=None):
        probe = Probe(*[clock] if clock else [])
        self.addCleanup(lambda: self.assertEqual(probe.close(), 0))
        for order in orders:
            probe.do(order)
        return probe

    def hear(self, probe, *beginnings):
        """Waits for lines with these beginnings, in this order, and drops the lines before."""
        for beginning in beginnings:
            heard = []

            def is_there(beginning=beginning, heard=heard):
                probe.read()
                while probe.lines and not (heard and heard[-1].startswith(beginning)):
                    heard.append(probe.lines.pop(0))
                return heard and heard[-1].startswith(beginning)
            self.wait(is_there, Late(lambda beginning=beginning, heard=heard:
                                     f'{beginning!r} was not heard: {heard}'))
        return heard[-1]

    def follow(self, service, *orders):
        """Starts a probe with a stream that listens."""
        count = len(service.streams)
        probe = self.probe(*orders, 'open')
        self.hear(probe, 'begun')
        stream = service.streams[count]
        stream.set_state('listening', SourceDescription='Test Speakers')
        self.hear(probe, 'state listening')
        return probe, stream

    def count(self, method):
        return self.service.calls.count(method)

    def await_count(self, method, count):
        self.wait(lambda: self.count(method) >= count, f'{method}: {self.service.calls}')


class TestStream(SubscriptionCase):
    def test_opening(self):
        service = self.serve()
        probe = self.probe('open')
        self.hear(probe, 'state starting silent  [working] Starting captions…', f'begun {EPOCH}')
        self.assertEqual(service.opened, [{'partials': True, 'levels': False}])
        stream = service.streams[0]
        stream.set_state('listening')
        self.hear(probe, 'state listening silent  [waiting] Listening to computer audio.')
        stream.say(1, 'one')
        stream.say(1, 'One.', True)
        stream.say(2, 'oh')
        stream.retract(2)
        self.hear(probe, 'segment 1 partial one', 'state listening  [quiet] ', 'segment 1 final One.',
                  'segment 2 partial oh', 'retracted 2')
        stream.say(3, 'last words')
        self.hear(probe, 'segment 3')
        probe.do('close')
        self.hear(probe, 'state closed', 'segment 3 final last words.')
        self.wait(lambda: service.holders() == 0)

    def test_history(self):
        def prepare(stream):
            stream.say(1, 'First.', True)
            stream.say(2, 'second')
        self.serve(prepare)
        probe = self.probe('open')
        self.hear(probe, 'begun', 'segment 1 final First.', 'segment 2 partial second')

    def test_failure_and_retry(self):
        service = self.serve()
        probe, stream = self.follow(service)
        stream.set_state('failed', 'NoCredentials', 'There is no key. Store it: captionctl provider set-key my')
        self.hear(probe, f'state failed silent {ERROR}NoCredentials [failed] The speech service needs a key. '
                  'Enter it in the settings. Details: There is no key.')
        self.assertEqual(service.holders(), 1)
        stream.on_retry = lambda: stream.set_state('listening')
        probe.do('retry')
        self.hear(probe, 'state listening')
        self.assertEqual(self.count('OpenStream'), 1)

    def test_failed_before(self):
        self.serve(lambda stream: stream.set_state('failed', 'QuotaExceeded', 'No credit is left.'))
        probe = self.probe('open')
        self.hear(probe, 'begun', f'state failed silent {ERROR}QuotaExceeded [failed] Your account at the speech '
                  'service has no credit left. Add credit or use the local engine. Details: No credit is left.')

    def test_close_before_it_is_open(self):
        service = self.serve()
        service.delayed = []
        probe = self.probe('open')
        self.await_count('OpenStream', 1)
        probe.do('close')
        self.hear(probe, 'state closed')
        service.answer_delayed()
        self.await_count('Close', 1)
        self.assertEqual(service.holders(), 0)
        self.assertNotIn('begun', ' '.join(probe.lines))

    def test_levels(self):
        service = self.serve()
        probe, stream = self.follow(service)
        stream.measure(-40)
        probe.do('levels on')
        self.await_count('Close', 1)
        stream.measure(-30)
        self.assertEqual(self.hear(probe, 'level'), 'level -30.0')
        self.assertEqual(service.opened[1], {'stream': stream.path, 'partials': True, 'levels': True})
        self.assertEqual(list(stream.holds.values()), [1])
        probe.do('levels off')
        self.await_count('Close', 2)
        stream.measure(-20)
        stream.say(1, 'Behind it.', True)
        self.hear(probe, 'segment 1')
        self.assertFalse([line for line in probe.lines if line.startswith('level')])

    def test_levels_from_the_beginning(self):
        service = self.serve()
        probe, stream = self.follow(service, 'levels on')
        self.assertIs(service.opened[0]['levels'], True)
        stream.measure(-10)
        self.hear(probe, 'level -10.0')
        self.assertEqual(self.count('OpenStream'), 1)

    def test_other_defaults(self):
        service = self.serve()
        probe, first = self.follow(service)
        first.say(1, 'Of the first.', True)
        self.hear(probe, 'segment 1')
        service.calls.clear()
        probe.do('open')
        self.hear(probe, 'begun')
        second = service.streams[1]
        self.wait(lambda: not first.holds)
        self.assertEqual(service.calls, ['OpenStream', 'GetSegments', 'Close'])
        second.say(1, 'Of the second.', True)
        self.hear(probe, 'segment 1 final Of the second.')

    def test_same_defaults(self):
        service = self.serve()
        service.shares = True
        probe, stream = self.follow(service)
        stream.say(1, 'Once.', True)
        self.hear(probe, 'segment 1')
        probe.do('open')
        self.await_count('Close', 1)
        stream.say(2, 'Further.', True)
        self.hear(probe, 'segment 2')
        self.assertEqual(list(stream.holds.values()), [1])
        self.assertFalse([line for line in probe.lines if line.startswith(('begun', 'segment'))])

    def test_limit_leaves_the_stream_before(self):
        service = self.serve()
        probe, stream = self.follow(service)
        service.refusal = Refused('LimitExceeded', 'Too many.')
        count = service.refused
        probe.do('open')
        self.wait(lambda: service.refused > count)
        service.refusal = None
        stream.say(1, 'Still here.', True)
        self.hear(probe, 'segment 1 final Still here.')
        self.assertEqual(list(stream.holds.values()), [1])


class TestPause(SubscriptionCase):
    def test_pause_and_resume(self):
        service = self.serve()
        probe, stream = self.follow(service)
        probe.do('pause')
        self.hear(probe, 'state paused silent  [waiting] Paused.')
        self.wait(lambda: stream.paused)
        # The service sends the segments from before the pause.
        stream.say(1, 'Last words.', True)
        self.hear(probe, 'segment 1')
        probe.do('resume')
        self.hear(probe, 'state listening')
        self.assertFalse(stream.paused)

    def test_others_go_on(self):
        service = self.serve()
        probe, stream = self.follow(service)
        stream.holds['com.example.Other'] = 1
        stream.partials['com.example.Other'] = False
        self.addCleanup(stream.holds.pop, 'com.example.Other')
        stream.say(1, 'one')
        self.hear(probe, 'segment 1')
        probe.do('pause')
        self.hear(probe, 'state paused')
        self.await_count('Pause', 1)
        stream.say(1, 'One.', True)
        stream.say(2, 'For others.', True)
        self.hear(probe, 'segment 1 final')
        probe.do('resume')
        self.hear(probe, 'state listening')
        stream.say(3, 'For us.', True)
        self.hear(probe, 'segment 3')
        self.assertFalse([line for line in probe.lines if line.startswith('segment 2')])

    def test_pause_survives(self):
        service = self.serve()
        probe, stream = self.follow(service)
        probe.do('pause')
        self.wait(lambda: stream.paused)
        service.stop()
        self.hear(probe, 'state starting')
        service = self.serve()
        self.hear(probe, 'begun', 'state paused')
        self.assertTrue(service.streams[0].paused)
        self.assertLess(service.calls.index('Pause'), service.calls.index('GetSegments'))


class TestReturn(SubscriptionCase):
    def test_service_comes_back(self):
        service = self.serve()
        probe, stream = self.follow(service)
        stream.say(7, 'Before.', True)
        self.hear(probe, 'segment 7', 'state listening  [quiet]')
        service.stop()
        self.assertIn(ENDED_UNEXPECTEDLY, self.hear(probe, 'state '))
        self.serve(lambda new: new.say(1, 'After.', True))
        self.hear(probe, 'begun', 'state starting silent', 'segment 1 final After.')
        self.assertEqual(self.count('OpenStream'), 1)

    def test_half_a_sentence_is_kept(self):
        """The half would otherwise stay on the screen for ever, and be missing in the transcript."""
        probe, stream = self.follow(self.serve())
        stream.say(1, 'One.', True)
        stream.say(2, 'and then')
        self.hear(probe, 'segment 1 final One.', 'segment 2 partial and then')
        self.service.stop()
        self.hear(probe, 'segment 2 final and then', 'state starting')

    def test_dropped(self):
        service = self.serve()
        probe, stream = self.follow(service)
        stream.drop(next(iter(stream.holds)))
        self.hear(probe, 'state starting silent org.captiond.Captions1.Error.NotHolder [working] '
                  'Some captions were lost',
                  'begun')
        self.assertEqual(len(service.streams), 2)

    def test_closed_by_the_service(self):
        service = self.serve()
        probe, stream = self.follow(service)
        stream.set_state('closed')
        self.hear(probe, 'state starting', 'begun')
        self.wait(lambda: not stream.holds)

    def test_not_installed(self):
        probe = self.probe('open')
        self.hear(probe, 'state failed silent org.freedesktop.DBus.Error.ServiceUnknown [failed] '
                  'The caption service is not installed.')
        probe.do('retry')
        self.hear(probe, 'state starting', 'state failed')
        self.serve()
        self.hear(probe, 'begun', 'state starting')

    def test_refused(self):
        service = self.serve()
        service.refusal = Refused('NoSuchEngine', 'There is no engine “x”. '
                                  'See which there are with: captionctl engines')
        probe = self.probe('open')
        self.hear(probe, f'state failed silent {ERROR}NoSuchEngine [failed] The selected engine no longer '
                  'exists. Select another one in the settings. Details: There is no engine “x”.')
        count = service.refused
        self.pause(0.7)
        self.assertEqual(service.refused, count)
        service.refusal = None
        probe.do('retry')
        self.hear(probe, 'begun')

    def test_limit(self):
        service = self.serve()
        service.refusal = Refused('LimitExceeded', 'The service is ending.')
        probe = self.probe('open')
        self.hear(probe, f'state failed silent {ERROR}LimitExceeded [failed] Too many caption streams are open. '
                  'The overlay tries again in a minute. Details: The service is ending.')
        # The next attempt follows in a minute, or when another service starts.
        service.stop()
        self.serve()
        self.hear(probe, 'begun')

    def test_limit_of_a_minute(self):
        service = self.serve()
        service.refusal = Refused('LimitExceeded', 'Too many were opened within a minute.')
        probe = self.probe('open', clock=f'{self.home.name}/clock')
        self.hear(probe, 'state failed')
        self.pause(0.5)
        self.assertEqual(service.refused, 1)
        service.refusal = None
        self.hear(probe, 'begun')

    def test_less_and_less_often(self):
        service = self.serve()
        probe = self.probe(clock=f'{self.home.name}/clock')
        times = []

        def prepare(stream):
            times.append(time.monotonic())
            GLib.idle_add(stream.set_state, 'closed')
        service.prepare = prepare
        probe.do('open')
        # The delays are 0.5, 1, 2, 4, 8, 16, 30 and 30 seconds.
        self.wait(lambda: len(times) == 9)
        self.assertGreater(times[6] - times[5], 16 / 30)
        self.assertGreater(times[8] - times[7], 30 / 30)

    def test_bus_vanishes(self):
        self.serve()
        probe, _ = self.follow(self.service)
        self.stop_bus()
        self.hear(probe, 'state closed silent org.freedesktop.DBus.Error.Disconnected [failed] '
                  'The connection to the desktop session was lost.')
        probe.do('retry')
        probe.do('open')
        self.hear(probe, 'state closed silent org.freedesktop.DBus.Error.Disconnected')

    def test_bus_vanishes_without_a_service(self):
        probe = self.probe('open')
        self.hear(probe, 'state failed')
        self.stop_bus()
        self.hear(probe, 'state closed silent org.freedesktop.DBus.Error.Disconnected')


class TestBrokenService(SubscriptionCase):
    services = [('org.captiond.Captions1', '/bin/false')]

    def test_activation_fails(self):
        probe = self.probe('open')
        self.hear(probe, 'state failed silent org.freedesktop.DBus.Error.Spawn.')
        self.serve()
        self.hear(probe, 'begun')


class TestJoin(SubscriptionCase):
    def join(self):
        service = self.serve()
        stream = service.add_stream()
        stream.set_state('listening')
        stream.say(1, 'Said before.', True)
        probe = self.probe(f'join {stream.path}')
        self.hear(probe, 'begun', 'segment 1 final Said before.')
        self.assertEqual(service.opened[0]['stream'], stream.path)
        return service, stream, probe

    def test_again(self):
        """The subscription passes on the path, by which its listeners recognise segments."""
        service, stream, probe = self.join()
        service.add_stream().set_state('listening')
        probe.do('close')
        self.hear(probe, 'state closed')
        probe.do(f'join {stream.path}')
        self.hear(probe, f'begun {EPOCH} {stream.path}', 'segment 1 final Said before.')

    def test_stream_ends(self):
        service, stream, probe = self.join()
        stream.set_state('closed')
        self.hear(probe, 'state failed org.freedesktop.DBus.Error.UnknownObject [failed] '
                  'The captions that you joined have ended.')
        probe.do('open')
        self.hear(probe, 'begun')

    def test_service_vanishes(self):
        service, stream, probe = self.join()
        service.stop()
        self.assertIn('have ended', self.hear(probe, 'state failed'))
        # The same path now belongs to another stream.
        self.serve().add_stream()
        self.pause(0.7)
        self.assertEqual(self.service.opened, [])

    def test_no_such_stream(self):
        self.serve()
        probe = self.probe('join /org/captiond/Captions1/stream/9')
        self.assertIn('have ended', self.hear(probe, 'state failed'))


class TestService(SubscriptionCase):
    def test_lists(self):
        service = self.serve()
        service.sources = [{'id': GLib.Variant('s', 'system')}]
        probe = self.probe('get ListSources')
        self.hear(probe, "got [{'id': <'system'>}]")
        service.refusal = Refused('AudioUnavailable', 'PipeWire does not answer.')
        probe.do('get ListSources')
        self.hear(probe, 'refused PipeWire does not answer.')

    def test_keys(self):
        service = self.serve()
        service.providers.add('my')
        probe = self.probe('set-key my   secret ')
        self.hear(probe, 'key set')
        self.assertEqual(service.providers.keys, {'my': 'secret'})
        probe.do('clear-key my')
        self.hear(probe, 'set')
        self.assertEqual(service.providers.keys, {})
        probe.do('set-key my  ')
        self.hear(probe, 'refused The key is empty.')
        probe.do('set-key my ' + 'x' * 20000)
        self.hear(probe, 'refused The key is too long.')
        probe.do('set-key other secret')
        self.hear(probe, 'refused There is no provider called other.')
        self.assertEqual(self.count('SetKey'), 2)

    def test_not_installed(self):
        probe = self.probe('get GetDefaults')
        self.hear(probe, 'refused The caption service is not installed.')


if __name__ == '__main__':
    tap.main()
