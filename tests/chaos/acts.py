"""What officials do: one act after another, drawn at random from those that are possible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal, TypeAlias

import httpx

from services.core.crossings import Direction, Mode, Side
from services.core.notices import Effect, NoticeFields, NoticeText, Selector, What, Window
from services.core.observations import Kind, ObservationFields
from services.core.text import Language

Verb: TypeAlias = Literal["publish", "amend", "withdraw", "end", "submit", "approve", "report"]

ROADS = ("gishtkoprik-zhibek-zholy", "navoiy-kaplanbek", "yallama-konysbayev", "malik-syrdarya")
MODES = (Mode.CAR, Mode.TRUCK, Mode.BUS)


@dataclass(frozen=True, slots=True)
class Official:
    id: str
    key: str
    side: Side

    @property
    def name(self) -> str:
        """As the records have it."""
        return f"official:{self.id}"


@dataclass(frozen=True, slots=True)
class Told:
    """What a reply says of an act. A draft's version counts as its revision; a report has revision 1."""

    subject: str
    revision: int
    repeated: bool = False


def told_in_json(reply: httpx.Response) -> Told:
    said = reply.json()
    revision = said.get("revision", said.get("version", 1))
    return Told(said["id"], revision, reply.headers.get("idempotent-replayed") == "true")


@dataclass(frozen=True, slots=True)
class Act:
    """One request, the same at every attempt.

    It is recorded under the name of its `author` and its `key`, which also goes out with it. `sent` is what
    the notice, draft or report should say then.
    """

    verb: Verb
    author: str
    key: str
    sent: NoticeFields | ObservationFields
    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes | None = None
    told: Callable[[httpx.Response], Told] = told_in_json

    def request(self, http: httpx.Client, address: str) -> httpx.Request:
        headers = {**self.headers, "Idempotency-Key": self.key}
        return http.build_request(self.method, address + self.path, headers=headers, content=self.content)


@dataclass(frozen=True, slots=True)
class _Known:
    """What was told of the act that last changed a notice or a draft."""

    act: Act
    told: Told


@dataclass
class Desk:
    """One official, and what they may do something about. `mix` weighs the kinds of acts; a `colleague` of
    the same side approves what one person alone may not say."""

    official: Official
    mix: Mapping[Verb, float]
    rng: Random
    colleague: Official | None = None
    _standing: dict[str, _Known] = field(default_factory=dict)
    _submitted: dict[str, _Known] = field(default_factory=dict)

    def draw(self, key: str) -> Act:
        """The next act, under `key`; but an approval is recorded under the key of what it approves."""
        possible = [verb for verb in self.mix if self._possible(verb)]
        (verb,) = self.rng.choices(possible, [self.mix[verb] for verb in possible])
        return BUILDERS[verb](self, key)

    def note(self, act: Act, told: Told) -> None:
        """The act was acknowledged."""
        match act.verb:
            case "publish" | "amend":
                self._standing[told.subject] = _Known(act, told)
            case "withdraw" | "end":
                del self._standing[told.subject]
            case "submit":
                self._submitted[told.subject] = _Known(act, told)
            case "approve":
                del self._submitted[told.subject]
                self._standing[told.subject] = _Known(act, told)

    def _possible(self, verb: Verb) -> bool:
        match verb:
            case "amend" | "withdraw" | "end":
                return bool(self._standing)
            case "approve":
                return bool(self._submitted)
            case _:
                return True

    def publish(self, key: str) -> Act:
        return self._act("publish", key, self._notice(key), "POST", "/v1/notices")

    def submit(self, key: str) -> Act:
        """A notice about more crossings than one person alone may speak of."""
        crossings = self.rng.sample(ROADS, 3)
        return self._act("submit", key, self._notice(key, crossings), "POST", "/v1/notices")

    def approve(self, _key: str) -> Act:
        assert self.colleague is not None
        before = self.rng.choice(list(self._submitted.values()))
        return Act(
            verb="approve",
            author=before.act.author,
            key=before.act.key,
            sent=before.act.sent,
            method="POST",
            path=f"/v1/notices/{before.told.subject}/publish",
            headers=_credentials(self.colleague) | _read(before),
        )

    def amend(self, key: str) -> Act:
        before = self.rng.choice(list(self._standing.values()))
        path = f"/v1/notices/{before.told.subject}"
        return self._act("amend", key, self._notice(key), "PUT", path, before=before)

    def withdraw(self, key: str) -> Act:
        return self._finish("withdraw", key)

    def end(self, key: str) -> Act:
        return self._finish("end", key)

    def report(self, key: str) -> Act:
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
        return self._act("report", key, fields, "POST", "/v1/observations")

    def _finish(self, verb: Literal["withdraw", "end"], key: str) -> Act:
        before = self.rng.choice(list(self._standing.values()))
        return Act(
            verb=verb,
            author=self.official.name,
            key=key,
            sent=before.act.sent,
            method="POST",
            path=f"/v1/notices/{before.told.subject}/{verb}",
            headers=_credentials(self.official) | _read(before),
        )

    def _act(
        self,
        verb: Verb,
        key: str,
        fields: NoticeFields | ObservationFields,
        method: str,
        path: str,
        *,
        before: _Known | None = None,
    ) -> Act:
        """What says something new."""
        headers = {**_credentials(self.official), "Content-Type": "application/json"}
        return Act(
            verb=verb,
            author=self.official.name,
            key=key,
            sent=fields,
            method=method,
            path=path,
            headers=headers | (_read(before) if before else {}),
            content=fields.model_dump_json(exclude_defaults=True).encode(),
        )

    def _notice(self, key: str, crossings: Sequence[str] = ()) -> NoticeFields:
        """A closure, of one crossing unless others are named."""
        closed = Selector(
            crossings=tuple(crossings) or (self.rng.choice(ROADS),), modes=(self.rng.choice(MODES),)
        )
        window = Window(start=datetime.now(UTC) - timedelta(minutes=1))
        return NoticeFields(
            authority=self.official.side,
            effects=(Effect(what=What.CLOSED, selector=closed, window=window),),
            texts={Language.ENGLISH: NoticeText(headline=key)},
        )


def _credentials(official: Official) -> dict[str, str]:
    return {"Authorization": f"Bearer {official.key}"}


def _read(known: _Known) -> dict[str, str]:
    return {"If-Match": f'"{known.told.revision}"'}


BUILDERS: Mapping[Verb, Callable[[Desk, str], Act]] = {
    "publish": Desk.publish,
    "amend": Desk.amend,
    "withdraw": Desk.withdraw,
    "end": Desk.end,
    "submit": Desk.submit,
    "approve": Desk.approve,
    "report": Desk.report,
}
