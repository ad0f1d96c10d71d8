# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Models that tests make: archives, and the entries that describe them."""

import hashlib
import io
import os
import subprocess
import tarfile

PROBE = os.path.join(os.environ['CAPTIOND_BUILDDIR'], 'tests', 'tools', 'model-probe')


def archive(**files):
    """Returns a tar.gz whose files have the given names and contents."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w:gz') as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(f'model/{name}')
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def entry(server, files, name='A model', unpack=('model.tar.gz',), language='en', more='', prefix='/'):
    """Returns the text of an entry, and puts the files on the server. files: name and content."""
    kind = 'Kind=model\nLanguages=' + language if language else 'Kind=library'
    text = (f'[Model]\nName={name}\n{kind}\nRecogniser=whisper\nForm=ggml\nLicense=MIT\n'
            f'LicenseAddress=https://license.example/\n{more}\n')
    for file, content in files.items():
        server.add(prefix + file, content)
        text += (f'[File {file}]\nAddress={server.url}{prefix}{file}\nSize={len(content)}\n'
                 f'SHA256={hashlib.sha256(content).hexdigest()}\n')
        if file in unpack:
            text += 'Unpack=true\nStrip=1\n'
    return text


def write_entry(folder, name, text):
    """Writes NAME.model into the folder, and returns its path."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f'{name}.model')
    with open(path + '.new', 'w', encoding='utf-8') as file:
        file.write(text)
    os.rename(path + '.new', path)
    return path


def tree(folder):
    """Returns the files below the folder as a dictionary from path to content."""
    found = {}
    for above, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(above, name)
            with open(path, 'rb') as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


def probe(*arguments):
    done = subprocess.run([PROBE, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          check=True, timeout=120, env={**os.environ, 'no_proxy': '127.0.0.1'})
    return done.stdout.strip()
