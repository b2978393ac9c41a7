"""The relay: looks for promises that are due, hints a worker, and does them itself when nobody does.

Any number of relays may run. Periodic work is a promise with a dedupe key for its period, so there is no
leader, no schedule to lose, and a period is never done twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from celery import Celery
from sqlalchemy.exc import SQLAlchemyError

from services.core import outbox
from services.core.outbox import Promise
from services.core.settings import Settings
from services.core.work import Edge
from services.worker.fulfilment import fulfil

log = logging.getLogger(__name__)

LOOK_EVERY = 0.2
LEASE = timedelta(seconds=5)
PATIENCE = timedelta(seconds=8)
"""How long a promise may stand before the relay keeps it itself."""
BROKER_REST = 2.0
"""Seconds without hints after the broker did not answer."""


@dataclass(frozen=True, slots=True)
class Period:
    kind: str
    seconds: int


def periods(settings: Settings) -> Sequence[Period]:
    asked = [Period("roads.ask", 86_400)] if settings.osrm_url else []
    return [
        Period("worker.beat", 10),
        Period("advisories.recompute", settings.advise_every_seconds),
        Period("outbox.tidy", 3_600),
        *asked,
    ]


class Relay:
    def __init__(self, edge: Edge, settings: Settings, celery: Celery) -> None:
        self._edge = edge
        self._settings = settings
        self._celery = celery
        self._promised: dict[str, int] = {}
        self._broker_rests_until = 0.0

    def run(self, stop: threading.Event) -> None:
        """Until told to stop. Outlives the database: it looks again."""
        while not stop.wait(LOOK_EVERY):
            try:
                self.step()
            except SQLAlchemyError as error:
                log.warning("the database does not answer: %s", str(error).splitlines()[0])
                stop.wait(1)

    def step(self) -> int:
        """One look: promise what its time has come, then see to everything due. How many rows were due."""
        now = datetime.now(UTC)
        self._promise_periodic(now)
        with self._edge.reading() as session:
            if not outbox.any_due(session, now):
                return 0
        with self._edge.work() as work:
            rows = outbox.claim(work, lease=LEASE)
        for row in rows:
            self._see_to(row, now)
        return len(rows)

    def _promise_periodic(self, now: datetime) -> None:
        due = {period.kind: int(now.timestamp()) // period.seconds for period in periods(self._settings)}
        new = {kind: number for kind, number in due.items() if self._promised.get(kind) != number}
        if new:
            with self._edge.work() as work:
                for kind, number in new.items():
                    outbox.promise(work, kind, dedupe_key=f"{kind}:{number}")
                outbox.beat(work, "relay")
            self._promised.update(new)

    def _see_to(self, row: Promise, now: datetime) -> None:
        assert row.id is not None
        if now - row.created_at >= PATIENCE:
            fulfil(self._edge, self._settings, row.id, by="relay")
        elif time.monotonic() >= self._broker_rests_until:
            self._hint(row.id)

    def _hint(self, promise_id: int) -> None:
        try:
            self._celery.send_task("outbox.fulfil", (promise_id,), expires=60, retry=False)
        except Exception as error:  # whatever a transport raises: a hint is only a hint
            log.warning("the broker does not answer: %s", error)
            self._broker_rests_until = time.monotonic() + BROKER_REST
