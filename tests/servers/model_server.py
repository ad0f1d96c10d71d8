# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors
"""A server of models on this machine. It keeps HTTP, or breaks it in one known way."""

import hashlib
import re
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BLOCK = 16 * 1024


class Page:
    """One address and what the server does there."""

    def __init__(self, content=b'', etag='"1"', ranges=True, statuses=(), cuts=(), redirect=None,
                 length=True, declared=None, stall_at=None, pause=0, wrong_range=False):
        self.content = content
        self.etag = etag
        self.ranges = ranges
        self.statuses = list(statuses)   # answers before the first good one
        self.cuts = list(cuts)           # bytes after which the next connections break
        self.redirect = redirect
        self.length = length             # False: the end of the connection ends the content
        self.declared = declared         # a wrong Content-Length
        self.stall_at = stall_at         # bytes after which nothing more comes
        self.pause = pause               # seconds between two blocks
        self.wrong_range = wrong_range   # sends another part than the client asked for

    @property
    def sha256(self):
        return hashlib.sha256(self.content).hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        server = self.server.owner
        server.requests.append((self.path, dict(self.headers)))
        page = server.pages.get(self.path)
        if page is None:
            self.refuse(404)
        elif page.statuses:
            self.refuse(page.statuses.pop(0))
        elif page.redirect:
            self.refuse(302, Location=page.redirect)
        else:
            self.give(page)

    def refuse(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header('Content-Length', '2')
        self.end_headers()
        self.wfile.write(b'no')

    def wanted(self, page):
        """Returns the first byte that the client wants."""
        found = re.fullmatch(r'bytes=(\d+)-', self.headers.get('Range', ''))
        if not found or not page.ranges or self.headers.get('If-Range') not in (None, page.etag):
            return None
        return int(found[1])

    def give(self, page):
        start = self.wanted(page)
        if start is not None and start >= len(page.content):
            self.refuse(416)
            return
        self.send_response(200 if start is None else 206)
        start = start or 0
        body = page.content[start:]
        if self.headers.get('Range') and page.ranges and start:
            first = start + 1 if page.wrong_range else start
            self.send_header('Content-Range', f'bytes {first}-{len(page.content) - 1}/{len(page.content)}')
        if page.etag:
            self.send_header('ETag', page.etag)
        if page.length:
            self.send_header('Content-Length', str(page.declared or len(body)))
        else:
            self.send_header('Connection', 'close')
        self.end_headers()
        self.send(page, body, page.cuts.pop(0) if page.cuts else None)

    def send(self, page, body, cut):
        end = len(body) if cut is None else min(cut, len(body))
        if page.stall_at is not None:
            end = min(end, page.stall_at)
        for at in range(0, end, BLOCK):
            try:
                self.wfile.write(body[at:min(at + BLOCK, end)])
            except OSError:
                return
            self.server.owner.sent += min(at + BLOCK, end) - at
            if page.pause and self.server.owner.over.wait(page.pause):
                return
        self.wfile.flush()
        if page.stall_at is not None:
            self.server.owner.over.wait(60)
        if end < len(body) or not page.length:
            self.hang_up(end < len(body) and page.stall_at is None)

    def hang_up(self, hard):
        self.close_connection = True
        if hard:
            # The client gets what was sent, and then a reset or an end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 2))
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *arguments):
        pass


class Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients may leave in the middle."""


class ModelServer:

    def __init__(self, tls=None):
        """tls: an ssl.SSLContext, for https."""
        self.pages = {}
        self.requests = []   # (path, headers)
        self.sent = 0        # bytes of contents
        self.over = threading.Event()
        self.http = Http(('127.0.0.1', 0), Handler)
        self.http.owner = self
        if tls:
            self.http.socket = tls.wrap_socket(self.http.socket, server_side=True)
        self.url = f'{"https" if tls else "http"}://127.0.0.1:{self.http.server_port}'
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={'poll_interval': 0.05})
        self.thread.start()

    def add(self, path, content=b'', **behaviour):
        page = self.pages[path] = Page(content, **behaviour)
        return page

    def stop(self):
        self.over.set()
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()
