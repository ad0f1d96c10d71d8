# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Test cases in which captiond talks to a scripted realtime server."""

import json
import os

from captions import ERROR, NAME, PATH, Client, GLib, TestCase, concatenated, run_until, speech
from realtime import Server

# Tests search for this key in all that they leave behind. No other text looks like it.
KEY = 'sk-canary-0123456789abcdefABCDEF-captiond'

# Resets the settings that an earlier part of the test may have left in the provider.
DEFAULTS = {'turns': '', 'mint': False, 'session_model': '', 'rate': 0, 'prompt': '', 'ca_file': '',
            'auth': ''}


def variants(settings):
    kinds = {bool: 'b', str: 's', int: 'u', list: 'as'}
    return {key.replace('_', '-'): GLib.Variant(kinds[type(value)], value)
            for key, value in settings.items()}


def set_provider(client, identifier, **settings):
    client.call(PATH, NAME, 'SetProvider',
                GLib.Variant('(sa{sv})', (identifier, variants(settings))))


class RealtimeCase(TestCase):
    """Each test has a daemon with a provider "cloud", whose key is in the
    environment, and a recording of a few sentences to play."""

    provider = 'cloud'

    def setUp(self):
        os.environ['CAPTIOND_KEY_CLOUD'] = KEY
        self.addCleanup(os.environ.pop, 'CAPTIOND_KEY_CLOUD')
        self.servers = []
        super().setUp()

    def server(self, service, behaviour='ok', key=KEY, **options):
        server = Server(service, behaviour, **({} if key is None else {'key': key}), **options)
        server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)
        self.servers.append(server)
        return server

    @staticmethod
    def tries(server):
        """Counts handshakes, without the repetitions that read the body of a refusal."""
        tries, before = 0, None
        for record in server.log():
            if record.get('dir') == 'http' and 'Upgrade' in record.get('headers', {}):
                asked = (record['path'], json.dumps(record.get('query')))
                tries += before != asked
                before = None if before == asked else asked
            elif record.get('dir') == 's2c':
                before = None
        return tries

    def use(self, server, dialect, client=None, model='gpt-live-transcribe', **settings):
        """Configures the provider, and opens a stream with it; returns (client, path)."""
        client = client or self.client()
        set_provider(client, self.provider, **{**DEFAULTS, 'dialect': dialect, 'url': server.url,
                                               'model': model, **settings})
        return client, client.open(source='system', engine=self.provider)

    def say(self, client, stream, sentences=None):
        """Plays sentences once the stream listens; returns their text."""
        sentences = sentences or speech()[1:3]
        client.wait_for_state(stream, 'listening', 20)
        self.play(concatenated([name for name, _ in sentences], pause=1.5))
        return ' '.join(text for _, text in sentences)

    def wait_for_finals(self, client, stream, count, seconds=30):
        run_until(lambda: len(client.finals(stream)) >= count, seconds,
                  f'{count} finals; there are {client.members("Segment", stream)[-3:]}')

    def wait_for_failure(self, client, stream, seconds=20):
        """Returns (error, sentence) of the stream's failed state."""
        client.wait_for_state(stream, 'failed', seconds)
        return (client.property(stream, 'StateReason').removeprefix(ERROR),
                client.property(stream, 'StateMessage'))

    def wait_for_reason(self, client, stream, states=('reconnecting', 'failed'), seconds=20):
        """Returns (state, error, sentence) of the first change to one of these states. The
        stream may leave the state at once, so reading the property would be too late."""
        def first():
            told = {'State': '', 'StateReason': '', 'StateMessage': ''}
            for _, changed, _ in client.members('PropertiesChanged', stream):
                told.update({name: changed[name] for name in told if name in changed})
                if told['State'] in states:
                    return told['State'], told['StateReason'].removeprefix(ERROR), told['StateMessage']
            return None
        run_until(first, seconds, f'one of {states}')
        return first()


__all__ = ['KEY', 'Client', 'RealtimeCase', 'set_provider', 'variants']
