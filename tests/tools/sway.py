# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""A Wayland compositor with layers, on virtual monitors."""

import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time

CONFIGURATION = '''
output HEADLESS-1 resolution 1280x720 position 0 0 bg #336699 solid_color
output HEADLESS-2 resolution 1920x1080 position 1280 0 bg #663333 solid_color
xwayland disable
default_border none
focus_follows_mouse no
'''
OTHER = '''
import gi
gi.require_version('Gtk', '4.0')
from gi.repository import GLib, Gtk
window = Gtk.Window(title='Other')
window.present()
GLib.MainLoop().run()
'''


class Missing(Exception):
    pass


class Sway:
    def __init__(self):
        for program in ('sway', 'swaymsg', 'grim'):
            if not shutil.which(program):
                raise Missing(f'there is no {program}')
        self.folder = tempfile.TemporaryDirectory(prefix='captiond-sway-')
        configuration = os.path.join(self.folder.name, 'configuration')
        with open(configuration, 'w', encoding='utf-8') as out:
            out.write(CONFIGURATION)
        self.log = open(os.path.join(self.folder.name, 'log'), 'w', encoding='utf-8')
        self.environment = {'XDG_RUNTIME_DIR': self.folder.name, 'GSK_RENDERER': 'cairo', 'GTK_A11Y': 'none'}
        self.process = subprocess.Popen(
            ['sway', '-c', configuration], stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
            env={**os.environ, **self.environment, 'WLR_BACKENDS': 'headless', 'WLR_LIBINPUT_NO_DEVICES': '1',
                 'WLR_RENDERER': 'pixman', 'WLR_HEADLESS_OUTPUTS': '1'})
        try:
            self.await_socket()
        except Missing:
            self.close()
            raise

    def await_socket(self):
        for _ in range(400):
            names = os.listdir(self.folder.name)
            sockets = [name for name in names if name.startswith('sway-ipc')]
            displays = [name for name in names if name.startswith('wayland-') and not name.endswith('.lock')]
            if sockets and displays:
                self.environment['SWAYSOCK'] = os.path.join(self.folder.name, sockets[0])
                self.environment['WAYLAND_DISPLAY'] = displays[0]
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        with open(self.log.name, encoding='utf-8') as log:
            raise Missing('sway does not run here: ' + log.read()[-300:].replace('\n', ' '))

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        self.folder.cleanup()

    def run(self, *command, **options):
        return subprocess.run(command, env={**os.environ, **self.environment}, check=True,
                              stdout=subprocess.PIPE, **options).stdout

    def tell(self, *words):
        self.run('swaymsg', '--', *words)

    def ask(self, what):
        return json.loads(self.run('swaymsg', '-r', '-t', what))

    def outputs(self):
        return {output['name']: output for output in self.ask('get_outputs')}

    def nodes(self):
        waiting = [self.ask('get_tree')]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node['nodes'] + node['floating_nodes']

    def find(self, name):
        return next((node for node in self.nodes() if node['name'] == name), None)

    def focused(self):
        return next((node['name'] for node in self.nodes() if node['focused']), None)

    def open_window(self):
        """Opens an ordinary window, "Other"."""
        return subprocess.Popen(['/usr/bin/python3', '-c', OTHER], env={**os.environ, **self.environment})

    def picture(self, path, output='HEADLESS-1'):
        self.run('grim', '-o', output, path)

    def pixels(self, output='HEADLESS-1'):
        """Returns width, height and the pixels, three bytes each."""
        magic, size, most, data = self.run('grim', '-t', 'ppm', '-o', output, '-').split(b'\n', 3)
        width, height = map(int, size.split())
        return width, height, data

    def seen(self, output='HEADLESS-1'):
        """Returns x, y, width and height of the area whose colour differs from the top left
        corner; None if there is no such area."""
        width, height, data = self.pixels(output)
        ground = data[:3] * width
        rows = [data[3 * width * y:3 * width * (y + 1)] for y in range(height)]
        seen = [y for y, row in enumerate(rows) if row != ground]
        if not seen:
            return None
        left = min(len(os.path.commonprefix([rows[y], ground])) // 3 for y in seen)
        right = min(len(os.path.commonprefix([rows[y][::-1], ground[::-1]])) // 3 for y in seen)
        return left, seen[0], width - left - right, seen[-1] - seen[0] + 1


class Pointer:
    """A pointer of wlr-virtual-pointer. This class writes the protocol messages itself."""

    DISPLAY, REGISTRY, DONE, MANAGER, POINTER = range(1, 6)
    LEFT_BUTTON = 0x110

    def __init__(self, sway, width, height):
        self.extent = width, height
        self.time = 0
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(120)
        self.socket.connect(os.path.join(sway.folder.name, sway.environment['WAYLAND_DISPLAY']))
        self.send(self.DISPLAY, 1, self.REGISTRY)
        self.send(self.DISPLAY, 0, self.DONE)
        name = self.find_manager()
        if name is None:
            raise Missing('the compositor has no virtual pointers')
        interface = b'zwlr_virtual_pointer_manager_v1\0'
        text = struct.pack('I', len(interface)) + interface + bytes(-len(interface) % 4)
        self.send_bytes(self.REGISTRY, 0, struct.pack('I', name) + text + struct.pack('II', 1, self.MANAGER))
        self.send(self.MANAGER, 0, 0, self.POINTER)

    def close(self):
        self.socket.close()

    def send_bytes(self, target, request, body):
        self.socket.sendall(struct.pack('IHH', target, request, 8 + len(body)) + body)

    def send(self, target, request, *arguments):
        self.send_bytes(target, request, struct.pack(f'{len(arguments)}I', *arguments))

    def receive(self, count):
        data = b''
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise Missing('the compositor hung up')
            data += more
        return data

    def find_manager(self):
        found = None
        while True:
            target, event, size = struct.unpack('IHH', self.receive(8))
            body = self.receive(size - 8)
            if target == self.DONE:
                return found
            if target == self.REGISTRY and b'zwlr_virtual_pointer_manager_v1' in body:
                found = struct.unpack('I', body[:4])[0]

    def frame(self, request, *arguments):
        self.time += 20
        self.send(self.POINTER, request, self.time, *arguments)
        self.send(self.POINTER, 4)

    def move(self, x, y):
        """Moves the pointer; x and y span all monitors together."""
        self.frame(1, int(x), int(y), *self.extent)

    def press(self, down=True):
        self.frame(2, self.LEFT_BUTTON, down)

    def click(self, x, y):
        self.move(x, y)
        self.press()
        self.press(False)

    def drag(self, start, end, pause, steps=12):
        """Drags as slowly as people do."""
        self.move(*start)
        self.press()
        for i in range(1, steps + 1):
            pause()
            self.move(*(a + (b - a) * i / steps for a, b in zip(start, end)))
        pause()
        self.press(False)
