"""The registry of sources: what the filter believes of each kind of report, as read from `sources.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from services.core.congestion.stated import PRIOR, Figure, Figures, Source, Stated

DEFAULT_FILE = Path(__file__).with_name("sources.toml")


class Measure(StrEnum):
    COUNT = "count"
    """Units waiting at a post."""
    WAIT = "wait"
    """Minutes."""
    PASSED = "passed"
    """Units that have passed a post in some hours."""


class Says(StrEnum):
    STOPPED = "stopped"
    MOVING = "moving"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Kind(_Entry):
    garbage: Figure
    cadence_minutes: Figure
    contributor_minutes: Figure

    @model_validator(mode="after")
    def _mistakes_happen(self) -> Self:
        if not 0 < self.garbage.value < 1:
            raise ValueError("garbage: must lie between 0 and 1, for nobody is always right")
        return self


class FigureKind(_Kind):
    """A number with noise; what the fields mean stands in the file."""

    measure: Measure
    delay: Literal["served", "joining"] | None = None
    log_sd: Figure
    bias_log_sd: Figure
    degrees: Figure | None = None
    smallest: Figure
    largest: Figure
    rounding: Figures
    most_odds: Figure

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.measure is Measure.WAIT) != (self.delay is not None):
            raise ValueError("delay: waits have one, and nothing else has")
        if not 0 < self.smallest.value < self.largest.value:
            raise ValueError("smallest: must be positive and below largest")
        if list(self.rounding.values) != sorted(self.rounding.values) or self.rounding.values[0] <= 0:
            raise ValueError("rounding: must be positive and ascending")
        return self

    @property
    def subject(self) -> str:
        return self.measure

    def interval(self, value: float) -> tuple[float, float]:
        """Where the figure lay before it was rounded to `value`."""
        steps = self.rounding.values
        fits = [step for step in steps if step <= value / 2 and _divides(step, value)]
        step = fits[-1] if fits else min(steps[0], 1.0)
        if value == 0:
            step = steps[0]
        return max(value - step / 2, 0.0), value + step / 2


class SignalKind(_Kind):
    """A word on whether a post works at all."""

    says: Says

    @property
    def subject(self) -> str:
        return self.says


Kind = FigureKind | SignalKind


class Unforeseen(_Entry):
    """How often something happens to a lane that no prior foresees, and how long it is felt."""

    every_hours: Figure
    lasts_hours: Figure

    @property
    def share(self) -> float:
        """Of the time in which a lane is in such a state."""
        return self.lasts_hours.value / self.every_hours.value


class Contributor(_Entry):
    """One of the public: how far all the reports of one may move a lane."""

    most_odds: Figure

    @model_validator(mode="after")
    def _is_heard(self) -> Self:
        if self.most_odds.value <= 1:
            raise ValueError("most_odds: must be above 1, or nobody is heard")
        return self


class Sources(_Entry):
    """The whole file."""

    unforeseen: Unforeseen
    contributor: Contributor
    units_per_km: dict[str, Figure]
    figures: dict[str, FigureKind]
    signals: dict[str, SignalKind]
    sources: dict[str, Source]

    @classmethod
    def read(cls, file: Path = DEFAULT_FILE) -> Sources:
        return cls.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))

    @model_validator(mode="after")
    def _sources_are_named(self) -> Self:
        for stated in self._stated():
            if stated.source != PRIOR and stated.source not in self.sources:
                raise ValueError(f"sources: no source is called {stated.source!r}")
        return self

    def _stated(self) -> Iterator[Stated]:
        yield from self.units_per_km.values()
        for entry in (self.unforeseen, self.contributor, *self.figures.values(), *self.signals.values()):
            values = (getattr(entry, name) for name in type(entry).model_fields)
            yield from (value for value in values if isinstance(value, Stated))

    def units(self, mode: str, low_km: float, high_km: float) -> tuple[float, float] | None:
        """Units in so many kilometres of queue; None for a mode that does not stand in file."""
        if mode not in self.units_per_km:
            return None
        per_km = self.units_per_km[mode].value
        return low_km * per_km, high_km * per_km if high_km < inf else inf


def _divides(step: float, value: float) -> bool:
    return abs(value / step - round(value / step)) < 1e-6
