"""The border's past as notices: what was told about closures, limits and queues, and when it was told.

One file of `history/` is one event: a notice with every revision of it that became public, and what the
authorities advised meanwhile. A reader's own event may be a TOML or JSON file of the same shape.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from services.core.crossings.documents import Code, Country
from services.core.crossings.words import Direction, Mode
from services.core.errors import Invalid, NotFound
from services.core.notices.documents import NoticeFields
from services.core.text import Body, Line, Record

HISTORY = Path(__file__).parent / "history"
TASHKENT = ZoneInfo("Asia/Tashkent")
"""Days and months in names of events are counted here."""

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

EventId = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]{0,19}$")]


class RevisionKind(StrEnum):
    """An end is an amendment whose effects have known ends; only what was taken back is withdrawn."""

    PUBLISHED = "published"
    AMENDED = "amended"
    WITHDRAWN = "withdrawn"


class Revision(Record):
    """What was told at `published_at`, whole. Where only the day is known it is 09:00, and `note` says so."""

    published_at: AwareDatetime
    kind: RevisionKind
    reason: Line
    note: Body | None = None
    """What is unsure about it: a day that no source gives, a list that was cut off."""
    notice: NoticeFields


class Gold(Record):
    """What an authority advised, as far as it can be checked: at each instant of `at`, for these modes."""

    modes: tuple[Mode, ...] = Field(min_length=1)
    instead_of: tuple[Code, ...] = ()
    """The crossings that the advice leads away from. Empty: it says who passes, not where else to go."""
    must: tuple[Code, ...] = ()
    """Crossings that such a traveller can pass."""
    must_not: tuple[Code, ...] = ()
    """Crossings that must not be called open to such a traveller."""
    rail: tuple[Code, ...] = ()
    """Railway crossings named for the same travellers, who would take `rail_mode` there."""
    rail_mode: Mode | None = None
    at: tuple[AwareDatetime, ...] = Field(min_length=1)
    daylight: bool = False
    """Holds in daylight only, because a crossing in `must` is shut at night."""
    directions: tuple[Direction, ...] = ()
    """Empty: both."""
    citizens: tuple[Country, ...] = ()
    """For whom it holds; empty: anybody."""
    vehicle_mass_t: Annotated[float, Field(gt=0)] | None = None
    source: Line
    """Whose advice it is, and where the notice that gives it is cited."""

    @model_validator(mode="after")
    def _says_something_that_can_be_true(self) -> Self:
        if not self.must and not self.must_not and not self.rail:
            raise ValueError("must: an advice names a crossing in must, must_not or rail")
        if both := set(self.must) & set(self.must_not):
            raise ValueError(f"must_not: also in must: {', '.join(sorted(both))}")
        if bool(self.rail) != bool(self.rail_mode):
            raise ValueError("rail_mode: goes with rail, and rail with it")
        return self


class Event(Record):
    """One situation at the border, from the first word about it to the last."""

    slug: Code
    event: EventId
    also: tuple[EventId, ...] = ()
    """Other ids that tell a later turn of the same situation."""
    summary: Body
    revisions: tuple[Revision, ...] = Field(min_length=1)
    gold: tuple[Gold, ...] = ()

    @model_validator(mode="after")
    def _is_told_in_order(self) -> Self:
        if self.revisions[0].kind is not RevisionKind.PUBLISHED:
            raise ValueError("revisions.0.kind: the first revision of a notice is published")
        for number, (before, after) in enumerate(pairwise(self.revisions), start=1):
            if after.published_at <= before.published_at:
                raise ValueError(f"revisions.{number}.published_at: must come after the one before")
            if after.kind is RevisionKind.PUBLISHED:
                raise ValueError(f"revisions.{number}.kind: only the first one is published")
            if before.kind is RevisionKind.WITHDRAWN:
                raise ValueError(f"revisions.{number}: nothing follows a withdrawal")
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.event, *self.also)

    @property
    def told(self) -> datetime:
        """When the public first heard of it."""
        return self.revisions[0].published_at

    @property
    def starts(self) -> datetime:
        """When it first bit, by what was known in the end."""
        return min(effect.window.start for effect in self.revisions[-1].notice.effects)

    def turns(self) -> Iterator[datetime]:
        """Every instant at which something was told or some effect was said to begin."""
        for revision in self.revisions:
            yield revision.published_at
            yield from (effect.window.start for effect in revision.notice.effects)


def events() -> dict[str, Event]:
    """The recorded events by id, the earliest first."""
    return dict(_recorded())


@cache
def _recorded() -> dict[str, Event]:
    read = (read_event(path) for path in sorted(HISTORY.glob("[0-9]*.toml")))
    return {event.event: event for event in sorted(read, key=lambda event: (event.starts, event.slug))}


def skipped() -> dict[str, str]:
    """Events that are known of and not recorded, by id, each with the reason."""
    document = _parsed(HISTORY / "skipped.toml")
    return {entry["event"]: entry["reason"] for entry in document["skipped"]}


def find(name: str) -> list[Event]:
    """The recorded events that a name may mean, the earliest first; none if it means nothing.

    A name is an id (`E45`), a slug or words of one (`gishtkoprik`), a date or the beginning of one
    (`2025-12-29`, `2025-02`), or a month (`february-2023`, `feb-2023`). A date finds what was told or
    began then, in Tashkent time.
    """
    wanted = re.sub(r"[\s_]+", "-", name.strip().lower())
    everything = list(_recorded().values())
    named = [event for event in everything if wanted.upper() in event.ids or wanted == event.slug]
    if named or not wanted:
        return named
    if date := _date_prefix(wanted):
        return [event for event in everything if _turned_on(event, date)]
    words = set(wanted.split("-"))
    return [event for event in everything if words <= set(event.slug.split("-"))]


def _date_prefix(name: str) -> str | None:
    """`2025-02` for `2025-02`, `february-2025` and `2025-feb`; None for what is no date."""
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", name):
        return name
    if match := re.fullmatch(r"([a-z]{3,})-(\d{4})|(\d{4})-([a-z]{3,})", name):
        word, year = match[1] or match[4], match[2] or match[3]
        for number, month in enumerate(MONTHS, start=1):
            if month.startswith(word):
                return f"{year}-{number:02}"
    return None


def _turned_on(event: Event, date: str) -> bool:
    days = (turn.astimezone(TASHKENT).date().isoformat() for turn in event.turns())
    return any((day + "-").startswith(date + "-") for day in days)


def read_event(path: Path) -> Event:
    """An event from a TOML or JSON file. Raises NotFound, or Invalid with the file and the field at fault."""
    document = _parsed(path)
    try:
        return Event.model_validate(document)
    except ValidationError as error:
        field, message = _first_fault(error)
        raise Invalid(f"{path.name}: {field}: {message}", field=field) from None


def _first_fault(error: ValidationError) -> tuple[str, str]:
    """The dotted field and what is wrong with it.

    A check of several fields together is reported by pydantic at their table, and says the field itself.
    """
    fault = error.errors()[0]
    place, message = [str(part) for part in fault["loc"]], str(fault["msg"])
    if fault["type"] == "value_error":
        message = message.removeprefix("Value error, ")
        if named := re.match(r"([a-z0-9_.]+): (.+)", message, re.DOTALL):
            place, message = [*place, named[1]], named[2]
    return ".".join(place), message


def _parsed(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}") from None
    except (OSError, ValueError) as error:
        raise Invalid(f"{path.name}: cannot be read: {error}", field="") from None
    if not isinstance(document, dict):
        raise Invalid(f"{path.name}: an event is a table of fields", field="")
    return document
