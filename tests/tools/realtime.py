# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""A scripted realtime speech service, started for one test."""

import json
import os
import subprocess
import tempfile
import time

PROGRAM = os.path.join(os.environ['CAPTIOND_BUILDDIR'], 'tests', 'servers', 'realtime-server')
RELAY = os.path.join(os.environ['CAPTIOND_BUILDDIR'], 'tests', 'servers', 'relay')


def wait_for_port(process, port_file):
    """Returns the port that a program writes into a file when it listens."""
    end = time.monotonic() + 120
    while not os.path.exists(port_file):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f'{process.args[0]} did not start')
        time.sleep(0.01)
    with open(port_file, encoding='ascii') as file:
        return int(file.read())


def stop(process):
    """Ends a program by closing its standard input."""
    process.stdin.close()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Server:
    """A running service. Options become options of the program: key='k', text=['a', 'b'],
    tls=(certificate, key), session_seconds=3 …"""

    def __init__(self, service, behaviour='ok', prefix=(), **options):
        self.service = service
        self.prefix = prefix
        self.behaviour = behaviour
        self.options = options
        self.folder = None
        self.process = None
        self.port = 0

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.log_path = os.path.join(self.folder.name, 'log')
        self._start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()

    def _arguments(self, port_file):
        yield from (*self.prefix, PROGRAM, '--service', self.service, '--behaviour', self.behaviour,
                    '--port-file', port_file, '--log', self.log_path)
        for name, value in self.options.items():
            for one in value if isinstance(value, list) else [value]:
                yield '--' + name.replace('_', '-')
                yield from one if isinstance(one, tuple) else [str(one)]

    def _start(self):
        port_file = os.path.join(self.folder.name, 'port')
        if os.path.exists(port_file):
            os.remove(port_file)
        self.process = subprocess.Popen(list(self._arguments(port_file)), stdin=subprocess.PIPE)
        self.port = wait_for_port(self.process, port_file)

    def stop(self):
        stop(self.process)

    def order(self, line):
        """Changes the behaviour of the server: see realtime-server-orders.c."""
        self.process.stdin.write(line.encode() + b'\n')
        self.process.stdin.flush()

    def restart(self, behaviour=None, same_port=False, **options):
        """Starts another server, at a new port or at the same port; the log continues."""
        self.stop()
        self.behaviour = behaviour or self.behaviour
        self.options.update(options)
        if same_port:
            self.start_again()
        else:
            self._start()

    def start_again(self):
        """Starts a stopped server again, at the same port."""
        self.options['port'] = self.port
        self._start()

    def url_at(self, host, port):
        scheme = 'https' if 'tls' in self.options else 'http'
        return f'{scheme}://{host}:{port}' + ('' if self.service == 'azure' else '/v1')

    @property
    def url(self):
        return self.url_at('127.0.0.1', self.port)

    def log(self):
        if not os.path.exists(self.log_path):
            return []
        with open(self.log_path, encoding='utf-8') as file:
            return [json.loads(line) for line in file if line.endswith('\n')]

    def frames(self, direction):
        return [record['frame'] for record in self.log()
                if record.get('dir') == direction and 'frame' in record]

    def refusals(self):
        return [record['why'] for record in self.log() if record.get('dir') == 'refused']

    def connections(self):
        """Returns the requests for a WebSocket."""
        return [record for record in self.log()
                if record.get('dir') == 'http' and 'Upgrade' in record['headers']]


class Relay:
    """A relay between client and server that can break the connection: see relay.c."""

    def __init__(self, server, address='127.0.0.1', prefix=()):
        self.server = server
        self.address = address
        self.prefix = prefix

    def __enter__(self):
        with tempfile.TemporaryDirectory() as folder:
            port_file = os.path.join(folder, 'port')
            self.process = subprocess.Popen([*self.prefix, RELAY, str(self.server.port), port_file, self.address],
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.port = wait_for_port(self.process, port_file)
        return self

    def __exit__(self, *_):
        stop(self.process)
        self.process.stdout.close()

    @property
    def url(self):
        return self.server.url_at(self.address, self.port)

    def order(self, line):
        """Sends an order, and returns when the relay has obeyed."""
        self.process.stdin.write(line.encode() + b'\n')
        self.process.stdin.flush()
        self.process.stdout.readline()


def make_certificate(folder, host='localhost'):
    """Returns the paths of the certificate of an authority, of a certificate that the
    authority issued for 127.0.0.1 and the host, and of the key of the latter."""
    path = {name: os.path.join(folder, name + '.pem') for name in ('ca', 'ca-key', 'cert', 'key', 'csr')}
    extensions = os.path.join(folder, 'extensions')
    with open(extensions, 'w', encoding='ascii') as file:
        file.write(f'subjectAltName=IP:127.0.0.1,DNS:{host}\n')

    def openssl(*arguments):
        subprocess.run(['openssl', *arguments], check=True, capture_output=True)
    curve = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes')
    openssl('req', '-x509', *curve, '-subj', '/CN=Test authority', '-days', '2',
            '-keyout', path['ca-key'], '-out', path['ca'])
    openssl('req', *curve, '-subj', '/CN=127.0.0.1', '-keyout', path['key'], '-out', path['csr'])
    openssl('x509', '-req', '-in', path['csr'], '-CA', path['ca'], '-CAkey', path['ca-key'],
            '-CAcreateserial', '-days', '2', '-extfile', extensions, '-out', path['cert'])
    return path['ca'], path['cert'], path['key']
