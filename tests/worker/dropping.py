"""Stands between a client and the API and swallows replies: the act is done, and nobody hears of it."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
PASSED_ON = ("authorization", "content-type", "idempotency-key", "if-match", "otkel-reason")


class Dropper(ThreadingHTTPServer):
    """Passes requests on to `address` and swallows the first `drops` replies under each idempotency key."""

    daemon_threads = True

    def __init__(self, address: str, drops: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = address
        self.drops = drops
        self.dropped: dict[str, int] = {}
        self.statuses: list[int] = []
        """Of the replies that were swallowed."""
        self.http = httpx.Client(trust_env=False, timeout=10)
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def swallows(self, key: str, status: int) -> bool:
        with self._lock:
            if self.dropped.get(key, 0) >= self.drops:
                return False
            self.dropped[key] = self.dropped.get(key, 0) + 1
            self.statuses.append(status)
            return True


class _Handler(BaseHTTPRequestHandler):
    server: Dropper

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
        reply = self.server.http.request(
            self.command, self.server.address + self.path, headers=headers, content=body
        )
        if self.server.swallows(self.headers["Idempotency-Key"], reply.status_code):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self.connection.close()
            return
        self.send_response(reply.status_code)
        for name in ("content-type", "etag", "idempotent-replayed"):
            if name in reply.headers:
                self.send_header(name, reply.headers[name])
        self.end_headers()
        self.wfile.write(reply.content)

    do_PUT = do_POST  # noqa: N815 (the library's name)

    def finish(self) -> None:
        if self.connection.fileno() != -1:
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Nothing: a test reads replies, not logs."""


@contextmanager
def dropper(address: str, *, drops: int) -> Iterator[Dropper]:
    with Dropper(address, drops) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        serving.start()
        yield server
        server.shutdown()
        serving.join()
        server.http.close()
