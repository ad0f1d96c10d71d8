# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The room around a recogniser: what a program in it cannot do."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import tap

CONFINE = os.environ['CAPTIOND_CONFINE']
WITHOUT_LANDLOCK = os.path.join(os.environ['CAPTIOND_BUILDDIR'], 'tests', 'tools', 'without-landlock')
NOT_CONFINED, NOT_STARTED = 125, 127
# The number of a system call.
TKILL = {'x86_64': 200, 'aarch64': 130}.get(os.uname().machine, 200)
PATIENCE = 60


def confined(*command, processors=1, kernel=(), **options):
    """Runs a command confined, on the kernel that a program imitates."""
    return subprocess.run([*kernel, CONFINE, str(processors), *command], capture_output=True, text=True,
                          timeout=PATIENCE, check=False, **options)


def python(code, **options):
    """Runs the code confined, and returns its output."""
    done = confined(sys.executable, '-c', code, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def error_of(code, undo=lambda: None, **options):
    """Returns the error that the code gets when it is confined. It must work outside;
    undo() removes what it did there."""
    attempt = f'import os, socket\ntry:\n    {code}\n    print("done")\nexcept OSError as error:\n' \
              '    print(type(error).__name__)'
    outside = subprocess.run([sys.executable, '-c', attempt], capture_output=True, text=True, timeout=PATIENCE,
                             check=True).stdout.strip()
    assert outside == 'done', f'{code}: {outside}'
    undo()
    return python(attempt, **options)


class Confine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def leave_only(self, path):
        with open(path, 'w', encoding='ascii') as file:
            file.write('text')
        for name in os.listdir(self.folder):
            other = os.path.join(self.folder, name)
            if other != path:
                (os.rmdir if os.path.isdir(other) and not os.path.islink(other) else os.unlink)(other)

    def test_no_network(self):
        for family in 'AF_INET', 'AF_INET6', 'AF_UNIX', 'AF_NETLINK':
            with self.subTest(family=family):
                self.assertEqual(error_of(f'socket.socket(socket.{family}, socket.SOCK_DGRAM)'), 'PermissionError')

    def test_no_datagrams(self):
        """An end of such a pair could send to any socket of this computer."""
        for kind in 'SOCK_DGRAM', 'SOCK_SEQPACKET':
            self.assertEqual(error_of(f'socket.socketpair(socket.AF_UNIX, socket.{kind})'), 'PermissionError')
        self.assertEqual(python('import socket; socket.socketpair(); print("made")'), 'made')

    def check_files_are_only_read(self, **options):
        path = os.path.join(self.folder, 'file')
        self.leave_only(path)
        self.assertEqual(python(f'print(open({path!r}).read())', **options), 'text')
        for code in (f'open({path!r}, "a")', f'open({path!r}, "r+")', f'open({path + "-new"!r}, "x")',
                     f'os.open({path!r}, os.O_RDONLY | os.O_TRUNC)', f'os.truncate({path!r}, 1)',
                     f'os.chmod({path!r}, 0o600)', f'os.utime({path!r})', f'os.mkdir({path + "-folder"!r})',
                     f'os.symlink("x", {path + "-link"!r})', f'os.link({path!r}, {path + "-link"!r})',
                     f'os.mkfifo({path + "-pipe"!r})',
                     f'os.rename({path!r}, {path + "-other"!r}); os.rename({path + "-other"!r}, {path!r})'):
            with self.subTest(code=code):
                self.assertEqual(error_of(code, lambda: self.leave_only(path), **options), 'PermissionError')
                with open(path, encoding='ascii') as file:
                    self.assertEqual(file.read(), 'text')
                self.assertEqual(os.listdir(self.folder), ['file'])

    def test_files_are_only_read(self):
        self.check_files_are_only_read()

    def test_files_are_only_read_without_landlock(self):
        self.check_files_are_only_read(kernel=[WITHOUT_LANDLOCK])

    def test_other_processes_are_out_of_reach(self):
        other = subprocess.Popen(['sleep', '600'])
        self.addCleanup(lambda: (other.kill(), other.wait()))
        for code in (f'os.kill({other.pid}, 0)', f'os.sched_setaffinity({other.pid}, [0])',
                     f'import resource; resource.prlimit({other.pid}, resource.RLIMIT_CORE)',
                     f'import fcntl; fcntl.fcntl(0, fcntl.F_SETOWN, {other.pid})',
                     f'os.setpriority(os.PRIO_PROCESS, {other.pid}, 5)',
                     f'import ctypes; ctypes.CDLL(None, use_errno=True).syscall({TKILL}, {other.pid}, 0)'
                     ' == 0 or (_ for _ in ()).throw(OSError(ctypes.get_errno(), ""))'):
            with self.subTest(code=code):
                self.assertEqual(error_of(code), 'PermissionError')
        self.assertIsNone(other.poll())

    def test_it_stays_in_its_group(self):
        for code in 'os.setsid()', 'os.setpgid(0, 0)':
            self.assertEqual(error_of(code), 'PermissionError')

    def test_it_can_end_itself(self):
        self.assertEqual(confined(sys.executable, '-c', 'import os; os.abort()').returncode, -signal.SIGABRT)

    def test_threads_and_programs_run(self):
        code = 'import threading, subprocess\n' \
               't = threading.Thread(target=print, args=("thread",)); t.start(); t.join()\n' \
               'subprocess.run(["/bin/true"], check=True)'
        self.assertEqual(python(code), 'thread')

    def test_limits(self):
        self.assertEqual(python('import os; print(len(os.sched_getaffinity(0)))'), '1')
        self.assertEqual(python('import os; print(os.getpriority(os.PRIO_PROCESS, 0) > 0)'),
                         str(os.getpriority(os.PRIO_PROCESS, 0) >= 0))
        self.assertIn(python('import resource; print(resource.getrlimit(resource.RLIMIT_CORE))'),
                      ('(1, 1)', '(0, 0)'))
        self.assertIn('NoNewPrivs:\t1', python('print(open("/proc/self/status").read())'))

    def test_more_processors_than_there_are(self):
        count = len(os.sched_getaffinity(0))
        self.assertEqual(python('import os; print(len(os.sched_getaffinity(0)))', processors=count + 5), str(count))

    def test_it_ends_with_its_parent(self):
        """The parent starts it and dies."""
        code = f'import subprocess, os, signal\n' \
               f'p = subprocess.Popen([{CONFINE!r}, "1", "/bin/sleep", "600"])\n' \
               'while "sleep" not in open(f"/proc/{p.pid}/comm").read(): pass\n' \
               'print(p.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)'
        done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=PATIENCE,
                              check=False)
        pid = int(done.stdout)
        deadline = time.monotonic() + PATIENCE
        while os.path.exists(f'/proc/{pid}') and ') Z' not in open(f'/proc/{pid}/stat', encoding='ascii').read():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def test_bad_calls(self):
        self.assertEqual(confined('true').returncode, NOT_CONFINED)
        self.assertEqual(confined('/bin/true', processors=0).returncode, NOT_CONFINED)
        missing = confined('/nonexistent')
        self.assertEqual(missing.returncode, NOT_STARTED)
        self.assertIn('/nonexistent', missing.stderr)


if __name__ == '__main__':
    tap.main()
