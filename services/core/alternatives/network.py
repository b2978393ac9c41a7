"""The roads of both states as data: stretches between places, their grades, and how fast whom they carry."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.core.crossings.documents import Source
from services.core.crossings.words import Mode, Side
from services.core.text import Line, Record

ROADS = Path(__file__).with_name("roads.toml")


@dataclass(frozen=True, slots=True, order=True)
class RoadLeg:
    """A drive; the quicker is the lesser.

    `approximate` where a length in it is reckoned from the great circle. The minutes rest on assumed speeds
    in any case, unless a routing server gave them.
    """

    minutes: float
    km: float
    approximate: bool

    def __post_init__(self) -> None:
        if not (isfinite(self.minutes) and isfinite(self.km) and self.minutes >= 0 and self.km >= 0):
            raise ValueError(f"no drive takes {self.minutes} minutes over {self.km} km")

    def __add__(self, onward: RoadLeg) -> RoadLeg:
        return RoadLeg(
            self.minutes + onward.minutes, self.km + onward.km, self.approximate or onward.approximate
        )


HERE = RoadLeg(0, 0, approximate=False)


class Grade(StrEnum):
    MOTORWAY = "motorway"
    MAIN = "main"
    LOCAL = "local"
    STREET = "street"


class Sourced(Record):
    source: str
    note: Line | None = None


class Pace(Sourced):
    """How fast a car goes on roads of one grade, and how much longer they are than the great circle."""

    speed_kmh: Annotated[float, Field(gt=0)]
    detour: Annotated[float, Field(ge=1)]

    def drive(self, km: float, *, approximate: bool) -> RoadLeg:
        return RoadLeg(km / self.speed_kmh * 60, km, approximate)


class Vehicle(Sourced):
    """`share` of the car's speed, and the minutes on foot at each post."""

    share: Annotated[float, Field(gt=0)]
    walk_minutes: Annotated[float, Field(ge=0)]


class OffRoad(Sourced):
    """From a position to the network; straight to the crossing within `direct_km` of it."""

    grade: Grade
    detour: Annotated[float, Field(ge=1)]
    direct_km: Annotated[float, Field(ge=0)]


class Stretch(Record):
    """A road between two places of one state; a crossing's code means its post in that state."""

    ends: tuple[str, str]
    grade: Grade
    number: Line | None = None
    length_km: Annotated[float, Field(gt=0)] | None = None
    """As `source` gives it. None: nobody does, it is the great circle times the grade's detour."""
    source: str | None = None
    note: Line | None = None

    @model_validator(mode="after")
    def _names_its_source(self) -> Self:
        if (self.length_km is None) != (self.source is None):
            raise ValueError("source: a length has one, a guess has none")
        return self


class Network(Record):
    """The roads of both states, as data."""

    sources: dict[str, Source]
    grades: dict[Grade, Pace]
    vehicles: dict[Mode, Vehicle]
    off_road: OffRoad
    stretches: dict[Side, tuple[Stretch, ...]]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.grades.keys() != set(Grade) or self.vehicles.keys() != set(Mode):
            raise ValueError("grades, vehicles: each has its assumptions")
        named = {it.source for it in (*self.grades.values(), *self.vehicles.values(), self.off_road)}
        named |= {it.source for country in self.stretches.values() for it in country if it.source}
        if unknown := named - self.sources.keys():
            raise ValueError(f"sources: no source is called {', '.join(sorted(unknown))}")
        return self


def network(path: Path = ROADS) -> Network:
    """The roads of a file. Raises ValueError where it says something else."""
    return Network.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
