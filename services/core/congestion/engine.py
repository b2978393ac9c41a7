"""How the engine works, as read from `engine.toml`: there every field has its unit, reason and source."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Self, TypeAlias

from pydantic import Field, model_validator

from services.core.congestion.grid import SLOT_MINUTES
from services.core.congestion.stated import Number, Setting, Source, Table, Whole, refuse_unknown

Count: TypeAlias = Setting[Annotated[Whole, Field(ge=1)]]
Above: TypeAlias = Setting[Annotated[Number, Field(gt=0)]]
NotBelow: TypeAlias = Setting[Annotated[Number, Field(ge=0)]]
Part: TypeAlias = Setting[Annotated[Number, Field(gt=0, lt=1)]]
"""More than nothing, less than all."""
Least: TypeAlias = Setting[Annotated[Number, Field(ge=1)]]
Decay: TypeAlias = Setting[Annotated[Number, Field(gt=0, le=1)]]
Times: TypeAlias = Setting[Annotated[tuple[Annotated[Whole, Field(ge=1)], ...], Field(min_length=1)]]


class Calendar(Table):
    turns: Setting[Annotated[Whole, Field(ge=1, le=64)]]
    overrun_median: Above
    overrun_log_sd: NotBelow
    overrun_most: Least
    restricted_least_share: Part
    restricted_most_share: Part

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.restricted_least_share.value > self.restricted_most_share.value:
            raise ValueError("restricted_least_share: must not be above restricted_most_share")
        return self


class Outlook(Table):
    particles: Setting[Annotated[Whole, Field(ge=20, le=2000, multiple_of=2)]]
    ahead_hours: Setting[Annotated[Whole, Field(ge=24, le=96, multiple_of=3)]]
    spin_up_hours: Setting[Annotated[Whole, Field(ge=24, le=168)]]
    tail_hours: Setting[Annotated[Whole, Field(ge=1, le=168)]]


class Events(Table):
    felt_hours: Setting[Annotated[Whole, Field(ge=0)]]
    stopped_probability: Part


class Blending(Table):
    equal_weight: Setting[Annotated[Number, Field(ge=0, le=1)]]
    sharpness: NotBelow
    fewest_targets: Count


class Diversion(Table):
    least_turns: Setting[Annotated[Whole, Field(ge=1, le=64)]]
    receiving_share: Above
    band_gap_share: Part


class Levels(Table):
    likely_probability: Part
    exit_ratio: Decay
    hold_minutes: NotBelow
    without_news_hours: NotBelow
    fading_hours: Above
    fresh_reports: Above
    felt_hours: Above

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.without_news_hours.value * 60 < self.hold_minutes.value:
            raise ValueError("without_news_hours: must not be shorter than hold_minutes")
        return self


class Accuracy(Table):
    horizons_hours: Times
    fewest_targets: Count
    fewest_usual: Count

    @model_validator(mode="after")
    def _published(self) -> Self:
        _ascending("horizons_hours", self.horizons_hours.value)
        if any(hours > 24 and hours % 3 for hours in self.horizons_hours.value):
            raise ValueError("horizons_hours: beyond the first day only every third hour is published")
        return self


class Series(Table):
    horizons_minutes: Times
    weeks: Setting[Annotated[Whole, Field(ge=2, le=13)]]
    aging_per_week: Decay
    forgetting_per_week: Decay
    carry_hours: Count
    shrinkage_weeks: NotBelow
    ridge: Above
    rows: Count
    fewest_rows: Count
    tick_minutes: Count
    sharpness: NotBelow
    memory_days: Above
    enough_forecasts: Above
    gain_per_forecast: Part
    narrowest_log: Setting[Annotated[Number, Field(le=0)]]
    widest_log: NotBelow
    ceiling_times: Least
    fewest_reports: Count
    fewest_days: Count

    @model_validator(mode="after")
    def _on_the_grid(self) -> Self:
        _ascending("horizons_minutes", self.horizons_minutes.value)
        for name, times in (
            ("horizons_minutes", self.horizons_minutes.value),
            ("tick_minutes", (self.tick_minutes.value,)),
        ):
            if any(minutes % SLOT_MINUTES for minutes in times):
                raise ValueError(f"{name}: must be whole quarters of an hour")
        if self.fewest_rows.value > self.rows.value:
            raise ValueError("fewest_rows: must not be above rows")
        return self


class Engine(Table):
    """The whole file."""

    calendar: Calendar
    outlook: Outlook
    events: Events
    blending: Blending
    diversion: Diversion
    levels: Levels
    accuracy: Accuracy
    series: Series
    sources: dict[str, Source]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        refuse_unknown(self.sources, self)
        if self.accuracy.horizons_hours.value[-1] > self.outlook.ahead_hours.value:
            raise ValueError("accuracy.horizons_hours: must lie within outlook.ahead_hours")
        if self.outlook.particles.value < self.calendar.turns.value:
            raise ValueError("outlook.particles: must be as many as calendar.turns, or some are never seen")
        return self


def _ascending(name: str, values: tuple[int, ...]) -> None:
    if any(lower >= upper for lower, upper in pairwise(values)):
        raise ValueError(f"{name}: must be ascending")
