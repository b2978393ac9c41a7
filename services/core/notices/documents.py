"""What a notice says: one situation, its effects, and when and to whom it is told.

The *publication* window says when the public is told; the window of an *effect* says when it bites.
The two are different things, and so are an end that is known and an end that was only announced.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from services.core.crossings.documents import Code, Confidence, Country, Rule
from services.core.crossings.words import Direction, Goods, Mode, Side
from services.core.text import Body, Language, Line, Record

OUR_TIME = range(1991, 2100)
"""The years that a notice may speak of: there has been a border since 1991, and an end beyond any plan is
none. Close to the ends of the calendar an instant cannot be told in every time zone."""


def _in_our_time(at: datetime) -> datetime:
    if at.year not in OUR_TIME:
        raise ValueError(f"must lie in the years {OUR_TIME[0]} to {OUR_TIME[-1]}; what has no end gives none")
    return at


Instant = Annotated[AwareDatetime, AfterValidator(_in_our_time)]


class What(StrEnum):
    """What an effect does to those whom it selects."""

    CLOSED = "closed"
    RESTRICTED = "restricted"
    """Limited. With `capacity_share` it is open with less capacity, without one nobody said how far."""
    HOURS = "hours"
    """Other opening hours than the catalogue's: `hours` is the rule."""
    REOPENED = "reopened"
    """Ends what was closed, restricted or rescheduled before its start, on the sides it names."""
    DELAY = "delay"
    INFORMATION = "information"


class End(StrEnum):
    KNOWN = "known"
    """It ends then, for sure."""
    ANNOUNCED = "announced"
    """It was said to end then. When that has passed, a closure becomes unconfirmed, never open."""
    OPEN = "open"
    """No end was given; it goes on until another notice says otherwise."""


class Window(Record):
    """When an effect bites: `start <= at < end`. `recurs` narrows it to times of the day or week."""

    start: Instant
    end: Instant | None = None
    end_is: End = End.OPEN
    recurs: Rule | None = None
    """OSM opening hours syntax, in the local time of the side concerned, e.g. `Mo-Fr 22:00-06:00`."""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if (self.end is None) != (self.end_is is End.OPEN):
            raise ValueError("end_is: an open end has no date, any other end has one")
        if self.end is not None and self.end <= self.start:
            raise ValueError("end: a window must end after it starts")
        return self


class Selector(Record):
    """Whom an effect concerns. An empty list selects all of its kind; the conditions must hold together."""

    crossings: tuple[Code, ...] = ()
    sides: tuple[Side, ...] = ()
    """The sides that imposed it. Empty: both."""
    modes: tuple[Mode, ...] = ()
    directions: tuple[Direction, ...] = ()
    citizens: tuple[Country, ...] = ()
    """Only citizens of these states are concerned."""
    citizens_except: tuple[Country, ...] = ()
    """Everybody is concerned but citizens of these states."""
    mass_over_t: Annotated[float, Field(ge=0)] | None = None
    mass_up_to_t: Annotated[float, Field(gt=0)] | None = None
    goods: tuple[Goods, ...] = ()
    transit: bool | None = None

    @model_validator(mode="after")
    def _can_mean_somebody(self) -> Self:
        over, up_to = self.mass_over_t, self.mass_up_to_t
        if over is not None and up_to is not None and up_to <= over:
            raise ValueError("mass_up_to_t: must be above mass_over_t, or nobody is meant")
        return self


class Effect(Record):
    what: What
    selector: Selector = Selector()
    window: Window
    capacity_share: Annotated[float, Field(ge=0, le=1)] | None = None
    """Share of the usual capacity that is left; only with `restricted`."""
    hours: Rule | None = None
    """Only with `hours`: the rule in OSM syntax, local time of each side selected."""
    delay_minutes: Annotated[float, Field(ge=0, le=14 * 24 * 60)] | None = None
    """Only with `delay`, as the authority gave it."""

    @model_validator(mode="after")
    def _says_what_it_needs_and_no_more(self) -> Self:
        for field, needed, allowed in (
            ("capacity_share", False, self.what is What.RESTRICTED),
            ("hours", self.what is What.HOURS, self.what is What.HOURS),
            ("delay_minutes", False, self.what is What.DELAY),
        ):
            value = getattr(self, field)
            if value is None and needed:
                raise ValueError(f"{field}: needed with {self.what}")
            if value is not None and not allowed:
                raise ValueError(f"{field}: has no meaning with {self.what}")
        return self


class NoticeText(Record):
    headline: Line
    body: Body | None = None


class Cited(Record):
    """Where a notice was read, when it was not given to us by the authority itself."""

    title: Line
    url: Line | None = None
    confidence: Confidence


class NoticeFields(Record):
    """What a notice says, stated once: the request, the stored revision and the reply are made of it."""

    authority: Line
    """Who announced it, as a traveller would know it: "State Customs Committee of Uzbekistan"."""
    cause: Line | None = None
    effects: tuple[Effect, ...] = Field(min_length=1, max_length=50)
    texts: dict[Language, NoticeText] = Field(min_length=1)
    publish_from: Instant | None = None
    """When the public is told; None: at once."""
    publish_until: Instant | None = None
    """Until when it is listed. Its effects go on to count: a closure is not over when it is old news."""
    sources: tuple[Cited, ...] = ()
    alternatives: tuple[Code, ...] = ()
    """Crossings that the authority itself named as the way round."""

    @model_validator(mode="after")
    def _is_told_for_a_while(self) -> Self:
        if self.publish_from and self.publish_until and self.publish_until <= self.publish_from:
            raise ValueError("publish_until: must come after publish_from")
        return self
