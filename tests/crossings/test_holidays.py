from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.core.crossings import holidays
from services.core.crossings.holidays import HolidayKind
from services.core.crossings.words import Side
from services.core.text import Language

ENTRIES = [
    (side, holiday) for side in Side for day in holidays.days(side) for holiday in holidays.on(side, day)
]


@pytest.mark.parametrize(
    ("side", "day", "kind", "name"),
    [
        (Side.UZ, "2026-09-01", HolidayKind.FIXED, "Mustaqillik kuni"),
        (Side.UZ, "2026-03-20", HolidayKind.LUNAR, "Roʻza hayit"),
        (Side.UZ, "2026-05-28", HolidayKind.DECREE, "Prezidentining farmoni bilan qoʻshimcha dam olish kuni"),
        (Side.UZ, "2026-03-23", HolidayKind.OBSERVED, "Navroʻz bayrami"),
        (Side.KZ, "2024-12-16", HolidayKind.FIXED, "Тәуелсіздік күні"),
        (Side.KZ, "2025-06-06", HolidayKind.LUNAR, "Құрбан айт"),
        (Side.KZ, "2026-03-24", HolidayKind.OBSERVED, "Наурыз мейрамы"),
        (Side.KZ, "2024-05-08", HolidayKind.DECREE, "Демалыс күні"),
    ],
)
def test_a_holiday_says_why_it_is_one(side: Side, day: str, kind: HolidayKind, name: str) -> None:
    (holiday,) = holidays.on(side, date.fromisoformat(day))
    own = Language.UZBEK if side is Side.UZ else Language.KAZAKH
    assert (holiday.kind, holiday.names[own]) == (kind, name)


def test_the_holidays_of_one_state_are_not_those_of_the_other() -> None:
    assert date(2026, 9, 1) not in holidays.days(Side.KZ)
    assert date(2026, 12, 16) not in holidays.days(Side.UZ)


@pytest.mark.parametrize(
    ("side", "day", "off"),
    [
        (Side.KZ, "2025-08-30", True),
        (Side.KZ, "2026-08-30", False),
        (Side.KZ, "2026-03-15", False),
        (Side.KZ, "2027-03-15", True),
        (Side.UZ, "2026-01-02", True),
        (Side.UZ, "2026-12-12", False),
        (Side.UZ, "2026-12-31", True),
    ],
)
def test_holidays_change_with_the_law_of_the_year(side: Side, day: str, off: bool) -> None:
    assert (date.fromisoformat(day) in holidays.days(side)) is off


def test_a_day_may_be_a_holiday_twice() -> None:
    both = holidays.on(Side.UZ, date(2017, 9, 1))
    assert {holiday.kind for holiday in both} == {HolidayKind.FIXED, HolidayKind.LUNAR}


def test_a_working_day_has_no_reason() -> None:
    assert holidays.on(Side.UZ, date(2026, 3, 11)) == ()


def test_every_year_of_the_table_is_whole_for_both_states() -> None:
    """Fixed days of each year, and at least one Eid: a year that was cut short would miss its December."""
    for side in Side:
        for year in holidays.YEARS:
            days = {day for day in holidays.days(side) if day.year == year}
            kinds = {holiday.kind for day in days for holiday in holidays.on(side, day)}
            december = date(year, 12, 8 if side is Side.UZ else 16)
            assert {date(year, 1, 1), date(year, 3, 8), date(year, 3, 21), date(year, 5, 9), december} <= days
            assert {HolidayKind.FIXED, HolidayKind.LUNAR} <= kinds
        assert {day.year for day in holidays.days(side)} == set(holidays.YEARS)


def test_every_entry_is_named_in_english_and_in_the_language_of_its_state() -> None:
    for side, holiday in ENTRIES:
        own = Language.UZBEK if side is Side.UZ else Language.KAZAKH
        assert set(holiday.names) == {Language.ENGLISH, own}
        assert not any("(" in name for name in holiday.names.values())


def test_a_day_off_that_was_moved_away_is_worked() -> None:
    moved = [(side, holiday) for side, holiday in ENTRIES if holiday.instead_of]
    assert moved
    for side, holiday in moved:
        assert holiday.kind is HolidayKind.DECREE
        assert holiday.instead_of not in holidays.days(side)
        assert abs(holiday.day - (holiday.instead_of or date.min)) < timedelta(days=31)


def test_only_eids_and_what_follows_from_them_are_estimated() -> None:
    estimated = [holiday for _, holiday in ENTRIES if holiday.estimated]
    assert {holiday.day.year for holiday in estimated} == {2026, 2027, 2028}
    assert all(holiday.names[Language.ENGLISH].startswith("Eid") for holiday in estimated)


def test_an_observed_day_stands_in_for_a_holiday_shortly_before() -> None:
    for side, holiday in ENTRIES:
        if holiday.kind is HolidayKind.OBSERVED:
            assert holiday.day.weekday() < 5
            earlier = (holiday.day - timedelta(days=n) for n in range(1, 5))
            names = [cause.names for day in earlier for cause in holidays.on(side, day)]
            assert holiday.names in names
