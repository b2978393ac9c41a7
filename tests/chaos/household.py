"""The processes of one service, each started again when it ends, each of which a test may kill by name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Protocol

import httpx

from services.cli.leash import Leash, send
from services.core import access, crossings, notices
from services.core.crossings import Side
from services.core.database import ROOT
from services.core.settings import Settings
from services.core.work import Edge
from tests.keys import FOLDER, KEYS, migrated
from tests.processes import eventually, free_port
from tests.servers import Server

RESTART_SECONDS = 0.2
"""As the service's own supervisor waits before it starts a child again."""
START_SECONDS = 60
LOOK_SECONDS = 0.05


class Outages:
    """When something did not serve, in monotonic seconds."""

    def __init__(self) -> None:
        self._spans: list[tuple[float, float]] = []

    @property
    def going_on(self) -> bool:
        return bool(self._spans) and self._spans[-1][1] == inf

    def begin(self) -> None:
        if not self.going_on:
            self._spans.append((time.monotonic(), inf))

    def end(self) -> None:
        if self.going_on:
            self._spans[-1] = (self._spans[-1][0], time.monotonic())

    def touch(self, start: float, end: float) -> bool:
        """Whether some outage falls between the two instants, in part or as a whole."""
        return any(began <= end and ended >= start for began, ended in self._spans)


class Victim(Protocol):
    name: str
    outages: Outages

    def kill(self) -> bool:
        """SIGKILL, and have it started again. False if it was not running."""


@dataclass
class Member:
    """One process. `address` is where it serves HTTP, if it does."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    leash: Leash
    address: str | None = None
    lives: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _due: float | None = None
    outages: Outages = field(default_factory=Outages)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def serves(self) -> bool:
        """Whether it runs, and answers if it serves HTTP."""
        if self._process is None or self._process.poll() is not None:
            return False
        if self.address is None:
            return True
        try:  # certificates, which nobody shows here, would take longer to read than the answer
            reply = httpx.get(f"{self.address}/readyz", timeout=0.5, trust_env=False, verify=False)
            return reply.status_code == 200
        except httpx.TransportError:
            return False

    def start(self) -> None:
        with self._lock, self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.argv,
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            self.leash.tie(self._process.pid)
            self.lives += 1
            self._due = None
            self.outages.begin()

    def kill(self) -> bool:
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                return False
            self.outages.begin()
            self._process.kill()
            return True

    def stop(self) -> None:
        """Kill it for good, with all that it has started."""
        with self._lock:
            self.kill()
            self._bury()
            self._due = None

    def tend(self, now: float) -> None:
        """Start it again if it has ended, and note when it serves again."""
        with self._lock:
            if self._process is not None and self._process.poll() is not None:
                self._bury()
                self._due = now + RESTART_SECONDS
            if self._due is not None and self._due <= now:
                self.start()
        if self.outages.going_on and self.serves:
            self.outages.end()

    def _bury(self) -> None:
        if self._process is not None:
            send(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self.leash.release(self._process.pid)
            self._process = None


@dataclass
class ServerVictim:
    """A database or a broker that comes back on the same port with what it has on disk."""

    name: str
    server: Server
    outages: Outages = field(default_factory=Outages)

    def kill(self) -> bool:
        self.outages.begin()
        self.server.kill()
        time.sleep(RESTART_SECONDS)
        self.server.start()
        self.outages.end()
        return True


class Household:
    """API processes, a relay and a worker on one database. Members that died are started again.

    `api` is the module that is run with a host and a port.
    """

    def __init__(
        self,
        home: Path,
        *,
        database_url: str | None = None,
        redis_url: str | None = None,
        apis: int = 2,
        api: str = "services.api",
        workers: Sequence[str] = ("relay", "worker"),
    ) -> None:
        self.home = home
        named = {"OTKEL_DATABASE_URL": database_url, "OTKEL_REDIS_URL": redis_url}
        self._env = _environment() | {"OTKEL_DATA_DIR": str(home / "data"), "OTKEL_KEYS_DIR": str(FOLDER)}
        self._env |= {name: value for name, value in named.items() if value is not None}
        self.settings = Settings(data_dir=home / "data", database_url=database_url, redis_url=redis_url)
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        self._leash = Leash(grace=0)
        self._stopping = threading.Event()
        self._tending = threading.Thread(target=self._tend, name="household", daemon=True)
        ports = [free_port() for _ in range(apis)]
        self.apis = [
            self._member(f"api-{number}", api, "127.0.0.1", str(port), port=port)
            for number, port in enumerate(ports, start=1)
        ]
        pool = "solo" if redis_url is None else "prefork"  # as each is run in earnest
        arguments = {"relay": ("relay",), "worker": ("worker", pool, "1")}
        self.workers = [self._member(name, "services.worker", *arguments[name]) for name in workers]

    @property
    def members(self) -> list[Member]:
        return [*self.apis, *self.workers]

    @property
    def addresses(self) -> list[str]:
        return [member.address for member in self.apis if member.address]

    def furnish(self, officials: int = 1) -> list[tuple[str, str, Side]]:
        """Schema, catalogue, history and officials: id, key and side of each, in turn UZ and KZ."""
        migrated(self.settings.database)
        with self.edge() as edge, edge.work() as work:
            crossings.load(work, crossings.catalogue())
            notices.load_history(work)
            let_in = []
            for number in range(officials):
                side = list(Side)[number % 2]
                name = f"official {number}"
                official = access.add_official(work, name=name, authority=name, country=side)
                let_in.append((official.id, str(access.issue_key(work, name)), side))
        return let_in

    @contextmanager
    def edge(self) -> Iterator[Edge]:
        edge = Edge.to(self.settings.database, keys=KEYS)
        try:
            yield edge
        finally:
            edge.close()

    def __enter__(self) -> Household:
        for member in self.members:
            member.start()
        self._tending.start()
        if not eventually(lambda: all(member.serves for member in self.members), within=START_SECONDS):
            said = self.said()
            self.close()
            raise RuntimeError(f"the service does not start; it says:\n{said}")
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._stopping.set()
        self._tending.join()
        for member in self.members:
            member.stop()
        self._leash.close()

    def said(self, last: int = 2000) -> str:
        """The end of what each member has written."""
        logs = {member.name: member.log for member in self.members if member.log.exists()}
        return "\n".join(f"{name}: {log.read_text(errors='replace')[-last:]}" for name, log in logs.items())

    def _member(self, name: str, module: str, *arguments: str, port: int | None = None) -> Member:
        return Member(
            name=name,
            argv=(sys.executable, "-m", module, *arguments),
            env=self._env,
            log=self.home / f"{name}.log",
            leash=self._leash,
            address=f"http://127.0.0.1:{port}" if port else None,
        )

    def _tend(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            for member in self.members:
                member.tend(time.monotonic())


def _environment() -> dict[str, str]:
    """The caller's, without any of its settings for the service."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OTKEL_")}
