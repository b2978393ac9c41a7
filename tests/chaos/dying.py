"""`python -m tests.chaos.dying HOST PORT`: the API as it is, but that it dies where it was ordered to.

The process that has committed what was ordered kills itself before anybody can hear of it. Its parent starts
the next one and does nothing else, but that it has loaded the modules: the longest part of a start.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn

import uvicorn
from fastapi import FastAPI
from sqlalchemy import event
from sqlmodel import Session

from services.api import main
from services.core.notices import NoticeDraft, NoticeRevision
from services.core.observations import Observation
from services.core.settings import Settings
from services.core.work import Edge, Work
from tests.chaos.orders import Orders

ACTS = (NoticeRevision, NoticeDraft, Observation)
"""What an official's act leaves behind, with the key under which it was done."""


@dataclass(frozen=True, slots=True)
class MortalEdge(Edge):
    orders: Orders = field(kw_only=True)

    @contextmanager
    def work(self, *, now: datetime | None = None) -> Iterator[Work]:
        with Edge.work(self, now=now) as work:
            done = _acts_written_in(work.session)
            yield work
        if self.orders.take(done):
            os.kill(os.getpid(), signal.SIGKILL)


def _acts_written_in(session: Session) -> set[str]:
    """The keys of what this session writes, as it writes it; of what it only reads, nothing."""
    keys: set[str] = set()

    @event.listens_for(session, "after_flush")
    def _note(session: Session, _context: object) -> None:
        written = (*session.new, *session.dirty)
        keys.update(row.idempotency_key for row in written if isinstance(row, ACTS) and row.idempotency_key)

    return keys


def create_app() -> FastAPI:
    app = main.create_app()
    edge, orders = app.state.edge, Orders.beside(app.state.settings)
    app.state.edge = MortalEdge(edge.writer, edge.reader, edge.keys, orders=orders)
    return app


def live(host: str, port: int) -> None:
    uvicorn.run(
        create_app,
        factory=True,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        server_header=False,
    )


def live_again_and_again(host: str, port: int) -> NoReturn:
    orders = Orders.beside(Settings())
    while True:
        child = os.fork()
        if child == 0:
            live(host, port)
            sys.exit()
        _, status = os.waitpid(child, 0)
        orders.note_end(child, os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    live_again_and_again(sys.argv[1], int(sys.argv[2]))
