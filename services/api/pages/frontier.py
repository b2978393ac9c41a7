"""The border as the map draws it, for want of a survey: a line from crossing to crossing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from services.core.alternatives import Place
from services.core.crossings import Side
from services.core.places import Position


def border(positions: Iterable[Position]) -> list[Position]:
    """The schematic line: from crossing to crossing, the easternmost first."""
    return sorted(positions, key=lambda at: (-at.lon, -at.lat))


def beyond(line: Sequence[Position]) -> list[Position]:
    """The same line going on past its ends for as long as its last stretches are."""
    return [_past(*line[1::-1]), *line, _past(*line[-2:])] if len(line) > 1 else list(line)


def _past(one: Position, other: Position) -> Position:
    lat, lon = 2 * other.lat - one.lat, 2 * other.lon - one.lon
    return Position(lat=min(max(lat, -90), 90), lon=min(max(lon, -180), 180))


def on_own_side(place: Place, line: Sequence[Position]) -> bool:
    """Whether the line as it is drawn leaves a place on its state's side: Kazakhstan lies north of it.

    A town that it would put abroad is not drawn, for the line is rough and the map must not lie.
    """
    lon = place.position.lon
    for east, west in pairwise(beyond(line)):
        if west.lon <= lon <= east.lon:
            share = (lon - west.lon) / ((east.lon - west.lon) or 1)
            border_lat = west.lat + (east.lat - west.lat) * share
            return (place.position.lat > border_lat) == (place.country is Side.KZ)
    return True
