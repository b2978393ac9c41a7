"""The same service behind a real server on a real socket: what only the wire can show."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest
import uvicorn

from services.api.main import create_app
from services.core import crossings
from services.core.settings import Settings
from services.core.work import Edge
from tests.api.service import Headers, let_in
from tests.keys import FOLDER
from tests.makers import ALFA, a_border, a_closure, a_notice, as_asked
from tests.processes import eventually

NOTICE = json.dumps(as_asked(a_notice(a_closure(ALFA, start=datetime.now(UTC))))).encode()
SECONDS = 10


@pytest.fixture
def edge(sqlite_url: str) -> Iterator[Edge]:
    edge = Edge.to(sqlite_url)
    with edge.work() as work:
        crossings.load(work, a_border())
    yield edge
    edge.close()


@pytest.fixture
def port(edge: Edge, sqlite_url: str, tmp_path: Path) -> Iterator[int]:
    """Where the service listens, run as `python -m services.api` runs it but in a thread."""
    app = create_app(Settings(database_url=sqlite_url, data_dir=tmp_path / "data", keys_dir=FOLDER))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="warning")
    )
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    assert eventually(lambda: server.started, within=SECONDS)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join(SECONDS)
    listening.close()


@pytest.fixture
def connection(port: int) -> Iterator[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    yield connection
    connection.close()


@pytest.fixture
def aziza(edge: Edge) -> Headers:
    return {**let_in(edge), "Idempotency-Key": "k", "Content-Type": "application/json"}


def test_a_body_of_twenty_megabytes_is_refused_before_it_is_read(port: int, aziza: Headers) -> None:
    """Sent as a client that does not stop to listen: it hears 413, or that nobody listens any more."""
    head = "".join(f"{name}: {value}\r\n" for name, value in aziza.items())
    request = f"POST /v1/notices HTTP/1.1\r\nHost: otkel\r\n{head}Content-Length: 20000000\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as client:
        client.sendall(request)
        heard = client.recv(65536)
    assert heard.startswith(b"HTTP/1.1 413 ")
    assert b"content-type: application/problem+json" in heard
    assert b"urn:otkel:problem:too-large" in heard


def test_a_body_of_no_announced_length_is_read_up_to_the_limit(
    connection: HTTPConnection, aziza: Headers
) -> None:
    pieces = (b'{"authority": "', *(b"a" * 8192 for _ in range(9)), b'"}')
    connection.request("POST", "/v1/notices", iter(pieces), aziza, encode_chunked=True)
    reply = connection.getresponse()
    assert (reply.status, reply.headers["content-type"]) == (413, "application/problem+json")
    assert json.loads(reply.read())["type"] == "urn:otkel:problem:too-large"


def test_a_notice_in_pieces_is_taken(connection: HTTPConnection, aziza: Headers) -> None:
    pieces = (NOTICE[start : start + 50] for start in range(0, len(NOTICE), 50))
    connection.request("POST", "/v1/notices", pieces, aziza, encode_chunked=True)
    assert connection.getresponse().status == 201


def test_bytes_on_the_wire_are_zipped_and_unzipped_the_same(connection: HTTPConnection) -> None:
    connection.request("GET", "/v1/crossings", headers={"Accept-Encoding": "gzip"})
    reply = connection.getresponse()
    zipped = reply.read()
    assert (reply.headers["content-encoding"], int(reply.headers["content-length"])) == ("gzip", len(zipped))
    tag = reply.headers["etag"]
    connection.request("GET", "/v1/crossings")
    reply = connection.getresponse()
    assert reply.headers["content-encoding"] is None
    assert reply.read() == gzip.decompress(zipped)
    connection.request("GET", "/v1/crossings", headers={"If-None-Match": tag})
    reply = connection.getresponse()
    assert (reply.status, reply.read()) == (304, b"")


def test_one_connection_serves_many_questions(connection: HTTPConnection, aziza: Headers) -> None:
    for number in range(3):
        connection.request("POST", "/v1/notices", NOTICE, {**aziza, "Idempotency-Key": str(number)})
        reply = connection.getresponse()
        assert (reply.status, reply.read() != b"") == (201, True)
        connection.request("GET", "/v1/notices")
        assert len(json.loads(connection.getresponse().read())["items"]) == number + 1


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET /v1/crossings HTTP/9.9\r\n\r\n",
        b"GET /v1/crossings HTTP/1.1\r\nHost: otkel\r\nX: a\x00b\r\n\r\n",
        b"POST /v1/notices HTTP/1.1\r\nHost: otkel\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/notices HTTP/1.1\r\nHost: otkel\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
        b"POST /v1/notices HTTP/1.1\r\nHost: otkel\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_request_gets_no_answer_but_400_and_the_service_goes_on(
    connection: HTTPConnection, port: int, rubbish: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as client:
        client.sendall(rubbish)
        client.shutdown(socket.SHUT_WR)
        assert client.recv(65536).partition(b"\r\n")[0] in (b"HTTP/1.1 400 Bad Request", b"")
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
