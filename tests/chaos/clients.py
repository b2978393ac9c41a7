"""Officials who post, amend and withdraw notices and report queues, each act until it is acknowledged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Literal, TypeAlias

import httpx

from services.core.crossings import Direction, Mode, Side
from services.core.notices import Effect, NoticeFields, NoticeText, Selector, What, Window
from services.core.observations import Kind, ObservationFields
from services.core.text import Language

Verb: TypeAlias = Literal["publish", "amend", "withdraw", "report"]

ROADS = ("gishtkoprik-zhibek-zholy", "navoiy-kaplanbek", "yallama-konysbayev", "malik-syrdarya")
MODES = (Mode.CAR, Mode.TRUCK, Mode.BUS)
PATIENCE_SECONDS = 90
"""An act that nobody acknowledges for so long is given up, and the run has failed."""
REPLY_SECONDS = 5.0


class Refused(Exception):
    """The service answered that it will not do what it should do."""


@dataclass(frozen=True, slots=True)
class Official:
    id: str
    key: str
    side: Side


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


@dataclass
class Client:
    """One official with a schedule: when to act, in seconds from the beginning, or as soon as they can."""

    name: str
    official: Official
    addresses: Sequence[str]
    schedule: Sequence[float]
    rng: Random
    way: Random
    """Chooses the API process for each attempt. Apart, so that outages do not change what is done."""
    tell: Callable[[Done], None]
    done: list[Done] = field(default_factory=list)
    failure: str | None = None
    _standing: dict[str, Done] = field(default_factory=dict)

    def run(self, began: float, stop: threading.Event) -> None:
        limits = httpx.Timeout(REPLY_SECONDS, connect=1.0)
        headers = {"Authorization": f"Bearer {self.official.key}"}
        with httpx.Client(timeout=limits, headers=headers, trust_env=False) as http:
            for number, due in enumerate(self.schedule):
                if stop.wait(max(0.0, began + due - time.monotonic())):
                    return
                try:
                    done = self._act(http, f"{self.name} act {number}")
                except Refused as refused:
                    self.failure = str(refused)
                    return
                self.done.append(done)
                self.tell(done)

    def _act(self, http: httpx.Client, key: str) -> Done:
        draw = self.rng.random()
        if draw < 0.2:
            return self._report(http, key)
        if draw < 0.4 and self._standing:
            return self._amend(http, key, self.rng.choice(list(self._standing.values())))
        if draw < 0.5 and self._standing:
            return self._withdraw(http, key, self.rng.choice(list(self._standing.values())))
        return self._publish(http, key)

    def _publish(self, http: httpx.Client, key: str) -> Done:
        fields = self._notice(key)
        return self._remember(self._done(http, "publish", key, fields, "POST", "/v1/notices", fields))

    def _amend(self, http: httpx.Client, key: str, before: Done) -> Done:
        fields, path = self._notice(key), f"/v1/notices/{before.subject}"
        return self._remember(self._done(http, "amend", key, fields, "PUT", path, fields, before.revision))

    def _withdraw(self, http: httpx.Client, key: str, before: Done) -> Done:
        path = f"/v1/notices/{before.subject}/withdraw"
        del self._standing[before.subject]
        return self._done(http, "withdraw", key, before.sent, "POST", path, None, before.revision)

    def _report(self, http: httpx.Client, key: str) -> Done:
        fields = ObservationFields(
            crossing=self.rng.choice(ROADS),
            direction=self.rng.choice(list(Direction)),
            mode=self.rng.choice(MODES),
            side=self.official.side,
            kind=Kind.COUNT,
            observed_at=datetime.now(UTC),
            queue=self.rng.randrange(500),
            method=key,
        )
        return self._done(http, "report", key, fields, "POST", "/v1/observations", fields)

    def _notice(self, key: str) -> NoticeFields:
        closed = Selector(crossings=(self.rng.choice(ROADS),), modes=(self.rng.choice(MODES),))
        window = Window(start=datetime.now(UTC) - timedelta(minutes=1))
        return NoticeFields(
            authority=self.official.side,
            effects=(Effect(what=What.CLOSED, selector=closed, window=window),),
            texts={Language.ENGLISH: NoticeText(headline=key)},
        )

    def _remember(self, done: Done) -> Done:
        self._standing[done.subject] = done
        return done

    def _done(
        self,
        http: httpx.Client,
        verb: Verb,
        key: str,
        sent: NoticeFields | ObservationFields,
        method: str,
        path: str,
        body: NoticeFields | ObservationFields | None,
        expected: int | None = None,
    ) -> Done:
        headers = {"Idempotency-Key": key} | ({"If-Match": f'"{expected}"'} if expected else {})
        content = body.model_dump(mode="json", exclude_defaults=True) if body else None
        asked_at = time.monotonic()
        for attempts in count(1):
            address = self.way.choice(self.addresses)
            told = _told(http, http.build_request(method, address + path, headers=headers, json=content))
            if told is not None:
                return Done(
                    verb=verb,
                    author=f"official:{self.official.id}",
                    key=key,
                    subject=told["id"],
                    revision=told.get("revision", 1),
                    sent=sent,
                    address=address,
                    asked_at=asked_at,
                    acknowledged_at=time.monotonic(),
                    attempts=attempts,
                )
            if time.monotonic() - asked_at > PATIENCE_SECONDS:
                break
        raise Refused(f"{key}: {verb} was acknowledged by nobody in {PATIENCE_SECONDS} s")


def _told(http: httpx.Client, request: httpx.Request) -> dict[str, Any] | None:
    """The answer to one attempt; None, after a rest, where the same request should be sent again."""
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
    told: dict[str, Any] = reply.json()
    return told
