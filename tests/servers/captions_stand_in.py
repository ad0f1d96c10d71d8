# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""A stand-in for captiond: its D-Bus interface without sound and without engines.

The stand-in is as strict as the real service: only holders receive signals, a call
without a hold is refused, and options are checked. The test decides what is heard.
"""

from gi.repository import Gio, GLib

from models_stand_in import METHODS, Models
from providers_stand_in import Providers, Refused

NAME = 'org.captiond.Captions1'
PATH = '/org/captiond/Captions1'
STREAM = NAME + '.Stream'
ERROR = NAME + '.Error.'
PROPERTIES = 'org.freedesktop.DBus.Properties'

OBJECT_MANAGER = '''
<node><interface name="org.freedesktop.DBus.ObjectManager">
  <method name="GetManagedObjects">
    <arg type="a{oa{sa{sv}}}" direction="out"/>
  </method>
</interface></node>
'''

OPTIONS = {'source': 's', 'engine': 's', 'language': 's', 'translate-to': 's',
           'partials': 'b', 'levels': 'b', 'stream': 'o'}


class Stream:
    def __init__(self, service, number, options):
        self.service = service
        self.path = f'{PATH}/stream/{number}'
        self.holds = {}
        self.partials = {}
        self.levels = {}
        self.paused = set()
        self.rows = {}
        self.serial = 0
        self.flush_after_ms = 50     # None: the engine never finishes its text
        self.during_history = None   # called before the answer to GetSegments
        self.on_retry = None         # called by Retry
        self.properties = {
            'Source': GLib.Variant('s', options.get('source', 'system')),
            'SourceDescription': GLib.Variant('s', ''),
            'Engine': GLib.Variant('s', options.get('engine', 'local')),
            'RemoteHost': GLib.Variant('s', ''),
            'Language': GLib.Variant('s', options.get('language', 'en-US')),
            'TranslateTo': GLib.Variant('s', ''),
            'State': GLib.Variant('s', 'starting'),
            'StateReason': GLib.Variant('s', ''),
            'StateMessage': GLib.Variant('s', ''),
            'Epoch': GLib.Variant('x', 1_700_000_000_000_000),
            'Holders': GLib.Variant('as', ['captionctl']),
            'AudioSeconds': GLib.Variant('d', 12.34),
            'SentSeconds': GLib.Variant('d', 0),
            'BilledSeconds': GLib.Variant('d', 0),
            'LostSeconds': GLib.Variant('d', 0),
            'Reconnects': GLib.Variant('u', 0),
        }

    # Events that a test triggers

    def say(self, segment, text, final=False, start=None, end=None, **details):
        start = segment * 1_000_000 if start is None else start
        end = start + 500_000 if end is None else end
        self.serial += 1
        row = (segment, self.serial, text, final, start, end, details)
        self.rows[segment] = row
        for holder in self.holds:
            if final or self.partials[holder]:
                self.send(holder, STREAM, 'Segment', GLib.Variant('(ttsbxxa{sv})', row))

    def measure(self, level):
        for holder in self.holds:
            if self.levels[holder]:
                self.send(holder, STREAM, 'Level', GLib.Variant('(d)', (level,)))

    def retract(self, segment):
        self.serial += 1
        row = self.rows[segment]
        self.rows[segment] = (segment, self.serial, '', False, row[4], row[5],
                              {'retracted': GLib.Variant('b', True)})
        self.tell('SegmentRetracted', GLib.Variant('(tt)', (segment, self.serial)))

    def set_state(self, state, reason='', message='', **others):
        changed = {'State': GLib.Variant('s', state),
                   'StateReason': GLib.Variant('s', reason and ERROR + reason),
                   'StateMessage': GLib.Variant('s', message)}
        changed.update({key: GLib.Variant('s', value) for key, value in others.items()})
        self.properties.update(changed)
        for holder in self.holds:
            self.send(holder, PROPERTIES, 'PropertiesChanged',
                      GLib.Variant('(sa{sv}as)', (STREAM, changed, [])))
        if state == 'failed':
            self.tell('Failed', GLib.Variant('(ss)', (ERROR + reason, message)))

    def tell(self, signal, arguments):
        for holder in self.holds:
            self.send(holder, STREAM, signal, arguments)

    def send(self, holder, interface, signal, arguments):
        self.service.connection.emit_signal(holder, self.path, interface, signal, arguments)

    # Calls of clients

    def finish_text(self, incomplete):
        for row in list(self.rows.values()):
            if not row[3] and 'retracted' not in row[6]:
                details = {'incomplete': GLib.Variant('b', True)} if incomplete else {}
                self.say(row[0], row[2] + '.', True, row[4], row[5], **details)
        return GLib.SOURCE_REMOVE

    def release(self, holder, every=False):
        if self.holds[holder] > 1 and not every:
            self.holds[holder] -= 1
            return
        if len(self.holds) == 1:
            self.finish_text(incomplete=True)
        del self.holds[holder]
        self.paused.discard(holder)

    def drop(self, holder):
        """Drops a holder that reads too slowly."""
        self.release(holder, every=True)
        self.send(holder, STREAM, 'Dropped', GLib.Variant('(s)', (ERROR + 'LimitExceeded',)))

    def pause(self, holder, paused):
        (self.paused.add if paused else self.paused.discard)(holder)
        state = 'paused' if self.paused == self.holds.keys() else 'listening'
        if state == 'paused' or self.properties['State'].unpack() == 'paused':
            self.set_state(state)

    def call(self, sender, method, arguments):
        self.service.calls.append(method)
        if sender not in self.holds:
            raise Refused('NotHolder', 'The caller does not hold this stream.')
        if method == 'Close':
            self.release(sender)
        elif method == 'GetSegments':
            if self.during_history:
                self.during_history()
            rows = sorted(self.rows.values(), key=lambda row: row[1])
            return GLib.Variant('(a(ttsbxxa{sv}))',
                                ([row for row in rows if row[1] > arguments[0]],))
        elif method in ('Pause', 'Resume'):
            self.pause(sender, method == 'Pause')
        elif method == 'Retry' and self.on_retry:
            self.on_retry()
        elif method == 'Flush' and self.flush_after_ms is not None:
            GLib.timeout_add(self.flush_after_ms, self.finish_text, False)
        return None


class Service:
    def __init__(self, address, xml):
        self.connection = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
            | Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
        self.connection.set_exit_on_close(False)
        node = Gio.DBusNodeInfo.new_for_xml(xml)
        self.stream_info = node.lookup_interface(STREAM)
        self.streams = []
        self.calls = []
        self.opened = []          # the options of each OpenStream
        self.prepare = None       # called with each new stream, before the answer
        self.refusal = None       # a Refused that every call raises
        self.refused = 0          # the number of refused calls
        self.silent = False       # never answers
        self.unanswered = 0       # the number of those calls
        self.slow = 'OpenStream'  # the method whose answers may be delayed
        self.delayed = None       # a list that collects these answers
        self.shares = False       # callers with equal options get the same stream
        self.sources = []
        self.engines = []
        self.providers = Providers(self, node)
        self.models = Models(self, node)

        for info in (node.lookup_interface(NAME),
                     Gio.DBusNodeInfo.new_for_xml(OBJECT_MANAGER).interfaces[0]):
            self.connection.register_object(PATH, info, self.on_call, self.on_get, None)
        self.connection.signal_subscribe(
            'org.freedesktop.DBus', 'org.freedesktop.DBus', 'NameOwnerChanged', None, None,
            Gio.DBusSignalFlags.NONE, self.on_name_owner_changed)
        self.connection.call_sync(
            'org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
            GLib.Variant('(su)', (NAME, 4)), None, Gio.DBusCallFlags.NONE, -1, None)

    def stop(self):
        if not self.connection.is_closed():
            self.connection.close_sync(None)

    def holders(self):
        return sum(len(stream.holds) for stream in self.streams)

    def add_stream(self, **options):
        stream = Stream(self, len(self.streams) + 1, options)
        self.connection.register_object(stream.path, self.stream_info, self.on_call, self.on_get,
                                        None)
        self.streams.append(stream)
        return stream

    def find(self, path):
        return next((stream for stream in self.streams if stream.path == path), None)

    def on_name_owner_changed(self, connection, sender, path, interface, signal, arguments):
        name, _, owner = arguments.unpack()
        for stream in self.streams:
            if not owner and name in stream.holds:
                stream.release(name, every=True)

    def on_get(self, connection, sender, path, interface, name):
        if path == PATH:
            return GLib.Variant('s', '0.1.0')
        return self.find(path).properties[name]

    def on_call(self, connection, sender, path, interface, method, arguments, invocation):
        if self.silent:
            self.unanswered += 1
            return
        try:
            if self.refusal:
                raise self.refusal
            if path == PATH:
                fds = invocation.get_message().get_unix_fd_list()
                answer = self.call(sender, method, arguments, fds)
            else:
                answer = self.find(path).call(sender, method, arguments.unpack())
            if self.delayed is not None and method == self.slow:
                self.delayed.append((invocation, answer))
                return
            invocation.return_value(answer)
        except Refused as refused:
            self.refused += 1
            invocation.return_dbus_error(ERROR + refused.name, str(refused))

    def call(self, sender, method, arguments, fds):
        self.calls.append(method)
        if method == 'OpenStream':
            return self.open(sender, arguments.get_child_value(0))
        if method in self.providers.refusals:
            raise self.providers.refusals[method]
        if method == 'ListSources':
            return GLib.Variant('(aa{sv})', (self.sources,))
        if method == 'ListEngines':
            return GLib.Variant('(aa{sv})', (self.engines + self.providers.engines(),))
        if method == 'GetManagedObjects':
            return GLib.Variant('(a{oa{sa{sv}}})', (
                {stream.path: {STREAM: stream.properties} for stream in self.streams},))
        if method in METHODS:
            return self.models.call(sender, method, arguments)
        return self.providers.call(sender, method, arguments, fds)

    def answer_delayed(self):
        while self.delayed:
            invocation, answer = self.delayed.pop(0)
            invocation.return_value(answer)

    def check(self, options):
        given = {}
        for i in range(options.n_children()):
            entry = options.get_child_value(i)
            key = entry.get_child_value(0).get_string()
            value = entry.get_child_value(1).get_variant()
            if OPTIONS.get(key) != value.get_type_string():
                raise Refused('InvalidOption', f'{key}: not known, or of another type')
            given[key] = value.unpack()
        beside = {'source', 'engine', 'language', 'translate-to'} & given.keys()
        if 'stream' in given and beside:
            raise Refused('InvalidOption', f'{beside.pop()}: may not stand beside stream')
        return given

    def open(self, sender, options):
        given = self.check(options)
        self.opened.append(given)
        if 'stream' in given:
            stream = self.find(given['stream'])
            if not stream:
                raise Refused('InvalidOption', 'stream: There is no such stream.')
        elif self.shares and self.streams:
            stream = self.streams[0]
        else:
            stream = self.add_stream(**given)
            if self.prepare:
                self.prepare(stream)
        stream.holds[sender] = stream.holds.get(sender, 0) + 1
        stream.partials[sender] = given.get('partials', True)
        stream.levels[sender] = given.get('levels', False)
        return GLib.Variant('(o)', (stream.path,))
