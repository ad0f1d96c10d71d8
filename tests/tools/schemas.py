# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""Checks the messages between captiond and a speech service against data/schemas.

A schema file holds the events of both shapes of the protocol (docs/protocol.md 2),
those of the nested and those of the flat shape. Unknown members are refused in
client.json, because captiond must send nothing that a service may refuse, and
allowed in server.json, because services send more than they document."""

import copy
import json
import os

FOLDER = os.path.join(os.environ['CAPTIOND_SOURCEDIR'], 'tests', 'data', 'schemas')
# The message shapes that each service accepts, and sends. vLLM has its own protocol.
CLIENT = {'openai': ('nested',), 'azure': ('nested', 'flat'), 'localai': ('nested',),
          'legacy': ('flat',), 'speaches': ('flat',)}
SERVER = {'openai': ('nested',), 'azure': ('nested', 'flat')}


def available():
    """Tells whether python3-jsonschema is installed."""
    try:
        import jsonschema  # pylint: disable=import-outside-toplevel,unused-import
    except ImportError:
        return False
    return True


def complaints(side, shapes, frame):
    """Lists the errors in a message of the 'client' or the 'server'."""
    import jsonschema  # pylint: disable=import-outside-toplevel
    with open(os.path.join(FOLDER, side + '.json'), encoding='utf-8') as file:
        document = json.load(file)
    for events in ('both', *shapes):
        if frame['type'] in document[events]:
            schema = {**document, '$ref': f'#/{events}/{frame["type"]}'}
            errors = jsonschema.Draft202012Validator(schema).iter_errors(frame)
            return [f'{error.json_path}: {error.message[:300]}' for error in errors]
    return [f'no event is called {frame["type"]}']


def _at_24_khz(service, frame):
    """LocalAI accepts rates that the schema does not allow: docs/protocol.md 4.1."""
    frame = copy.deepcopy(frame)
    if service == 'localai' and frame['type'] == 'session.update':
        frame['session']['audio']['input'].get('format', {}).update(rate=24000)
    return frame


def client_complaints(service, log):
    """Lists (frame, errors) of the invalid frames that a client sent."""
    found = []
    for record in log:
        if record.get('dir') != 'c2s' or service not in CLIENT:
            continue
        frame = record.get('sample', record['frame'])
        if 'bytes' in frame:
            messages = [] if record['shape_ok'] else ['wrong fields']
        else:
            messages = complaints('client', CLIENT[service], _at_24_khz(service, frame))
        if messages:
            found.append((frame, messages))
    return found


def server_complaints(service, log):
    """Lists (frame, errors) of the invalid frames that the service sent."""
    found = []
    for record in log:
        if record.get('dir') == 's2c' and 'frame' in record and service in SERVER:
            messages = complaints('server', SERVER[service], record['frame'])
            if messages:
                found.append((record['frame'], messages))
    return found
