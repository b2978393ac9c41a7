"""Clients who repeat each act of an official until it is acknowledged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random

import httpx

from services.core.notices import NoticeFields
from services.core.observations import ObservationFields
from tests.chaos.acts import Act, Desk, Told, Verb

PATIENCE_SECONDS = 90
"""An act that nobody acknowledges for so long is given up, and the run has failed."""
REPLY_SECONDS = 5.0


class Refused(Exception):
    """The service answered that it will not do what it should do."""


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was acknowledged: what was sent, what was answered, by which API process, and when.

    `sent` is what the notice or report should say now. Instants are monotonic seconds.
    """

    verb: Verb
    author: str
    key: str
    subject: str
    revision: int
    sent: NoticeFields | ObservationFields
    address: str
    asked_at: float
    acknowledged_at: float
    attempts: int

    @classmethod
    def now(cls, act: Act, told: Told, address: str, asked_at: float, attempts: int) -> Done:
        return cls(
            verb=act.verb,
            author=act.author,
            key=act.key,
            subject=told.subject,
            revision=told.revision,
            sent=act.sent,
            address=address,
            asked_at=asked_at,
            acknowledged_at=time.monotonic(),
            attempts=attempts,
        )


@dataclass
class Client:
    """One official with a schedule: when to act, in seconds from the beginning, or as soon as they can."""

    name: str
    desk: Desk
    addresses: Sequence[str]
    schedule: Sequence[float]
    way: Random
    """Chooses the API process for each attempt. Apart, so that outages do not change what is done."""
    tell: Callable[[Done], None]
    done: list[Done] = field(default_factory=list)
    failure: str | None = None

    def run(self, began: float, stop: threading.Event) -> None:
        with connected() as http:
            for number, due in enumerate(self.schedule):
                if stop.wait(max(0.0, began + due - time.monotonic())):
                    return
                try:
                    done = self._acknowledged(http, self.desk.draw(f"{self.name} act {number}"))
                except Refused as refused:
                    self.failure = str(refused)
                    return
                self.done.append(done)
                self.tell(done)

    def _acknowledged(self, http: httpx.Client, act: Act) -> Done:
        asked_at = time.monotonic()
        for attempts in count(1):
            address = self.way.choice(self.addresses)
            reply = attempt(http, act.request(http, address))
            if reply is not None:
                told = act.told(reply)
                self.desk.note(act, told)
                return Done.now(act, told, address, asked_at, attempts)
            if time.monotonic() - asked_at > PATIENCE_SECONDS:
                break
        raise given_up(act)


def connected() -> httpx.Client:
    return httpx.Client(timeout=httpx.Timeout(REPLY_SECONDS, connect=1.0), trust_env=False)


def attempt(http: httpx.Client, request: httpx.Request) -> httpx.Response | None:
    """The answer; None, after a rest, where the same request should be sent again. Raises Refused."""
    try:
        reply = http.send(request)
    except httpx.TransportError:
        time.sleep(0.1)
        return None
    if reply.status_code >= 500:
        time.sleep(float(reply.headers.get("retry-after", 0.2)))
        return None
    if reply.status_code >= 400:
        raise Refused(f"{request.method} {request.url.path}: {reply.status_code} {reply.text}")
    return reply


def given_up(act: Act) -> Refused:
    return Refused(f"{act.key}: {act.verb} was acknowledged by nobody in {PATIENCE_SECONDS} s")
