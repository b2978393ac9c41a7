"""The hot read against the least that a server can do: an application that sends the same bytes and no more.

`python -m benchmarks.serving`: both run on uvicorn with uvloop and httptools, one process each, on a data
directory of their own. Rounds alternate; a ratio is what share of the bare application's requests the
service answers with the same processor time (from /proc, else left out) and in the same time by the clock.
`wrk` makes the load where it is installed, else a process of its own with as many connections, one request
at a time on each.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.wire import CONNECTIONS, ask, written
from services.core import advisories, alternatives, board, crossings, notices, signing
from services.core.database import migrate
from services.core.settings import Settings
from services.core.signing import Keyring
from services.core.work import Edge

LIMIT = 0.70
ROUNDS, SECONDS = 5, 1.5
TRIES = 3
WARM_UP_SECONDS = 0.3
START_SECONDS = 30
LIST = "/v1/crossings?mode=car&direction=to-kz&citizenship=UZ"
ONE = "/v1/crossings/gishtkoprik-zhibek-zholy?mode=car&direction=to-kz&citizenship=UZ"


@dataclass(frozen=True)
class Target:
    """What is asked for; `known`: by a reader who has the newest answer already."""

    check: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    known: bool = False

    def request(self, port: int) -> bytes:
        """The request as it goes over the wire to the service on that port."""
        if not self.known:
            return written(self.path, self.headers)
        etag = dict(ask(port, written(self.path, self.headers)).headers)["etag"]
        return written(self.path, (*self.headers, ("If-None-Match", etag)))


TARGETS = (
    Target("HOT_READ", LIST),
    Target("HOT_READ_GZIP", LIST, (("Accept-Encoding", "gzip"),)),
    Target("ONE_CROSSING", ONE),
    Target("NOT_MODIFIED", LIST, known=True),
)


@dataclass(frozen=True)
class Server:
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float | None:
        """Processor time used so far, by all its threads; None where there is no /proc."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def server(*argv: str, port: int, **env: str) -> Iterator[Server]:
    """A Python module that serves on `port`, until the context ends."""
    process = subprocess.Popen([sys.executable, "-m", *argv], env={**os.environ, **env})
    try:
        _wait_for(port, process)
        yield Server(port, process)
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing serves on port {port}")


def free_port() -> int:
    """Below the range of outgoing connections, so that no client can be given it."""
    while True:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def furnish(folder: Path) -> None:
    """The catalogue, the history of the border and one run of the advisories in a data directory."""
    settings = Settings(data_dir=folder, database_url=None)
    migrate(settings.database)
    keys, now = Keyring(settings.keys_folder), datetime.now(UTC)
    edge = Edge.to(settings.database, keys=keys)
    with edge.work() as work:
        signing.prepare(work, keys)
        crossings.load(work, crossings.catalogue())
        notices.load_history(work)
    with edge.reading() as session:
        inputs = board.read_inputs(session)
    with edge.work() as work:
        for part in alternatives.parts_of(inputs, {}, now):
            advisories.record(work, alternatives.advise(inputs, {}, now, part).run)
    edge.close()


@dataclass(frozen=True)
class Speed:
    """Requests per second by the clock, and processor seconds of the server per request."""

    rate: float
    cpu: float | None


def measure(here: Server, request: bytes, seconds: float) -> Speed:
    _loaded(here.port, request, WARM_UP_SECONDS)
    before = here.cpu_seconds()
    done, lasted = _loaded(here.port, request, seconds)
    after = here.cpu_seconds()
    cpu = None if before is None or after is None else (after - before) / done
    return Speed(done / lasted, cpu)


def _loaded(port: int, request: bytes, seconds: float) -> tuple[int, float]:
    if wrk := shutil.which("wrk"):
        return _by_wrk(wrk, port, request, seconds)
    length = ask(port, request).length
    call = {"port": port, "request": request.decode(), "length": length, "seconds": seconds}
    argv = [sys.executable, "-m", "benchmarks.wire", "load", json.dumps(call)]
    done, lasted = json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)
    return done, lasted


def _by_wrk(wrk: str, port: int, request: bytes, seconds: float) -> tuple[int, float]:
    first, *headers = request.decode().split("\r\n")[:-2]
    argv = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s"]
    argv += [part for header in headers for part in ("-H", header)]
    said = subprocess.run(
        [*argv, f"http://127.0.0.1:{port}{first.split()[1]}"], check=True, capture_output=True, text=True
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(said)
    done = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m)", said)
    assert done is not None, said
    return int(done[1]), float(done[2]) * {"ms": 0.001, "s": 1, "m": 60}[done[3]]


Rounds = list[tuple[Speed, Speed]]
"""The bare application and the service, round by round."""


def run(rounds: int, seconds: float) -> dict[str, Rounds]:
    with TemporaryDirectory(prefix="otkel-serving-") as folder, ExitStack() as stack:
        data, port = Path(folder) / "data", free_port()
        data.mkdir()
        furnish(data)
        env = {"OTKEL_DATA_DIR": str(data), "OTKEL_DATABASE_URL": f"sqlite:///{data / 'otkel.db'}"}
        ours = stack.enter_context(server("services.api", "127.0.0.1", str(port), port=port, **env))
        found: dict[str, Rounds] = {target.check: [] for target in TARGETS}
        for number in range(rounds):
            for target in TARGETS:
                pair = _tried(target, ours, Path(folder) / "reply", seconds, ours_first=number % 2 == 1)
                found[target.check].append(pair)
        return found


def _tried(
    target: Target, ours: Server, file: Path, seconds: float, *, ours_first: bool
) -> tuple[Speed, Speed]:
    """Both in turn. Once more where the answer changed meanwhile, as it does when a crossing opens."""
    for _ in range(TRIES):
        request = target.request(ours.port)
        with _bare_server(file, ours.port, request) as bare_server:
            order = (ours, bare_server) if ours_first else (bare_server, ours)
            with suppress(subprocess.CalledProcessError):
                speeds = {one.port: measure(one, request, seconds) for one in order}
                if ask(ours.port, request) == ask(bare_server.port, request):
                    return speeds[bare_server.port], speeds[ours.port]
    raise RuntimeError(f"{target.check}: the answer does not stay the same for so long")


@contextmanager
def _bare_server(file: Path, port: int, request: bytes) -> Iterator[Server]:
    """The bare application with what the service answers to this request."""
    reply, own_port = ask(port, request), free_port()
    file.write_text(json.dumps(vars(reply) | {"body": reply.body.hex()}))
    with server("benchmarks.wire", "serve", str(own_port), str(file), port=own_port) as here:
        yield here


def ratios(rounds: Rounds) -> tuple[list[float], list[float]]:
    """By processor time, empty where it is not known, and by the clock; lowest first."""
    by_cpu = [theirs.cpu / ours.cpu for theirs, ours in rounds if theirs.cpu and ours.cpu]
    return sorted(by_cpu), sorted(ours.rate / theirs.rate for theirs, ours in rounds)


def check(values: Sequence[float]) -> dict[str, Any]:
    value = round(median(values), 3)
    return {"value": value, "limit": LIMIT, "pass": value >= LIMIT}


def report(found: dict[str, Rounds]) -> dict[str, dict[str, Any]]:
    """Print the table; the checks. The ratio by processor time decides where it is known."""
    checks = {}
    print(f"{'':15}{'bare/s':>8}{'ours/s':>8}{'bare µs':>9}{'ours µs':>9}   ratio: processor time, clock")
    for name, rounds in found.items():
        by_cpu, by_clock = ratios(rounds)
        rates = [median(speed.rate for speed in side) for side in zip(*rounds, strict=True)]
        costs = [median((speed.cpu or 0) * 1e6 for speed in side) for side in zip(*rounds, strict=True)]
        spans = [f"{median(r):.2f} ({r[0]:.2f}-{r[-1]:.2f})" if r else "unknown" for r in (by_cpu, by_clock)]
        print(f"{name:15}{rates[0]:8.0f}{rates[1]:8.0f}{costs[0]:9.1f}{costs[1]:9.1f}   {', '.join(spans)}")
        checks[name] = check(by_cpu or by_clock)
        checks[f"{name}_CLOCK"] = check(by_clock)
    return checks


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.serving", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each measurement")
    options = parser.parse_args(arguments)
    checks = report(run(options.rounds, options.seconds))
    print(json.dumps(checks))
    return 0 if all(one["pass"] for one in checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
