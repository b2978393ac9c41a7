"""A change of the hours that is due with the season: as it was in May 2023, and as catalogues may say it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.core import crossings
from services.core.board import compile_board
from services.core.crossings import Crossing, Side
from services.core.notices import What
from services.core.previews import Due, hours_due
from services.core.previews.seasons import seasons
from tests.makers import ALFA, NOON, SAID, TASHKENT, a_crossing, a_notice
from tests.previews.border import inputs, told
from tests.previews.cases.saying_so import an_effect

YALLAMA = "yallama-konysbayev"


def on(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=9, tzinfo=TASHKENT)


def due(crossing: Crossing, day: str, *notices: Any) -> Sequence[Due]:
    board = compile_board(inputs(notices, {crossing.code: crossing}), on(day))
    return hours_due(board.bulletin(crossing.code), on(day))


def with_hours(*versions: tuple[str, str]) -> Crossing:
    """A crossing whose Uzbek post keeps these hours, each from a day on."""
    document = a_crossing(ALFA).model_dump(mode="json", exclude_defaults=True)
    document["posts"]["uz"]["hours"] = [
        {"valid_from": day, "accounts": [{"rule": rule, **SAID}]} for day, rule in versions
    ]
    return Crossing.model_validate(document)


def sides(found: Sequence[Due]) -> list[tuple[Side, date]]:
    return [(one.side, one.customary) for one in found]


def test_every_change_on_record_names_a_source_with_its_address() -> None:
    for change in seasons().changes:
        assert seasons().sources[change.source].url
        assert change.wanted <= change.came


@pytest.mark.parametrize(
    ("day", "told_of"),
    [
        ("2023-05-20", False),  # that year nobody knew yet
        ("2024-04-25", False),
        ("2024-04-26", True),
        ("2024-05-10", True),
        ("2024-05-27", True),
        ("2024-07-09", True),
        ("2024-07-10", False),
        ("2024-11-01", False),
    ],
)
def test_after_may_2023_officials_are_told_a_fortnight_before_the_tenth_of_may(
    day: str, told_of: bool
) -> None:
    found = due(crossings.catalogue()[YALLAMA], day)
    assert sides(found) == ([(Side.KZ, date(2024, 5, 10))] if told_of else [])
    if told_of:
        assert "2023-05-27" in found[0].message
        assert "asian24news" in (found[0].source.url or "")


def test_railways_do_not_change_with_the_season() -> None:
    assert not due(crossings.catalogue()["keles-saryagash"], "2024-05-10")


def test_hours_that_are_announced_for_the_season_confirm_it() -> None:
    effect = an_effect(What.HOURS, ALFA, sides=(Side.KZ,), start=on("2024-05-01"), end=None, hours="24/7")
    announced = told(a_notice(effect), at=on("2024-04-20"))
    taken_back = told(a_notice(effect), revision=2, kind="withdrawn", at=on("2024-05-02"))
    crossing = a_crossing(ALFA)
    assert sides(due(crossing, "2024-05-10")) == [(Side.KZ, date(2024, 5, 10))]
    assert not due(crossing, "2024-05-10", announced)
    assert due(crossing, "2024-05-10", announced, taken_back)


def test_a_rule_that_names_its_dates_is_due_on_them() -> None:
    crossing = with_hours(("2020-01-01", "Apr-Sep 00:00-24:00; Oct-Mar 08:00-18:00"))
    assert not due(crossing, "2026-03-17")
    assert sides(due(crossing, "2026-03-18")) == [(Side.UZ, date(2026, 4, 1))]
    assert sides(due(crossing, "2026-09-20")) == [(Side.UZ, date(2026, 10, 1))]
    assert due(crossing, "2026-09-20")[0].source.title == "The law"


def test_weekends_and_holidays_are_no_seasons() -> None:
    crossing = with_hours(("2020-01-01", "Mo-Fr 08:00-20:00; Sa,Su 10:00-16:00; PH off"))
    day = date(2026, 8, 1)
    assert not any(due(crossing, (day + number * timedelta(days=1)).isoformat()) for number in range(90))


def test_a_version_of_this_season_confirms_it() -> None:
    seasonal = "Apr-Sep 00:00-24:00; Oct-Mar 08:00-18:00"
    crossing = with_hours(("2020-01-01", seasonal), ("2026-03-30", seasonal))
    assert not due(crossing, "2026-04-02")
    assert sides(due(crossing, "2026-09-20")) == [(Side.UZ, date(2026, 10, 1))]


def test_versions_that_come_back_every_year_are_due_on_their_day() -> None:
    winter, summer = "08:00-18:00", "00:00-24:00"
    crossing = with_hours(("2024-10-15", winter), ("2025-04-15", summer), ("2025-10-15", winter))
    assert not due(crossing, "2026-03-31")
    assert sides(due(crossing, "2026-04-01")) == [(Side.UZ, date(2026, 4, 15))]
    assert not due(with_hours(("2024-10-15", winter), ("2025-04-15", summer)), "2026-04-01")


def test_hours_that_changed_once_are_not_called_a_season() -> None:
    crossing = with_hours(("2020-01-01", "24/7"), ("2025-03-10", "08:00-20:00"))
    assert not due(crossing, NOON.date().isoformat())
