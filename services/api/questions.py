"""What may be asked in a query string, and how it becomes a question of the domain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from services.core.accuracy import Queue, Tally
from services.core.advisories import Advisory, scored_hours
from services.core.crossings import Direction, Goods, Mode, Traveller
from services.core.errors import Invalid
from services.core.notices import Revision
from services.core.notices.documents import OUR_TIME
from services.core.places import Position
from services.core.text import Language, Line


def _with_its_plus(value: object) -> object:
    """A `+` in a query string means a space; in an instant it can only have been a `+`."""
    return value.replace(" ", "+") if isinstance(value, str) and value[10:11] == "T" else value


def _within_reach(at: datetime) -> datetime:
    if at.year not in OUR_TIME:
        raise ValueError(f"must lie in the years {OUR_TIME[0]} to {OUR_TIME[-1]}")
    return at


Instant = Annotated[AwareDatetime, BeforeValidator(_with_its_plus), AfterValidator(_within_reach)]
"""An instant with its offset."""


class Asked(BaseModel):
    """A query: a parameter that is not known is refused, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    at: Instant | None = None
    """The instant asked about; now if not said."""
    lang: Language = Language.ENGLISH

    def instant(self, now: datetime) -> datetime:
        return self.at or now


class AskedAsOf(BaseModel):
    """`as_of` asks for what was answered at an instant of the past; `at`, where there is one, is the same
    instant if not said."""

    as_of: Instant | None = None


class TravellerAsked(Asked):
    """For whom. Without a mode and a direction there is no single traveller, only lanes."""

    mode: Mode | None = None
    direction: Direction | None = None
    citizenship: Annotated[str, Field(pattern="^[A-Za-z]{2}$")] | None = None
    vehicle_mass_t: Annotated[float, Field(gt=0, le=200)] | None = None
    plate: Annotated[str, Field(pattern="^[A-Za-z]{2}$")] | None = None
    goods: Goods | None = None
    transit: bool | None = None

    @property
    def traveller(self) -> Traveller | None:
        if self.mode is None or self.direction is None:
            return None
        return self.travelling(self.mode, self.direction)

    def travelling(self, mode: Mode, direction: Direction) -> Traveller:
        return Traveller(
            mode=mode,
            direction=direction,
            citizenship=self.citizenship.upper() if self.citizenship else None,
            vehicle_mass_t=self.vehicle_mass_t,
            plate=self.plate.upper() if self.plate else None,
            goods=self.goods,
            transit=self.transit,
        )


class OneTravellerAsked(TravellerAsked):
    """For one traveller: mode and direction are needed."""

    mode: Mode
    direction: Direction

    @property
    def one(self) -> Traveller:
        return self.travelling(self.mode, self.direction)


def _point(written: str | None) -> Position | None:
    if written is None:
        return None
    try:
        lat, lon = (float(part) for part in written.split(","))
        return Position(lat=lat, lon=lon)
    except ValueError:
        raise ValueError("must be `latitude,longitude` in degrees, such as `41.31,69.28`") from None


class CrossingAsked(TravellerAsked, AskedAsOf):
    """One crossing."""


class CrossingsAsked(CrossingAsked):
    """`q` is any name in any script; `near` sorts by distance; `state` keeps only one status."""

    q: Line | None = None
    near: str | None = None
    state: Annotated[str, Field(pattern="^(open|closed|unconfirmed)$")] | None = None

    @field_validator("near")
    @classmethod
    def _is_a_point(cls, value: str | None) -> str | None:
        _point(value)
        return value

    @property
    def point(self) -> Position | None:
        return _point(self.near)

    @model_validator(mode="after")
    def _state_of_whom(self) -> Self:
        if self.state and not self.traveller:
            raise ValueError("state: needs a mode and a direction, for a crossing is open to somebody")
        return self


class OutlookAsked(OneTravellerAsked, AskedAsOf):
    """The waits of one lane."""


class TimelineAsked(OneTravellerAsked, AskedAsOf):
    """`from` and `to` bound the window; a week from now if not said, 62 days at most."""

    from_: Instant | None = Field(default=None, alias="from")
    to: Instant | None = None


class AlternativesAsked(OneTravellerAsked):
    """`from` and `to` are places by name or `lat,lon`; without them, the way from the crossing itself."""

    from_: Line | None = Field(default=None, alias="from")
    to: Line | None = None


class TripAsked(OneTravellerAsked):
    """`from` and `to` are places by name or `lat,lon`, one in each country; `depart` is when one sets out."""

    from_: Line = Field(alias="from")
    to: Line
    depart: Instant | None = None


class NoticesAsked(Asked, AskedAsOf):
    """`crossing` is a code; `in_force` keeps those that bite at `at`, or with `false` those that do not."""

    crossing: Annotated[str, Field(max_length=60)] | None = None
    in_force: bool | None = None

    def chooses(self, revision: Revision, at: datetime) -> bool:
        if not revision.listed(at):
            return False
        if self.crossing is not None and not revision.concerns(self.crossing):
            return False
        return self.in_force is None or revision.bites(at) is self.in_force


class NoticeAsked(AskedAsOf):
    model_config = ConfigDict(extra="forbid")


class AdvisoriesAsked(AskedAsOf):
    model_config = ConfigDict(extra="forbid")

    crossing: Annotated[str, Field(max_length=60)] | None = None
    mode: Mode | None = None
    direction: Direction | None = None
    lang: Language = Language.ENGLISH

    def chooses(self, advisory: Advisory) -> bool:
        return (
            self.crossing in (None, advisory.crossing)
            and self.mode in (None, advisory.mode)
            and self.direction in (None, advisory.direction)
        )


def _is_scored(hours: int) -> int:
    if hours not in scored_hours():
        raise ValueError(f"must be one of {', '.join(map(str, scored_hours()))}")
    return hours


def _is_compared(written: str) -> str:
    known = [*Mode, *Queue]
    if written not in known:
        raise ValueError(f"must be one of {', '.join(known)}")
    return written


class AccuracyAsked(BaseModel):
    """Of which forecasts; those that are not told apart by a crossing or direction are taken together."""

    model_config = ConfigDict(extra="forbid")

    mode: Annotated[str, AfterValidator(_is_compared)] | None = None
    direction: Direction | None = None
    crossing: Annotated[str, Field(max_length=60)] | None = None
    horizon_hours: Annotated[int, AfterValidator(_is_scored)] | None = None
    lang: Language = Language.ENGLISH

    def chooses(self, tally: Tally) -> bool:
        return (
            self.mode in (None, tally.mode)
            and self.direction in (None, tally.direction)
            and self.crossing in (None, tally.crossing)
            and self.horizon_hours in (None, tally.horizon_hours)
        )


def checked_key(header: str | None) -> str:
    """An idempotency key of 1 to 200 printable ASCII characters."""
    from services.api.problems import Required

    if header is None:
        raise Required(400, "Idempotency-Key", "choose one per act and repeat it when you retry")
    if not (1 <= len(header) <= 200 and header.isascii() and header.isprintable()):
        raise Invalid("must be 1 to 200 printable ASCII characters", field="Idempotency-Key")
    return header


def now() -> datetime:
    """The edge's clock."""
    return datetime.now(UTC)
