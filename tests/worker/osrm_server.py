"""A routing server on loopback that speaks the `table` service of OSRM's HTTP API v1, and can misbehave.

What is asked and answered: https://project-osrm.org/docs/v5.24.0/api/#table-service
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from services.core.places import Position, great_circle_km

KM_PER_MINUTE = 1.0
TRICKLE_SECONDS = 0.05

Table: TypeAlias = dict[str, Any]


class OsrmServer(ThreadingHTTPServer):
    """Its roads are straight and driven at a kilometre a minute. `change` may alter each table."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.change: Callable[[Table], object] = lambda table: table
        self.status = 200
        self.silence_seconds = 0.0
        self.trickles = False
        self.asked = 0
        self.gone = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: OsrmServer

    def do_GET(self) -> None:
        self.server.asked += 1
        self.server.gone.wait(self.server.silence_seconds)
        found = self.server.change(_table(self.path))
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for byte in body if self.server.trickles else ():
            self.wfile.write(bytes([byte]))
            time.sleep(TRICKLE_SECONDS)
        if not self.server.trickles:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Nothing: a test reads answers, not logs."""


def _table(target: str) -> Table:
    """Straight lines between all that is asked for. Refuses what OSRM refuses."""
    split = urlsplit(target)
    asked = {name: values[0] for name, values in parse_qs(split.query).items()}
    start, _, written = split.path.rpartition("/")
    if start != "/table/v1/driving" or set(asked) != {"sources", "destinations", "annotations"}:
        return {"code": "InvalidUrl", "message": "URL string malformed"}
    points = [Position(lat=lat, lon=lon) for lon, lat in _pairs(written)]
    if len(points) > 100:
        return {"code": "TooBig", "message": "Too many table coordinates"}
    origins, destinations = (
        [points[int(index)] for index in asked[name].split(";")] for name in ("sources", "destinations")
    )
    km = [[great_circle_km(origin, end) for end in destinations] for origin in origins]
    return {
        "code": "Ok",
        "durations": [[one / KM_PER_MINUTE * 60 for one in row] for row in km],
        "distances": [[one * 1000 for one in row] for row in km],
    }


def _pairs(written: str) -> Iterator[tuple[float, float]]:
    for pair in written.split(";"):
        lon, lat = (float(number) for number in pair.split(","))
        yield lon, lat


@contextmanager
def osrm_server() -> Iterator[OsrmServer]:
    with OsrmServer() as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        serving.start()
        yield server
        server.gone.set()
        server.shutdown()
        serving.join()
