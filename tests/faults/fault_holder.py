# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Holds the stream of a run until its standard input ends. Then the program writes
the segments that it received, and those that GetSegments returns, as JSON into the
file that its argument names."""

import json
import os
import select
import sys

from captions import Client, GLib, run_until


def main():
    client = Client()
    stream = client.open(source='system', engine='cloud')
    run_until(lambda: select.select([0], [], [], 0)[0], 600, 'the end of the input')
    dropped = client.members('Dropped', stream)
    signals = client.members('Segment', stream)
    try:
        segments = client.get_segments(stream)
    except GLib.Error:
        segments = []
    with open(sys.argv[1], 'w', encoding='ascii') as file:
        json.dump({'dropped': dropped, 'signals': [segment[:4] for segment in signals],
                   'segments': [segment[:4] for segment in segments]}, file)


if __name__ == '__main__':
    main()
