# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""The overlay's window on an X server with a window manager."""

import os
import subprocess
import unittest

import tap
import x11
from overlay_case import PICTURES, SETTLE, TITLE, OverlayCase

SCREEN = (1280, 720)
MARGIN = 48
ABOVE = '_NET_WM_STATE_ABOVE'
FULLSCREEN = '_NET_WM_STATE_FULLSCREEN'


class X11Case(OverlayCase):
    def setUp(self):
        super().setUp()
        try:
            self.screen = x11.Display()
        except x11.Missing as missing:
            self.skipTest(str(missing))
        self.addCleanup(self.screen.close)
        if not self.screen.property(self.screen.root, '_NET_SUPPORTING_WM_CHECK'):
            self.skipTest('there is no window manager')

    def other(self, *states):
        """Opens a window of another program, which takes the focus."""
        window = self.screen.create(states=states)
        self.addCleanup(self.screen.destroy, window)
        self.wait(lambda: self.screen.active() == window)
        return window

    def open(self, **settings):
        """Opens the captions, and stores their window in self.window."""
        self.assertEqual(self.start(), 'x11')
        self.set(**settings)
        self.window = self.wait(lambda: self.screen.find(TITLE))
        # The status disappears, so that it does not disturb.
        self.say('One.')
        self.steady()

    def place(self):
        return self.screen.place(self.window)

    def steady(self):
        """Waits until the window has answered, and has not changed for a while."""
        place = None
        while place != self.place():
            place = self.place()
            self.rest()

    def rest(self, seconds=SETTLE):
        """Waits, and then asks for a setting: on a busy machine time alone proves nothing,
        but the window answers only after it has handled all earlier events."""
        self.settle(seconds)
        self.get('position')

    def await_place(self, condition, what):
        self.wait(lambda: condition(*self.place()), lambda: f'{what}: {self.place()}')

    def await_bottom(self, margin=MARGIN):
        self.await_place(lambda x, y, width, height: y + height == SCREEN[1] - margin, f'bottom, {margin}')

    def assert_above_all(self):
        state = self.screen.atoms(self.window, '_NET_WM_STATE')
        for atom in (ABOVE, '_NET_WM_STATE_SKIP_TASKBAR', '_NET_WM_STATE_SKIP_PAGER'):
            self.assertIn(atom, state)
        self.assertEqual(self.screen.property(self.window, '_NET_WM_DESKTOP'), [x11.ALL_DESKTOPS])

    def assert_out_of_the_way(self):
        self.assertEqual(self.screen.input_region(self.window), [])
        self.assertFalse(self.screen.takes_keys(self.window))
        self.assertEqual(self.screen.property(self.window, '_NET_WM_USER_TIME'), [0])

    def take_picture(self, name):
        if subprocess.run(['sh', '-c', 'command -v import'], stdout=subprocess.DEVNULL).returncode == 0:
            subprocess.run(['import', '-window', 'root', os.path.join(PICTURES, f'x11-{name}.png')])


class TestPlace(X11Case):
    def test_the_window_manager_is_told_all(self):
        other = self.other()
        self.open()
        self.await_bottom()
        self.assert_above_all()
        self.assert_out_of_the_way()
        types = self.screen.atoms(self.window, '_NET_WM_WINDOW_TYPE')
        self.assertIn('_NET_WM_WINDOW_TYPE_NOTIFICATION', types)
        self.assertEqual(self.screen.active(), other)
        self.assertTrue(self.screen.is_above(self.window, other))
        self.say('These captions are above the window that has the focus, and clicks go through them.')
        self.settle()
        self.assertEqual(self.screen.active(), other)
        self.take_picture('locked')

    def test_position_and_width(self):
        self.open()
        self.await_place(lambda x, y, width, height: (x, width) == (256, 768), 'in the middle')
        self.set(position='top', margin=20)
        self.await_place(lambda x, y, width, height: y == 20, 'top')
        self.set(width=100)
        self.await_place(lambda x, y, width, height: (x, width) == (0, 1280), 'wide')
        self.set(position='bottom', width=50)
        self.await_place(lambda x, y, width, height: (x, width) == (320, 640), 'half')
        self.await_bottom(20)
        self.set(position='free', x=0.5, y=0.5)
        self.await_place(lambda x, y, width, height: abs(y + height / 2 - 360) <= 1, 'middle')
        self.set(x=0.0, y=1.0)
        self.await_place(lambda x, y, width, height: x == 0 and y + height == 720, 'not beyond the corner')

    def test_height_follows_lines(self):
        self.open()
        self.await_bottom()
        height = self.place()[3]
        self.set(lines=6)
        self.await_place(lambda x, y, width, now: now > height * 1.5, 'more lines')
        self.await_bottom()
        self.set(lines=1)
        self.await_place(lambda x, y, width, now: now < height, 'one line')
        self.await_bottom()

    def test_what_it_gains_in_size_is_empty(self):
        other = self.other('_NET_WM_STATE_FULLSCREEN')
        self.screen.composite(other)
        self.open()
        self.await_bottom()
        height = self.place()[3]
        self.set(lines=10)
        self.await_place(lambda x, y, width, now: now > height * 2, 'more lines')
        self.steady()
        x, y, width, now = self.place()
        for place in [(1, 1), (width - 2, 1), (1, now - 2), (width - 2, now - 2), (1, now // 2)]:
            self.assertEqual(hex(self.screen.pixel(self.window, *place)), '0x0', place)

    def test_a_monitor_that_is_not_there(self):
        self.open(monitor='NONE-7')
        self.await_bottom()

    def test_hidden_and_shown(self):
        other = self.other()
        self.open()
        for _ in range(3):
            self.do('hide')
            self.wait(lambda: not self.screen.find(TITLE))
            self.do('show')
            self.window = self.wait(lambda: self.screen.find(TITLE))
            self.await_bottom()
            self.wait(lambda: ABOVE in self.screen.atoms(self.window, '_NET_WM_STATE'))
            self.assert_above_all()
            self.assert_out_of_the_way()
            self.settle()
            self.assertEqual(self.screen.active(), other)


class TestBackend(X11Case):
    def test_x11_where_wayland_has_no_layers(self):
        kind = self.start(GDK_BACKEND=None, WAYLAND_DISPLAY='wayland-of-nobody')
        self.assertEqual(kind, 'x11')


class TestLayers(X11Case):
    def test_above_a_window_that_fills_the_screen(self):
        self.open()
        film = self.other(FULLSCREEN)
        self.wait(lambda: self.screen.is_above(self.window, film))
        self.say('Captions are seen above a film that fills the screen.')
        self.settle()
        self.assertTrue(self.screen.is_above(self.window, film))
        self.assertEqual(self.screen.active(), film)
        self.assert_out_of_the_way()
        self.take_picture('fullscreen')
        self.screen.destroy(film)
        self.wait(lambda: not self.screen.property(self.window, 'WM_TRANSIENT_FOR'))
        self.assert_above_all()

    def test_below_it_when_so_wanted(self):
        self.open(over_fullscreen=False)
        film = self.other(FULLSCREEN)
        self.wait(lambda: ABOVE not in self.screen.atoms(self.window, '_NET_WM_STATE'))
        self.wait(lambda: self.screen.is_above(film, self.window))
        self.set(over_fullscreen=True)
        self.wait(lambda: self.screen.is_above(self.window, film))
        self.wait(lambda: ABOVE in self.screen.atoms(self.window, '_NET_WM_STATE'))
        self.assertEqual(self.screen.active(), film)

    def test_docked(self):
        other = self.other()
        self.open(docked=True, margin=0)
        self.await_bottom(0)
        self.wait(lambda: self.screen.work_area()[3] == self.place()[1], self.screen.work_area)
        height = self.place()[3]
        self.assertEqual(self.screen.atoms(self.window, '_NET_WM_WINDOW_TYPE'), ['_NET_WM_WINDOW_TYPE_DOCK'])
        self.assertEqual(self.screen.property(self.window, '_NET_WM_STRUT_PARTIAL')[:4], [0, 0, 0, height])
        self.assert_out_of_the_way()
        self.assertEqual(self.screen.active(), other)
        self.set(position='top')
        self.await_place(lambda x, y, width, height: y == 0, 'top')
        self.wait(lambda: self.screen.work_area() == (0, height, 1280, 720 - height), self.screen.work_area)
        self.say('Other windows keep off these captions.')
        self.settle()
        self.take_picture('docked')
        self.set(docked=False)
        self.wait(lambda: self.screen.work_area() == (0, 0, 1280, 720))
        self.wait(lambda: ABOVE in self.screen.atoms(self.window, '_NET_WM_STATE'))
        self.assert_above_all()
        self.assertEqual(self.screen.active(), other)

    def test_beside_a_panel(self):
        panel = self.other()
        self.open()
        values = [0, 0, 0, 40]
        self.screen.set_cardinals(panel, '_NET_WM_STRUT', values)
        self.await_bottom(MARGIN + 40)
        self.set(docked=True)
        self.await_bottom(MARGIN + 40)
        self.settle()
        self.await_bottom(MARGIN + 40)


class TestUnlocked(X11Case):
    def unlock(self, **settings):
        self.open(**settings)
        self.await_bottom()
        self.set(locked=False)
        self.wait(lambda: self.screen.input_region(self.window) != [])
        self.steady()

    def drag(self, start, end):
        self.screen.drag(start, end, lambda: self.rest(0.05))

    def test_the_lock(self):
        other = self.other()
        self.unlock()
        place = self.place()
        self.assertEqual(self.screen.input_region(self.window), [(0, 0, *place[2:])])
        self.settle()
        self.assertEqual(self.screen.active(), other)
        self.assertTrue(self.screen.takes_keys(self.window))
        self.say('Unlocked, they can be moved.')
        self.settle()
        self.take_picture('unlocked')
        self.set(locked=True)
        self.wait(lambda: self.screen.input_region(self.window) == [])
        self.assertFalse(self.screen.takes_keys(self.window))
        self.assertEqual(self.place(), place)
        self.assertEqual(self.screen.active(), other)

    def test_dragging_moves_and_is_remembered(self):
        self.unlock()
        x, y, width, height = self.place()
        grip = (x + 100, y + height - 30)
        self.drag(grip, (grip[0] - 150, grip[1] - 200))
        self.wait(lambda: self.get('position') == 'free')
        self.wait(lambda: self.place() == (x - 150, y - 200, width, height), lambda: self.place())
        self.assertAlmostEqual(self.get('x'), (x - 150 + width / 2) / 1280, 3)
        self.assertAlmostEqual(self.get('y'), (y - 200 + height / 2) / 720, 3)
        self.take_picture('moved')

    def test_wide_ones_are_moved_as_far_as_they_go(self):
        self.unlock()
        self.set(width=90)
        self.await_place(lambda x, y, width, height: width == 1152, 'wide')
        self.steady()
        x, y, width, height = self.place()
        grip = (x + 100, y + height - 30)
        self.drag(grip, (grip[0] + 600, grip[1] - 200))
        self.wait(lambda: self.get('position') == 'free')
        self.await_place(lambda x, y, width, height: x == 128, 'at the right edge')
        self.assertAlmostEqual(self.get('x'), (128 + 1152 / 2) / 1280, 3)

    def test_dropping_near_an_edge_belongs_to_it(self):
        self.unlock()
        x, y, width, height = self.place()
        grip = (x + 100, y + height - 30)
        self.drag(grip, (grip[0] + 5, grip[1] - y + 10))
        self.wait(lambda: self.get('position') == 'top')
        self.await_place(lambda x, y, width, height: (x, y) == (256, MARGIN), 'top')

    def test_dragging_an_edge_makes_it_wider(self):
        self.unlock()
        x, y, width, height = self.place()
        self.drag((x + width - 4, y + 60), (x + width + 60, y + 60))
        self.wait(lambda: self.get('width') == 70)
        self.await_place(lambda x, y, width, height: (x, width) == (192, 896), 'wider')
        self.assertEqual(self.get('position'), 'bottom')

    def test_a_click_gives_it_the_keyboard(self):
        self.other()
        self.unlock()
        x, y, width, height = self.place()
        self.screen.click(x + 100, y + height - 30)
        self.wait(lambda: self.screen.active() == self.window)

    def test_keys(self):
        other = self.other()
        self.unlock()
        self.do('take-focus')
        self.wait(lambda: self.screen.active() == self.window)
        x, y, width, height = self.place()
        self.wait(lambda: self.screen.key('Up') or self.get('position') == 'free')
        self.screen.key('Left')
        self.await_place(lambda now, *rest: now == x - 16, 'left')
        self.screen.key('Shift_L', 'Right')
        self.wait(lambda: self.get('width') > 60)
        self.screen.key('Escape')
        self.wait(lambda: self.get('locked'))
        self.wait(lambda: self.screen.input_region(self.window) == [])
        self.wait(lambda: self.screen.active() != self.window or not self.screen.takes_keys(self.window))
        self.assertIn(other, self.screen.windows())

    def test_buttons(self):
        self.other()
        self.unlock()
        self.do('take-focus')
        self.wait(lambda: self.screen.active() == self.window)
        x, y, width, height = self.place()
        # The Hide button is the last one, at the right end of the strip.
        self.screen.click(x + width - 34, y + 24)
        self.assertEqual(self.hear(), 'action hide')
        self.screen.click(x + width - 70, y + 24)
        self.assertEqual(self.hear(), 'action settings')


if __name__ == '__main__':
    unittest.TestCase.maxDiff = None
    tap.main()
