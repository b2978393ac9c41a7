"""Booking queues are compared by themselves: what was told to whoever booked, at the instant it was told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from services.core.accuracy import Queue, as_told, graded, scored_booking, tallied
from services.core.advisories import BookedAhead, BookedFigure, Booking, Run
from services.core.crossings import Mode, Side
from services.core.observations import Kind, Reported
from tests.makers import ALFA, DAY, HOUR, NOON, a_run, an_advisory, an_observation
from tests.scoring import a_tally

AHEAD = (
    BookedAhead(at=NOON - HOUR, p10=100, p50=200, p90=300),
    BookedAhead(at=NOON + HOUR, p10=200, p50=400, p90=600),
)


def told(minutes: float = 350, at: datetime = NOON, **fields: Any) -> Reported:
    given = {"mode": Mode.TRUCK, "side": Side.KZ, "kind": Kind.BOOKED_WAIT, **fields}
    seen = an_observation(observed_at=at, booked_wait_minutes=minutes, **given)
    return Reported(id=f"{at}", source="official:a", received_at=at, fields=seen)


def a_forecast(booking: Booking | None, at: datetime = NOON - HOUR) -> Run:
    return a_run(an_advisory(ALFA, mode=Mode.TRUCK, at=at, booking=booking), at=at)


WAIT = BookedFigure(reported=200, observed_at=NOON - DAY, ahead=AHEAD)
KNOWN = a_forecast(Booking(side=Side.KZ, wait=WAIT))


def test_what_was_told_is_compared_with_what_had_been_expected_for_that_instant() -> None:
    before = told(260, NOON - 2 * HOUR)
    score = scored_booking(told(), 1, KNOWN, [as_told(before)])
    assert score is not None
    assert (score.p10, score.p50, score.p90, score.observed) == (150, 300, 450, 350)
    assert (score.joined_at, score.issued_at, score.yardsticks.persistence) == (NOON, NOON - HOUR, 260)
    (tally,) = tallied([score])
    assert (tally.mode, tally.targets, tally.error) == (Queue.BOOKED_TRUCKS, 1, 50)


@pytest.mark.parametrize(
    "run",
    [
        None,
        a_forecast(None),
        a_forecast(Booking(side=Side.UZ, wait=WAIT)),
        a_forecast(Booking(side=Side.KZ, units=WAIT)),
        a_forecast(Booking(side=Side.KZ, wait=BookedFigure(reported=200, observed_at=NOON))),
    ],
)
def test_where_nothing_was_expected_of_that_queue_nothing_is_compared(run: Run | None) -> None:
    assert scored_booking(told(), 1, run, []) is None


@pytest.mark.parametrize("at", [NOON - 2 * HOUR, NOON + HOUR])
def test_outside_what_was_published_nothing_is_compared(at: datetime) -> None:
    assert scored_booking(told(at=at), 1, KNOWN, []) is None


def test_booking_queues_are_graded_after_the_modes_and_never_among_them() -> None:
    tallies = [a_tally(mode=mode, targets=40) for mode in (Queue.BOOKED_TRUCKS, Mode.TRUCK, Mode.CAR)]
    grades = graded(tallies)
    assert [grade.mode for grade in grades] == [Mode.CAR, Mode.TRUCK, Queue.BOOKED_TRUCKS]
    assert {grade.sums.targets for grade in grades} == {40}
