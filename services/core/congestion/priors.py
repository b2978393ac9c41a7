"""The figures the model begins with, as read from `priors.toml`: each with its range and its source."""

from __future__ import annotations

import tomllib
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from services.core.congestion.grid import LaneKey
from services.core.congestion.occasions import Occasion
from services.core.congestion.stated import (
    Figure,
    Figures,
    Flag,
    ModeName,
    NotNegative,
    Number,
    Positive,
    Share,
    Source,
    Table,
    refuse_unknown,
)

DEFAULT_FILE = Path(__file__).with_name("priors.toml")

THETA_MOST = 0.03
"""Above it the averaging of the spill-over finds no equilibrium with queues: gaps of 28 % and more."""


class Common(Table):
    demand_sd: NotNegative
    demand_tau_hours: Positive
    capacity_mean: Figure
    capacity_sd: NotNegative
    capacity_tau_hours: Positive
    inspection_sd: NotNegative
    inspection_tau_hours: Positive
    stop_every_hours: Positive
    stop_hours: Positive
    near_correlation: Share
    wide_correlation: Share
    reliability_premium: NotNegative
    informed_share: Share
    deferral_minutes: NotNegative
    usual_load: Share

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.wide_correlation.value > self.near_correlation.value:
            raise ValueError("wide_correlation: must not be above near_correlation")
        if self.usual_load.value == 0:
            raise ValueError("usual_load: must be positive")
        return self


class Theta(Positive):
    value: Annotated[Number, Field(gt=0, le=THETA_MOST)]


class Party(Figure):
    value: Annotated[Number, Field(ge=1)]


class ModeClass(Table):
    """What holds for a mode wherever nothing better is known. `held`: the queue stays when the post shuts.
    `comes_when_shut`: people line up also in the hours in which it is usually shut. No `balking`: nobody
    turns away. No `daily`: without a level of its own a lane is not modelled. No `theta`: nobody chooses."""

    service_minutes: Positive
    service_scv: NotNegative
    party: Party
    held: Flag
    comes_when_shut: Flag
    walk_minutes: NotNegative
    balking: Positive | None = None
    daily: Positive | None = None
    theta: Theta | None = None
    thresholds_minutes: Figures
    hours: Figures
    weekdays: Figures
    months: Figures

    @model_validator(mode="after")
    def _complete(self) -> Self:
        lengths = {"thresholds_minutes": 3, "hours": 24, "weekdays": 7, "months": 12}
        for name, length in lengths.items():
            values = getattr(self, name).values
            if len(values) != length:
                raise ValueError(f"{name}: needs {length} values")
            if min(values) < 0 or not sum(values):
                raise ValueError(f"{name}: must not be negative, nor all nothing")
        if any(lower >= upper for lower, upper in pairwise((0.0, *self.thresholds_minutes.values))):
            raise ValueError("thresholds_minutes: must be positive and ascending")
        return self

    def hour_share(self, hour: int) -> float:
        """Share of a day's units that come in an hour of the day."""
        return self.hours.values[hour] / sum(self.hours.values)

    @property
    def busiest_hour(self) -> float:
        return max(self.hours.values) / sum(self.hours.values)


class _Dated(Table):
    crossing: str
    mode: ModeName
    since: date = Field(default=date.min, alias="from")
    directions: Literal[1, 2]


class Level(_Dated):
    per_day: Positive


class Capacity(_Dated):
    """Exactly one of the three figures."""

    side: Literal["uz", "kz"]
    per_day: Positive | None = None
    per_hour: Positive | None = None
    at_once: Positive | None = None

    @model_validator(mode="after")
    def _one_figure(self) -> Self:
        if sum(figure is not None for figure in (self.per_day, self.per_hour, self.at_once)) != 1:
            raise ValueError("per_day, per_hour, at_once: give one of them")
        return self


class Yard(Table):
    crossing: str
    mode: ModeName
    direction: Literal["to-uz", "to-kz"]
    units: Positive


class Priors(Table):
    """The whole file. Figures that are dated hold from their day on, until the next for the same thing."""

    common: Common
    modes: dict[ModeName, ModeClass]
    occasions: tuple[Occasion, ...]
    levels: tuple[Level, ...]
    capacities: tuple[Capacity, ...]
    yards: tuple[Yard, ...]
    sources: dict[str, Source]

    @classmethod
    def read(cls, file: Path = DEFAULT_FILE) -> Priors:
        return cls.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        refuse_unknown(self.sources, self)
        figures: tuple[Level | Capacity | Yard, ...] = (*self.levels, *self.capacities, *self.yards)
        for one in figures:
            if one.mode not in self.modes:
                raise ValueError(
                    f"modes: nothing is said of {one.mode}, of which a figure of {one.crossing} is"
                )
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
