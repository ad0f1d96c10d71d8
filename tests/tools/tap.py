# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Runs the unittest cases of the calling program and reports them in TAP, so that
Meson shows each of them by name, and the reasons of skipped tests."""

import sys
import traceback
import unittest


class _Result(unittest.TestResult):

    def __init__(self):
        super().__init__()
        self.number = 0
        self.complaints = []
        self.skip_reason = ''

    def startTest(self, test):
        super().startTest(test)
        self.complaints = []
        self.skip_reason = ''

    def stopTest(self, test):
        super().stopTest(test)
        self.number += 1
        name = test.id().rpartition('.')[2].removeprefix('test_').replace('_', ' ')
        print(f'{"not ok" if self.complaints else "ok"} {self.number} {name}'
              f'{" # SKIP " + self.skip_reason if self.skip_reason else ""}')
        for complaint in self.complaints:
            print('# ' + complaint.rstrip().replace('\n', '\n# '))
        sys.stdout.flush()

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.skip_reason = reason

    def _complain(self, test, error):
        self.complaints.append(f'{test}\n' + ''.join(traceback.format_exception(*error)))

    def addError(self, test, err):
        super().addError(test, err)
        self._complain(test, err)
        if not isinstance(test, unittest.TestCase):  # a class or module that could not be set up
            self.stopTest(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._complain(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._complain(subtest, err)


def main():
    """Runs the cases or tests that sys.argv names, or all of them."""
    loader = unittest.defaultTestLoader
    module = sys.modules['__main__']
    suite = (loader.loadTestsFromNames(sys.argv[1:], module) if sys.argv[1:]
             else loader.loadTestsFromModule(module))
    result = _Result()
    print(f'1..{suite.countTestCases()}', flush=True)
    suite.run(result)
    sys.exit(not result.wasSuccessful())
