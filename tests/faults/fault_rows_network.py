# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

"""Rows of the fault table: failures on the way to a speech service. Some rows
need a kernel that permits namespaces of their own for network and mounts."""

import os
import shutil
import subprocess
import time

from fault_run import Row, Skip
from realtime import make_certificate

HERE, THERE = '192.0.2.1', '192.0.2.2'
HOST = 'speech.test'


class Relayed(Row):
    """The connection passes through run.relays[0]."""
    orders = ()

    def server(self, run):
        run.serve(self.service)
        return run.relay().url

    def strike(self, run):
        """Sends orders to the relay, and waits the seconds between them."""
        for order in self.orders:
            if isinstance(order, str):
                run.relays[0].order(order)
            else:
                run.wait(order)


class Reset(Relayed):
    name = 'tcp-reset'
    about = 'the connection is reset'
    orders = ['reset']


class Closed(Relayed):
    name = 'tcp-close'
    about = 'the connection ends in order, but not as WebSocket does'
    orders = ['close']


class Refused(Relayed):
    name = 'refused'
    about = 'the connection is reset, and so are all new ones for 6 s'
    orders = ['reset', 'refuse', 6, 'pass']
    seconds = 50
    lasts = 20


class Mute5(Relayed):
    name = 'mute-5'
    about = 'nothing arrives for 5 s, and what was connected then stays dead, as behind a router that forgot it'
    orders = ['mute', 5, 'pass']
    seconds = 45
    lasts = 20


class Mute45(Relayed):
    name = 'mute-45'
    about = 'the same for 45 s'
    orders = ['mute', 45, 'pass']
    seconds = 105
    lasts = 80


class Hold(Relayed):
    name = 'hold-5'
    about = 'nothing passes for 5 s, and then all of it does'
    orders = ['hold', 5, 'pass']
    seconds = 35
    lasts = 6


class Stall(Relayed):
    name = 'stall-15'
    about = 'nothing is read from us for 15 s'
    orders = ['stall', 15, 'pass']
    seconds = 60
    lasts = 30


class Trickle(Relayed):
    name = 'trickle'
    about = 'for 15 s an eighth of the audio passes that is spoken'
    orders = ['trickle 8000', 15, 'pass']
    seconds = 60
    lasts = 30


class Garble(Relayed):
    name = 'garble'
    about = 'what the service says is damaged, for 3 s'
    orders = ['garble', 3, 'pass']
    seconds = 40
    lasts = 6


# Rows with TLS

class OtherAuthority(Row):
    name = 'tls-fails'
    about = 'for 6 s the server has a certificate of another authority'
    seconds = 50
    lasts = 20

    def server(self, run):
        self.right = make_certificate(self.folder(run, 'right'))
        return run.serve(tls=self.right[1:]).url

    @staticmethod
    def folder(run, name):
        path = os.path.join(run.folder, name)
        os.mkdir(path)
        return path

    def settings(self, run):
        return {'ca_file': self.right[0]}

    def strike(self, run):
        wrong = make_certificate(self.folder(run, 'wrong'))
        run.server.restart(same_port=True, tls=wrong[1:])
        run.wait(6)
        run.server.restart(same_port=True, tls=self.right[1:])


# Rows with name resolution

class NoName(Row):
    name = 'dns-fails'
    about = 'the connection is reset, and the host has no address for 6 s'
    seconds = 50
    lasts = 20

    def server(self, run):
        run.serve()
        self.hosts, self.switch = (os.path.join(run.folder, name) for name in ('hosts', 'nsswitch.conf'))
        self.write(self.hosts, f'127.0.0.1 {HOST}\n')
        self.write(self.switch, 'hosts: files\n')
        return run.server.url_at(HOST, run.relay().port)

    @staticmethod
    def write(path, text):
        with open(path, 'w', encoding='ascii') as file:
            file.write(text)

    settings = {'allow_plain': True}

    def prefix(self, run):
        script = 'mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@"'
        command = ['unshare', '--mount', 'sh', '-c', script, 'sh', self.hosts, self.switch]
        if subprocess.run([*command, 'true'], check=False, capture_output=True).returncode != 0:
            raise Skip('no mounts of its own are allowed here')
        return command

    def strike(self, run):
        self.write(self.hosts, '')
        run.relays[0].order('reset')
        run.wait(6)
        self.write(self.hosts, f'127.0.0.1 {HOST}\n')


# Rows with two hosts and a cable

class Network:
    """A network namespace, which lives as long as a process in it."""

    def __init__(self):
        self.process = subprocess.Popen(['unshare', '--net', 'cat'], stdin=subprocess.PIPE)
        ours = os.readlink('/proc/self/ns/net')
        while self.process.poll() is None and self._name() == ours:
            time.sleep(0.01)
        if self.process.poll() is not None:
            raise Skip('no networks of its own are allowed here')
        self.prefix = ['nsenter', '--net', '--target', str(self.process.pid)]
        self.ip('link set lo up')

    def _name(self):
        try:
            return os.readlink(f'/proc/{self.process.pid}/ns/net')
        except OSError:
            return ''

    def ip(self, arguments):
        subprocess.run([*self.prefix, 'ip', *arguments.split()], check=True)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class Cable(Row):
    """The daemon runs in one network, the server in the other."""
    seconds = 40
    down = 5
    pulled = 'there'
    settings = {'allow_plain': True}

    def server(self, run):
        if not shutil.which('ip'):
            raise Skip('there is no "ip", of iproute2')
        self.here, self.there = Network(), Network()
        run.cleanups += [self.here.stop, self.there.stop]
        self.here.ip(f'link add here type veth peer name there netns {self.there.process.pid}')
        for network, name, address in ((self.here, 'here', HERE), (self.there, 'there', THERE)):
            network.ip(f'address add {address}/24 dev {name}')
            network.ip(f'link set {name} up')
        self.add_route()
        server = run.serve(prefix=self.there.prefix)
        return run.relay(server, address=THERE, prefix=self.there.prefix).url

    def add_route(self):
        """Adds the route that makes GNetworkMonitor report a network."""
        self.here.ip(f'route add default via {THERE}')

    def prefix(self, run):
        return self.here.prefix

    def strike(self, run):
        network = getattr(self, self.pulled)
        network.ip(f'link set {self.pulled} down')
        run.wait(self.down)
        network.ip(f'link set {self.pulled} up')
        if self.pulled == 'here':
            self.add_route()


class Cable5(Cable):
    name = 'half-open-5'
    about = 'the link is down for 5 s, at the other end: no kernel tells anybody'
    lasts = 15


class Cable45(Cable):
    name = 'half-open-45'
    about = 'the same for 45 s'
    seconds = 105
    lasts = 75
    down = 45


class Offline(Cable):
    name = 'offline-20'
    about = 'this machine has no network for 20 s, and its kernel says so'
    seconds = 60
    lasts = 30
    down = 20
    pulled = 'here'
