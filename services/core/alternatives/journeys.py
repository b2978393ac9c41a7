"""Who chooses between which crossings: journeys of the region, as markets for the spill-over model."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from services.core.alternatives.roads import Roads, Unreached
from services.core.congestion import LaneKey, Travellers
from services.core.crossings import Direction, Mode, Side
from services.core.text import Record

FILE = Path(__file__).with_name("journeys.toml")

BY_ROAD = (Mode.PEDESTRIAN, Mode.CAR, Mode.BUS, Mode.TRUCK)

NOT_REACHED_MINUTES = 7 * 24 * 60.0
"""Stands for "no road there" in the access matrix; such a crossing is not eligible anyway."""


class Journey(Record):
    """From a place in Uzbekistan to one in Kazakhstan and back, with its share of each mode's traffic."""

    uz: str
    kz: str
    source: str
    share: dict[Mode, Annotated[float, Field(ge=0)]]


class Journeys(Record):
    sources: dict[str, str]
    journeys: tuple[Journey, ...]


@cache
def journeys() -> Journeys:
    return Journeys.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))


def markets(keys: Sequence[LaneKey], roads: Roads) -> list[Travellers]:
    """One market for every road mode and direction that has at least two lanes among `keys`."""
    found = []
    for mode in BY_ROAD:
        for direction in Direction:
            rows = [row for row, key in enumerate(keys) if (key.mode, key.direction) == (mode, direction)]
            if len(rows) > 1:
                found.append(_market(keys, rows, mode, roads))
    return found


def _market(keys: Sequence[LaneKey], rows: Sequence[int], mode: Mode, roads: Roads) -> Travellers:
    groups = [journey for journey in journeys().journeys if journey.share.get(mode)]
    access = np.array([[_access(journey, keys[row], mode, roads) for row in rows] for journey in groups])
    return Travellers(
        lanes=np.array(rows),
        group_share=np.array([journey.share[mode] for journey in groups]),
        access_minutes=access,
        eligible=access < NOT_REACHED_MINUTES,
    )


def _access(journey: Journey, key: LaneKey, mode: Mode, roads: Roads) -> float:
    """Minutes on the road on both sides together."""
    try:
        return sum(
            roads.minutes(place, key.crossing, side, mode).minutes
            for place, side in ((journey.uz, Side.UZ), (journey.kz, Side.KZ))
        )
    except Unreached:
        return NOT_REACHED_MINUTES
