# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Rows of the fault table: the audio server and its devices, sleep, and a
locked session."""

import json
import os
import signal
import subprocess
import time

from fault_audio import (Cut, add_sink, audio, output_of, pid_of, play_into, remove_sink, set_default)
from fault_run import Row
from test_logind import Logind, SystemBus

SINK = 'test-sink'


class Into(Row):
    """Plays the words into these sinks, with links that the test makes."""
    sinks = (SINK,)

    def play(self, run, path):
        return play_into(run, path, self.sinks)


class PipeWireRestarts(Row):
    """There is audio until PipeWire is stopped, and again from the new link of the
    capture: the test plays words again as soon as an output exists."""
    name = 'pipewire-restarts'
    about = 'PipeWire and WirePlumber end in the middle of speech, and are started again'
    lasts = 8
    pieces = 2

    def strike(self, run):
        cut = Cut(run)
        audio('stop-audio')
        run.wait(run.rng.uniform(0, 2))
        audio('start-audio')
        cut.play_again(12)
        cut.over(SINK)


class WirePlumberDies(Into):
    """There is audio while WirePlumber is away, because the test links the player
    itself. When WirePlumber returns, it sets up all outputs again and interrupts
    what they play: this gap lasts from its start until it has finished."""
    name = 'wireplumber-restarts'
    about = 'WirePlumber is killed, and started again after 3 s'
    lasts = 5
    pieces = 4

    def strike(self, run):
        os.kill(pid_of('wireplumber'), signal.SIGKILL)
        run.wait(3)
        cut = Cut(run)
        path = os.path.join(os.environ['XDG_RUNTIME_DIR'], 'wireplumber')
        with open(path + '.log', 'ab') as log:
            again = subprocess.Popen(['wireplumber'], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        # private-desktop ends this process.
        with open(path + '.pid', 'w', encoding='ascii') as file:
            file.write(f'{again.pid}\n')
        run.until(lambda: SINK in output_of('pw-metadata', '0', 'default.audio.sink'), 20, 'WirePlumber')
        cut.over(SINK)


class PipeWireStops(Into):
    """The sound stops with the server and continues later: only the interrupted
    word may be missing. All later words are delayed by the pause."""
    name = 'pipewire-stopped-5s'
    about = 'PipeWire is stopped by SIGSTOP for 5 s'
    lasts = 7
    pieces = 2

    def strike(self, run):
        cut = Cut(run)
        pid = pid_of('pipewire')
        os.kill(pid, signal.SIGSTOP)
        stopped = time.monotonic()
        run.wait(5)
        os.kill(pid, signal.SIGCONT)
        pause = time.monotonic() - stopped
        # The other words ended before the pause, or begin after it.
        torn = [word.number for word in run.said if run.began + word.begin < stopped + 0.1
                and run.began + word.end + cut.lag > cut.begin]
        run.optional.update(torn)
        run.said = [word if run.began + word.begin < stopped else
                    word._replace(begin=word.begin + pause, end=word.end + pause) for word in run.said]


class DefaultOutputChanges(Into):
    """The words are played into both outputs: there is audio except between the
    order and the new link."""
    name = 'default-output-changes'
    about = 'another output becomes the default while words play on both'
    lasts = 3
    pieces = 2
    sinks = (SINK, 'second')

    def play(self, run, path):
        add_sink(run, 'second')
        return super().play(run, path)

    def strike(self, run):
        cut = Cut(run)
        set_default('sink', 'second')
        cut.over('second')


class DefaultInputChanges(DefaultOutputChanges):
    """Both microphones hear the same words."""
    name = 'default-input-changes'
    about = 'another microphone becomes the default in the middle of a sentence'
    source = 'microphone'
    words = {'no_pauses': True}
    sinks = ('mic-feed', 'headset-feed')

    def play(self, run, path):
        feed = {'media.class': 'Audio/Sink', 'node.name': 'headset-feed', 'priority.session': 1}
        source = {'media.class': 'Audio/Source', 'node.name': 'headset', 'priority.session': 2}
        self.headset = subprocess.Popen(
            ['pw-loopback', '-m', '[MONO]', '--capture-props', json.dumps(feed), '--playback-props',
             json.dumps(source)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        run.until(lambda: 'headset:capture' in output_of('pw-link', '-o')
                  and 'headset-feed:playback' in output_of('pw-link', '-i'), 10, 'the other microphone')
        return super().play(run, path)

    def strike(self, run):
        cut = Cut(run)
        set_default('source', 'headset')
        cut.over('headset')

    def after(self, run):
        self.headset.kill()
        self.headset.wait()


class DeviceReturns(Into):
    """There is audio until the device is removed, and again from the new link: the
    test plays words again as soon as the device is back."""
    name = 'device-returns'
    about = 'the output that is listened to by name goes, and comes back after 3 s'
    source = 'output:headset'
    sinks = ('headset',)
    lasts = 6
    pieces = 2
    again = {}

    def server(self, run):
        add_sink(run, 'headset')
        return super().server(run)

    def strike(self, run):
        cut = Cut(run)
        remove_sink('headset')
        run.wait(3)
        add_sink(run, 'headset', **self.again)
        cut.play_again(12, self.sinks)
        cut.over('headset')


class BluetoothReturns(DeviceReturns):
    name = 'bluetooth-returns'
    about = 'a headset goes, and comes back with one channel and 16 kHz'
    again = {'audio.position': ['MONO'], 'audio.rate': 16000, 'audio.channels': 1}


class WithLogind(Into):

    def server(self, run):
        self.system_bus = SystemBus()
        os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = self.system_bus.address
        self.logind = Logind(self.system_bus)
        run.serve(self.service)
        return run.relay().url

    def after(self, run):
        self.logind.stop()
        self.system_bus.stop()


class Sleeps(WithLogind):
    """There is audio until PrepareForSleep (true), and again from the new link
    after PrepareForSleep (false). The words play all the time."""
    name = 'sleep'
    about = 'the machine goes to sleep for 5 s'
    lasts = 8
    pieces = 2

    def fall_asleep(self, run):
        begin = time.monotonic()
        self.logind.sleep()
        run.until(lambda: not self.logind.inhibitors(), 10, 'leave to sleep')
        took = time.monotonic() - begin
        run.notes.append(f'leave to sleep after {took:.2f} s')
        if took > 2:
            run.wrong.append(f'leave to sleep after {took:.2f} s')
        if run.state() != 'waiting':
            run.wrong.append(f'{run.state()} in sleep')
        run.wait(0.2)
        closed = [record['ms'] / 1000 for record in run.log('close')]
        if not closed or closed[-1] > begin + took + 0.1:
            run.wrong.append('a session in sleep')

    def break_network(self, run):
        pass

    def mend_network(self, run):
        pass

    def strike(self, run):
        run.until(self.logind.inhibitors, 10, 'the inhibitor')
        cut = Cut(run)
        self.fall_asleep(run)
        asleep = time.monotonic()
        self.break_network(run)
        run.wait(5)
        wakes = time.monotonic()
        self.logind.sleep(False)
        cut.over(SINK)
        cut.unheard(asleep, wakes)
        self.mend_network(run)


class WakesWithoutNetwork(Sleeps):
    """The daemon keeps the words that are spoken without a network: they have audio."""
    name = 'wakes-network-refused'
    about = 'the machine sleeps, and its network refuses for 4 s after that'
    order = 'refuse'
    seconds = 40
    lasts = 12

    def break_network(self, run):
        run.relays[0].order(self.order)

    def mend_network(self, run):
        run.wait(4)
        run.relays[0].order('pass')


class WakesMute(WakesWithoutNetwork):
    name = 'wakes-network-mute'
    about = 'the machine sleeps, and its network swallows all for 4 s after that'
    order = 'mute'
    # The daemon waits for a handshake whose packets were dropped. Its timeout is this long.
    allowance = 20


class Locks(WithLogind):
    """There is no audio between LockedHint true and false."""
    name = 'locked-microphone'
    about = 'the session is locked for 5 s, with a stream of the microphone'
    source = 'microphone'
    sinks = ('mic-feed',)
    lasts = 7
    pieces = 2

    def strike(self, run):
        cut = Cut(run)
        self.logind.lock()
        run.client.wait_for_state(run.stream, 'waiting', 2)
        locked = time.monotonic()
        run.wait(5)
        unlocked = time.monotonic()
        self.logind.lock(False)
        cut.over('test-mic')
        cut.unheard(locked, unlocked)
