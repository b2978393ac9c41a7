"""What the occasions of a year, above all the public holidays of both states, make of each day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import TypeAlias

from services.core.congestion.demand import DayClass, DayClasses, Phase
from services.core.congestion.occasions import Occasion
from services.core.crossings import Side

ONE_DAY = timedelta(days=1)
WEEKEND = (5, 6)
LONGEST_REACH = timedelta(days=21)
"""From a day on which people leave to the end of the holiday that they leave for."""

Named: TypeAlias = Callable[[date], frozenset[str]]
"""The English names of the holidays of a day, of either state."""


def day_classes(
    first: date,
    last: date,
    holidays: Mapping[Side, frozenset[date]],
    occasions: Sequence[Occasion],
    named: Named,
) -> DayClasses:
    """The days from `first` to `last` that are not ordinary. A holiday of either state counts.

    Several days off in a row, weekends between them included, are one holiday: people leave on the days
    before its first and return on its last. It is the occasion that comes first among those it celebrates.
    """
    off = frozenset().union(*holidays.values())
    found = {day: DayClass(one.name, Phase.DAY) for day, one in _spanned(first, last, occasions)}
    for days in _holidays(first - LONGEST_REACH, last + LONGEST_REACH, off):
        names = frozenset().union(*(named(day) for day in days))
        if occasion := next((one for one in occasions if one.celebrates(names)), None):
            found |= {day: kind for day, kind in _around(days, occasion) if _yields(found.get(day), kind)}
    return {day: found[day] for day in sorted(found) if first <= day <= last}


def _around(days: Sequence[date], occasion: Occasion) -> Iterator[tuple[date, DayClass]]:
    for number in range(occasion.days_before, 0, -1):
        yield days[0] - number * ONE_DAY, DayClass(occasion.name, Phase.BEFORE)
    for day in days[:-1]:
        yield day, DayClass(occasion.name, Phase.DAY)
    yield days[-1], DayClass(occasion.name, Phase.AFTER if len(days) > 1 else Phase.DAY)


def _yields(there: DayClass | None, kind: DayClass) -> bool:
    """A day of one holiday is not a day before the next."""
    return there is None or kind.phase is not Phase.BEFORE


def _spanned(first: date, last: date, occasions: Sequence[Occasion]) -> Iterator[tuple[date, Occasion]]:
    for day in _days(first, last):
        if occasion := next((one for one in occasions if one.spans(day)), None):
            yield day, occasion


def _holidays(first: date, last: date, off: frozenset[date]) -> Iterator[list[date]]:
    """Every stretch of days that belong to holidays."""
    for holds, days in groupby(_days(first, last), lambda day: _is_of_a_holiday(day, off)):
        if holds:
            yield list(days)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + number * ONE_DAY for number in range((last - first).days + 1))


def _is_of_a_holiday(day: date, off: frozenset[date]) -> bool:
    """A day off, or a weekend day next to one by weekend days alone."""
    if day in off:
        return True
    if day.weekday() not in WEEKEND:
        return False
    return any(near in off for near in _across_the_weekend(day))


def _across_the_weekend(day: date) -> list[date]:
    """The Friday before and the Monday after a weekend day, and its other weekend day."""
    saturday = day - (day.weekday() - WEEKEND[0]) * ONE_DAY
    return [saturday - ONE_DAY, saturday, saturday + ONE_DAY, saturday + 2 * ONE_DAY]
