"""Running the service: all of it under one supervisor, or one process of it."""

from __future__ import annotations

import logging
import os
import socket
import sys
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.cli import catalogue
from services.cli.edge import assuming, opened, refused
from services.cli.supervisor import Child, take_over
from services.core import outbox

serve = typer.Typer(help="Run one process of the service.", no_args_is_help=True)
check = typer.Typer(help="Is a process of this kind alive? Exit code 0 if so.", no_args_is_help=True)

LIVELY = timedelta(seconds=30)


def up(
    port: Annotated[int, typer.Option(help="Where the page is served.", min=1, max=65535)] = 8080,
    data: Annotated[Path | None, typer.Option(help="Where everything is kept; `var` if not said.")] = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Run everything on this machine: page, API, relay and worker, with nothing else to install."""
    if data is not None:
        os.environ["OTKEL_DATA_DIR"] = str(data)
    console = os.environ.setdefault("OTKEL_CONSOLE_ORIGIN", f"http://localhost:{port}")
    _refuse_a_taken_port(host, port)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    catalogue.migrate()
    catalogue.load()
    children = [
        Child("api", _api(host, port)),
        Child("relay", _relay()),
        Child("worker", _worker(Pool.SOLO, 1)),
    ]
    typer.echo(
        f"Otkel is at http://{host}:{port}/, the officials' console at {console}/console (Ctrl-C stops)"
    )
    take_over(children)


def _refuse_a_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise refused(f"--port {port}: {error.strerror}; choose another") from error


class Pool(StrEnum):
    SOLO = "solo"
    PREFORK = "prefork"


def _api(host: str, port: int) -> list[str]:
    return [sys.executable, "-m", "services.api", host, str(port)]


def _relay() -> list[str]:
    return [sys.executable, "-m", "services.worker", "relay"]


def _worker(pool: Pool, concurrency: int) -> list[str]:
    return [sys.executable, "-m", "services.worker", "worker", pool, str(concurrency)]


@serve.command("api")
def api(
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
) -> None:
    """Serve the page and the API."""
    _become(_api(host, port))


@serve.command("relay")
def relay() -> None:
    """Hand out promises that are due, and keep those that nobody else keeps."""
    _become(_relay())


@serve.command("worker")
def worker(
    pool: Annotated[Pool, typer.Option(help="solo: one task at a time, in this process.")] = Pool.SOLO,
    concurrency: Annotated[int, typer.Option(min=1)] = 1,
) -> None:
    """Run a Celery worker."""
    _become(_worker(pool, concurrency))


def _become(argv: list[str]) -> None:
    """Turn this process into another, so that signals reach it and nothing stands in between; not where it
    would not start for what it is told to assume."""
    assuming()
    os.execv(argv[0], argv)  # noqa: S606


@check.command("relay")
def check_relay() -> None:
    """Has a relay looked for promises in the last half minute?"""
    _check("relay")


@check.command("worker")
def check_worker() -> None:
    """Has a worker kept a promise in the last half minute? It is given one every ten seconds."""
    _check("worker")


def _check(name: str) -> None:
    with opened() as edge, edge.reading() as session:
        last = outbox.last_beat(session, name)
    if last is None or datetime.now(UTC) - last > LIVELY:
        raise refused(f"no {name} has been alive since {last or 'the beginning'}")
