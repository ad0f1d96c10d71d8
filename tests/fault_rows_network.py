# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Rows of the fault table: what happens on the way to a speech service."""

from fault_run import Row


class Relayed(Row):
    """What passes goes through run.relays[0]."""

    def server(self, run):
        run.serve(self.service)
        return run.relay().url


class Reset(Relayed):
    name = 'tcp-reset'
    about = 'the connection is reset'

    def strike(self, run):
        run.relays[0].order('reset')
