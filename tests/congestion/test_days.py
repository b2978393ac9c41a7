"""Occasions: which days are not ordinary, from the tables of holidays and priors, without code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.core.congestion.days import day_classes
from services.core.congestion.demand import DayClass, DayClasses, Phase
from services.core.congestion.forecast import _holidays_of
from services.core.congestion.occasions import Factors, Occasion
from services.core.congestion.priors import Priors
from services.core.crossings import Side, public_holidays

PRIORS = Priors.read()
BOTH = {side: public_holidays(side) for side in Side}
ONE_DAY = timedelta(days=1)


def classes(first: date, last: date, **changes: Mapping[Side, frozenset[date]]) -> DayClasses:
    return day_classes(first, last, changes.get("holidays", BOTH), PRIORS.occasions, _holidays_of)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2024, 3, 18), None),
        (date(2024, 3, 19), ("navruz", Phase.BEFORE)),
        (date(2024, 3, 20), ("navruz", Phase.BEFORE)),
        (date(2024, 3, 21), ("navruz", Phase.DAY)),
        (date(2024, 3, 25), ("navruz", Phase.AFTER)),
        (date(2025, 6, 1), None),
        (date(2025, 6, 2), ("kurban-hayit", Phase.BEFORE)),
        (date(2025, 6, 5), ("kurban-hayit", Phase.BEFORE)),
        (date(2025, 6, 6), ("kurban-hayit", Phase.DAY)),
        (date(2025, 5, 6), ("may", Phase.DAY)),
        (date(2025, 8, 28), ("end-of-august", Phase.DAY)),
        (date(2024, 6, 5), None),
        (date(2024, 10, 1), ("any-holiday", Phase.DAY)),
    ],
)
def test_a_day_has_the_class_of_its_occasion(day: date, kind: tuple[str, Phase] | None) -> None:
    assert classes(day, day).get(day) == (DayClass(*kind) if kind else None)


def test_a_lunar_holiday_moves_with_the_table_and_takes_its_class_along() -> None:
    """Eid al-Adha fell on 16 June 2024 and on 6 June 2025."""
    for year, first in ((2024, date(2024, 6, 16)), (2025, date(2025, 6, 6))):
        found = classes(date(year, 6, 1), date(year, 6, 30))
        assert found[first].occasion == "kurban-hayit"
        assert found[first - 4 * ONE_DAY].occasion == "kurban-hayit"


def test_without_holidays_only_the_spans_of_the_year_are_left() -> None:
    found = classes(date(2025, 1, 1), date(2025, 12, 31), holidays={Side.UZ: frozenset()})
    assert {kind.occasion for kind in found.values()} == {"may", "end-of-august"}


@given(st.dates(date(2016, 1, 1), date(2027, 6, 1)), st.integers(0, 40), st.integers(0, 40))
def test_the_class_of_a_day_does_not_depend_on_the_span_asked_for(day: date, before: int, after: int) -> None:
    wide = classes(day - before * ONE_DAY, day + after * ONE_DAY)
    assert wide.get(day) == classes(day, day).get(day)


def test_a_span_may_run_over_new_year() -> None:
    factors = {"car": Factors(before=1, day=2, after=1, source="prior")}
    turn = Occasion.model_validate({"name": "turn", "from": "12-29", "to": "01-03", "factors": factors})
    assert [turn.spans(date(2025, month, day)) for month, day in ((12, 28), (12, 29), (1, 3), (1, 4))] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "given_",
    [
        {},
        {"from": "05-01"},
        {"from": "05-01", "to": "05-10", "holidays": ["*"]},
        {"from": "13-01", "to": "05-10"},
    ],
)
def test_an_occasion_says_when_it_is_in_one_way(given_: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Occasion.model_validate({"name": "x", "factors": {}, **given_})
