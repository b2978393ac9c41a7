"""The figures the model begins with, as read from `priors.toml`: each with its range and its source."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from math import log
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.core.congestion.grid import LaneKey

PRIOR = "prior"
TEN_TO_NINETY = 2.5631
"""Standard deviations of a normal distribution between P10 and P90."""
DEFAULT_FILE = Path(__file__).with_name("priors.toml")


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class Stated(_Value):
    """`source` is a key of the sources, or "prior" for an assumption of ours."""

    source: str
    confidence: Literal["A", "B", "C", "prior"] = "prior"
    note: str | None = None

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if (self.source == PRIOR) != (self.confidence == PRIOR):
            raise ValueError(f"confidence: is prior if and only if the source is, not {self.confidence}")
        return self


class Figure(Stated):
    """A number; `low` and `high` are its P10 and P90 where the range is known."""

    value: float
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = (self.value if end is None else end for end in (self.low, self.high))
        if not low <= self.value <= high:
            raise ValueError("value: must lie between low and high")
        return self

    @property
    def log_sd(self) -> float:
        """Standard deviation of the logarithm; 0 where no range is given."""
        if self.low is None or self.high is None or self.low <= 0:
            return 0.0
        return log(self.high / self.low) / TEN_TO_NINETY


class Flag(Stated):
    value: bool


class Figures(Stated):
    values: tuple[float, ...]


class Common(_Value):
    demand_sd: Figure
    demand_tau_hours: Figure
    capacity_mean: Figure
    capacity_sd: Figure
    capacity_tau_hours: Figure
    inspection_sd: Figure
    inspection_tau_hours: Figure
    stop_every_hours: Figure
    stop_hours: Figure
    near_correlation: Figure
    wide_correlation: Figure
    reliability_premium: Figure
    informed_share: Figure
    deferral_minutes: Figure
    usual_load: Figure


class ModeClass(_Value):
    """What holds for a mode wherever nothing better is known. `held`: the queue stays when the post shuts.
    `comes_when_shut`: people line up also in the hours in which it is usually shut. No `balking`: nobody
    turns away. No `daily`: without a level of its own a lane is not modelled. No `theta`: nobody chooses."""

    service_minutes: Figure
    service_scv: Figure
    party: Figure
    held: Flag
    comes_when_shut: Flag
    walk_minutes: Figure
    balking: Figure | None = None
    daily: Figure | None = None
    theta: Figure | None = None
    thresholds_minutes: Figures
    hours: Figures
    weekdays: Figures
    months: Figures

    @model_validator(mode="after")
    def _complete(self) -> Self:
        lengths = {"thresholds_minutes": 3, "hours": 24, "weekdays": 7, "months": 12}
        for name, length in lengths.items():
            if len(getattr(self, name).values) != length:
                raise ValueError(f"{name}: needs {length} values")
        return self

    def hour_share(self, hour: int) -> float:
        """Share of a day's units that come in an hour of the day."""
        return self.hours.values[hour] / sum(self.hours.values)

    @property
    def busiest_hour(self) -> float:
        return max(self.hours.values) / sum(self.hours.values)


class Factors(Stated):
    """Demand on the days before an occasion, on it, and on the day of return, against an ordinary day."""

    before: float = Field(ge=0)
    day: float = Field(ge=0)
    after: float = Field(ge=0)


MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class Occasion(_Value):
    """A class of days: some public holidays by their English names ("*": any), or a span of every year.

    `factors` by mode; a mode that is not named travels as usual.
    """

    name: str
    holidays: tuple[str, ...] = ()
    since: MonthDay | None = Field(default=None, alias="from")
    until: MonthDay | None = Field(default=None, alias="to")
    days_before: Annotated[int, Field(ge=0, le=14)] = 0
    note: str | None = None
    factors: dict[str, Factors]

    @model_validator(mode="after")
    def _has_its_days(self) -> Self:
        if (self.since is None) != (self.until is None) or bool(self.holidays) == (self.since is not None):
            raise ValueError(f"{self.name}: give either holidays, or from and to")
        return self

    def celebrates(self, names: Iterable[str]) -> bool:
        """Whether one of these holidays is of this occasion."""
        return any("*" in self.holidays or name in self.holidays for name in names)

    def spans(self, day: date) -> bool:
        """Whether a day lies from its first to its last month-day; the span may run over New Year."""
        if self.since is None or self.until is None:
            return False
        written = f"{day:%m-%d}"
        if self.since <= self.until:
            return self.since <= written <= self.until
        return written >= self.since or written <= self.until


class _Dated(_Value):
    crossing: str
    mode: str
    since: date = Field(default=date.min, alias="from")
    directions: Literal[1, 2]


class Level(_Dated):
    per_day: Figure


class Capacity(_Dated):
    """Exactly one of the three figures."""

    side: Literal["uz", "kz"]
    per_day: Figure | None = None
    per_hour: Figure | None = None
    at_once: Figure | None = None

    @model_validator(mode="after")
    def _one_figure(self) -> Self:
        if sum(figure is not None for figure in (self.per_day, self.per_hour, self.at_once)) != 1:
            raise ValueError("per_day, per_hour, at_once: give one of them")
        return self


class Yard(_Value):
    crossing: str
    mode: str
    direction: str
    units: Figure


class Source(_Value):
    title: str
    url: str | None = None
    said: date | None = None


class Priors(_Value):
    """The whole file. Figures that are dated hold from their day on, until the next for the same thing."""

    common: Common
    modes: dict[str, ModeClass]
    occasions: tuple[Occasion, ...]
    levels: tuple[Level, ...]
    capacities: tuple[Capacity, ...]
    yards: tuple[Yard, ...]
    sources: dict[str, Source]

    @classmethod
    def read(cls, file: Path = DEFAULT_FILE) -> Priors:
        return cls.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))

    @model_validator(mode="after")
    def _sources_are_named(self) -> Self:
        for stated in _stated(self):
            if stated.source != PRIOR and stated.source not in self.sources:
                raise ValueError(f"sources: no source is called {stated.source!r}")
        return self

    def daily(self, lane: LaneKey, on: date) -> tuple[Figure, float] | None:
        """The level of a lane and its units per day in its direction; None where none can be given."""
        known = [level for level in self.levels if (level.crossing, level.mode) == (lane.crossing, lane.mode)]
        if level := _in_force(known, on):
            return level.per_day, level.per_day.value / level.directions
        mode = self.modes.get(lane.mode)
        return None if mode is None or mode.daily is None else (mode.daily, mode.daily.value)

    def servers(self, lane: LaneKey, side: str, on: date) -> tuple[Figure, float] | None:
        """What is known of a post's capacity for a lane, and the servers in one direction that it amounts
        to; None where no capacity is stated."""
        subject = (lane.crossing, lane.mode, side)
        stated = [found for found in self.capacities if (found.crossing, found.mode, found.side) == subject]
        if not (capacity := _in_force(stated, on)):
            return None
        mode = self.modes[lane.mode]
        if capacity.at_once:
            return capacity.at_once, capacity.at_once.value / capacity.directions
        share = mode.busiest_hour if capacity.per_day else 1.0
        figure = capacity.per_day or capacity.per_hour
        assert figure is not None
        per_hour = figure.value / capacity.directions * share
        return figure, per_hour * mode.service_minutes.value / 60

    def usual_servers(self, lane: LaneKey, on: date, open_share: float = 1.0) -> float:
        """Servers that carry the busiest usual hour at the usual load, at least one; only for lanes with a
        level. `open_share` is the share of the day's units whose hour lies in the opening hours."""
        found = self.daily(lane, on)
        if found is None or open_share <= 0:
            return 1.0
        mode = self.modes[lane.mode]
        busiest = found[1] * mode.busiest_hour / open_share
        return max(busiest * mode.service_minutes.value / 60 / self.common.usual_load.value, 1.0)

    def yard(self, lane: LaneKey) -> float | None:
        """Units that fit between the posts; None where no limit is known."""
        for yard in self.yards:
            if (yard.crossing, yard.mode, yard.direction) == (lane.crossing, lane.mode, lane.direction):
                return yard.units.value
        return None


Dated = TypeVar("Dated", bound=_Dated)


def _in_force(known: list[Dated], on: date) -> Dated | None:
    begun = [one for one in known if one.since <= on]
    return max(begun, key=lambda one: one.since, default=None)


def _stated(value: object) -> Iterator[Stated]:
    """Everything with a source, however deep."""
    if isinstance(value, Stated):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _stated(getattr(value, name))
    elif isinstance(value, dict | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _stated(part)
