"""What a catalogue file may say of one crossing. Every statement names its source, date and confidence.

A crossing is a pair of posts. What changes with time (hours, modes, access) is a list of *versions*, each
valid from a local date on; within a version several *accounts* may stand, one for every source that says
something else. Accounts are kept, never averaged: where they disagree, the answer is "unconfirmed".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from services.core.crossings.hours import check_rule
from services.core.crossings.words import Direction, Kind, Mode, Side
from services.core.places import Position
from services.core.text import Line, Record, Translations

Code = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Rule = Annotated[str, AfterValidator(check_rule)]
"""Opening hours in the OSM syntax that `hours.check_rule` accepts."""

Dated = date | None
"""A field called `date` cannot have a type of the same name."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError(f"no time zone is called {name!r}") from None
    return name


class Confidence(StrEnum):
    """How far a statement can be trusted."""

    A = "A"
    """Said by an authority: customs, border service, ministry, treaty."""
    B = "B"
    """Said by one press or expert source, or by public data that no authority answers for."""
    C = "C"
    """Inferred by us, of uncertain date, or disputed."""


class Source(Record):
    """Where a statement comes from. `said` is the date of the source, `read` the date we read it."""

    title: Line
    url: Line | None = None
    said: date | None = None
    read: date | None = None


class Stated(Record):
    """Anything that somebody said: `source` is a key of the file's table of sources."""

    source: str
    confidence: Confidence
    note: Line | None = None


class Named(Stated):
    names: Translations
    aliases: tuple[Line, ...] = ()
    """Every other spelling that is met, in any script; used by the search only."""


class Place(Stated):
    """Where a post stands, in words."""

    region: Translations
    near: Line | None = None
    road: Line | None = None


class Located(Place):
    """Where a post stands, in words and on the ground."""

    position: Position


class HoursAccount(Stated):
    """What one source says of the hours."""

    rule: Rule


class HoursVersion(Record):
    """Opening hours of one post for some modes, from a local date on, until the next version for the mode.

    No modes means "all". Accounts that differ make the hours in which they differ unconfirmed.
    """

    valid_from: date
    modes: tuple[Mode, ...] = ()
    accounts: tuple[HoursAccount, ...] = Field(min_length=1)


class ModeAccount(Stated):
    admitted: bool


class ModeVersion(Record):
    """Whether the crossing takes some modes, from a local date on. No accounts means: nobody says."""

    valid_from: date
    modes: tuple[Mode, ...] = Field(min_length=1)
    accounts: tuple[ModeAccount, ...] = ()


class AccessAccount(Stated):
    """Who may pass. Empty `citizens` or `plates` means any; `commercial_goods=False` means none allowed."""

    citizens: tuple[Country, ...] = ()
    plates: tuple[Country, ...] = ()
    commercial_goods: bool = True


class AccessVersion(Record):
    valid_from: date
    accounts: tuple[AccessAccount, ...] = Field(min_length=1)


class CapacityPhase(StrEnum):
    DESIGN = "design"
    OBSERVED = "observed"
    PLANNED = "planned"
    REBUILT = "rebuilt"


class Capacity(Stated):
    """One figure as somebody gave it. None of side, direction or modes means: the source does not say."""

    value: Annotated[float, Field(gt=0)]
    unit: Line
    """What is counted and per what, such as "vehicles/day", "persons/day", "trucks at once", "lanes"."""
    phase: CapacityPhase
    side: Side | None = None
    direction: Direction | None = None
    modes: tuple[Mode, ...] = ()
    date: Dated = None


class Remark(Stated):
    """A disagreement between sources, or something a traveller should know, in plain words."""

    about: Line
    text: Line


class Post(Record):
    """One side of a crossing."""

    named: Named
    located: Located | None = None
    """None where no source gives the position."""
    placed: Place | None = None
    """Where it stands as far as words go, for a post whose position no source gives."""
    timezone: Annotated[str, AfterValidator(_zone)]
    authority: Line
    customs_code: Line | None = None
    telephone: Line | None = None
    hours: tuple[HoursVersion, ...] = ()


class Crossing(Record):
    """A pair of posts, one Uzbek, one Kazakh."""

    code: Code
    kind: Kind
    cluster: Code
    """Crossings that can stand in for each other within an hour or two of road."""
    opened: date | None = None
    """First local day of service; before it the crossing is closed. None: older than our records."""
    sources: dict[str, Source]
    posts: dict[Side, Post]
    modes: tuple[ModeVersion, ...]
    access: tuple[AccessVersion, ...]
    capacities: tuple[Capacity, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if set(self.posts) != set(Side):
            raise ValueError("posts: a crossing has one post on each side")
        for stated in self.statements():
            if stated.source not in self.sources:
                raise ValueError(f"sources: no source is called {stated.source!r}")
        for version in self.modes:
            if any(mode.kind is not self.kind for mode in version.modes):
                raise ValueError(f"modes: a {self.kind} crossing takes {self.kind} modes only")
        return self

    def statements(self) -> Sequence[Stated]:
        """Everything in the file that somebody said."""
        said: list[Stated] = [*self.capacities, *self.remarks]
        for post in self.posts.values():
            said += [post.named, *(place for place in (post.located, post.placed) if place)]
            said += [account for version in post.hours for account in version.accounts]
        said += [account for version in self.modes for account in version.accounts]
        said += [account for version in self.access for account in version.accounts]
        return said
