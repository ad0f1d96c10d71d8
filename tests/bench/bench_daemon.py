# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Measures how long after a word its text arrives, and the CPU time of captiond beside
the CPU time of the program that plays the sound. A benchmark without a verdict.

  bench_daemon.py [MINUTES]    length of the measurement (default: 1)
"""

import os
import statistics
import sys
import time

from captions import Client, Daemon, concatenated, play, run_until, seconds_of, speech


def resident_kib(pid):
    with open(f'/proc/{pid}/status', encoding='ascii') as status:
        return next(int(line.split()[1]) for line in status if line.startswith('VmRSS'))


def cpu_seconds(pid):
    with open(f'/proc/{pid}/stat', encoding='ascii') as stat:
        fields = stat.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def main():
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 1
    daemon = Daemon()
    client = Client()
    client.wait_for_service()
    print(f'resident, idle: {resident_kib(daemon.process.pid) / 1024:.1f} MiB')

    delays, final_delays, longest = [], [], {}
    stream = client.open(source='system')
    epoch = client.property(stream, 'Epoch')

    def on_segment(*arguments):
        identifier, _, text, final, _, end, _ = arguments[5].unpack()
        delay = time.time() - (epoch + end) / 1e6
        if final:
            final_delays.append(delay)
        elif len(text.split()) > longest.get(identifier, 0):
            longest[identifier] = len(text.split())
            delays.append(delay)

    client.bus.signal_subscribe(None, None, 'Segment', stream, None, 0, on_segment)
    client.wait_for_state(stream, 'listening')
    print(f'resident, listening to silence: {resident_kib(daemon.process.pid) / 1024:.1f} MiB')

    path = concatenated([name for name, _ in speech()])
    begin, cpu, heard = time.monotonic(), cpu_seconds(daemon.process.pid), 0
    while time.monotonic() - begin < 60 * minutes:
        player = play(path)
        run_until(lambda: player.poll() is not None, seconds_of(path) + 10, 'the end of the speech')
        heard += seconds_of(path)
    run_until(lambda: len(final_delays) and len(longest) <= len(final_delays), 10, 'the last final')

    wall = time.monotonic() - begin
    print(f'resident, after {wall / 60:.1f} min of listening: '
          f'{resident_kib(daemon.process.pid) / 1024:.1f} MiB')
    print(f'processor: {100 * (cpu_seconds(daemon.process.pid) - cpu) / wall:.1f} % of one core, '
          f'{heard:.0f} s of speech in {wall:.0f} s')
    quantiles = statistics.quantiles(delays, n=10)
    print(f'end of a word to its first partial at the client: median {statistics.median(delays):.2f} s, '
          f'9 of 10 within {quantiles[8]:.2f} s ({len(delays)} words)')
    print(f'end of speech to its final: median {statistics.median(final_delays):.2f} s '
          f'({len(final_delays)} finals)')
    daemon.stop()


main()
