"""Running the service: all of it under one supervisor, or one process of it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import warnings
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.cli import catalogue
from services.cli.edge import opened, refused
from services.cli.supervisor import Child, Supervisor
from services.core import outbox
from services.core.settings import Settings
from services.core.work import Edge

serve = typer.Typer(help="Run one process of the service.", no_args_is_help=True)
check = typer.Typer(help="Is a process of this kind alive? Exit code 0 if so.", no_args_is_help=True)

LIVELY = timedelta(seconds=30)


def up(
    port: Annotated[int, typer.Option(help="Where the page and the API are served.")] = 8080,
    data: Annotated[Path | None, typer.Option(help="Where everything is kept; `var` if not said.")] = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Run everything on this machine: page, API, relay and worker, with nothing else to install."""
    if data is not None:
        os.environ["OTKEL_DATA_DIR"] = str(data)
    _refuse_a_taken_port(host, port)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    catalogue.migrate()
    catalogue.load()
    otkel = (sys.executable, "-m", "services.cli")
    children = [
        Child("api", (*otkel, "serve", "api", "--host", host, "--port", str(port))),
        Child("relay", (*otkel, "serve", "relay")),
        Child("worker", (*otkel, "serve", "worker")),
    ]
    typer.echo(f"Otkel is at http://{host}:{port}/ (stop with Ctrl-C)")
    raise typer.Exit(Supervisor(children).run())


def _refuse_a_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise refused(f"--port {port}: {error.strerror}; choose another") from error


@serve.command("api")
def api(
    host: Annotated[str, typer.Option()] = "127.0.0.1", port: Annotated[int, typer.Option()] = 8080
) -> None:
    """Serve the page and the API."""
    import uvicorn  # each process loads only what it runs

    uvicorn.run(
        "services.api.main:create_app",
        factory=True,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=8,
    )


@serve.command("relay")
def relay() -> None:
    """Hand out promises that are due, and keep those that nobody else keeps."""
    from services.worker.app import create_app
    from services.worker.relay import Relay

    logging.basicConfig(level=logging.WARNING, format="relay: %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings = Settings()
    Relay(Edge.to(settings.database), settings, create_app(settings)).run(stop)


class Pool(StrEnum):
    SOLO = "solo"
    PREFORK = "prefork"


@serve.command("worker")
def worker(
    pool: Annotated[Pool, typer.Option(help="solo: one task at a time, in this process.")] = Pool.SOLO,
    concurrency: Annotated[int, typer.Option(min=1)] = 1,
) -> None:
    """Run a Celery worker."""
    from celery.platforms import SecurityWarning

    from services.worker.app import create_app

    os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")
    warnings.filterwarnings("ignore", category=SecurityWarning)  # nothing but JSON is ever unpacked
    create_app().worker_main(
        [
            "--quiet",
            "worker",
            f"--pool={pool}",
            f"--concurrency={concurrency}",
            "--loglevel=WARNING",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


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
