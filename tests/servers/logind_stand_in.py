# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""A template for python-dbusmock: a logind that knows the session of this user
before anybody can ask, as a real one does after a restart.

Parameter: locked, whether that session is."""

import os

import dbus
from dbusmock.templates import logind
from dbusmock.templates.logind import *  # noqa: F401, F403


def load(mock, parameters):
    logind.load(mock, parameters)
    # The one that is there takes a string for a number.
    mock.AddMethod(logind.MAIN_IFACE, 'GetUser', 'u', 'o', f'ret = "{logind.MAIN_OBJ}/user/%d" % args[0]')
    path = logind.AddSession(mock, '7', 'seat0', os.getuid(), 'me', True)
    objects = logind.mockobject.objects
    objects[path].Set('org.freedesktop.login1.Session', 'LockedHint', bool(parameters.get('locked')))
    objects[f'{logind.MAIN_OBJ}/user/{os.getuid()}'].Set(
        'org.freedesktop.login1.User', 'Display', dbus.Struct(('7', dbus.ObjectPath(path)), signature='so'))
