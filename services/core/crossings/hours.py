"""Opening hours: when a post is open by its rule, in the local time of its own state.

A rule is text in OSM's `opening_hours` syntax, as far as `hours_syntax` takes it. Its parts are read in
order, day by day, by the clock on the wall:

* What begins on a day belongs to that day, past midnight too. `Fr 22:00-06:00` is open on Saturday at 02:00,
  and other hours for Saturday do not cut that night short; the last night of a season is a whole one. (Other
  readers of the syntax cut it at midnight.)
* A part that opens replaces what earlier parts open on its days; after a comma it joins them.
* A part that closes takes away the time it names, whatever day that time began on: `PH off` closes the
  holiday from midnight to midnight.
* A comment after `open`, `off` or `closed` is for people and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from services.core.crossings.clocks import Piece, pieces, wall_clock
from services.core.crossings.hours_syntax import DAY, Moment, Part, Stretch, Sun, parts_of
from services.core.crossings.sun import daylight
from services.core.places import Position
from services.core.spans import Span, Spans, union
from services.core.text import printable

LONGEST_RULE = 500
"""Characters; our limit. OSM itself takes 255."""
LONGEST_WINDOW = timedelta(days=800)
"""Our limit: two years and a season."""
_YEARS = range(1900, 2200)
"""What `hours_days` takes for a year."""
_ONE_DAY = timedelta(days=1)
_WHOLE_DAY = (1 << DAY) - 1


@dataclass(frozen=True, slots=True)
class Local:
    """Where, and by whose calendar, a rule is read."""

    zone: str
    """IANA name."""
    position: Position | None
    """For sunrise and sunset; without one, a rule with the sun in it raises ValueError."""
    holidays: frozenset[date]
    """The public holidays of the state, for `PH`."""


def check_rule(rule: str) -> str:
    """The rule as it is to be kept, with single spaces; ValueError with a sentence for whoever wrote it."""
    if len(rule) > LONGEST_RULE:
        raise ValueError(f"opening hours are at most {LONGEST_RULE} characters long")
    line = printable(rule.strip())
    if not line:
        raise ValueError("opening hours are empty")
    if "\n" in line:
        raise ValueError("opening hours are written in one line")
    text = " ".join(line.split())
    parts_of(text)
    return text


def open_spans(rule: str, local: Local, window: Span) -> Spans:
    """When it is open inside the window, in UTC; empty if never.

    Raises ValueError for a rule that `check_rule` refuses, for one with the sun in it where `local` has no
    position, and for a window that has no end, is longer than 800 days or starts before 1900 or after 2199.
    """
    if window.end is None or window.end - window.start > LONGEST_WINDOW:
        raise ValueError(f"opening hours are read for at most {LONGEST_WINDOW.days} days at a time")
    _check_year(window.start)
    return union(span for piece in pieces(local.zone, window) for span in _open_in(rule, local, piece))


def is_open(rule: str, local: Local, at: datetime) -> bool:
    """Whether `at` lies in what `open_spans` gives for a window around it; the same errors."""
    _check_year(at)
    clock = wall_clock(local.zone, at)
    return bool(_open_minutes(rule, local, clock.date()) >> (clock.hour * 60 + clock.minute) & 1)


def _check_year(at: datetime) -> None:
    if at.year not in _YEARS:
        raise ValueError(f"opening hours are not read for the year {at.year}")


def _open_in(rule: str, local: Local, piece: Piece) -> Iterator[Span]:
    """Open spans of a piece, in which local midnight is a fixed distance from UTC; neighbours may touch."""
    day = (piece.span.start + piece.offset).date()
    while (midnight := datetime.combine(day, time.min, UTC) - piece.offset) < piece.span.until:
        for first, last in _runs(_open_minutes(rule, local, day)):
            span = Span(midnight + timedelta(minutes=first), midnight + timedelta(minutes=last))
            if inside := span.clip(piece.span):
                yield inside
        day += _ONE_DAY


@lru_cache(maxsize=2**15)
def _open_minutes(rule: str, local: Local, day: date) -> int:
    """The open minutes of a local day as bits: bit 0 is 00:00, bit 1439 is 23:59.

    What began the day before may last into the day, so both days are reckoned, in one row of bits that starts
    at midnight of the day before. Nothing lasts longer than to the end of the next day.
    """
    the_day_before = day - _ONE_DAY
    begun_before = begun_today = 0
    for part in parts_of(rule):
        before = _minutes(part, local, the_day_before)
        today = _minutes(part, local, day)
        if part.opens:
            begun_before = _joined(part, begun_before, before)
            begun_today = _joined(part, begun_today, None if today is None else today << DAY)
        else:
            left = ~((before or 0) | (today or 0) << DAY)
            begun_before, begun_today = begun_before & left, begun_today & left
    return (begun_before | begun_today) >> DAY & _WHOLE_DAY


def _joined(part: Part, so_far: int, named: int | None) -> int:
    if named is None:
        return so_far
    return so_far | named if part.adds else named


def _minutes(part: Part, local: Local, day: date) -> int | None:
    """The minutes that a part names from midnight of the day on, as bits; None on a day it does not name."""
    if part.needs_sun and local.position is None:
        raise ValueError("sunrise and sunset need a place, and this post has none")
    if not part.days.has(day, local.holidays):
        return None
    if not part.stretches:
        return _WHOLE_DAY
    minutes = 0
    for stretch in part.stretches:
        minutes |= _bits(*_ends(stretch, local, day))
    return minutes


def _ends(stretch: Stretch, local: Local, day: date) -> tuple[int, int]:
    start = _minute(stretch.start, local, day)
    if stretch.overnight:
        return start, DAY + _minute(stretch.end, local, day + _ONE_DAY)
    return start, _minute(stretch.end, local, day)


def _minute(moment: Moment, local: Local, day: date) -> int:
    if moment.sun is None or local.position is None:
        return moment.minutes
    light = daylight(local.position, local.zone, day)
    return max(0, moment.minutes + (light.sunrise if moment.sun is Sun.RISE else light.sunset))


def _bits(start: int, end: int) -> int:
    """Bits `start` up to, not including, `end`."""
    return (1 << end) - (1 << start) if start < end else 0


def _runs(bits: int) -> Iterator[tuple[int, int]]:
    """The stretches of ones, as first bit and the bit after the last."""
    while bits:
        lowest = bits & -bits
        above = bits + lowest
        yield lowest.bit_length() - 1, (above & -above).bit_length() - 1
        bits &= above
