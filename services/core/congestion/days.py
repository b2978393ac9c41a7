"""What the public holidays of both states make of each day."""

from collections.abc import Mapping
from datetime import date, timedelta

from services.core.congestion.demand import DayClass, DayClasses
from services.core.crossings import Side

ONE_DAY = timedelta(days=1)
WEEKEND = (5, 6)


def day_classes(first: date, last: date, holidays: Mapping[Side, frozenset[date]]) -> DayClasses:
    """The days from `first` to `last` that are not ordinary. A holiday of either state counts.

    Several days off in a row, weekends between them included, are one holiday: people leave on the day
    before its first and return on its last.
    """
    off = frozenset().union(*holidays.values())
    return {
        day: found
        for number in range((last - first).days + 1)
        if (found := _class_of(day := first + number * ONE_DAY, off)) is not None
    }


def _class_of(day: date, off: frozenset[date]) -> DayClass | None:
    if _is_of_a_holiday(day, off):
        return DayClass.HOLIDAY if _is_of_a_holiday(day + ONE_DAY, off) else DayClass.AFTER
    return DayClass.BEFORE if _is_of_a_holiday(day + ONE_DAY, off) else None


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
