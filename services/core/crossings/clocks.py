"""Clocks on the wall: what a zone's clocks show, and where they jump.

Rules are written in wall-clock time, and a wall clock may show an hour twice or skip one: in Almaty 23:00 to
24:00 of 29 February 2024 came twice. Inside a *piece* the distance to UTC is constant, so there local time
can be reckoned with like any other number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from services.core.spans import Span

_STEP = timedelta(days=1)
"""Distance of the probes between which at most one change of a clock is looked for. No zone of tzdata 2026.6
changes its offset twice within six days (the closest pair: Recife, October 2000, 167 hours)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch in which `wall clock = UTC + offset` throughout."""

    span: Span
    offset: timedelta


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone; ValueError if there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError):
        raise ValueError(f"there is no time zone {name!r}") from None


def wall_clock(zone: str, at: datetime) -> datetime:
    """What the clocks of the zone show at an instant; ValueError if `at` has no offset itself."""
    if at.tzinfo is None:
        raise ValueError(f"an instant needs an offset: {at}")
    return at.astimezone(zone_named(zone))


def pieces(zone: str, window: Span) -> tuple[Piece, ...]:
    """The window cut wherever the zone's clocks change, in order; the window must have an end."""
    if window.end is None:
        raise ValueError("a window without an end cannot be cut into pieces")
    start, end = wall_clock("UTC", window.start), wall_clock("UTC", window.end)
    years = range(start.year, end.year + 1)
    changes = [change for year in years for change in _changes(zone, year) if start < change < end]
    return tuple(Piece(Span(*edges), _offset(zone, edges[0])) for edges in pairwise([start, *changes, end]))


def _offset(zone: str, at: datetime) -> timedelta:
    return at.astimezone(zone_named(zone)).utcoffset() or timedelta(0)


@lru_cache(maxsize=1024)
def _changes(zone: str, year: int) -> tuple[datetime, ...]:
    """First instants of a new offset, after the start of the year in UTC, up to the start of the next."""
    first, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    probes = [first + n * _STEP for n in range((last - first) // _STEP + 1)]
    return tuple(
        _change(zone, before, after)
        for before, after in pairwise(probes)
        if _offset(zone, before) != _offset(zone, after)
    )


def _change(zone: str, before: datetime, after: datetime) -> datetime:
    """The one instant in `before < change <= after` at which the offset changes; a whole second."""
    old, second = _offset(zone, before), timedelta(seconds=1)
    while after - before > second:
        middle = before + (after - before) // second // 2 * second
        if _offset(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after
