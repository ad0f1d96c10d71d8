# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Rows of the fault table: the recogniser on this computer. All words have audio."""

import os
import resource
import signal

from fault_run import Row, Skip

PROGRAM = os.path.join(os.environ['CAPTIOND_BUILDDIR'], 'tests', 'servers', 'word-recogniser')


def children_of(pid):
    with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as file:
        return [int(child) for child in file.read().split()]


class Recogniser(Row):
    """A recogniser of words takes the place of PocketSphinx."""
    engine = 'local:words'
    # A process needs a moment to load, and the words that it missed come first.
    allowance = 2
    options = ''

    def server(self, run):
        with open(os.path.join(run.folder, 'words.recogniser'), 'w', encoding='utf-8') as file:
            file.write(f'[Recogniser]\nName=Words\nProgram={PROGRAM} {self.options}\nLanguages=en;\nStreams=true\n')
        os.environ['CAPTIOND_RECOGNISER_PATH'] = run.folder

    def process(self, run):
        """Returns the process, which runs only after the first speech."""
        found = []
        run.until(lambda: found.extend(children_of(run.daemon.process.pid)) or found, 30, 'a recogniser')
        return found[0]

    def after(self, run):
        if not any(process != self.struck for process in children_of(run.daemon.process.pid)):
            run.wrong.append('the fault ended no process')


class Killed(Recogniser):
    name = 'recogniser-killed'
    about = 'the recogniser is killed by SIGKILL'
    number = signal.SIGKILL

    def strike(self, run):
        self.struck = self.process(run)
        os.kill(self.struck, self.number)


class Stopped(Killed):
    name = 'recogniser-stopped'
    about = 'the recogniser is stopped by SIGSTOP, until captiond replaces it'
    number = signal.SIGSTOP
    seconds = 50
    lasts = 15

    def strike(self, run):
        super().strike(run)
        run.until(lambda: self.struck not in children_of(run.daemon.process.pid), 60, 'the end of the process')


class OutOfMemory(Recogniser):
    name = 'recogniser-memory'
    about = 'the recogniser needs more memory than it gets'
    options = '--grow'
    seconds = 50
    lasts = 15

    def strike(self, run):
        self.struck = self.process(run)
        with open(f'/proc/{self.struck}/statm', encoding='ascii') as file:
            limit = int(file.read().split()[0]) * resource.getpagesize() + (1 << 20)
        resource.prlimit(self.struck, resource.RLIMIT_AS, (limit, limit))
        run.until(lambda: self.struck not in children_of(run.daemon.process.pid), 60, 'the end of the process')


class FullDisk(Killed):
    """A process that starts while no disk has room must do without files."""
    name = 'recogniser-full-disk'
    about = 'the recogniser is killed while the disk is full'

    def prefix(self, run):
        if os.geteuid() != 0:
            raise Skip('only root can mount a small disk')
        folders = ' '.join(os.environ[name] for name in ('XDG_STATE_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME')
                           if name in os.environ)
        return ['unshare', '--mount', 'sh', '-c',
                f'for folder in {folders}; do mkdir -p "$folder" && mount -t tmpfs -o size=64k disk "$folder" '
                '&& head -c 100k /dev/zero > "$folder/fill"; done; exec "$@"', 'sh']
