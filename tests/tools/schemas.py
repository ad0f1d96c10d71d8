# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""Checks what passed a realtime service against the protocol's schemas, where
$CAPTIOND_TEST_SCHEMAS has them."""

import copy
import json
import os

FOLDER = os.environ.get('CAPTIOND_TEST_SCHEMAS', '')
# What a client may write to a service. vLLM's protocol is its own.
CLIENT = {'openai': ('client-ga',), 'azure': ('client-ga', 'client-beta'), 'localai': ('client-ga',),
          'legacy': ('client-beta',), 'speaches': ('client-beta',)}
SERVER = {'openai': ('server-ga',), 'azure': ('server-ga', 'server-beta')}


def available():
    try:
        import jsonschema  # pylint: disable=import-outside-toplevel,unused-import
    except ImportError:
        return False
    return os.path.isdir(FOLDER)


def complaints(name, frame):
    import jsonschema  # pylint: disable=import-outside-toplevel
    with open(os.path.join(FOLDER, name + '.json'), encoding='utf-8') as file:
        validator = jsonschema.Draft202012Validator(json.load(file))
    return [error.message[:300] for error in validator.iter_errors(frame)]


def _as_published(service, frame):
    """Without what REALTIME.md allows this service beyond the schema."""
    frame = copy.deepcopy(frame)
    if service == 'localai' and frame['type'] == 'session.update':
        frame['session']['audio']['input'].get('format', {}).update(rate=24000)
    # Its prose says that null turns it off, its type forgets it.
    if frame['type'] == 'transcription_session.update' and frame['session'].get('turn_detection', 0) is None:
        del frame['session']['turn_detection']
    return frame


def client_complaints(service, log, schema=None):
    """Of the frames that a client sent: (frame, messages)."""
    names = (schema,) if schema else CLIENT.get(service)
    found = []
    for record in log:
        if record.get('dir') != 'c2s' or names is None:
            continue
        frame = record.get('sample', record['frame'])
        if 'bytes' in frame:
            if not record['shape_ok']:
                found.append((frame, ['wrong fields']))
            continue
        messages = [complaints(name, _as_published(service, frame)) for name in names]
        if all(messages):
            found.append((frame, messages))
    return found


def _as_described(frame):
    """The beta's session has a type that wants what its prose says is left out:
    the client secret of one that was not asked for by HTTP, and null."""
    if not frame.get('type', '').startswith('transcription_session.'):
        return frame
    session = {'client_secret': {'value': 'x', 'expires_at': 1}, **frame['session']}
    return {**frame, 'session': {key: value for key, value in session.items() if value is not None}}


def server_complaints(service, log):
    """Of the frames that the service sent, which pass any of its schemas."""
    found = []
    for record in log:
        if record.get('dir') == 's2c' and 'frame' in record and service in SERVER:
            messages = [complaints(name, _as_described(record['frame'])) for name in SERVER[service]]
            if all(messages):
                found.append((record['frame'], messages))
    return found
