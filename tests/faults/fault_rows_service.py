# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Rows of the fault table: failures of a speech service."""

import os

from fault_run import Row
from realtime_case import KEY

SERVER_TURNS = {'model': 'gpt-4o-transcribe', 'settings': {'turns': 'server'}, 'streams': False}


def with_server_turns(row):
    """Returns the same row for a service that detects turns itself."""
    return type(row.__name__ + 'ServerTurns', (row,), {
        '__module__': row.__module__, 'name': row.name + '-server-turns',
        'about': row.about + '; it detects turns', **SERVER_TURNS})


class Nothing(Row):
    name = 'nothing'
    about = 'nothing happens: what the others are compared with'
    seconds = 25


NothingServerTurns = with_server_turns(Nothing)


# Rows in which the service ends the session

class Ordered(Row):
    """The test sends an order to the server, which obeys at once."""
    orders = ()

    def strike(self, run):
        for order in self.orders:
            run.order(order)


class Closes1000(Ordered):
    name = 'closes-1000'
    about = 'the service closes in order, with 1000'
    orders = ['close 1000']


class Closes1000Error(Ordered):
    name = 'closes-1000-error'
    about = 'the same, after an error event'
    orders = ['close 1000 server_error']


class Closes1001(Ordered):
    name = 'closes-1001'
    about = 'the service closes in order, with 1001'
    orders = ['close 1001']


class Expires(Ordered):
    name = 'expires'
    about = 'the service ends the session with session_expired and 1001'
    orders = ['close 1001 session_expired']


class Closes1012(Ordered):
    name = 'closes-1012'
    about = 'the service says that it restarts, with 1012'
    orders = ['close 1012']


class Drops(Ordered):
    name = 'drops'
    about = 'the connection ends without a close frame'
    orders = ['close 0']


class DropsTwice(Row):
    name = 'drops-twice'
    about = 'the same, and again soon after the next session began'
    seconds = 35

    def strike(self, run):
        run.order('close 0')
        tries = len(run.handshakes())
        run.until(lambda: len(run.handshakes()) > tries, 20, 'a handshake')
        run.wait(run.rng.uniform(0.1, 2))
        run.order('close 0')


DropsServerTurns = with_server_turns(Drops)
ExpiresServerTurns = with_server_turns(Expires)


class DropsVllm(Drops):
    name = 'drops-vllm'
    about = 'the same with vLLM, which takes a turn at a time'
    service = dialect = 'vllm'
    model = 'my/model'


class DropsSpeaches(Drops):
    name = 'drops-speaches'
    about = 'the same with Speaches, which detects turns and sends no parts of a text'
    service = dialect = 'speaches'
    model = 'whisper-1'
    streams = False


# Rows in which the service refuses the next session

class Limits(Row):
    name = 'http-429'
    about = '429 with Retry-After 3 at the reconnection'
    seconds = 40
    lasts = 5

    def server(self, run):
        return run.serve(retry_after=3).url

    def strike(self, run):
        tries = len(run.handshakes())
        run.order('behave rate-limited')
        run.order('close 1001')
        # The daemon repeats the request to read the body of the refusal.
        run.until(lambda: len(run.handshakes()) >= tries + 2, 20, 'a refusal')
        run.wait(0.3)
        run.order('behave ok')


class Fails(Row):
    name = 'http-500'
    about = '500 at each reconnection, for 6 s'
    seconds = 45
    lasts = 18

    def strike(self, run):
        run.order('behave http')
        run.order('close 1001')
        run.wait(6)
        run.order('behave ok')


class Restarts(Row):
    name = 'restarts'
    about = 'the service ends, and is back at the same port at once'
    seconds = 35
    lasts = 1

    def strike(self, run):
        run.server.restart(same_port=True)


class RestartsSlowly(Row):
    name = 'restarts-slowly'
    about = 'the service ends, and is back after 5 s'
    seconds = 45
    lasts = 15

    def strike(self, run):
        run.server.stop()
        run.wait(5)
        run.server.start_again()


class WithToken(Row):
    """A program prints the tokens; the service accepts only one of them."""

    def server(self, run):
        self.token(run, KEY)
        return run.serve().url

    def settings(self, run):
        return {'auth': 'token-command', 'token_command': ['/bin/cat', self.path(run)]}

    @staticmethod
    def path(run):
        return os.path.join(run.folder, 'token')

    def token(self, run, token):
        with open(self.path(run), 'w', encoding='ascii') as file:
            file.write(token + '\n')


class TokenExpires(WithToken):
    name = 'token-expires'
    about = 'the token ends: the session too, and 401 until there is a new one'

    def strike(self, run):
        self.token(run, 'another-token-0123456789')
        run.order('key another-token-0123456789')
        run.order('close 1001')


class TokenLate(TokenExpires):
    name = 'token-expires-slowly'
    about = 'the same, and the program fails for 4 s first'
    seconds = 40
    lasts = 12

    def strike(self, run):
        os.remove(self.path(run))
        run.order('key another-token-0123456789')
        run.order('close 1001')
        run.wait(4)
        self.token(run, 'another-token-0123456789')


# Rows in which the service sends invalid messages

class Noise(Row):
    noise = ''
    about = 'the service sends that in the middle of a session'

    def strike(self, run):
        run.order(f'noise {self.noise}')


def noisy(noise):
    return type('Noise' + noise.title().replace('-', ''), (Noise,),
                {'__module__': __name__, 'name': noise, 'noise': noise})


NoJson, BadUtf8, Binary, Huge, Deep, Many, Flood, Nulls, Unknown = map(noisy, (
    'no-json', 'bad-utf8', 'binary', 'huge-message', 'deep-json', 'many-items', 'flood', 'nulls',
    'unknown-events'))


# Rows in which the service works badly

class Swapped(Row):
    name = 'swapped-texts'
    about = 'texts come in another order, and then the connection ends'
    seconds = 40
    lasts = 6

    def strike(self, run):
        run.order('behave swapped')
        run.wait(run.rng.uniform(3, 6))
        run.order('close 0')
        run.order('behave ok')


class LostTurns(Row):
    name = 'lost-turns'
    about = 'each third turn of a session never gets its text'
    seconds = 60
    continuous = True
    # The daemon sends the turn again after 20 s; later turns wait 10 s for it.
    ordered = False

    def server(self, run):
        return run.serve(behaviour='lost-turns').url


class Failed(Row):
    name = 'failed-turn'
    about = 'a turn fails, all of it'
    behaviour = 'failed-turn'
    seconds = 40
    lasts = 10

    def strike(self, run):
        run.order(f'behave {self.behaviour}')
        run.until(lambda: any(frame['type'].endswith('.failed') for frame in run.server.frames('s2c')),
                  25, 'a failed turn')
        run.order('behave ok')


class DeltasThenFailed(Failed):
    name = 'deltas-then-failed'
    about = 'a turn fails after its words came'
    behaviour = 'deltas-then-failed'


class Repeats(Row):
    name = 'repeated-texts'
    about = 'each text comes three times'
    continuous = True

    def server(self, run):
        return run.serve(behaviour='repeat-completed').url


# Rows in which a session ends after a fixed time

class RollsOver(Row):
    name = 'rolls-over'
    about = 'sessions last 15 s'
    seconds = 50
    continuous = True
    session_seconds = 15

    def server(self, run):
        return run.serve(self.service, session_seconds=self.session_seconds).url


RollsOverServerTurns = with_server_turns(RollsOver)


class RollsOverMint(RollsOver):
    name = 'rolls-over-mint'
    about = 'the same, with client secrets'
    settings = {'mint': True}


class RollsOverToken(WithToken):
    name = 'rolls-over-token'
    about = 'the same, with a program that prints tokens'
    seconds = 50
    continuous = True

    def server(self, run):
        self.token(run, KEY)
        return run.serve(session_seconds=15).url


class RollsOverRefused(RollsOver):
    name = 'rolls-over-refused'
    about = 'the same, and each next session is refused twice'

    def server(self, run):
        return run.serve(session_seconds=self.session_seconds, retry_after=0).url

    def strike(self, run):
        for _ in range(2):
            tries = len(run.handshakes())
            run.order('behave busy')
            # The daemon repeats each request to read the body of the refusal.
            run.until(lambda: len(run.handshakes()) >= tries + 4, 30, 'two refusals')
            run.order('behave ok')
            run.until(lambda: len(run.handshakes()) >= tries + 5, 30, 'a session')


class RollsOverSpeech(RollsOver):
    name = 'rolls-over-speech'
    about = 'sessions last 80 s, and speech never pauses'
    seconds = 110
    session_seconds = 80
    words = {'no_pauses': True}


RollsOverSpeechServerTurns = with_server_turns(RollsOverSpeech)


class RollsOverShort(RollsOverSpeech):
    name = 'rolls-over-short-speech'
    about = 'sessions last 12 s, shorter than what is cut of speech without a pause'
    seconds = 50
    session_seconds = 12
    # The daemon sends all of the turn again, at twice the speed.
    allowance = 10
