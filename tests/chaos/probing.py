"""Watching from outside how soon an acknowledged act is seen by readers, and known to the advisories."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, func, select

from services.core.advisories import AdvisoryRun
from services.core.work import Edge
from tests.chaos.clients import Done
from tests.chaos.household import Member, Victim

LOOK_SECONDS = 0.05


def newest_known(session: Session) -> int:
    """Up to which ledger entry any advisory run knows; 0 before the first. An act is followed by a run of the
    crossings that it touches, and by none of the others."""
    return session.exec(select(func.max(AdvisoryRun.ledger_seq))).one() or 0


@dataclass(frozen=True, slots=True)
class Seen:
    """How long after its acknowledgement an act was in another process's answers.

    `disturbed`: that process, or the database from which it learns of others' acts, was down in between.
    """

    done: Done
    seconds: float
    disturbed: bool


@dataclass
class Prober:
    """Reads each acknowledged notice from the processes that did not acknowledge it, until they have it."""

    apis: Sequence[Member]
    databases: Sequence[Victim]
    """The database servers that may be killed; none for SQLite."""
    seen: list[Seen] = field(default_factory=list)
    failed_reads: list[str] = field(default_factory=list)
    """Reads that failed although the process was up."""
    _waiting: list[tuple[Done, Member]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, done: Done) -> None:
        if done.verb != "report":
            others = [(done, api) for api in self.apis if api.address != done.address]
            with self._lock:
                self._waiting += others

    @property
    def idle(self) -> bool:
        return not self._waiting

    def run(self, stop: threading.Event) -> None:
        with httpx.Client(timeout=1.0, trust_env=False) as http:
            while not stop.wait(LOOK_SECONDS):
                with self._lock:
                    waiting = list(self._waiting)
                found = [(done, api) for done, api in waiting if self._look(http, done, api)]
                with self._lock:
                    self._waiting = [one for one in self._waiting if one not in found]

    def _look(self, http: httpx.Client, done: Done, api: Member) -> bool:
        asked = time.monotonic()
        try:
            reply = http.get(f"{api.address}/v1/notices/{done.subject}")
        except httpx.TransportError as error:
            if not api.outages.touch(asked - 1, time.monotonic() + 1):
                self.failed_reads.append(f"{api.name}: {type(error).__name__}")
            return False
        now = time.monotonic()
        if reply.status_code != 200 or reply.json()["revision"] < done.revision:
            if reply.status_code not in (200, 404) and not api.outages.touch(asked, now):
                self.failed_reads.append(f"{api.name}: {reply.status_code}")
            return False
        disturbed = any(one.outages.touch(done.acknowledged_at, now) for one in (api, *self.databases))
        self.seen.append(Seen(done, now - done.acknowledged_at, disturbed))
        return True


@dataclass
class AdvisoryWatch:
    """Notes when the newest advisory run came to know how much of the ledger."""

    edge: Edge
    known: list[tuple[float, int]] = field(default_factory=list)
    """Monotonic seconds, and the ledger entry up to which the newest run knew then."""

    def run(self, stop: threading.Event) -> None:
        while not stop.wait(LOOK_SECONDS):
            self._look()
        self._look()

    def _look(self) -> None:
        try:
            with self.edge.reading() as session:
                seq = newest_known(session)
        except SQLAlchemyError:
            return
        if not self.known or self.known[-1][1] != seq:
            self.known.append((time.monotonic(), seq))

    @property
    def steps_back(self) -> int:
        """How often the newest run knew less than the one before it."""
        pairs = zip(self.known, self.known[1:], strict=False)
        return sum(later < earlier for (_, earlier), (_, later) in pairs)

    def lag(self, done: Done, seq: int) -> float:
        """Seconds from an acknowledgement until the newest run knew of it; infinite if none ever did."""
        times = (at for at, known in self.known if known >= seq)
        return max(0.0, next(times, float("inf")) - done.acknowledged_at)
