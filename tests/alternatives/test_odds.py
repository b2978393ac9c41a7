"""How the whole way may turn out by several crossings, looked at together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.advisories import Wait
from services.core.alternatives.odds import odds
from services.core.congestion.layout import longest_hours

EVEN = Wait(p10=20, p50=40, p90=80)
LONG = Wait(p10=1000, p50=2000, p90=2500)
ENDLESS = Wait(p10=None, p50=None, p90=None)
HERE, THERE = "tashkent", "syrdarya"


def test_the_quantiles_of_the_whole_way_are_those_of_the_wait_and_the_rest() -> None:
    (alone,) = odds([60], [EVEN], [HERE])
    assert (alone.p50_minutes, alone.p90_minutes, alone.best, alone.regret_minutes) == (100, 140, 1, 0)


def test_two_that_are_alike_are_each_the_best_half_of_the_time() -> None:
    one, other = odds([60, 60], [EVEN, EVEN], [HERE, THERE])
    assert one.best == pytest.approx(0.5, abs=0.05)
    assert one.regret_minutes == pytest.approx(other.regret_minutes, rel=0.25)
    assert one.regret_minutes > 5


def test_a_sure_way_is_the_best_less_often_than_its_median_says_but_is_regretted_less() -> None:
    sure = Wait(p10=41, p50=42, p90=43)
    wide = Wait(p10=5, p50=40, p90=300)
    known, risky = odds([60, 60], [sure, wide], [HERE, THERE])
    assert known.best == pytest.approx(0.5, abs=0.08)
    assert known.regret_minutes < risky.regret_minutes


def test_a_wait_without_an_end_in_sight_is_longer_than_any_other() -> None:
    near, far = odds([10, 600], [ENDLESS, LONG], [HERE, THERE])
    assert near.p50_minutes == 10 + 60 * longest_hours()
    assert (near.best, far.best) == (0, 1)


def test_the_same_question_has_the_same_odds() -> None:
    asked = [60, 70], [EVEN, EVEN], [HERE, THERE]
    assert odds(*asked) == odds(*asked)


def test_nobody_to_compare_has_no_odds() -> None:
    assert odds([], [], []) == []


waits = st.tuples(*[st.floats(0, 2000)] * 3).map(sorted).map(lambda it: Wait(p10=it[0], p50=it[1], p90=it[2]))


@given(st.lists(st.tuples(st.floats(0, 900), waits, st.sampled_from([HERE, THERE])), min_size=1, max_size=7))
def test_somebody_is_the_best_and_nobody_regrets_less_than_nothing(
    ways: list[tuple[float, Wait, str]],
) -> None:
    found = odds(
        [road for road, _, _ in ways], [wait for _, wait, _ in ways], [place for _, _, place in ways]
    )
    assert sum(one.best for one in found) == pytest.approx(1)
    assert all(one.regret_minutes >= 0 for one in found)
    assert all(one.p50_minutes <= one.p90_minutes for one in found)
