# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Makes the overlay show captions, and takes pictures of the screen; see
tests/tools/take-pictures."""

import os
import subprocess
import sys
import time
from pathlib import Path

from gi.repository import Gio, GLib

from captions_stand_in import Service

BUILD = os.environ['CAPTIOND_BUILDDIR']
SOURCE = os.environ['CAPTIOND_SOURCEDIR']
OVERLAY = os.path.join(BUILD, 'client', 'overlay', 'captiond-overlay')
# From Sense and Sensibility, by Jane Austen.
SAID = ('Mr. John Dashwood had then leisure to consider how much there might prudently be in his power to do for them.',
        'He was not an ill-disposed young man, unless to be rather')
# The page in the side bar of the settings, and where it is.
MODELS = ('60', '98')
INSTALLED = ('fastconformer-en-80ms', 'sherpa-onnx-library')
# Seconds to wait before a picture is taken.
SETTLE = 0.6

SOURCES = [('system', 'system', 'Everything that plays', True), ('microphone', 'microphone', 'Microphone', True),
           ('app:Firefox', 'app', 'Firefox', False)]
SERVICE = {'id': 'openai', 'kind': 'realtime', 'ready': True, 'reason': '', 'host': 'api.openai.com',
           'languages': [], 'key': 'set', 'learnt': []}


def run_for(seconds):
    loop = GLib.MainLoop()
    GLib.timeout_add(int(seconds * 1000), loop.quit)
    loop.run()


def wait_for(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f'take-pictures: {what} did not come')
        run_for(0.05)


def dictionaries(rows):
    kinds = {bool: 'b', str: 's', list: 'as'}
    return [{key: GLib.Variant(kinds[type(value)], value) for key, value in row.items()} for row in rows]


class Backdrop:
    """Imitates a film for captions (bright above, busy below), and starts a
    compositor, as desktops do."""

    def __enter__(self):
        path = os.path.join(os.environ['XDG_RUNTIME_DIR'], 'film.png')
        subprocess.run(
            ['convert', '-size', '1280x720', '-seed', '7', 'gradient:#9cc9ee-#f5dcb8',
             '(', '-size', '1280x330', 'plasma:#31562f-#86a04e', '-blur', '0x12', '-modulate', '100,45',
             ')', '-gravity', 'south', '-composite',
             '(', '-size', '1280x720', 'xc:none', '-fill', '#fff6d8', '-draw', 'circle 980,150 980,205',
             '-blur', '0x6', ')',
             '-composite', '-fill', '#46627c', '-draw', 'polygon 0,430 190,240 420,415 600,300 860,430',
             '-fill', '#5a7a94', '-draw', 'polygon 520,430 840,200 1280,420 1280,430',
             '-blur', '0x1', path], check=True)
        self.programs = [subprocess.Popen(['picom', '--backend', 'xrender', '--config', '/dev/null'],
                                          stderr=subprocess.DEVNULL),
                         subprocess.Popen(['display', '-backdrop', '-immutable', '-title', 'Film', path])]
        find_window('Film')
        return self

    def __exit__(self, *_):
        for program in self.programs:
            program.terminate()
            program.wait()


class Overlay:
    """The overlay, with its settings in a file."""

    def __init__(self, *arguments):
        self.environment = {**os.environ, 'GSETTINGS_BACKEND': 'keyfile', 'LC_ALL': 'C.UTF-8'}
        self.process = subprocess.Popen([OVERLAY, *arguments], env=self.environment)

    def tell(self, *arguments):
        subprocess.run([OVERLAY, *arguments], env=self.environment, check=True)

    def set(self, key, value):
        subprocess.run(['gsettings', 'set', 'org.captiond.Overlay', key, value], env=self.environment, check=True)

    def close(self):
        self.tell('--quit')
        self.process.wait(20)


def read_model(path):
    """An entry of the catalogue, as ListModels describes it."""
    entry = GLib.KeyFile()
    entry.load_from_file(str(path), GLib.KeyFileFlags.NONE)
    text = {key: entry.get_string('Model', key) for key in entry.get_keys('Model')[0]}
    size = sum(entry.get_uint64(group, 'Size') for group in entry.get_groups()[0] if group.startswith('File '))
    facts = {'name': text['Name'], 'kind': text['Kind'], 'license': text['License'], 'download_size': size,
             'disk_size': size, 'languages': text.get('Languages', '').rstrip(';').split(';'),
             'needs': [need for need in text.get('Needs', '').split(';') if need]}
    if 'WordErrors' in text:
        facts |= {'word_errors': float(text['WordErrors']), 'word_errors_on': text.get('WordErrorsOn', '')}
    return facts


def fill_catalogue(models):
    for path in Path(SOURCE, 'data', 'models').glob('*.model'):
        models.add(path.stem, **read_model(path))
    for name in INSTALLED:
        models.rows[name]['state'] = 'installed'


def serve(address):
    with open(os.path.join(SOURCE, 'dbus', 'org.captiond.Captions1.xml'), encoding='utf-8') as xml:
        service = Service(address, xml.read())
    service.sources = dictionaries({'id': id, 'kind': kind, 'name': name, 'default': default, 'active': True}
                                   for id, kind, name, default in SOURCES)
    service.engines = dictionaries([
        {'id': 'local', 'kind': 'local', 'ready': True, 'reason': '', 'host': '', 'languages': ['en', 'en-US'],
         'recogniser': 'sherpa-onnx'},
        SERVICE])
    service.providers.defaults['language'] = 'en'
    fill_catalogue(service.models)
    return service


def play(stream):
    """Sends one final sentence, and one that grows word by word."""
    for number, text in enumerate(SAID, 1):
        spoken = text.split()
        for count in range(1, len(spoken) + 1):
            stream.say(number, ' '.join(spoken[:count]), False, number * 8_000_000)
            run_for(0.02)
        if number < len(SAID):
            stream.say(number, text, True, number * 8_000_000, number * 8_000_000 + 7_000_000)


def take(folder, name, window='root'):
    run_for(SETTLE)
    path = os.path.join(folder, name + '.png')
    subprocess.run(['import', '-window', window, '-strip', path], check=True)
    print(path, flush=True)


def find_window(title):
    def search():
        done = subprocess.run(['xdotool', 'search', '--onlyvisible', '--name', title], capture_output=True, text=True,
                              check=False)
        return done.stdout.split()
    wait_for(search, f'a window called {title}')
    return search()[-1]


def main(folder):
    bus = Gio.TestDBus.new(Gio.TestDBusFlags.NONE)
    display = os.environ['DISPLAY']
    bus.up()
    os.environ.update(DBUS_SESSION_BUS_ADDRESS=bus.get_bus_address(), DISPLAY=display)
    service = serve(bus.get_bus_address())
    with Backdrop():
        overlay = Overlay()
        wait_for(lambda: service.streams and 'GetSegments' in service.calls, 'the overlay')
        stream = service.streams[-1]
        stream.set_state('listening', SourceDescription='Test Speakers')
        play(stream)
        take(folder, 'captions')

        stream.set_state('reconnecting', 'ConnectionLost',
                         'The connection to api.openai.com was lost. captiond tries again.',
                         RemoteHost='api.openai.com', Engine='openai')
        take(folder, 'reconnecting')
        stream.set_state('listening', RemoteHost='', Engine='local')

        overlay.tell('--unlock')
        take(folder, 'unlocked')
        overlay.tell('--lock')
        overlay.tell('--settings')
        window = find_window('Settings')
        take(folder, 'settings', window)
        subprocess.run(['xdotool', 'mousemove', '--window', window, *MODELS, 'click', '1'], check=True)
        wait_for(lambda: 'ListModels' in service.calls, 'the page with the models')
        take(folder, 'models', window)
        overlay.tell('--history')
        take(folder, 'history', find_window('Transcript'))
        overlay.close()
    service.stop()
    bus.stop()


if __name__ == '__main__':
    main(sys.argv[1])
