"""Is a post open at this minute? Read off the rule by hand, for the few forms of rule that the oracle makes.

A rule is parts with semicolons between: days (months, weekdays, `PH`), then times, `24/7` or `off`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import elevation

from services.core.places import Position

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HORIZON = -50 / 60
"""Degrees: where the middle of the sun stands when its upper edge is seen on the horizon."""
DOUBT = 0.2
"""Degrees, about a minute, within which the oracle does not judge: the engine rounds to minutes."""

PART = re.compile(
    r"(?:(?P<months>[A-Z][a-z]{2}-[A-Z][a-z]{2}) ?)?"
    r"(?:(?P<weekdays>(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:[-,](?:Mo|Tu|We|Th|Fr|Sa|Su))*)|(?P<holidays>PH))? ?"
    r"(?P<times>24/7|sunrise-sunset|\d\d:\d\d-\d\d:\d\d(?:,\d\d:\d\d-\d\d:\d\d)*)? ?(?P<off>off)?"
)


@dataclass(frozen=True)
class Where:
    """The clock on the wall, the sun and the holidays of one post."""

    zone: str
    position: Position | None
    holidays: frozenset[date]


@dataclass(frozen=True)
class Part:
    months: tuple[int, int] | None
    weekdays: frozenset[int] | None
    holidays: bool
    times: tuple[tuple[int, int], ...]
    """From and to, in minutes after midnight of the day on which it begins."""
    off: bool
    sun: bool

    def names(self, day: date, holidays: frozenset[date]) -> bool:
        if self.months is not None:
            first, last = self.months
            month = day.month
            if first <= last and not first <= month <= last:
                return False
            if first > last and last < month < first:
                return False
        if self.weekdays is not None and day.weekday() not in self.weekdays:
            return False
        return not self.holidays or day in holidays


@cache
def parts(rule: str) -> tuple[Part, ...]:
    return tuple(_part(text.strip()) for text in rule.split(";"))


def _part(text: str) -> Part:
    found = PART.fullmatch(text)
    assert found, f"the oracle does not read {text!r}"
    months = found["months"] and tuple(MONTHS.index(name) + 1 for name in found["months"].split("-"))
    times = found["times"] or "24/7"
    return Part(
        months=months or None,
        weekdays=frozenset(_weekdays(found["weekdays"])) if found["weekdays"] else None,
        holidays=bool(found["holidays"]),
        times=tuple(_times(times)) if times[0].isdigit() and times != "24/7" else ((0, 1440),),
        off=bool(found["off"]),
        sun=times == "sunrise-sunset",
    )


def _weekdays(text: str) -> Iterable[int]:
    for item in text.split(","):
        first, _, last = item.partition("-")
        a, b = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        yield from ((a + n) % 7 for n in range((b - a) % 7 + 1))


def _times(text: str) -> Iterable[tuple[int, int]]:
    for item in text.split(","):
        start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in item.split("-"))
        yield start, end if end > start else end + 1440


def readable(rule: str, where: Where) -> bool:
    """Nobody can tell when the sun rises at a place that nobody knows."""
    return where.position is not None or not any(part.sun for part in parts(rule))


def sun_in_doubt(rule: str, where: Where, at: datetime) -> bool:
    if where.position is None or not any(part.sun for part in parts(rule)):
        return False
    return abs(_height(where.position, at) - HORIZON) < DOUBT


def is_open(rule: str, where: Where, at: datetime, *, near_the_horizon: bool) -> bool:
    """`near_the_horizon`: what to say within a minute or so of sunrise and sunset."""
    clock = at.astimezone(ZoneInfo(where.zone))
    today, minute = clock.date(), clock.hour * 60 + clock.minute
    for began, since_midnight in ((today, minute), (today - timedelta(days=1), minute + 1440)):
        opening = _opening(rule, where, began)
        if opening is None:
            continue
        part = parts(rule)[opening]
        if part.sun:
            is_up = _is_up(where, at, near_the_horizon) and began == today
        else:
            is_up = any(start <= since_midnight < end for start, end in part.times)
        if is_up and not _closed_since(rule, opening, where, today, minute):
            return True
    return False


def _opening(rule: str, where: Where, began: date) -> int | None:
    """The last part that opens on a day: it replaces what earlier parts open then."""
    named = [n for n, p in enumerate(parts(rule)) if not p.off and p.names(began, where.holidays)]
    return named[-1] if named else None


def _closed_since(rule: str, opening: int, where: Where, today: date, minute: int) -> bool:
    """Whether a part after the one that opens takes this minute away."""
    days = ((today, minute), (today - timedelta(days=1), minute + 1440))
    return any(
        start <= since_midnight < end
        for part in parts(rule)[opening + 1 :]
        for began, since_midnight in days
        if part.off and part.names(began, where.holidays)
        for start, end in part.times
    )


def _is_up(where: Where, at: datetime, near_the_horizon: bool) -> bool:
    assert where.position is not None
    above = _height(where.position, at) - HORIZON
    return near_the_horizon if abs(above) < DOUBT else above > 0


def _height(position: Position, at: datetime) -> float:
    return float(elevation(Observer(position.lat, position.lon), at, with_refraction=False))
