# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""A template for python-dbusmock: a logind that knows session 7 of this user from its
start, as the real logind does after a restart.

GetSession("auto") returns the session of the caller. A caller outside of all sessions
gets the display session of its user.

Parameters: locked, whether session 7 is locked; own, the id of the caller's session."""

import os

import dbus
from dbusmock.templates import logind
from dbusmock.templates.logind import *  # noqa: F401, F403


# dbusmock runs this code for each call.
GET_SESSION = '''
if args[0] != "auto":
    ret = "{main}/session/" + args[0]
elif "{own}":
    ret = "{main}/session/{own}"
else:
    ret = objects["{main}/user/{uid}"].Get("org.freedesktop.login1.User", "Display")[1]
if ret not in objects:
    raise dbus.exceptions.DBusException("There is no such session", name="org.freedesktop.login1.NoSuchSession")
'''


def load(mock, parameters):
    logind.load(mock, parameters)
    mock.AddMethod(logind.MAIN_IFACE, 'GetSession', 's', 'o', GET_SESSION.format(
        main=logind.MAIN_OBJ, own=parameters.get('own', ''), uid=os.getuid()))
    path = logind.AddSession(mock, '7', 'seat0', os.getuid(), 'me', True)
    objects = logind.mockobject.objects
    objects[path].Set('org.freedesktop.login1.Session', 'LockedHint', bool(parameters.get('locked')))
    user = objects[f'{logind.MAIN_OBJ}/user/{os.getuid()}']
    user.Set('org.freedesktop.login1.User', 'Display', dbus.Struct(('7', dbus.ObjectPath(path)), signature='so'))
    # logind resolves this path to the user of the caller.
    mock.AddObject(f'{logind.MAIN_OBJ}/user/self', 'org.freedesktop.login1.User', {}, [])
    objects[f'{logind.MAIN_OBJ}/user/self'].props = user.props
