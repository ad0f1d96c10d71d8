# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Rows of the fault table: what a speech service does."""

from fault_run import Row


class Nothing(Row):
    name = 'nothing'
    about = 'nothing happens: what the others are compared with'
    seconds = 25


class ClosesPolitely(Row):
    name = 'closes-1000'
    about = 'the service closes in order, with 1000'
    order = 'close 1000'

    def strike(self, run):
        run.order(self.order)


class Expires(ClosesPolitely):
    name = 'expires'
    about = 'the service ends the session with session_expired and 1001'
    order = 'close 1001 session_expired'
