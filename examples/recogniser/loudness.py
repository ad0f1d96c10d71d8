#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""A recogniser for captiond in Python. It does not recognise words, but says how loud the speech
is: replace listen(). docs/recognisers.md explains how captiond finds and runs it."""

import array
import math

import gi

gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib  # noqa: E402

RATE = 16000
CONTRACT = """<node><interface name="org.captiond.Recogniser1">
  <method name="Load"><arg type="a{sv}" direction="in"/><arg type="a{sv}" direction="out"/></method>
  <method name="Begin"><arg type="t" direction="in"/></method>
  <method name="Audio"><arg type="t" direction="in"/><arg type="ay" direction="in"/></method>
  <method name="End"><arg type="t" direction="in"/><arg type="b" direction="in"/></method>
  <method name="Finish"/>
  <signal name="Hypothesis"><arg type="t"/><arg type="t"/><arg type="t"/><arg type="s"/><arg type="b"/>
    <arg type="a{sv}"/></signal>
</interface></node>"""


def listen(samples):
    """Returns the text of an utterance so far. The samples are signed numbers of 16 bits."""
    level = math.sqrt(sum(sample * sample for sample in samples) / max(len(samples), 1))
    return 'loud' if level > 6000 else 'normal' if level > 600 else 'soft'


class Recogniser:
    def __init__(self, connection):
        self.connection, self.utterance, self.begin, self.samples = connection, 0, 0, array.array('h')

    def load(self, options):
        return GLib.Variant('(a{sv})', [{'rate': GLib.Variant('u', RATE), 'name': GLib.Variant('s', 'Loudness')}])

    def begin_speech(self, position):
        self.utterance, self.begin, self.samples = self.utterance + 1, position, array.array('h')

    def audio(self, position, samples):
        self.samples.frombytes(bytes(samples))
        self.say(final=False)

    def end_speech(self, position, more):
        self.say(final=True)

    def finish(self):
        pass  # no audio is left over from an End

    def say(self, final):
        hypothesis = self.utterance, self.begin, self.begin + len(self.samples), listen(self.samples), final, {}
        self.connection.emit_signal(None, '/org/captiond/Recogniser1', 'org.captiond.Recogniser1', 'Hypothesis',
                                    GLib.Variant('(tttsba{sv})', hypothesis))


def main():
    stream = Gio.Socket.new_from_fd(0).connection_factory_create_connection()
    flags = Gio.DBusConnectionFlags
    connection = Gio.DBusConnection.new_sync(
        stream, None, flags.AUTHENTICATION_CLIENT | flags.DELAY_MESSAGE_PROCESSING, None, None)
    recogniser = Recogniser(connection)
    methods = {'Load': recogniser.load, 'Begin': recogniser.begin_speech, 'Audio': recogniser.audio,
               'End': recogniser.end_speech, 'Finish': recogniser.finish}

    def on_call(connection, sender, path, interface, method, arguments, invocation):
        # The reply comes after the hypotheses, and acknowledges the call.
        invocation.return_value(methods[method](*arguments.unpack()))

    contract = Gio.DBusNodeInfo.new_for_xml(CONTRACT).interfaces[0]
    connection.register_object('/org/captiond/Recogniser1', contract, on_call, None, None)
    loop = GLib.MainLoop()
    connection.connect('closed', lambda *_: loop.quit())
    connection.start_message_processing()
    loop.run()


if __name__ == '__main__':
    main()
