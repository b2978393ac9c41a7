"""The days that a rule of opening hours names: years, dates, weeks, weekdays and public holidays.

The language is OSM's; whether a date is among the days named is decided by the library `opening_hours`, which
is only ever asked about one local day at a time. What it reads in a way that few writers mean (`Apr 5-1`,
`Feb 31`, `2024 Nov-Mar`) is refused here.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from opening_hours import OpeningHours, State

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LEAP_YEAR = 2000
_LONGEST_EASTER_OFFSET = 60  # days; further away the library may look in the wrong year
_YEAR = r"(?:19|20|21)\d\d"
_YEARS = rf"{_YEAR}(?:-{_YEAR}|\+)?"
_DATE = rf"(?:{_YEAR} )?(?:{'|'.join(_MONTHS)})(?: \d{{1,2}})?"
_DATES = rf"{_DATE}(?:-(?:{_DATE}|\d{{1,2}}))?|easter(?: [+-]\d{{1,2}} days?)?"
_WEEKS = r"\d{1,2}(?:-\d{1,2})?"
_WEEKDAY = r"(?:mo|tu|we|th|fr|sa|su)"
_WEEKDAYS = rf"{_WEEKDAY}(?:-{_WEEKDAY}|\[-?[1-5](?:,-?[1-5])*\])?"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII | re.IGNORECASE)


def _list(item: str) -> str:
    return rf"(?:{item})(?:, ?(?:{item}))*"


_DAYS = _pattern(
    rf"(?:(?P<years>{_list(_YEARS)})|(?P<dates>{_list(_DATES)})|week (?P<weeks>{_list(_WEEKS)}))?"
    rf"(?:(?:^| )(?:(?P<weekdays>{_list(_WEEKDAYS)})|(?P<holidays>(?-i:PH))))?"
)
_ENDS = _pattern(
    r"(?:(\d{4}) )?([a-z]{3})(?: (\d{1,2}))?(?:-(?:(?:(\d{4}) )?([a-z]{3})(?: (\d{1,2}))?|(\d{1,2})))?"
)


@dataclass(frozen=True, slots=True)
class Days:
    """A set of local days."""

    text: str
    """In the words of OSM, without holidays; empty: every day."""
    on_holidays: bool
    """Only those of them that are public holidays."""

    @property
    def every(self) -> bool:
        return not self.text and not self.on_holidays

    def has(self, day: date, holidays: frozenset[date]) -> bool:
        return (day in holidays or not self.on_holidays) and (not self.text or _named(self.text, day))


def days_named(text: str) -> Days:
    """The days that a selector names; ValueError with a sentence if it names none or leaves doubt."""
    found = _DAYS.fullmatch(text)
    if not found and re.search(r"\bPH\b", text):
        raise ValueError(f"PH stands alone or after dates, in a part of its own: {text!r}")
    if not found:
        raise ValueError(f"cannot read {text!r} as days")
    _check_ordered(found["years"], "years")
    _check_ordered(found["weeks"], "weeks")
    _check_weeks(found["weeks"])
    if found["dates"]:
        _check_dates(re.split(", ?", found["dates"]))
    return Days(
        text[: found.start("holidays")].strip() if found["holidays"] else text, bool(found["holidays"])
    )


@lru_cache(maxsize=512)
def _library(text: str) -> OpeningHours:
    return OpeningHours(text, auto_country=False, auto_timezone=False)


@lru_cache(maxsize=2**15)
def _named(text: str, day: date) -> bool:
    """Whether the selector names the day. Bounded on both sides: without an end the library may search for
    thousands of years."""
    start = datetime.combine(day, time.min)
    return any(
        state is State.OPEN for *_, state, _ in _library(text).intervals(start, start + timedelta(days=1))
    )


def _check_ordered(numbers: str | None, what: str) -> None:
    for first, last in re.findall(r"(\d+)-(\d+)", numbers or ""):
        if int(first) > int(last):
            raise ValueError(f"{what} {first}-{last} run backwards")


def _check_weeks(weeks: str | None) -> None:
    for number in re.findall(r"\d+", weeks or ""):
        if not 1 <= int(number) <= 53:
            raise ValueError(f"there is no week {number}")


def _check_dates(items: list[str]) -> None:
    dated = {_check_date(item) for item in items if not item.lower().startswith("easter")}
    if len(dated) > 1:
        raise ValueError(f"give all of the dates a year, or none: {', '.join(items)!r}")
    for item in items:
        if any(
            int(days) > _LONGEST_EASTER_OFFSET
            for days in re.findall(r"easter [+-](\d+)", item, re.IGNORECASE)
        ):
            raise ValueError(f"{item!r} is more than {_LONGEST_EASTER_OFFSET} days away from Easter")


def _check_date(item: str) -> bool:
    """Refuses what no calendar has and what can be read in two ways; else, whether the item has a year."""
    found = _ENDS.fullmatch(item)
    assert found, item
    year, month, day, last_year, last_month, last_day, day_alone = found.groups()
    first = _date(item, year, month, day)
    if not (last_month or day_alone):
        return year is not None
    last = _date(item, last_year or year, last_month or month, last_day or day_alone)
    if (day is None) is not (last_day is None and day_alone is None):
        raise ValueError(f"{item!r}: give both ends a day of the month, or neither")
    if last_year and not (year and day):
        raise ValueError(f"{item!r}: a range into another year needs a full date at both ends")
    if (year or day_alone) and last < first:
        raise ValueError(f"{item!r} runs backwards; over New Year give both ends a year")
    return year is not None


def _date(item: str, year: str | None, month: str, day: str | None) -> tuple[int, int, int]:
    """Year, month and day as far as they are given, else 0; ValueError if there is no such day."""
    y, m, d = int(year or 0), _MONTHS.index(month.lower()) + 1, int(day or 0)
    if day is not None and not 1 <= d <= monthrange(y or _LEAP_YEAR, m)[1]:
        raise ValueError(f"{item!r}: there is no {' '.join(filter(None, (year, month, day)))}")
    return y, m, d
