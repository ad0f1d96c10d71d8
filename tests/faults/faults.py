#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Prints the fault table: what happens to words when something fails. Each run has
its own desktop; the same seed repeats the moments of the faults.

 faults.py [--build FOLDER] [--rows NAME…] [--times N] [--seed S] [--jobs J]
           [--list] [--keep FOLDER]

The columns of seconds: "first" counts from the end of the fault to the first
caption, "recovery" (and the slowest recovery) from the end of a word that was
spoken after the fault to its caption, and "back-off" is the part of the recovery
that the daemon waited before it tried again. The columns of MiB show the memory
before the fault, and its maximum after the fault.

The program marks a row with "!" if the row lost or doubled a word, or took longer
than two seconds after the fault (and its backoff) to recover. The exit status tells
whether there is such a row."""

import argparse
import glob
import importlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.realpath(__file__))
TESTS = os.path.dirname(HERE)
COUNTED = ('lost', 'doubled', 'garbled', 'strange', 'out_of_order')
HEAD = ('', 'row', 'runs', 'words', 'lost', 'doubled', 'garbled', 'strange', 'order', 'first', 'recovery',
        'slowest', 'back-off', 'MiB', 'after', 'states')
# Seconds that a run may take in addition to its words.
PATIENCE = 240
# This many rows run at a time, because a row mostly waits. The program repeats a run
# whose sound was spoilt, with fewer runs beside it, up to this many times.
JOBS = 4 * (os.cpu_count() or 1)
TRIES = 4


def rows():
    """Maps names to Rows, for all modules fault_rows_*.py, in their order."""
    found = {}
    for path in sorted(glob.glob(os.path.join(HERE, 'fault_rows_*.py'))):
        module = importlib.import_module(os.path.basename(path).removesuffix('.py'))
        for value in vars(module).values():
            if isinstance(value, type) and value.__module__ == module.__name__ and getattr(value, 'name', ''):
                found[value.name] = value()
    return found


def is_wrong(row, result):
    """Tells whether more is wrong than the fault itself permits."""
    return (any(result[name] for name in COUNTED if name != 'garbled')
            or result['garbled'] > row.pieces)


def run_one(row, seed, keep, seconds):
    """Runs one row in a private desktop, and returns its result."""
    folder = tempfile.mkdtemp(prefix='captiond-fault-')
    path = os.path.join(folder, 'result')
    command = [os.path.join(TESTS, 'tools', 'leaves-nothing'), os.path.join(TESTS, 'tools', 'private-desktop'),
               'run', sys.executable, os.path.abspath(__file__),
               '--run', row.name, '--seed', seed, '--result', path,
               *(['--seconds', str(seconds)] if seconds else [])]
    output = os.path.join(folder, 'output')
    result = {'ok': False, 'error': 'no result'}
    try:
        with open(output, 'wb') as file:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                           timeout=row.seconds + PATIENCE, check=False)
        with open(path, encoding='ascii') as file:
            result = json.load(file)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        result['error'] = str(error)
    if 'error' in result:
        with open(output, encoding='utf-8', errors='replace') as file:
            result['output'] = file.read()[-2000:]
    result['seed'] = seed
    if keep:
        shutil.copytree(folder, os.path.join(keep, seed), dirs_exist_ok=True)
    shutil.rmtree(folder)
    return result


def run_all(names, times, seed, jobs, keep=None, tell=lambda name, result: None, seconds=None):
    """Maps names to results. The longest rows begin first. If words are missing because
    a busy machine spoilt the sound, which a recorder beside the daemon noticed too, the
    run is repeated, with half as many beside it."""
    found = rows()
    plan = [(name, f'{seed}-{name}-{i}') for i in range(times) for name in names]
    plan.sort(key=lambda one: -found[one[0]].seconds)
    results = {name: [] for name in names}

    def work(one):
        """Tells whether the run should be repeated."""
        name, own_seed = one
        result = run_one(found[name], own_seed, keep, seconds)
        again = tries > 1 and result.get('spoilt') and is_wrong(found[name], result)
        if not again:
            tell(name, result)
            results[name].append(result)
        return again
    for tries in range(TRIES, 0, -1):
        with ThreadPoolExecutor(jobs) as pool:
            plan = [one for one, again in zip(plan, list(pool.map(work, plan))) if again]
        jobs = max(jobs // 2, 1)
    return results


def _seconds(values, choose):
    values = [value for value in values if value is not None]
    return f'{choose(values):.1f}' if values else '-'


def _summed(results, name):
    return str(sum(len(result[name]) if isinstance(result[name], list) else result[name] for result in results))


def table_row(name, results):
    good = [result for result in results if 'error' not in result and 'skipped' not in result]
    states = []
    for result in good:
        states += [state for state in result['states'] if state not in states]
    recovery = [result['recovery'] for result in good]
    return ['' if all(result['ok'] for result in results) else '!', name, str(len(results)),
            str(sum(result['words'] for result in good)) if good else 'skipped',
            *(_summed(good, column) for column in COUNTED),
            _seconds([result['first'] for result in good], statistics.median),
            _seconds(recovery, statistics.median), _seconds(recovery, max),
            _seconds([result['waited'] for result in good], max),
            _seconds([result['before'] for result in good], statistics.median),
            _seconds([result['memory'] for result in good], max), ' '.join(states)]


def print_table(results):
    lines = [HEAD] + [table_row(name, found) for name, found in results.items()]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    for line in lines:
        print('  '.join(cell.ljust(width) if i in (1, len(HEAD) - 1) else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(line, widths))).rstrip())


def complaint(result):
    """Describes the failures of a run in one line."""
    if 'skipped' in result:
        return f'{result["seed"]}: skipped: {result["skipped"]}'
    if 'error' in result:
        return f'{result["seed"]}: {result["error"]}\n{result.get("output", "")}'.rstrip()
    wrong = {name: result[name] for name in COUNTED if result[name]}
    recovery = '-' if result['recovery'] is None else f'{result["recovery"]:.2f} s'
    spoilt = ' (the machine was too busy for sound)' if result['spoilt'] else ''
    return (f'{result["seed"]}{spoilt}: {wrong}; fault at {result["fault"][0]:.3f} to {result["fault"][1]:.3f} s, '
            f'recovery {recovery}, of it back-off {result["waited"]:.2f} s; {result["state"]} at the end; '
            f'states {" ".join(result["states"])} {" ".join(result["reason"])}'
            f'{"".join("; wrong: " + one for one in result["wrong"])}'
            f'{"".join("; refused: " + one for one in result["refusals"][:3])}'
            f'{"".join("; " + one for one in result["notes"])}')


def use_build(folder):
    """Sets the environment that Meson gives to tests."""
    folder = os.path.abspath(folder)
    modules = [os.path.join(TESTS, part) for part in ('tools', 'servers', 'desktop', 'faults')]
    sys.path += modules
    os.environ.update(CAPTIOND_BUILDDIR=folder, GSETTINGS_SCHEMA_DIR=os.path.join(folder, 'data'),
                      CAPTIOND_CONFINE=os.path.join(folder, 'recognisers', 'confine', 'captiond-confine'),
                      CAPTIOND_RECOGNISER_PATH=os.path.join(folder, 'recognisers', 'pocketsphinx'),
                      CAPTIOND_SOURCEDIR=os.path.dirname(TESTS), GSETTINGS_BACKEND='memory',
                      PYTHONPATH=os.pathsep.join(modules), PYTHONDONTWRITEBYTECODE='1')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', help='where captiond was built, unless Meson runs this')
    parser.add_argument('--rows', nargs='+', help='only these')
    parser.add_argument('--times', type=int, default=3)
    parser.add_argument('--seed', default=str(random.randrange(10 ** 6)))
    parser.add_argument('--jobs', type=int, default=JOBS // 2)
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--keep', help='where to keep what the runs printed')
    parser.add_argument('--run', help=argparse.SUPPRESS)
    parser.add_argument('--result', help=argparse.SUPPRESS)
    parser.add_argument('--seconds', type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        use_build(options.build)
    elif 'CAPTIOND_BUILDDIR' not in os.environ:
        parser.error('say where captiond was built: --build FOLDER')
    found = rows()

    if options.run:
        import fault_run
        row = found[options.run]
        row.seconds = options.seconds or row.seconds
        fault_run.go(row, options.seed, options.result)
        return 0
    if options.list:
        for row in found.values():
            print(f'{row.name:32} {row.about}')
        return 0
    unknown = [name for name in options.rows or [] if name not in found]
    if unknown:
        parser.error(f'no such rows: {", ".join(unknown)}')
    print(f'seed {options.seed}', flush=True)

    def tell(name, result):
        print(f'{"ok" if result["ok"] else "!":2} {complaint(result)}', file=sys.stderr, flush=True)
    names = options.rows or [name for name, row in found.items() if not row.slow]
    results = run_all(names, options.times, options.seed, options.jobs, options.keep, tell)
    print_table(results)
    return 0 if all(result['ok'] for some in results.values() for result in some) else 1


if __name__ == '__main__':
    sys.exit(main())
