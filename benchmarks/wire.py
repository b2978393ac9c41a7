"""Requests and replies as bytes: a client that makes a load of one request, and a server of one reply.

Apart from the benchmark itself, so that these processes load nothing that they do not need.
`python -m benchmarks.wire load '{"port": …}'` or `python -m benchmarks.wire serve PORT FILE`.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

CONNECTIONS = 32


def written(path: str, headers: Sequence[tuple[str, str]]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode()


@dataclass(frozen=True)
class Reply:
    """One whole reply without its date; `length` is that of all its bytes on the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    length: int


def ask(port: int, request: bytes) -> Reply:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link, link.makefile("rb") as answer:
        link.sendall(request)
        lines = [answer.readline()]
        while lines[-1] != b"\r\n":
            lines.append(answer.readline())
            if not lines[-1]:
                raise ConnectionError(f"nobody answers on port {port}")
        pairs = [line.decode().rstrip().split(": ", 1) for line in lines[1:-1]]
        headers = [(name, value) for name, value in pairs if name != "date"]
        body = answer.read(int(dict(headers).get("content-length", 0)))
    return Reply(int(lines[0].split()[1]), headers, body, sum(map(len, lines)) + len(body))


def load(port: int, request: bytes, length: int, seconds: float) -> tuple[int, float]:
    """How many whole replies of `length` bytes came within about so many seconds, and the exact seconds."""
    poll = select.poll()
    links = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    by_number = {link.fileno(): link for link in links}
    got = dict.fromkeys(by_number, 0)
    for number, link in by_number.items():
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(number, select.POLLIN)
    began = time.perf_counter()
    for link in links:
        link.sendall(request)
    done, ends = 0, began + seconds
    while (now := time.perf_counter()) < ends:
        for number, _ in poll.poll(1000):
            got[number] += len(by_number[number].recv(262_144))
            if got[number] == length:
                done += 1
                got[number] = 0
                by_number[number].sendall(request)
            elif got[number] > length:
                raise RuntimeError(f"a reply of more than {length} bytes")
    if done == 0:
        raise RuntimeError(f"no reply of {length} bytes")
    for link in links:
        link.close()
    return done, now - began


def bare(reply: Reply) -> ASGIApp:
    start = {
        "type": "http.response.start",
        "status": reply.status,
        "headers": [(name.encode(), value.encode()) for name, value in reply.headers],
    }
    rest = {"type": "http.response.body", "body": reply.body}

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send(start)
        await send(rest)

    return app


def serve(port: int, file: Path) -> None:
    """The bare application with the reply in a file, served as `services.api` serves the service."""
    import uvicorn  # the client does without

    kept = json.loads(file.read_text())
    kept |= {"headers": [tuple(pair) for pair in kept["headers"]], "body": bytes.fromhex(kept["body"])}
    uvicorn.run(
        bare(Reply(**kept)),
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        server_header=False,
        lifespan="off",
    )


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    if what == "load":
        call = json.loads(arguments[0])
        call["request"] = call["request"].encode()
        print(json.dumps(load(**call)))
    else:
        serve(int(arguments[0]), Path(arguments[1]))
