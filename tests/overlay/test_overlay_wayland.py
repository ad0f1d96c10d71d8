# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The overlay's window in a layer of a Wayland compositor."""

import os
import shutil
import subprocess

import sway
import tap
from overlay_case import PICTURES, PROBE, OverlayCase

SCREEN = (1280, 720)
SECOND = (1920, 1080)
MARGIN = 48
WHOLE = {'x': 0, 'y': 0, 'width': SCREEN[0], 'height': SCREEN[1]}


class WaylandCase(OverlayCase):
    def setUp(self):
        super().setUp()
        try:
            self.sway = sway.Sway()
        except sway.Missing as missing:
            self.skipTest(str(missing))
        self.addCleanup(self.sway.close)

    def open(self, locked=True, **settings):
        """Opens the captions. Only an unlocked window is visible in its full size."""
        kind = self.start(**self.sway.environment)
        if kind != 'layer-shell':
            self.skipTest('captiond was built without gtk4-layer-shell')
        self.say('One.')
        self.set(locked=locked, **settings)
        self.await_seen(lambda *place: True, 'captions')
        self.steady()

    def other(self):
        """Opens a window of another program, which takes the focus."""
        window = self.sway.open_window()
        self.addCleanup(window.wait)
        self.addCleanup(window.terminate)
        self.wait(lambda: self.sway.focused() == 'Other')

    def point(self):
        try:
            pointer = sway.Pointer(self.sway, *SCREEN)
        except sway.Missing as missing:
            self.skipTest(str(missing))
        self.addCleanup(pointer.close)
        return pointer

    def steady(self):
        place = 0
        while place != self.sway.seen():
            place = self.sway.seen()
            self.settle()

    def await_seen(self, condition, what, output='HEADLESS-1'):
        def is_so():
            seen = self.sway.seen(output)
            return seen and condition(*seen)
        self.wait(is_so, lambda: f'{what}: {self.sway.seen(output)}')

    def await_bottom(self, left, wide, bottom, output='HEADLESS-1'):
        self.await_seen(lambda x, y, width, height: (x, width, y + height) == (left, wide, bottom),
                        f'{wide} wide, down to {bottom}', output)

    def take_picture(self, name, output='HEADLESS-1'):
        self.sway.picture(os.path.join(PICTURES, f'wayland-{name}.png'), output)


class TestPlace(WaylandCase):
    def test_position_and_width(self):
        self.open(locked=False)
        self.await_bottom(256, 768, 720 - MARGIN)
        self.take_picture('unlocked')
        self.set(position='top', margin=20)
        self.await_seen(lambda x, y, width, height: y == 20, 'top')
        self.set(width=50)
        self.await_seen(lambda x, y, width, height: (x, width) == (320, 640), 'half')
        self.set(position='free', x=0.4, y=0.5)
        self.await_seen(lambda x, y, width, height: x == 192 and abs(y + height / 2 - 360) <= 1, 'free')
        self.set(x=0.0, y=1.0)
        self.await_seen(lambda x, y, width, height: x == 0 and y + height == 720, 'not beyond the corner')

    def test_height_follows_lines(self):
        self.open(locked=False)
        height = self.sway.seen()[3]
        self.set(lines=6)
        self.await_seen(lambda x, y, width, now: now > 1.5 * height and y + now == 720 - MARGIN, 'more')
        self.set(lines=1)
        self.await_seen(lambda x, y, width, now: now < height and y + now == 720 - MARGIN, 'less')

    def test_hidden_and_shown(self):
        self.open(locked=False)
        place = self.sway.seen()
        for _ in range(3):
            self.do('hide')
            self.wait(lambda: self.sway.seen() is None)
            self.do('show')
            self.await_seen(lambda *now: now == place, 'as before')

    def test_monitors(self):
        self.open(locked=False)
        self.sway.tell('create_output')
        self.set(monitor='HEADLESS-2')
        self.await_bottom(384, 1152, 1080 - MARGIN, 'HEADLESS-2')
        self.wait(lambda: self.sway.seen() is None)
        self.sway.tell('output', 'HEADLESS-2', 'unplug')
        self.await_bottom(256, 768, 720 - MARGIN)
        self.assertEqual(self.get('monitor'), 'HEADLESS-2')

    def test_a_monitor_that_comes_back(self):
        self.open(locked=False, monitor='HEADLESS-2')
        self.await_seen(lambda x, y, width, height: width == 768, 'the first')
        self.sway.tell('create_output')
        self.await_seen(lambda x, y, width, height: width == 1152, 'the second', 'HEADLESS-2')
        self.wait(lambda: self.sway.seen() is None)

    def test_scale(self):
        self.open(locked=False)
        self.sway.tell('output', 'HEADLESS-1', 'scale', '2')
        self.await_bottom(256, 768, 720 - 2 * MARGIN)


class TestLayers(WaylandCase):
    def test_the_focus_stays(self):
        self.other()
        self.open()
        self.say('These captions are above the window that has the focus.')
        self.settle()
        self.assertEqual(self.sway.focused(), 'Other')
        self.assertEqual(self.sway.find('Other')['rect'], WHOLE)
        self.take_picture('locked')
        self.set(locked=False)
        self.settle()
        self.assertEqual(self.sway.focused(), 'Other')

    def test_above_a_window_that_fills_the_screen(self):
        self.other()
        self.open()
        self.sway.tell('fullscreen', 'enable')
        self.settle()
        self.take_picture('fullscreen')
        self.assertIsNotNone(self.sway.seen())
        self.set(over_fullscreen=False)
        self.wait(lambda: self.sway.seen() is None)
        self.set(over_fullscreen=True)
        self.wait(self.sway.seen)

    def test_the_keyboard_when_asked_for(self):
        self.other()
        self.open(locked=False)
        self.do('take-focus')
        self.wait(lambda: self.sway.focused() is None)
        if shutil.which('wtype'):
            self.wait(lambda: self.sway.run('wtype', '-k', 'Up') or self.get('position') == 'free')
            width = self.get('width')
            self.wait(lambda: self.sway.run('wtype', '-M', 'shift', '-k', 'Right')
                      or self.get('width') > width)
            self.wait(lambda: self.sway.run('wtype', '-k', 'Escape') or self.get('locked'))
        else:
            self.set(locked=True)
        self.wait(lambda: self.sway.focused() == 'Other')

    def test_docked(self):
        self.other()
        self.open(docked=True, margin=0)
        self.wait(lambda: self.sway.find('Other')['rect']['height'] < SCREEN[1])
        self.say('Other windows keep off these captions.')
        self.settle()
        self.take_picture('docked')
        self.set(position='top')
        self.wait(lambda: self.sway.find('Other')['rect']['y'] > 0)
        self.set(docked=False)
        self.wait(lambda: self.sway.find('Other')['rect'] == WHOLE)
        self.assertEqual(self.sway.focused(), 'Other')


class TestPointer(WaylandCase):
    def drag(self, start, end):
        pointer = self.point()
        self.settle()
        pointer.drag(start, end, lambda: self.settle(0.05))
        # The picture is visible too, but not outside the captions.
        self.settle()
        pointer.move(SCREEN[0] // 2, end[1] - 40)

    def test_clicks_go_through(self):
        self.open()
        x, y, width, height = self.sway.seen()
        pointer = self.point()
        self.settle()
        pointer.drag((x + 60, y + height - 20), (x + 10, y - 100), lambda: self.settle(0.02))
        self.settle()
        self.assertEqual(self.get('position'), 'bottom')

    def test_dragging_moves_and_is_remembered(self):
        self.open(locked=False)
        x, y, width, height = self.sway.seen()
        grip = (x + 100, y + height - 30)
        self.drag(grip, (grip[0] - 150, grip[1] - 200))
        self.wait(lambda: self.get('position') == 'free')
        self.await_seen(lambda *place: place == (x - 150, y - 200, width, height), 'moved')
        self.take_picture('moved')

    def test_dragging_an_edge_makes_it_wider(self):
        self.open(locked=False)
        x, y, width, height = self.sway.seen()
        self.drag((x + width - 4, y + 60), (x + width + 60, y + 60))
        self.wait(lambda: self.get('width') == 70)
        self.await_seen(lambda x, y, width, height: (x, width) == (192, 896), 'wider')

    def test_buttons(self):
        self.open(locked=False)
        x, y, width, height = self.sway.seen()
        pointer = self.point()
        self.settle()
        pointer.click(x + width - 36, y + 24)
        self.assertEqual(self.hear(), 'action hide')


class TestBackend(WaylandCase):
    def test_asked_for(self):
        self.assertEqual(self.start(GDK_BACKEND='wayland', **self.sway.environment),
                         'layer-shell' if self.has_layers() else 'window')

    def has_layers(self):
        libraries = subprocess.run(['ldd', PROBE], check=True, text=True, stdout=subprocess.PIPE).stdout
        return 'gtk4-layer-shell' in libraries


if __name__ == '__main__':
    tap.main()
