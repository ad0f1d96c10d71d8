# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""One run of one row of the fault table: a daemon, a service, words that are
played, a fault at a random moment, and the captions of the words.

A row is a subclass of Row in a module fault_rows_*.py. Its attributes:

 name        name of the row; a class without a name is not a row
 about       the fault, in a few words
 seconds     length of the words that are played
 lasts       estimated length of the fault: it begins early enough to leave ten
             seconds of words after it
 words       options of words.make(): no_pauses=True, sentence=(2, 5) …
 service, dialect, model, settings
             configuration of the server, and of the provider
 continuous  the fault lasts as long as the run, so the slowest word counts
 streams     the model sends partial results; otherwise only final results
             count for the recovery
 ordered     each text must come before the texts of later words
 allowance   additional seconds that a recovery may take, for a known reason
 source      source of the stream
 engine      engine of the stream; "cloud" is the provider
 pieces      number of word fragments that the fault itself may leave, from
             words that it interrupted
 ends        the fault ends the daemon
 slow        the row runs only if the command line names it

and its methods, each of which gets the Run:

 server(run)  starts the servers with run.serve() and run.relay(), and returns
              the URL for the daemon, or None if the engine needs no provider; by
              default one server without faults
 prefix(run)  returns the command that starts the daemon, without the daemon's own
 play(run, path)  plays the file, and returns the player; sets run.began if
              the words begin later than the call
 strike(run)  makes the fault, ends it, and returns after the end
 after(run)   runs when all words were played and their captions are complete

A row may raise Skip where it cannot run. The run has: rng (random numbers from
the seed), folder (of this run alone), daemon, client, stream, servers and the first
of them, server, relays, said, player, began (the time of the first word), cleanups
(called at the end); played(seconds), wait(), until(), order(), log() and state().
These methods run the main loop: use them to wait.
A row may add to: optional, numbers of words whose captions may be missing;
notes, measurements; wrong, failures that are not about words."""
import json
import os
import random
import re
import signal
import subprocess
import time

import words
from captions import ERROR, Client, Daemon, play, run_until, steady_sound
from realtime import Relay, Server
from realtime_case import DEFAULTS, KEY, set_provider

# Seconds of words after the fault; and the limit of a recovery, without its backoff.
WORDS_AFTER = 10
SLOW = 2
# The service delays each text this long, so that a text is always on its way.
DELAY_MS = 300
# Seconds of silence after which a run is complete. A turn waits up to 20 s for its text.
QUIET, QUIET_WITH_LOSS, LONGEST_WAIT = 2, 25, 120


class Skip(Exception):
    """This row cannot run on this machine; the message says why."""


class Row:
    name = ''
    about = ''
    seconds = 30
    lasts = 0
    words = {}
    service = dialect = 'openai'
    model = 'gpt-live-transcribe'
    settings = {}
    continuous = False
    streams = True
    ordered = True
    allowance = 0
    source = 'system'
    engine = 'cloud'
    pieces = 0
    ends = False
    slow = False

    def server(self, run):
        return run.serve(self.service).url

    def prefix(self, run):
        return []

    def play(self, run, path):
        return play(path)

    def strike(self, run):
        pass

    def after(self, run):
        pass


class Listener(Client):
    """A client that stores the time of each signal."""

    def __init__(self):
        self.times = []
        super().__init__()

    def _on_signal(self, *arguments):
        before = len(self.signals)
        super()._on_signal(*arguments)
        if len(self.signals) > before:
            self.times.append(time.monotonic())

    def timed(self, member, path):
        return [(at, arguments) for at, (where, _, name, arguments) in zip(self.times, self.signals)
                if name == member and where == path]


class Run:

    def __init__(self, row, seed, folder):
        self.row = row
        self.rng = random.Random(seed)
        self.folder = folder
        self.servers, self.relays, self.cleanups = [], [], []
        self.client = self.stream = self.daemon = self.player = self.began = None
        self.fault = (None, None)
        self.optional, self.notes, self.wrong = set(), [], []
        self.recorder = self.recording = None

    # Methods for rows

    @property
    def server(self):
        return self.servers[0]

    def serve(self, service='openai', behaviour='ok', prefix=(), **options):
        options = {'key': KEY, 'hear': 'words', 'delay_ms': DELAY_MS, **options}
        server = Server(service, behaviour, prefix, **options)
        self.servers.append(server.__enter__())
        return server

    def relay(self, server=None, **options):
        relay = Relay((server or self.server), **options)
        self.relays.append(relay.__enter__())
        return relay

    def order(self, line):
        """Sends an order to the first server. A relay takes orders itself."""
        self.server.order(line)

    def until(self, condition, seconds, what):
        run_until(condition, seconds, what)

    def wait(self, seconds):
        end = time.monotonic() + seconds
        run_until(lambda: time.monotonic() >= end, seconds + 60, 'the time')

    def played(self, seconds):
        """Waits until that many seconds of the words were played."""
        self.wait(max(self.began + seconds - time.monotonic(), 0))

    def state(self):
        return self.client.property(self.stream, 'State')

    def log(self, direction):
        return [record for server in self.servers for record in server.log() if record.get('dir') == direction]

    def handshakes(self):
        """Returns the times at which the daemon asked for a session, in seconds."""
        return sorted(record['ms'] / 1000 for record in self.log('http') if 'Upgrade' in record['headers'])

    # Steps of the run

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.player, self.recorder:
            if process is not None:
                process.kill()
                process.wait()
        if self.daemon is not None:
            self.daemon.stop()
        for one in self.relays + self.servers:
            one.__exit__(None, None, None)
        for cleanup in self.cleanups:
            cleanup()

    def memory(self):
        with open(f'/proc/{self.daemon.process.pid}/status', encoding='ascii') as file:
            return next(int(line.split()[1]) for line in file if line.startswith('VmRSS')) / 1024

    def _open(self):
        row = self.row
        steady_sound()
        url = row.server(self)
        os.environ['CAPTIOND_KEY_CLOUD'] = KEY
        self.daemon = Daemon(prefix=row.prefix(self))
        self.client = Listener()
        self.client.wait_for_service()
        settings = row.settings(self) if callable(row.settings) else row.settings
        if url is not None:
            set_provider(self.client, 'cloud', **{**DEFAULTS, 'dialect': row.dialect, 'url': url, 'model': row.model,
                                                  **settings})
        self.stream = self.client.open(source=row.source, engine=row.engine)
        self.client.wait_for_state(self.stream, 'listening', 30)

    def _play(self):
        row = self.row
        path = os.path.join(self.folder, 'words.wav')
        self.said = words.make(path, row.seconds, seed=self.rng.randrange(1 << 30), **row.words)
        latest = row.seconds - row.lasts - WORDS_AFTER
        self._record()
        self.began = time.monotonic()
        self.player = row.play(self, path)
        self.played(self.rng.uniform(min(4, latest), latest))
        begin = time.monotonic()
        row.strike(self)
        self.fault = (begin, time.monotonic())

    def _record(self):
        """Starts another program that records what the daemon should hear."""
        self.recording = os.path.join(self.folder, 'recording.wav')
        self.recorder = subprocess.Popen(
            ['pw-record', '--target', 'test-sink', '-P', '{ stream.capture.sink = true }', '--rate', '24000',
             '--channels', '1', '--format', 's16', self.recording], stdin=subprocess.DEVNULL)

    def _is_spoilt(self):
        """Tells whether a busy machine dropped sound, which is not a failure of the row."""
        self.recorder.send_signal(signal.SIGINT)
        self.recorder.wait(60)
        return not words.compare(self.said, words.hear(self.recording)).ok

    def _texts(self):
        return [segment[2] for segment in self.client.finals(self.stream)]

    def _expected(self):
        texts = self._texts()
        heard = set(' '.join(texts).split())
        return [word for word in self.said
                if word.number not in self.optional or words.text_of([word.number]) in heard]

    def _compare(self):
        return words.compare(self._expected(), self._texts())

    def _wait_for_the_end(self):
        row = self.row
        run_until(lambda: self.player.poll() is not None, row.seconds + 30, 'the end of the sound')
        if self.player.returncode != 0 and not row.ends:
            raise RuntimeError('the player failed')
        if not row.ends:
            self.client.stream(self.stream, 'Flush')
        deadline = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < deadline:
            last = len(self.client.signals)
            quiet = QUIET_WITH_LOSS if self._compare().lost else QUIET
            end = time.monotonic() + quiet
            run_until(lambda: time.monotonic() > end or len(self.client.signals) > last, quiet + 60, 'quiet')
            if len(self.client.signals) == last:
                break
        row.after(self)

    # Results

    def first_captions(self):
        """Maps each number to the time of its first caption, and the delay of the newest
        word in that caption."""
        ends = {word.number: self.began + word.end for word in self.said}
        first = {}
        for at, segment in self.client.timed('Segment', self.stream):
            if not segment[3] and not self.row.streams:
                continue
            shown = [int(number) for number in re.findall(r'\bw(\d{5,7})\b', segment[2])]
            shown = [number for number in shown if number in ends]
            for number in shown:
                first.setdefault(number, (at, at - ends[shown[-1]]))
        return first

    def _recovery(self):
        """Returns the seconds from a word to its caption, and how many of them were backoff."""
        first = self.first_captions()
        begin, end = self.fault
        if self.row.continuous:
            # All words count, because no time follows the fault.
            return max((delay for _, delay in first.values()), default=None), 0
        after = [word.number for word in self.said if self.began + word.begin > end]
        seen = [first[number] for number in after if number in first]
        if not seen:
            return None, 0
        at, delay = min(seen)
        return delay, self._back_off(end, at)

    def _first(self):
        """Returns the seconds from the end of the fault to the first new caption. The words
        that were spoken during the fault come first, and may be many."""
        after = [at for at, _ in self.first_captions().values() if at > self.fault[1]]
        return min(after) - self.fault[1] if after and not self.row.continuous else None

    def _back_off(self, begin, end):
        """Returns how long the daemon waited after the fault before the attempt that succeeded."""
        states = [(at, changed['State']) for at, (_, changed, _) in
                  self.client.timed('PropertiesChanged', self.stream) if 'State' in changed]
        before = [state for at, state in states if at <= begin]
        waits = [begin] if before and before[-1] == 'reconnecting' else []
        waits += [at for at, state in states if begin < at < end and state == 'reconnecting']
        tries = [at for at in self.handshakes() if begin < at <= end]
        return max(tries[-1] - waits[0], 0) if waits and tries else 0

    def _states(self):
        return [changed['State'] for _, (_, changed, _) in self.client.timed('PropertiesChanged', self.stream)
                if 'State' in changed]

    def _reason(self):
        return [changed['StateReason'].removeprefix(ERROR) for _, (_, changed, _) in
                self.client.timed('PropertiesChanged', self.stream) if changed.get('StateReason')]

    def _verdict(self, result):
        recovery, waited = result['recovery'], result['waited']
        late = recovery is None or recovery - waited > SLOW + self.row.allowance
        result['late'] = late and not self.row.ends
        counted = ('lost', 'doubled', 'strange', *(['out_of_order'] if self.row.ordered else []))
        result['ok'] = (not result['late'] and not self.wrong and result['garbled'] <= self.row.pieces
                        and not any(result[name] for name in counted))

    def _standing(self):
        if self.row.ends:
            return {'memory': None, 'state': 'closed', 'reconnects': 0}
        return {'memory': self.memory(), 'state': self.state(),
                'reconnects': self.client.property(self.stream, 'Reconnects')}

    def go(self):
        self._open()
        before = self.memory()
        self._play()
        self._wait_for_the_end()
        spoilt = self._is_spoilt()
        heard = self._compare()
        unheard = len(self.said) - heard.expected
        if unheard:
            self.notes.append(f'{unheard} torn words not heard')
        recovery, waited = self._recovery()
        result = {'words': heard.expected, 'spoilt': spoilt, 'lost': heard.lost, 'doubled': heard.doubled,
                  'garbled': heard.garbled, 'strange': len(heard.strange), 'out_of_order': heard.out_of_order,
                  'first': self._first(), 'recovery': recovery, 'waited': waited, 'before': before, **self._standing(),
                  'fault': [at - self.began for at in self.fault], 'states': self._states(),
                  'reason': self._reason(),
                  'refusals': [record['why'] for record in self.log('refused')], 'notes': self.notes,
                  'wrong': self.wrong}
        self._verdict(result)
        return result


def go(row, seed, path):
    """Runs the row, and writes its result."""
    with Run(row, seed, os.environ['XDG_RUNTIME_DIR']) as run:
        try:
            result = run.go()
        except Skip as why:
            result = {'ok': True, 'skipped': str(why)}
        except Exception as error:  # every failure becomes the result of the run
            result = {'ok': False, 'error': f'{type(error).__name__}: {error}'}
        if run.daemon is not None and run.daemon.process.poll() is not None and not row.ends:
            result = {'ok': False, 'error': f'the daemon ended with {run.daemon.process.returncode}'}
    with open(path, 'w', encoding='ascii') as file:
        json.dump(result, file)
