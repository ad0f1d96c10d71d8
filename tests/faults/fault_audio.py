# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Helpers for rows of the fault table: outputs that come and go, words that are
played into them, and which of those words had audio.

A word had audio if all of it was played into an output, or into the feed of a
microphone, while the daemon's capture was linked to that node. The test knows
only to some tenths of a second when a word was played, so the daemon may hear
the words at the edges or not (Run.optional), and each edge leaves a piece of a
word."""

import json
import os
import subprocess
import time

import words
from captions import TOOLS, play, steady_sound

DESKTOP = os.path.join(TOOLS, 'private-desktop')
# Seconds after a link appears: the daemon checks its links before it passes sound on.
EDGE = 0.3
# Seconds until the capture is linked again after its source came back.
SLOW_LINK = 2


def output_of(*command, check=True):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=120, check=check).stdout


def audio(order):
    subprocess.run([DESKTOP, order], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    if order == 'start-audio':
        steady_sound()


def pid_of(program):
    with open(os.path.join(os.environ['XDG_RUNTIME_DIR'], program + '.pid'), encoding='ascii') as file:
        return int(file.read())


def nodes(name):
    return [item['id'] for item in json.loads(output_of('pw-dump', '-N') or '[]')
            if item['type'] == 'PipeWire:Interface:Node' and item['info']['props'].get('node.name') == name]


def add_sink(run, name, **properties):
    output_of('pw-cli', 'create-node', 'adapter', json.dumps({
        'factory.name': 'support.null-audio-sink', 'node.name': name, 'node.description': f'The {name}',
        'media.class': 'Audio/Sink', 'object.linger': True, 'audio.position': ['FL', 'FR'],
        'priority.session': 5, **properties}))
    run.until(lambda: f'{name}:monitor_' in output_of('pw-link', '-o'), 10, f'ports of {name}')


def remove_sink(name):
    for node in nodes(name):
        output_of('pw-cli', 'destroy', str(node))


def set_default(kind, name):
    output_of('pw-metadata', '0', f'default.configured.audio.{kind}', json.dumps({'name': name}),
              'Spa:String:JSON')


def linked_to():
    """Returns the names of the nodes that the daemon's capture is linked to."""
    found, port = set(), ''
    for line in output_of('pw-link', '-l', check=False).splitlines():
        if not line.startswith(' '):
            port = line.strip()
        elif '|<-' in line and port.startswith('captiond'):
            found.add(line.split('|<-')[1].strip().split(':')[0])
    return found


def play_into(run, path, sinks):
    """Plays a file into all sinks at once. The player is linked by hand, so that
    nobody moves it elsewhere and it outlives WirePlumber."""
    player = play(path, '--target', '0', '-P', '{ "node.name": "words" }')
    run.player = player

    def ports(name, option):
        return [port for port in output_of('pw-link', option).split() if port.startswith(name)]
    run.until(lambda: ports('words:output_', '-o'), 10, 'ports of the player')
    run.began = time.monotonic()
    for sink in sinks:
        for port in ports(f'{sink}:playback_', '-i'):
            output_of('pw-link', ports('words:output_', '-o')[0], port)
    return player


def lag(run):
    """Returns the greatest possible delay of the sound: a caption cannot appear before
    the daemon heard its word."""
    return min([delay for _, delay in run.first_captions().values()], default=1)


class Cut:
    """A time without audio in the middle of the words, from begin to end. The daemon
    need not hear the words in it; after unheard() it must not hear them."""

    def __init__(self, run):
        self.run = run
        self.lag = lag(run)
        self.begin = time.monotonic()
        self.end = None

    def _spans(self):
        for word in self.run.said:
            yield word.number, self.run.began + word.begin, self.run.began + word.end

    def over(self, *sources):
        """Waits until the capture is linked to one of these sources alone, and returns
        the seconds that this took."""
        before = time.monotonic()
        self.run.until(lambda: linked_to() & set(sources) and not linked_to() - set(sources), 30,
                       f'linked to {sources}')
        took = time.monotonic() - before
        self.ended()
        self.run.notes.append(f'linked after {took:.2f} s')
        if took > SLOW_LINK:
            self.run.wrong.append(f'linked after {took:.2f} s')

    def ended(self):
        self.end = time.monotonic()
        self.run.optional.update(number for number, begin, end in self._spans()
                                 if end + self.lag > self.begin and begin < self.end + EDGE)

    def unheard(self, begin, end):
        """Expects no captions of the words between begin and end."""
        deaf = {number for number, at, until in self._spans() if at > begin and until + self.lag < end}
        self.run.said = [word for word in self.run.said if word.number not in deaf]
        self.run.notes.append(f'{len(deaf)} words not listened to')

    def play_again(self, seconds, sinks=()):
        """Plays other words with new numbers, because the first words ended with
        their player."""
        run = self.run
        run.player.kill()
        run.player.wait()
        now = time.monotonic()
        run.said = [word for word in run.said if run.began + word.begin < now]
        path = os.path.join(run.folder, 'more-words.wav')
        more = words.make(path, seconds, seed=run.rng.randrange(1 << 30), first=50000, **run.row.words)
        before, run.began = run.began, time.monotonic()
        if sinks:
            play_into(run, path, sinks)
        else:
            run.player = play(path)
        shift = run.began - before
        run.began = before
        run.said += [words.Said(word.number, word.begin + shift, word.end + shift) for word in more]
