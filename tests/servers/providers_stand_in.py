# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""The part of the stand-in for captiond that manages speech services.

The stand-in is as strict as the real service, as far as a client can tell: it checks
names and types of settings, and sends a diagnosis only to its caller.
"""

import re
from urllib.parse import urlsplit

from gi.repository import GLib

DIAGNOSIS = 'org.captiond.Captions1.Diagnosis'
PREFIX = '/org/captiond/Captions1/diagnosis/'

# Each setting: its type and default.
SETTINGS = {'dialect': ('s', 'auto'), 'url': ('s', ''), 'model': ('s', ''),
            'session-model': ('s', ''), 'auth': ('s', ''), 'token-command': ('as', []),
            'mint': ('b', False), 'turns': ('s', ''), 'rate': ('u', 0), 'prompt': ('s', ''),
            'keywords': ('as', []), 'delay': ('s', ''), 'noise-reduction': ('s', ''),
            'organization': ('s', ''), 'project': ('s', ''), 'ca-file': ('s', ''),
            'allow-plain': ('b', False)}

# Each default: its type, initial value, and the smallest and largest number.
DEFAULTS = {'source': ('s', 'system', None), 'engine': ('s', 'local', None),
            'language': ('s', '', None), 'translate-to': ('s', '', None),
            'audio-kept-seconds': ('u', 90, (15, 600)), 'fallback': ('b', False, None),
            'fallback-seconds': ('u', 10, (1, 600)), 'daily-minutes': ('u', 0, (0, 1440)),
            'session-idle-seconds': ('u', 120, (10, 3600))}


class Refused(Exception):
    def __init__(self, name, message):
        super().__init__(message)
        self.name = name


def variants(values):
    """Returns Python values as variants, with the types of rows and settings."""
    kinds = {bool: 'b', int: 'u', float: 'd', str: 's', list: 'as', dict: 'a{sv}'}
    return {key: GLib.Variant(kinds[type(value)],
                              variants(value) if isinstance(value, dict) else value)
            for key, value in values.items()}


class Diagnosis:
    def __init__(self, service, number, caller, provider, options):
        self.service = service
        self.path = f'{PREFIX}{number}'
        self.caller = caller
        self.provider = provider
        self.options = options
        self.on_cancel = lambda: self.done('cancelled', message='It was cancelled.')

    def send(self, signal, arguments):
        self.service.connection.emit_signal(self.caller, self.path, DIAGNOSIS, signal, arguments)

    def row(self, **values):
        values = {key.replace('_', '-'): value for key, value in values.items()}
        self.send('Row', GLib.Variant('(a{sv})', (variants(values),)))

    def done(self, verdict, **details):
        self.send('Done', GLib.Variant('(sa{sv})', (verdict, variants(details))))


class Providers:
    def __init__(self, service, node):
        self.service = service
        self.info = node.lookup_interface(DIAGNOSIS)
        self.set = {}            # id: settings
        self.keys = {}           # id: the key from SetKey
        self.key_states = {}     # id: the key state that ListEngines returns instead
        self.learnt = {}
        self.reasons = {}
        self.defaults = {key: value for key, (_, value, _) in DEFAULTS.items()}
        self.told = []           # the changes of each SetDefaults
        self.given = []          # the settings of each SetProvider
        self.refusals = {}       # method: the Refused that it raises
        self.diagnoses = []
        self.diagnose = None     # called with each new diagnosis, after the answer

    def add(self, name, **settings):
        self.set[name] = {key: default for key, (_, default) in SETTINGS.items()}
        self.set[name].update({key.replace('_', '-'): value for key, value in settings.items()})

    @property
    def default(self):
        return self.defaults['engine']

    @default.setter
    def default(self, engine):
        self.defaults['engine'] = engine

    # Calls of clients

    def engines(self):
        return [{'id': GLib.Variant('s', name),
                 'kind': GLib.Variant('s', 'realtime'),
                 'ready': GLib.Variant('b', not self.reasons.get(name)),
                 'reason': GLib.Variant('s', self.reasons.get(name, '')),
                 'host': GLib.Variant('s', urlsplit(settings['url']).hostname or ''),
                 'languages': GLib.Variant('as', []),
                 'provider': GLib.Variant('a{sv}', {
                     key: GLib.Variant(SETTINGS[key][0], value)
                     for key, value in settings.items()}),
                 'key': GLib.Variant('s', self.key_state(name)),
                 'learnt': GLib.Variant('as', self.learnt.get(name, []))}
                for name, settings in self.set.items()]

    def key_state(self, name):
        if name in self.key_states:
            return self.key_states[name]
        if name in self.keys:
            return 'set'
        if self.set[name]['auth'] == 'token-command':
            return 'command'
        return 'missing' if self.set[name]['dialect'] in ('openai', 'azure') else 'none'

    def call(self, sender, method, arguments, fds):
        if method in self.refusals:
            raise self.refusals[method]
        if method == 'GetDefaults':
            return GLib.Variant('(a{sv})', ({key: GLib.Variant(DEFAULTS[key][0], value)
                                             for key, value in self.defaults.items()},))
        if method == 'SetDefaults':
            return self.set_defaults(arguments.get_child_value(0))
        name = arguments.get_child_value(0).get_string()
        if method == 'SetProvider':
            return self.set_provider(name, arguments.get_child_value(1))
        if name not in self.set:
            raise Refused('NoSuchEngine', f'There is no provider called {name}.')
        if method == 'RemoveProvider':
            del self.set[name]
            self.keys.pop(name, None)
            if self.default == name:
                self.default = 'local'
        elif method == 'SetKey':
            self.set_key(name, fds)
        elif method == 'ClearKey':
            self.keys.pop(name, None)
        elif method == 'Diagnose':
            return self.start(sender, name, arguments.unpack()[1])
        else:
            raise Refused('InvalidOption', f'{method}: not part of this test')
        return None

    def read_options(self, options, known):
        given = {}
        for i in range(options.n_children()):
            entry = options.get_child_value(i)
            key = entry.get_child_value(0).get_string()
            value = entry.get_child_value(1).get_variant()
            if known.get(key, ('',))[0] != value.get_type_string():
                raise Refused('InvalidOption', f'{key}: not known, or of another type.')
            given[key] = value.unpack()
        return given

    def set_defaults(self, defaults):
        given = self.read_options(defaults, DEFAULTS)
        new = {**self.defaults, **given}
        for key, (_, _, ends) in DEFAULTS.items():
            if ends and not ends[0] <= new[key] <= ends[1]:
                raise Refused('InvalidOption', f'{key}: is out of range')
        local = {'local', *(engine['id'].unpack() for engine in self.service.engines)}
        if new['engine'] not in local | self.set.keys():
            raise Refused('NoSuchEngine', f'There is no engine called {new["engine"]}.')
        for engine in self.service.engines:
            known = engine['languages'].unpack() if 'languages' in engine else []
            if engine['id'].unpack() == new['engine'] and known and new['language'] \
                    and new['language'][:2] not in [tag[:2] for tag in known]:
                raise Refused('LanguageNotSupported',
                              f'The engine “{new["engine"]}” does not understand “{new["language"]}”.')
        if new['translate-to']:
            raise Refused('LanguageNotSupported', 'translate-to: no engine of this version translates')
        self.defaults = new
        self.told.append(given)

    def set_provider(self, name, settings):
        if not re.fullmatch('[a-z][a-z0-9-]{0,31}', name) or name == 'local':
            raise Refused('InvalidOption', 'id: It cannot be that.')
        given = self.read_options(settings, SETTINGS)
        new = {key: default for key, (_, default) in SETTINGS.items()}
        new.update(self.set.get(name, {}))
        new.update(given)
        if new['dialect'] == 'openai' and not new['url']:
            new['url'] = 'https://api.openai.com/v1'
        for key in ('url', 'model'):
            if not new[key]:
                raise Refused('InvalidOption', f'{key}: It is needed.')
        self.set[name] = new
        self.given.append((name, given))

    def set_key(self, name, fds):
        fd = fds.get(0)
        with open(fd, 'rb') as file:
            self.keys[name] = file.read().decode()

    def start(self, sender, name, options):
        diagnosis = Diagnosis(self.service, len(self.diagnoses) + 1, sender, name, options)
        self.service.connection.register_object(diagnosis.path, self.info, self.on_call, None, None)
        self.diagnoses.append(diagnosis)
        if self.diagnose:
            GLib.idle_add(lambda: self.diagnose(diagnosis) and False)
        return GLib.Variant('(o)', (diagnosis.path,))

    def on_call(self, connection, sender, path, interface, method, arguments, invocation):
        diagnosis = next(entry for entry in self.diagnoses if entry.path == path)
        self.service.calls.append(method)
        if sender != diagnosis.caller:
            invocation.return_dbus_error('org.captiond.Captions1.Error.NotHolder',
                                         'It is of another caller.')
            return
        invocation.return_value(None)
        diagnosis.on_cancel()
