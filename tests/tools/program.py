# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""captionctl as a user or a script runs it, for tests with the daemon."""

import json
import os
import subprocess
import threading

from captions import BUILD, run_until

CAPTIONCTL = os.path.join(BUILD, 'client', 'captionctl', 'captionctl')
# Seconds; a diagnosis waits 15 s for text with each dialect.
PATIENCE = 60


def captionctl(*arguments, key=None, **options):
    """Runs captionctl to its end, with the key on its standard input."""
    # The main loop runs meanwhile, so that clients receive their signals.
    process = Program(*arguments, key=key, **options)
    run_until(process.is_over, PATIENCE, f'the end of captionctl {arguments}')
    return process.result()


class Program:
    """A running captionctl. Its output arrives in .out and .err, line by line."""

    def __init__(self, *arguments, key=None, **options):
        self.arguments = arguments
        self.process = subprocess.Popen(
            [CAPTIONCTL, *arguments], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL if key is None else subprocess.PIPE, **options)
        self.out, self.err = [], []
        self.readers = [threading.Thread(target=lines.extend, args=[stream]) for lines, stream in
                        ((self.out, self.process.stdout), (self.err, self.process.stderr))]
        for reader in self.readers:
            reader.start()
        if key is not None:
            self.process.stdin.write(key + '\n')
            self.process.stdin.close()

    def is_over(self):
        return self.process.poll() is not None

    def close(self):
        if not self.is_over():
            self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def result(self):
        self.close()
        return Result(self.process.returncode, ''.join(self.out), ''.join(self.err))


class Result:
    def __init__(self, status, out, err):
        self.status = status
        self.out = out
        self.err = err

    def __repr__(self):
        return f'status {self.status}\n{self.out}{self.err}'

    def json(self):
        return json.loads(self.out)
