"""Whoever is told of ways as good as each other is told of them in turn, and not everybody of the same."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.alternatives.ties import as_good, first, place

BEGIN = datetime(2026, 4, 14, 7, tzinfo=UTC)
EVERY = timedelta(seconds=30)


@pytest.mark.parametrize(
    ("costs", "tied"),
    [([100.0, 109.0, 111.0], 2), ([100.0, 110.0], 2), ([100.0, 110.1], 1), ([60.0], 1), ([0.0, 0.0, 1.0], 2)],
)
def test_as_good_is_what_takes_no_more_than_a_tenth_longer(costs: list[float], tied: int) -> None:
    assert as_good(costs) == tied


def firsts(weights: list[float], question: str, turns: int) -> Counter[int]:
    return Counter(first(weights, place(question, BEGIN + turn * EVERY)) for turn in range(turns))


@pytest.mark.parametrize("weights", [[300.0, 100.0], [5.0, 3.0, 2.0], [1.0, 1.0, 1.0, 1.0]])
@pytest.mark.parametrize("question", ["one", "another"])
def test_within_an_hour_each_is_first_in_proportion_to_its_weight(
    weights: list[float], question: str
) -> None:
    counted = firsts(weights, question, 120)
    for number, weight in enumerate(weights):
        assert counted[number] / 120 == pytest.approx(weight / sum(weights), abs=0.03)


def test_what_nobody_is_expected_at_is_never_first_unless_nobody_is_expected_anywhere() -> None:
    assert firsts([1.0, 0.0], "one", 200).keys() == {0}
    assert firsts([0.0, 0.0], "one", 200).keys() == {0, 1}


def test_different_questions_are_at_different_places_of_the_round() -> None:
    places = {round(place(question, BEGIN), 6) for question in map(str, range(100))}
    assert len(places) == 100


@given(
    weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=8),
    at=st.floats(0, 1, exclude_max=True),
)
def test_somebody_is_always_first(weights: list[float], at: float) -> None:
    assert 0 <= first(weights, at) < len(weights)
