"""What was reported moves the advisories, whoever computes them, whenever it arrived, and however often."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.core import accuracy, advisories, alternatives, board, crossings, notices, observations
from services.core.access import Actor
from services.core.advisories import Advisory, Basis, Checkpoint, Level
from services.core.alternatives import Advice
from services.core.crossings import Direction, Mode, Side
from services.core.observations import Kind
from services.core.work import Edge, Work
from tests.makers import (
    ALFA,
    BRAVO,
    DAY,
    HOUR,
    LATE,
    RAIL,
    a_closure,
    a_crossing,
    a_notice,
    an_observation,
    an_official,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is told apart here does not depend on the database; tests/worker computes on both."""

NOW = datetime(2026, 3, 12, 9, 3, tzinfo=UTC)
LANE = (ALFA, Direction.TO_KZ, Mode.CAR)


def stocked(work: Work) -> Actor:
    """Two crossings between which drivers choose, one for trains, and an official, all long known."""
    early = Work(work.session, NOW - 30 * DAY)
    border = (
        a_crossing(ALFA, modes=(Mode.CAR, Mode.TRUCK)),
        a_crossing(BRAVO, modes=(Mode.CAR,), place=(41.30, 68.90)),
        a_crossing(RAIL, modes=(Mode.FREIGHT_TRAIN,), place=(41.40, 69.20)),
    )
    crossings.load(early, {one.code: one for one in border})
    return an_official(early)[0]


@pytest.fixture
def aziza(work: Work) -> Actor:
    return stocked(work)


def reported(
    work: Work, official: Actor, at: datetime, *, received: datetime | None = None, **fields: Any
) -> None:
    """An observation at Alfa's exit post, of a queue of 300 if nothing else is said."""
    given = {"kind": Kind.COUNT, "queue": 300, **fields} if "kind" not in fields else fields
    seen = an_observation(observed_at=at, **given)
    then = Work(work.session, received or at)
    observations.report(then, official, seen, idempotency_key=f"{at} {sorted(fields.items())}")


def computed(work: Work, now: datetime = NOW, *, component: str = ALFA, keep: bool = True) -> Advice:
    """As a worker does it, that knows nothing but what is in the database."""
    work.session.expire_all()
    inputs = board.read_inputs(work.session)
    (part,) = (one for one in alternatives.parts_of(inputs, {}, now) if one.name == component)
    recalled = alternatives.recall(work.session, part, inputs, now)
    scores = alternatives.scores(work.session, part, recalled)
    advice = alternatives.advise(inputs, {}, now, part, recalled)
    if keep:
        later = Work(work.session, now)
        accuracy.record(later, scores)
        advisories.record(later, advice.run)
        alternatives.remember(later, advice)
    return advice


def of(advice: Advice, lane: tuple[str, Direction, Mode] = LANE) -> Advisory:
    return next(one for one in advice.run.advisories if one.lane == lane)


def test_without_any_report_a_wait_is_made_of_usual_figures(work: Work, aziza: Actor) -> None:
    told = of(computed(work))
    assert (told.basis, told.observed_at) == (Basis.PRIOR, None)


def test_counts_make_a_lane_severe_and_observed_and_leave_the_others_alone(work: Work, aziza: Actor) -> None:
    before = computed(work, keep=False)
    for hours in (3, 2, 1):
        reported(work, aziza, NOW - hours * HOUR)
    after = computed(work, keep=False)
    told = of(after)
    assert (told.level, told.basis, told.observed_at) == (
        Level.SEVERE,
        Basis.OBSERVED,
        (NOW - HOUR).replace(minute=0),
    )
    assert told.queue is not None
    assert 150 < told.queue < 600
    other = (BRAVO, Direction.TO_KZ, Mode.CAR)
    assert of(after, other).wait == of(before, other).wait


def test_not_moving_is_told_as_a_stop(work: Work, aziza: Actor) -> None:
    reported(work, aziza, NOW - HOUR)
    reported(work, aziza, NOW - timedelta(minutes=20), kind=Kind.NOT_MOVING)
    told = of(computed(work))
    assert "stopped" in told.reasons
    assert told.level is Level.SEVERE


def test_a_report_grows_old(work: Work, aziza: Actor) -> None:
    reported(work, aziza, NOW - HOUR, kind=Kind.COUNT, queue=2)
    bases = [of(computed(work, NOW + hours * HOUR)).basis for hours in (0, 12, 72)]
    assert bases == [Basis.OBSERVED, Basis.MODELLED, Basis.PRIOR]


def test_the_same_records_give_the_same_bytes_to_whoever_computes(work: Work, aziza: Actor) -> None:
    reported(work, aziza, NOW - HOUR)
    one, other = computed(work, keep=False), computed(work, keep=False)
    assert one.run.model_dump_json() == other.run.model_dump_json()
    assert [advisories.packed(state) for state in one.states.values()] == [
        advisories.packed(state) for state in other.states.values()
    ]


def test_the_order_in_which_reports_arrive_does_not_matter(
    database_url: str, sqlite_template: Path, tmp_path: Path
) -> None:
    other_url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'other.db')}"
    told = []
    for url, order in ((database_url, (3, 2, 1)), (other_url, (1, 3, 2))):
        edge = Edge.to(url)
        with edge.work(now=NOW) as work:
            official = stocked(work)
            for number, hours in enumerate(order):
                received = NOW - timedelta(minutes=5 - number)
                reported(work, official, NOW - hours * HOUR, received=received, queue=100 * hours)
            told.append(of(computed(work)).wait)
        edge.close()
    assert told[0] is not None
    assert told[0] == told[1]


def test_a_run_goes_on_from_the_checkpoint_of_the_day_before(work: Work, aziza: Actor) -> None:
    reported(work, aziza, NOW - 30 * HOUR)
    first = computed(work)
    midnight = alternatives.midnight(NOW)
    assert list(first.states) == [midnight]
    assert first.run.began_at == midnight
    assert computed(work, NOW + HOUR).states == {}
    next_day = computed(work, NOW + DAY)
    assert (list(next_day.states), next_day.run.began_at) == ([midnight + DAY], midnight + DAY)


def test_a_report_of_the_time_before_the_checkpoint_makes_a_run_begin_before_it(
    work: Work, aziza: Actor
) -> None:
    computed(work, NOW - DAY)
    computed(work)
    midnight = alternatives.midnight(NOW)
    reported(work, aziza, midnight - 2 * HOUR, received=NOW)
    late = computed(work, NOW + HOUR)
    assert list(late.states) == [midnight]
    assert computed(work, NOW + 2 * HOUR).states == {}
    row = work.session.get_one(Checkpoint, (ALFA, midnight))
    assert row.ledger_seq == late.run.ledger_seq


def test_a_notice_that_comes_late_of_a_closure_long_begun_makes_a_run_begin_before_it(
    work: Work, aziza: Actor
) -> None:
    computed(work, NOW - DAY)
    computed(work)
    shut = a_closure(ALFA, start=alternatives.midnight(NOW) - 2 * HOUR, modes=(Mode.TRUCK,), sides=(Side.UZ,))
    notices.publish(replace(work, now=NOW), aziza, a_notice(shut), idempotency_key="late", emergency=LATE)
    assert list(computed(work, NOW + HOUR).states) == [alternatives.midnight(NOW)]


def test_reports_elsewhere_change_nothing_here(work: Work, aziza: Actor) -> None:
    before = computed(work, keep=False).run
    reported(
        work, aziza, NOW - HOUR, crossing=RAIL, mode=Mode.FREIGHT_TRAIN, kind=Kind.WAIT, wait_minutes=600.0
    )
    after = computed(work, keep=False).run
    assert list(map(whoever_is_in_front, after.advisories)) == list(
        map(whoever_is_in_front, before.advisories)
    )
    assert after.ledger_seq > before.ledger_seq


def whoever_is_in_front(one: Advisory) -> Advisory:
    """Near-ties take turns as the records grow: which of them is named first is nobody's news."""
    return one.model_copy(update={"instead": tuple(sorted(one.instead, key=lambda other: other.code))})


def test_every_wait_that_an_official_reports_is_compared_with_what_was_published(
    work: Work, aziza: Actor
) -> None:
    for hours in (26, 13, 7, 4, 2):
        computed(work, NOW - hours * HOUR)
    reported(work, aziza, NOW, kind=Kind.WAIT, wait_minutes=30.0)
    computed(work, NOW)
    computed(work, NOW + HOUR)
    tallies = accuracy.tallies(work.session)
    assert {tally.horizon_hours: tally.targets for tally in tallies} == {1: 1, 3: 1, 6: 1, 12: 1, 24: 1}
    assert {tally.crossing for tally in tallies} == {ALFA}


def test_what_travellers_tell_moves_the_queue_but_is_no_yardstick(work: Work, aziza: Actor) -> None:
    computed(work, NOW - 3 * HOUR)
    for number in range(4):
        seen = an_observation(observed_at=NOW - timedelta(minutes=10 * number), side=None, wait_minutes=300.0)
        observations.tell(Work(work.session, NOW), f"contributor {number}", seen, idempotency_key="k")
    told = of(computed(work))
    assert told.basis is Basis.OBSERVED
    assert told.wait is not None
    assert told.wait.p50 is not None
    assert told.wait.p50 > 60
    assert accuracy.tallies(work.session) == []
