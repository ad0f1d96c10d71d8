# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""An X client for tests, and ordinary windows that captions have to stay above.
Needs libX11, libXext, libXtst and libXcomposite, but no Python packages."""

import ctypes
import ctypes.util
import os
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_short, c_uint, c_ulong, c_ushort, c_void_p

ALL_DESKTOPS = 0xFFFFFFFF
SHAPE_INPUT = 2
REDIRECT_AUTOMATIC = 0
ALL_PLANES, Z_PIXMAP = 0xFFFFFFFF, 2


class Rectangle(ctypes.Structure):
    _fields_ = [('x', c_short), ('y', c_short), ('width', c_ushort), ('height', c_ushort)]


class Hints(ctypes.Structure):
    _fields_ = [('flags', c_long), ('input', c_int), ('state', c_int), ('rest', c_ulong * 6)]


class Missing(Exception):
    pass


def load(name, functions):
    path = ctypes.util.find_library(name)
    if not path:
        raise Missing(f'there is no lib{name}')
    library = ctypes.CDLL(path)
    for function, (result, *arguments) in functions.items():
        getattr(library, function).restype = result
        getattr(library, function).argtypes = arguments
    return library


@ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)
def ignore_error(display, event):
    """Ignores X errors, because windows may disappear at any time."""
    return 0


class Display:
    def __init__(self):
        number, longs = POINTER(c_int), POINTER(c_ulong)
        self.x = load('X11', {
            'XOpenDisplay': (c_void_p, c_char_p), 'XCloseDisplay': (c_int, c_void_p),
            'XDefaultRootWindow': (c_ulong, c_void_p), 'XSync': (c_int, c_void_p, c_int),
            'XInternAtom': (c_ulong, c_void_p, c_char_p, c_int),
            'XGetAtomName': (c_void_p, c_void_p, c_ulong),
            'XFree': (c_int, c_void_p), 'XMapWindow': (c_int, c_void_p, c_ulong),
            'XDestroyWindow': (c_int, c_void_p, c_ulong),
            'XCreateSimpleWindow': (c_ulong, c_void_p, c_ulong, c_int, c_int, c_uint, c_uint, c_uint,
                                    c_ulong, c_ulong),
            'XGetWindowProperty': (c_int, c_void_p, c_ulong, c_ulong, c_long, c_long, c_int, c_ulong,
                                   longs, number, longs, longs, POINTER(c_void_p)),
            'XChangeProperty': (c_int, c_void_p, c_ulong, c_ulong, c_ulong, c_int, c_int, c_void_p, c_int),
            'XGetGeometry': (c_int, c_void_p, c_ulong, longs, *[number] * 6),
            'XTranslateCoordinates': (c_int, c_void_p, c_ulong, c_ulong, c_int, c_int, number, number, longs),
            'XGetWMHints': (POINTER(Hints), c_void_p, c_ulong),
            'XGetInputFocus': (c_int, c_void_p, POINTER(c_ulong), number),
            'XSetErrorHandler': (c_void_p, c_void_p),
            'XSetSelectionOwner': (c_int, c_void_p, c_ulong, c_ulong, c_ulong),
            'XGetImage': (c_void_p, c_void_p, c_ulong, c_int, c_int, c_uint, c_uint, c_ulong, c_int),
            'XGetPixel': (c_ulong, c_void_p, c_int, c_int), 'XDestroyImage': (c_int, c_void_p),
            'XStringToKeysym': (c_ulong, c_char_p), 'XKeysymToKeycode': (ctypes.c_ubyte, c_void_p, c_ulong)})
        self.ext = load('Xext', {
            'XShapeGetRectangles': (POINTER(Rectangle), c_void_p, c_ulong, c_int, number, number)})
        self.tst = load('Xtst', {
            'XTestFakeMotionEvent': (c_int, c_void_p, c_int, c_int, c_int, c_ulong),
            'XTestFakeButtonEvent': (c_int, c_void_p, c_uint, c_int, c_ulong),
            'XTestFakeKeyEvent': (c_int, c_void_p, c_uint, c_int, c_ulong)})
        self.display = self.x.XOpenDisplay(os.environ.get('DISPLAY', '').encode())
        if not self.display:
            raise Missing('there is no X server')
        self.x.XSetErrorHandler(ctypes.cast(ignore_error, c_void_p))
        self.root = self.x.XDefaultRootWindow(self.display)

    def close(self):
        self.x.XCloseDisplay(self.display)

    def atom(self, name):
        return self.x.XInternAtom(self.display, name.encode(), False)

    def name(self, atom):
        text = self.x.XGetAtomName(self.display, atom)
        name = ctypes.cast(text, c_char_p).value.decode()
        self.x.XFree(text)
        return name

    # Windows

    def property(self, window, name):
        """Returns a list of numbers; empty if the window lacks the property."""
        kind, count, rest, data, form = c_ulong(), c_ulong(), c_ulong(), c_void_p(), c_int()
        self.x.XGetWindowProperty(self.display, window, self.atom(name), 0, 4096, False, 0, byref(kind),
                                  byref(form), byref(count), byref(rest), byref(data))
        if not data.value:
            return []
        unit = c_ulong if form.value == 32 else ctypes.c_ubyte
        # Xlib returns each 32-bit number in a long, which may be wider.
        values = [value & 0xFFFFFFFF for value in ctypes.cast(data, POINTER(unit))[:count.value]]
        self.x.XFree(data)
        return values

    def set_cardinals(self, window, name, values):
        self.x.XChangeProperty(self.display, window, self.atom(name), self.atom('CARDINAL'), 32, 0,
                               (c_ulong * len(values))(*values), len(values))
        self.x.XSync(self.display, False)

    def atoms(self, window, name):
        return [self.name(atom) for atom in self.property(window, name)]

    def text(self, window, name):
        return bytes(self.property(window, name)).decode()

    def windows(self):
        """Returns the windows that the window manager manages, the lowest first."""
        return self.property(self.root, '_NET_CLIENT_LIST_STACKING')

    def find(self, title):
        return next((window for window in self.windows() if self.text(window, '_NET_WM_NAME') == title), None)

    def place(self, window):
        """Returns x, y, width and height on the screen."""
        root, x, y, width, height, border, depth = c_ulong(), *(c_int() for _ in range(6))
        self.x.XGetGeometry(self.display, window, byref(root), byref(x), byref(y), byref(width),
                            byref(height), byref(border), byref(depth))
        self.x.XTranslateCoordinates(self.display, window, self.root, 0, 0, byref(x), byref(y), byref(root))
        return x.value, y.value, width.value, height.value

    def input_region(self, window):
        count, order = c_int(), c_int()
        found = self.ext.XShapeGetRectangles(self.display, window, SHAPE_INPUT, byref(count), byref(order))
        return [(r.x, r.y, r.width, r.height) for r in found[:count.value]]

    def takes_keys(self, window):
        hints = self.x.XGetWMHints(self.display, window)
        return bool(hints and hints.contents.input) or 'WM_TAKE_FOCUS' in self.atoms(window, 'WM_PROTOCOLS')

    def active(self):
        return (self.property(self.root, '_NET_ACTIVE_WINDOW') or [0])[0]

    def focus(self):
        window, revert = c_ulong(), c_int()
        self.x.XGetInputFocus(self.display, byref(window), byref(revert))
        return window.value

    def work_area(self):
        return tuple(self.property(self.root, '_NET_WORKAREA')[:4])

    def is_above(self, window, other):
        order = self.windows()
        return window in order and other in order and order.index(window) > order.index(other)

    def create(self, width=300, height=200, states=()):
        """Creates an ordinary window that belongs to the test."""
        window = self.x.XCreateSimpleWindow(self.display, self.root, 0, 0, width, height, 0, 0, 0x336699)
        values = (c_ulong * len(states))(*(self.atom(state) for state in states))
        self.x.XChangeProperty(self.display, window, self.atom('_NET_WM_STATE'), self.atom('ATOM'), 32, 0,
                               values, len(states))
        self.x.XMapWindow(self.display, window)
        self.x.XSync(self.display, False)
        return window

    def composite(self, window):
        """Gives each window its own memory, as under a compositor; @window then owns the
        selection that marks a compositor."""
        composite = load('Xcomposite', {'XCompositeRedirectSubwindows': (None, c_void_p, c_ulong, c_int)})
        composite.XCompositeRedirectSubwindows(self.display, self.root, REDIRECT_AUTOMATIC)
        self.x.XSetSelectionOwner(self.display, self.atom('_NET_WM_CM_S0'), window, 0)
        self.x.XSync(self.display, False)

    def pixel(self, window, x, y):
        """Returns 0xAARRGGBB of a pixel of a window with transparency."""
        image = self.x.XGetImage(self.display, window, x, y, 1, 1, ALL_PLANES, Z_PIXMAP)
        pixel = self.x.XGetPixel(image, 0, 0)
        self.x.XDestroyImage(image)
        return pixel

    def destroy(self, window):
        self.x.XDestroyWindow(self.display, window)
        self.x.XSync(self.display, False)

    # Input of the user

    def point(self, x, y):
        self.tst.XTestFakeMotionEvent(self.display, -1, int(x), int(y), 0)
        self.x.XSync(self.display, False)

    def press(self, down=True):
        self.tst.XTestFakeButtonEvent(self.display, 1, down, 0)
        self.x.XSync(self.display, False)

    def click(self, x, y):
        self.point(x, y)
        self.press()
        self.press(False)

    def drag(self, start, end, pause, steps=8):
        """Drags as slowly as people do."""
        self.point(*start)
        self.press()
        for i in range(1, steps + 1):
            pause()
            self.point(*(a + (b - a) * i / steps for a, b in zip(start, end)))
        pause()
        self.press(False)

    def key(self, *names):
        """Presses all keys together: key('Shift_L', 'Right')."""
        symbols = [self.x.XStringToKeysym(name.encode()) for name in names]
        codes = [self.x.XKeysymToKeycode(self.display, symbol) for symbol in symbols]
        for code, down in [(code, True) for code in codes] + [(code, False) for code in reversed(codes)]:
            self.tst.XTestFakeKeyEvent(self.display, code, down, 0)
        self.x.XSync(self.display, False)
