#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Measures the cost of recognition: CPU time and wall time as fractions of the length of
the recordings, beside PocketSphinx's own program with the same files. The two programs
take turns, so that a busy machine slows both alike."""

import ctypes
import os
import statistics
import subprocess
import sys
import time
import wave

import speech

ROUNDS = int(os.environ.get('CAPTIOND_BENCH_ROUNDS', '5'))
TIMEOUT = 300
SKIPPED = 77
PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """Makes this process the parent of processes that outlive theirs: a recogniser
    outlives the program that started it by a moment."""
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError('prctl')


def measure(command):
    """Returns (user CPU, wall) seconds of the command and all that it starts, and the
    largest resident size in KiB of one of them."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    user, size = 0, 0
    while True:
        try:
            pid, status, usage = os.wait4(-1, 0)
        except ChildProcessError:
            break
        user += usage.ru_utime
        size = max(size, usage.ru_maxrss)
        if pid == process.pid:
            process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f'{command[0]} failed')
    return user, time.monotonic() - began, size


def measure_all(commands):
    costs = [measure(command) for command in commands]
    return sum(c[0] for c in costs), sum(c[1] for c in costs), max(c[2] for c in costs)


def duration(path):
    with wave.open(path) as file:
        return file.getnframes() / file.getframerate()


def main():
    decode_file = sys.argv[1]
    paths = [path for path, _ in speech.recordings()]

    if not paths or speech.stock_command('') is None:
        print('pocketsphinx and pocketsphinx-testdata are not installed')
        return SKIPPED

    adopt_orphans()
    seconds = sum(duration(path) for path in paths)
    commands = {
        'ours': [[decode_file, path] for path in paths],
        'stock': [speech.stock_command(path) for path in paths],
    }
    costs = {'ours': [], 'stock': []}
    for _ in range(ROUNDS):
        for name, each in commands.items():
            costs[name].append(measure_all(each))

    print(f'{seconds:.1f} s of speech in {len(paths)} files, {ROUNDS} rounds, medians, loading included')
    for name, each in costs.items():
        user, wall = (statistics.median(cost[i] for cost in each) / seconds for i in (0, 1))
        print(f'{name:5}  CPU {user:.3f}  wall {wall:.3f}  of real time, '
              f'{max(cost[2] for cost in each) / 1024:.0f} MiB')
    for i, name in ((0, 'CPU'), (1, 'wall')):
        ratio = statistics.median(a[i] / b[i] for a, b in zip(costs['ours'], costs['stock']))
        print(f'{name}: {ratio:.2f} times stock')

    return 0


if __name__ == '__main__':
    sys.exit(main())
