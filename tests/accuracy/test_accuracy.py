"""Forecasts are compared with what was observed, with naive forecasts on the same targets, once each."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import func, select

from services.core import accuracy, crossings, observations
from services.core.accuracy import ForecastScore, Known, Score, Tally, Yardsticks
from services.core.accuracy.rules import pinball, scored, tallied, together, yardsticks
from services.core.advisories import Ahead, Basis, Run, Wait
from services.core.crossings import Direction, Mode, Side
from services.core.observations import Kind, Reported
from services.core.work import Work
from tests.makers import ALFA, BRAVO, DAY, HOUR, NOON, a_border, a_run, an_advisory, an_observation

WEEK = 7 * DAY
QUARTER = timedelta(minutes=15)


def wait(p10: float | None, p50: float | None, p90: float | None) -> Wait:
    return Wait(p10=p10, p50=p50, p90=p90)


def a_report(minutes: float = 40, at: datetime = NOON, **fields: Any) -> Reported:
    given = {"observed_at": at, "side": None, "wait_minutes": minutes, **fields}
    return Reported(id="o", source="official:a", received_at=at, fields=an_observation(**given))


def after_waiting(minutes: float, began: datetime = NOON, **fields: Any) -> Reported:
    """Somebody who joined then is served now."""
    return a_report(minutes, began + timedelta(minutes=minutes), **fields)


def a_forecast(*ahead: Ahead, at: datetime = NOON - HOUR) -> Run:
    return a_run(an_advisory(ALFA, at=at, ahead=ahead), at=at)


HOURLY = (
    Ahead(at=NOON - HOUR, wait=wait(10, 20, 40), posts=(wait(0, 5, 10), wait(10, 15, 30))),
    Ahead(at=NOON + HOUR, wait=wait(20, 40, 80), posts=(wait(0, 15, 20), wait(20, 25, 60))),
)


def test_what_is_scored_stands_between_the_two_published_instants_around_the_target() -> None:
    score = scored(after_waiting(45), 1, a_forecast(*HOURLY), [])
    assert score is not None
    assert (score.p10, score.p50, score.p90, score.observed) == (15, 30, 60, 45)
    assert (score.horizon_hours, score.issued_at, score.basis) == (1, NOON - HOUR, Basis.MODELLED)


@pytest.mark.parametrize(
    ("direction", "side", "p50"),
    [
        (Direction.TO_KZ, Side.UZ, 10),
        (Direction.TO_KZ, Side.KZ, 20),
        (Direction.TO_UZ, Side.KZ, 10),
        (Direction.TO_UZ, Side.UZ, 20),
    ],
)
def test_a_wait_at_one_post_is_compared_with_the_forecast_for_that_post(
    direction: Direction, side: Side, p50: float
) -> None:
    run = a_run(an_advisory(ALFA, direction=direction, ahead=HOURLY), at=NOON - HOUR)
    score = scored(after_waiting(40, side=side, direction=direction), 1, run, [])
    assert score is not None
    assert (score.p50, score.side) == (p50, side)


@pytest.mark.parametrize(
    "run",
    [
        None,
        a_forecast(),
        a_forecast(Ahead(at=NOON - HOUR, wait=None)),
        a_forecast(Ahead(at=NOON + HOUR, wait=wait(1, 2, 3))),
        a_forecast(Ahead(at=NOON - 4 * HOUR, wait=wait(1, 2, 3))),
        a_forecast(Ahead(at=NOON, wait=wait(1, 2, None))),
        a_run(an_advisory(BRAVO, ahead=HOURLY)),
        a_run(an_advisory(ALFA, basis=None, ahead=HOURLY)),
    ],
    ids=["no run", "no hours", "shut", "only later", "long ago", "no end", "another lane", "no basis"],
)
def test_where_nothing_was_published_nothing_is_scored(run: Run | None) -> None:
    assert scored(after_waiting(40), 1, run, []) is None


def test_a_report_without_a_wait_is_no_target() -> None:
    count = a_report(wait_minutes=None, kind=Kind.COUNT, queue=5, side=Side.UZ)
    assert scored(count, 1, a_forecast(*HOURLY), []) is None


def known(at: datetime, minutes: float, late: timedelta = timedelta(0)) -> Known:
    return Known(at, at + late, minutes)


def test_yardsticks_know_only_what_had_been_received() -> None:
    at, target = NOON, NOON + HOUR
    seen = [
        known(at - HOUR, 30),
        known(at - QUARTER, 99, late=HOUR),
        known(target - WEEK + QUARTER, 50),
        known(target - WEEK - 2 * QUARTER, 70),
        known(target - 2 * WEEK, 60),
        known(target, 5),
    ]
    assert yardsticks(seen, at, target) == Yardsticks(persistence=30, last_week=50, usual=60)
    assert yardsticks(seen[:2], at, target) == Yardsticks(persistence=30)
    assert yardsticks([], at, target) == Yardsticks()


@given(st.floats(0, 500), st.floats(0, 500))
def test_the_loss_of_a_forecast_without_spread_is_half_its_error(observed: float, said: float) -> None:
    assert pinball(observed, (said, said, said)) == pytest.approx(abs(observed - said) / 2)


def a_score(observed: float = 40, hours: int = 1, observation: str = "o", **yards: float) -> Score:
    return Score(
        observation=observation,
        horizon_hours=hours,
        crossing=ALFA,
        direction=Direction.TO_KZ,
        mode=Mode.CAR,
        side=None,
        joined_at=NOON,
        observed=observed,
        issued_at=NOON - hours * HOUR,
        p10=10,
        p50=30,
        p90=50,
        basis=Basis.MODELLED,
        yardsticks=Yardsticks(**yards),
    )


def test_a_tally_counts_what_fell_outside_and_compares_on_the_same_targets() -> None:
    scores = [a_score(5, persistence=45), a_score(40), a_score(60, persistence=35, usual=60)]
    (tally,) = tallied(scores)
    assert (tally.targets, tally.below, tally.above, tally.month) == (3, 1, 1, date(2026, 3, 1))
    assert tally.coverage == pytest.approx(1 / 3)
    assert tally.error == 25 + 10 + 30
    assert tally.skill("persistence") == pytest.approx(1 - (25 + 30) / (40 + 25))
    assert (tally.skill("last_week"), tally.usual_targets) == (None, 1)


@given(st.lists(st.tuples(st.floats(0, 300), st.sampled_from([1, 24])), max_size=20), st.integers(0, 20))
def test_tallies_add_up_however_the_scores_are_cut(values: list[tuple[float, int]], cut: int) -> None:
    scores = [a_score(observed, hours) for observed, hours in values]
    whole = {tally.horizon_hours: tally for tally in tallied(scores)}
    parts = [*tallied(scores[:cut]), *tallied(scores[cut:])]
    for hours, tally in whole.items():
        added = together([part for part in parts if part.horizon_hours == hours])
        assert added.targets == tally.targets
        assert added.pinball == pytest.approx(tally.pinball)


def test_a_score_counts_once_however_often_it_is_recorded(work: Work) -> None:
    crossings.load(work, a_border())
    ids = []
    for key in ("1", "2"):
        taken = observations.tell(work, "a", an_observation(side=None), idempotency_key=key)
        ids.append(taken.observation.id)
    first, second = (a_score(observation=one, persistence=50) for one in ids)
    accuracy.record(work, [first])
    accuracy.record(work, [first, second])
    assert work.session.exec(select(func.count()).select_from(ForecastScore)).one() == 2
    (tally,) = accuracy.tallies(work.session)
    assert tally == together([*tallied([first]), *tallied([second])])
    assert isinstance(tally, Tally)
    assert tally.targets == tally.persistence_targets == 2
