"""Road times from an outside server, asked now and then, so that no reader ever waits for it."""

from collections.abc import Sequence
from datetime import datetime

import httpx

from services.core import alternatives, board
from services.core.alternatives import PlaceKind, RoadLeg
from services.core.crossings import Side
from services.core.errors import Unavailable
from services.core.outbox import Promise
from services.core.settings import Settings
from services.core.work import Edge, Work
from services.worker.sources import osrm
from services.worker.tasks.kinds import Record


def ask(edge: Edge, settings: Settings, _now: datetime, _promises: Sequence[Promise]) -> Record:
    """Ask for every drive from a town to a post of its own state. Without an answer the old times stay."""
    if settings.osrm_url is None:
        raise Unavailable("no OSRM server is set")
    with edge.reading() as session:
        inputs = board.read_inputs(session)
    roads = alternatives.roads_for({entry.document.code: entry.document for entry in inputs.crossings})
    times: dict[tuple[str, str], RoadLeg] = {}
    with httpx.Client() as client:
        for side in Side:
            places = [place for place in roads.gazetteer.places.values() if place.country is side]
            posts = [place for place in places if place.kind is PlaceKind.APPROACH]
            towns = [place for place in places if place.kind is not PlaceKind.APPROACH]
            found = osrm.table(
                client,
                settings.osrm_url,
                [place.position for place in towns],
                [place.position for place in posts],
            )
            times |= {
                (town.code, post.code): RoadLeg(leg[0], leg[1], approximate=False)
                for town, row in zip(towns, found, strict=True)
                for post, leg in zip(posts, row, strict=True)
                if leg is not None
            }

    def record(work: Work) -> None:
        alternatives.record_road_times(work, times)

    return record
