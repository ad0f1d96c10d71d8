# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Rows of the fault table: other clients, and the resources that the daemon needs.
All words have audio."""

import glob
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

import words
from captions import TOOLS, PATH, Client, GLib, error_name
from fault_audio import lag, pid_of, play_into
from fault_run import Row
from keyring import Keyring
from realtime_case import DEFAULTS, KEY
from test_providers import Caller


def memory_of(pid):
    with open(f'/proc/{pid}/status', encoding='ascii') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('VmRSS')) / 1024


class Steady(Row):

    def play(self, run, path):
        return play_into(run, path, ['test-sink'])


class HolderStops(Steady):
    """The slowest word of the other holder counts. The holder that was stopped
    asks for the missed segments with GetSegments."""
    name = 'holder-stopped-40s'
    about = 'another holder of the stream is stopped by SIGSTOP for 40 s'
    seconds = 62
    stopped = 40
    lasts = 40
    continuous = True
    dropped = False

    def play(self, run, path):
        self.path = os.path.join(run.folder, 'held.json')
        program = os.path.join(os.path.dirname(os.path.realpath(__file__)), 'fault_holder.py')
        self.holder = subprocess.Popen([sys.executable, program, self.path],
                                       stdin=subprocess.PIPE)
        run.until(lambda: len(run.client.property(run.stream, 'Holders')) == 2, 20, 'two holders')
        return super().play(run, path)

    def strike(self, run):
        bus = pid_of('dbus-daemon')
        before = run.memory(), memory_of(bus)
        self.holder.send_signal(signal.SIGSTOP)
        run.wait(self.stopped)
        after = run.memory(), memory_of(bus)
        self.holder.send_signal(signal.SIGCONT)
        run.notes.append('captiond {:.1f} to {:.1f} MiB, the bus {:.1f} to {:.1f}'.format(
            before[0], after[0], before[1], after[1]))
        if after[1] - before[1] > 2:
            run.wrong.append('the bus keeps what the holder does not read')

    def after(self, run):
        self.holder.stdin.close()
        self.holder.wait(60)
        with open(self.path, encoding='ascii') as file:
            held = json.load(file)
        if bool(held['dropped']) != self.dropped:
            run.wrong.append(f'dropped: {held["dropped"]}')
        finals = [segment[0] for segment in held['signals'] if segment[3]]
        if len(finals) != len(set(finals)):
            run.wrong.append('a final came twice')
        missed = len({s[0] for s in held['segments']} - set(finals))
        run.notes.append(f'the stopped one had {len(finals)} finals by signals, {missed} by GetSegments alone')
        # A holder that was dropped need not have the words of the time after.
        if self.dropped:
            return
        newest = {s[0]: s for s in sorted(held['signals'] + held['segments'], key=lambda s: s[1])}
        heard = words.compare(run.said, [newest[number][2] for number in sorted(newest)])
        ours = words.compare(run.said, [s[2] for s in run.client.finals(run.stream)])
        if (heard.lost, heard.doubled, heard.garbled) != (ours.lost, ours.doubled, ours.garbled):
            run.wrong.append(f'the stopped one: {heard}')


class HolderIsDropped(HolderStops):
    name = 'holder-stopped-100s'
    about = 'another holder is stopped for 100 s, and dropped'
    seconds = 125
    stopped = 100
    lasts = 100
    dropped = True
    slow = True


class OpensAndCloses(Steady):
    name = 'opens-and-closes'
    about = 'a client opens and closes streams as fast as it can, for 5 s'
    lasts = 5

    def server(self, run):
        # libsoup warns about a client that leaves before the handshake ends.
        before = os.environ.pop('G_DEBUG', None)
        try:
            return super().server(run)
        finally:
            if before is not None:
                os.environ['G_DEBUG'] = before

    def strike(self, run):
        client, end, done, refused = Client(), time.monotonic() + 5, 0, 0
        while time.monotonic() < end:
            try:
                client.stream(client.open(source='app:Nobody', engine='cloud'), 'Close')
                done += 1
            except GLib.Error as error:
                refused += error_name(error) == 'LimitExceeded'
        client.leave()
        run.notes.append(f'{done} opened, {refused} refused')
        if done != 60 or not refused:
            run.wrong.append(f'{done} opened, {refused} refused')


class OpensAThousand(Steady):
    name = 'opens-a-thousand'
    about = 'a client opens a thousand streams, from many connections'
    lasts = 8

    def strike(self, run):
        clients, names = [Client() for _ in range(40)], []
        for i in range(1000):
            try:
                clients[i % 40].open(source=f'app:{i}', engine='cloud')
                names.append('')
            except GLib.Error as error:
                names.append(error_name(error))
        streams = run.client.call(PATH, 'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects')
        opened = names.count('')
        run.notes.append(f'{opened} opened, then {run.memory():.1f} MiB')
        if set(names) - {''} != {'LimitExceeded'} or opened != 31 or len(streams) != 32:
            run.wrong.append(f'{opened} opened, {len(streams)} streams, {set(names)}')
        for client in clients:
            client.leave()


class WithRelay(Steady):

    def server(self, run):
        run.serve(self.service)
        return run.relay().url


class OutOfDescriptors(WithRelay):
    name = 'out-of-descriptors'
    about = 'the connection is reset while the daemon can open no file, for 4 s'
    lasts = 6

    def _of_connection(self, run):
        folder = f'/proc/{run.daemon.process.pid}/fd'
        sockets = {os.readlink(f'{folder}/{fd}'): int(fd) for fd in os.listdir(folder)}
        with open('/proc/net/tcp', encoding='ascii') as file:
            fields = [line.split() for line in file][1:]
        port = f':{run.relays[0].port:04X}'
        return min(sockets[f'socket:[{field[9]}]'] for field in fields
                   if field[2].endswith(port) and f'socket:[{field[9]}]' in sockets)

    def strike(self, run):
        pid = str(run.daemon.process.pid)
        limit = self._of_connection(run)
        soft = subprocess.run(['prlimit', '--pid', pid, '--nofile', '--noheadings', '--raw', '--output=SOFT'],
                              check=True, capture_output=True, text=True).stdout.strip()
        subprocess.run(['prlimit', '--pid', pid, f'--nofile={limit}:'], check=True)
        run.relays[0].order('reset')
        run.wait(4)
        run.notes.append(f'limit {limit}; {run.state()} meanwhile')
        subprocess.run(['prlimit', '--pid', pid, f'--nofile={soft}:'], check=True)


class KeyringLocked(WithRelay):
    name = 'keyring-locked'
    about = 'the keyring is locked, and the connection is reset'
    lasts = 3

    def server(self, run):
        self.keyring = Keyring()
        return super().server(run)

    def prefix(self, run):
        return ['env', '-u', 'CAPTIOND_KEY_CLOUD']

    def settings(self, run):
        caller = Caller()
        settings = {name: value for name, value in DEFAULTS.items()}
        caller.set_provider('cloud', **{**settings, 'dialect': self.dialect, 'url': run.relays[0].url,
                                        'model': self.model})
        caller.set_key('cloud', KEY)
        caller.leave()
        return {}

    def strike(self, run):
        self.prompts = os.path.join(run.folder, 'prompts')
        with open(self.prompts, 'wb') as log:
            self.monitor = subprocess.Popen(['dbus-monitor', "interface='org.freedesktop.Secret.Prompt'"],
                                            stdin=subprocess.DEVNULL, stdout=log)
        run.wait(1)
        self.keyring.lock()
        run.relays[0].order('reset')

    def after(self, run):
        self.monitor.terminate()
        self.monitor.wait(60)
        with open(self.prompts, encoding='utf-8') as log:
            if 'member=Prompt' in log.read():
                run.wrong.append('a dialog was asked for')
        if not self.keyring.is_locked():
            run.wrong.append('the keyring is not locked any more')
        self.keyring.stop()


class ClockJumps(Steady):
    """Only the daemon's CLOCK_REALTIME jumps."""
    name = 'clock-jumps'
    about = 'the wall clock goes two hours ahead, and 3 s later a day back'
    lasts = 4

    def prefix(self, run):
        library = glob.glob('/usr/lib/*/faketime/libfaketimeMT.so.1')
        if not library:
            raise RuntimeError('libfaketime is not installed')
        self.clock = os.path.join(run.folder, 'clock')
        self._set('+0')
        return ['env', f'LD_PRELOAD={library[0]}', f'FAKETIME_TIMESTAMP_FILE={self.clock}', 'FAKETIME_NO_CACHE=1',
                'FAKETIME_DONT_FAKE_MONOTONIC=1', 'DONT_FAKE_MONOTONIC=1']

    def _set(self, offset):
        with tempfile.NamedTemporaryFile('w', dir=os.path.dirname(self.clock), delete=False) as file:
            file.write(offset + '\n')
        os.rename(file.name, self.clock)

    def strike(self, run):
        self._set('+7200')
        run.wait(3)
        self._set('-86400')

    def after(self, run):
        ends = {word.number: run.began + word.end for word in run.said}
        finals = run.client.finals(run.stream)
        for before, after in zip(finals, finals[1:]):
            if not before[4] <= before[5] <= after[4] <= after[5]:
                run.wrong.append(f'times {before[4:6]} before {after[4:6]}')
        # Segments count from the start of the stream, words from the clock of the test.
        shifts = [segment[5] / 1e6 - ends[int(number)] for segment in finals
                  for number in re.findall(r'w(\d{5})', segment[2])[-1:] if int(number) in ends]
        run.notes.append(f'ends of segments within {max(shifts) - min(shifts):.2f} s')
        if max(shifts) - min(shifts) > 1.5:
            run.wrong.append('times of segments jump')


class Terminated(Steady):
    """Words that were spoken before the signal have their text within 2 s."""
    name = 'sigterm'
    about = 'the daemon gets SIGTERM in the middle of a sentence'
    words = {'no_pauses': True}
    ends = True
    pieces = 1
    patience = 2

    def strike(self, run):
        begin, late = time.monotonic(), lag(run)
        run.daemon.process.terminate()
        run.until(lambda: run.daemon.process.poll() is not None, 20, 'the end of the daemon')
        took = time.monotonic() - begin
        # Signals may still be on their way on the bus.
        run.wait(0.2)
        run.notes.append(f'ended after {took:.2f} s')
        if took > self.patience or run.daemon.process.returncode != 0:
            run.wrong.append(f'ended with {run.daemon.process.returncode} after {took:.2f} s')
        states = [changed['State'] for _, changed, _ in run.client.members('PropertiesChanged', run.stream)
                  if 'State' in changed]
        if states[-1] != 'closed':
            run.wrong.append(f'told {states[-1]}')
        run.optional.update(word.number for word in run.said if run.began + word.end + late > begin)
        run.said = [word for word in run.said if run.began + word.begin < begin + 0.2]
        run.player.kill()


class TerminatedWhileDown(Terminated):
    """Words that are spoken without a connection cannot have a text."""
    name = 'sigterm-while-down'
    about = 'the daemon gets SIGTERM 3 s after the service was lost'
    patience = 3
    lasts = 3

    def server(self, run):
        run.serve(self.service)
        return run.relay().url

    def strike(self, run):
        lost = time.monotonic()
        run.relays[0].order('refuse')
        run.relays[0].order('reset')
        run.relays[0].order('refuse')
        run.wait(3)
        super().strike(run)
        # The texts of the last words were still on their way when the connection broke.
        run.optional.update(word.number for word in run.said if run.began + word.end + 3 > lost)
