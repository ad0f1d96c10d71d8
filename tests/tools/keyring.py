# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""A real keyring, and buses without a keyring. Runs inside tests/tools/private-desktop."""

import os
import shutil
import subprocess
import tempfile
import unittest

from gi.repository import Gio, GLib

from captions import run_until

NAME = 'org.freedesktop.secrets'
PATH = '/org/freedesktop/secrets'
LOGIN = PATH + '/collection/login'
PASSWORD = 'test'


def _connect():
    return Gio.DBusConnection.new_for_address_sync(
        os.environ['DBUS_SESSION_BUS_ADDRESS'],
        Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
        | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)


class Keyring:
    """gnome-keyring with an unlocked private keyring. It must run before the first
    request for a keyring, because the bus would start another one."""

    def __init__(self):
        if not shutil.which('gnome-keyring-daemon') or not shutil.which('secret-tool'):
            raise unittest.SkipTest('gnome-keyring and libsecret-tools are not installed')
        self.bus = _connect()
        self.home = tempfile.mkdtemp(dir=os.environ['XDG_RUNTIME_DIR'])
        self.process = subprocess.Popen(
            ['gnome-keyring-daemon', '--unlock', '--components=secrets', '--foreground',
             '--control-directory', self.home],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, 'XDG_DATA_HOME': self.home, 'G_DEBUG': ''})
        self.process.stdin.write(PASSWORD.encode())
        self.process.stdin.close()
        run_until(self.is_there, 20, 'the keyring on the bus')
        run_until(lambda: not self.is_locked(), 20, 'the keyring unlocked')

    def is_there(self):
        return self._owner() == self.process.pid

    def _owner(self):
        try:
            return self._bus_call('GetConnectionUnixProcessID', GLib.Variant('(s)', (NAME,))).unpack()[0]
        except GLib.Error:
            return None

    def _bus_call(self, method, arguments):
        return self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus',
                                  'org.freedesktop.DBus', method, arguments, None, 0, -1, None)

    def _call(self, path, interface, method, arguments):
        return self.bus.call_sync(NAME, path, interface, method, arguments, None,
                                  Gio.DBusCallFlags.NO_AUTO_START, 20000, None).unpack()

    def is_locked(self):
        try:
            return self._call(LOGIN, 'org.freedesktop.DBus.Properties', 'Get',
                              GLib.Variant('(ss)', ('org.freedesktop.Secret.Collection', 'Locked')))[0]
        except GLib.Error:
            return True

    def lock(self):
        self._call(PATH, 'org.freedesktop.Secret.Service', 'Lock', GLib.Variant('(ao)', ([LOGIN],)))
        run_until(self.is_locked, 10, 'the keyring locked')

    def unlock(self):
        """Unlocks the keyring as its dialog does after the user typed the password."""
        _, session = self._call(PATH, 'org.freedesktop.Secret.Service', 'OpenSession',
                                GLib.Variant('(sv)', ('plain', GLib.Variant('s', ''))))
        self._call(PATH, 'org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface',
                   'UnlockWithMasterPassword',
                   GLib.Variant('(o(oayays))', (LOGIN, (session, b'', PASSWORD.encode(), 'text/plain'))))
        run_until(lambda: not self.is_locked(), 10, 'the keyring unlocked')

    def items(self, **attributes):
        """Lists (label, attributes, key) that a program other than captiond finds."""
        paths, locked = self._call(PATH, 'org.freedesktop.Secret.Service', 'SearchItems',
                                   GLib.Variant('(a{ss})', (attributes,)))
        return [self._item(path) for path in paths + locked]

    def _item(self, path):
        label, found = (self._call(path, 'org.freedesktop.DBus.Properties', 'Get',
                                   GLib.Variant('(ss)', ('org.freedesktop.Secret.Item', name)))[0]
                        for name in ('Label', 'Attributes'))
        key = subprocess.run(['secret-tool', 'lookup', *sum(found.items(), ())], capture_output=True,
                             text=True, check=False, timeout=120).stdout
        return label, found, key

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        run_until(lambda: self._owner() is None, 10, 'the keyring gone')
        self.bus.close_sync(None)
        shutil.rmtree(self.home, ignore_errors=True)


class BareBus:
    """A bus that cannot start services, and that replaces the bus of the
    session."""

    def __init__(self):
        runtime = os.environ['XDG_RUNTIME_DIR']
        self.config = os.path.join(runtime, 'bare-bus.conf')
        self.address = f'unix:path={runtime}/bare-bus'
        with open(self.config, 'w', encoding='utf-8') as file:
            file.write(f'''<busconfig><type>session</type><listen>{self.address}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>''')
        self.process = subprocess.Popen(['dbus-daemon', '--nofork', '--config-file', self.config],
                                        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run_until(lambda: os.path.exists(self.address.partition('=')[2]), 10, 'the bus')
        self.before = os.environ['DBUS_SESSION_BUS_ADDRESS']
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = self.address

    def stop(self):
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = self.before
        self.process.terminate()
        self.process.wait(60)
