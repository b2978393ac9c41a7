"""Roads for the crossings of a catalogue, with a routing server's times where there are some."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TypeAlias

from sqlmodel import Session, select

from services.core.alternatives.gazetteer import Gazetteer, gazetteer
from services.core.alternatives.network import Network, RoadLeg, network
from services.core.alternatives.roads import Roads
from services.core.alternatives.tables import RoadTime
from services.core.crossings import Crossing
from services.core.work import Work

RoadTimes: TypeAlias = Mapping[tuple[str, str], RoadLeg]


def road_times(session: Session) -> RoadTimes:
    """What a routing server gave; empty where none was ever asked."""
    return {
        (row.origin, row.destination): RoadLeg(row.minutes, row.km, approximate=False)
        for row in session.exec(select(RoadTime))
    }


def record_road_times(work: Work, times: RoadTimes) -> None:
    """Keep what a routing server gave, in place of what it gave before."""
    for (origin, destination), leg in times.items():
        work.session.merge(
            RoadTime(
                origin=origin, destination=destination, minutes=leg.minutes, km=leg.km, asked_at=work.now
            )
        )
    work.session.flush()


def roads_for(catalogue: Mapping[str, Crossing], times: RoadTimes | None = None) -> Roads:
    """The roads to the posts of a catalogue. A time between places that we no longer know is left out."""
    towns, known = _files()
    roads = Roads.built(towns.with_crossings(catalogue), known)
    return roads.with_times({pair: leg for pair, leg in (times or {}).items() if pair in roads.legs})


@cache
def _files() -> tuple[Gazetteer, Network]:
    return gazetteer(), network()
