"""Reported bookings in the advisories: learnt and kept like waits, told apart, compared apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.core import accuracy, advisories, alternatives, congestion, notices
from services.core.access import Actor
from services.core.accuracy import Queue
from services.core.advisories import Advisory, Booking, Memory
from services.core.alternatives import Advice
from services.core.congestion import BOOKINGS_FELT
from services.core.crossings import Direction, Mode, Side
from services.core.observations import MEASURED, Kind
from services.core.work import Work
from tests.alternatives.test_recalling import NOW, aziza, computed, of, reported
from tests.makers import ALFA, DAY, HOUR, a_closure, a_notice

__all__ = ["aziza"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is told apart here does not depend on the database; tests/worker computes on both."""

TRUCKS = (ALFA, Direction.TO_KZ, Mode.TRUCK)


def booked(
    work: Work, official: Actor, ago: timedelta, figure: float = 3000, kind: Kind = Kind.BOOKED_WAIT
) -> None:
    fields: dict[str, Any] = {"mode": Mode.TRUCK, "kind": kind, MEASURED[kind]: figure}
    reported(work, official, NOW - ago, **fields)


def some_days(work: Work, official: Actor, kind: Kind = Kind.BOOKED_WAIT) -> None:
    """Every three hours for nine days."""
    for hours in range(9 * 24, 0, -3):
        booked(work, official, hours * HOUR, 3000 + hours, kind)


def waits(advice: Advice) -> list[Advisory]:
    """Everything but bookings, and ways round that are as good, which take turns with every change."""
    return [one.model_copy(update={"booking": None, "instead": ()}) for one in advice.run.advisories]


def booking(advice: Advice) -> Booking | None:
    return of(advice, TRUCKS).booking


def test_what_was_reported_is_told_and_moves_nothing_else(work: Work, aziza: Actor) -> None:
    before = computed(work, keep=False)
    booked(work, aziza, HOUR)
    booked(work, aziza, 2 * HOUR, 240, Kind.BOOKED)
    after = computed(work, keep=False)
    told = booking(after)
    assert told is not None
    assert told.wait is not None
    assert (told.side, told.wait.reported, told.wait.observed_at) == (Side.UZ, 3000, NOW - HOUR)
    assert told.units is not None
    assert (told.units.reported, told.units.observed_at) == (240, NOW - 2 * HOUR)
    assert (told.wait.ahead, told.units.ahead) == ((), ())
    assert waits(after) == waits(before)


def test_after_two_days_of_silence_nothing_is_told(work: Work, aziza: Actor) -> None:
    booked(work, aziza, HOUR)
    late = NOW - HOUR + BOOKINGS_FELT
    assert booking(computed(work, late, keep=False)) is not None
    assert booking(computed(work, late + timedelta(minutes=1), keep=False)) is None


def test_a_post_that_is_shut_is_booked_all_the_same(work: Work, aziza: Actor) -> None:
    booked(work, aziza, HOUR)
    shut = a_notice(a_closure(ALFA, start=NOW - DAY))
    notices.publish(replace(work, now=NOW), aziza, shut, idempotency_key="shut")
    told = computed(work)
    assert of(told, TRUCKS).wait is None
    assert booking(told) is not None


def test_a_booking_that_is_told_late_leaves_the_queues_where_they_were(work: Work, aziza: Actor) -> None:
    computed(work, NOW - DAY)
    computed(work)
    at = alternatives.midnight(NOW) - 2 * HOUR
    reported(work, aziza, at, received=NOW, mode=Mode.TRUCK, kind=Kind.BOOKED, booked=200)
    assert computed(work, NOW + HOUR).states == {}


@pytest.mark.parametrize("kind", [Kind.BOOKED_WAIT, Kind.BOOKED])
def test_days_of_figures_are_expected_to_go_on_and_who_was_killed_has_lost_nothing(
    work: Work, aziza: Actor, kind: Kind
) -> None:
    some_days(work, aziza, kind)
    killed, kept = computed(work, keep=False), computed(work)
    assert killed.run.model_dump_json() == kept.run.model_dump_json()
    booked(work, aziza, -HOUR, 3100, kind)
    went_on = booking(computed(work, NOW + HOUR))
    assert went_on is not None
    figure, other = (went_on.wait, went_on.units)[:: 1 if kind is Kind.BOOKED_WAIT else -1]
    assert other is None
    assert figure is not None
    assert figure.reported == 3100
    assert figure.ahead[0].at == congestion.grid_start(NOW + HOUR)
    assert figure.ahead[-1].at == congestion.grid_start(NOW + HOUR) + 3 * DAY
    for one in figure.ahead:
        assert one.p10 < one.p50 < one.p90
        assert one.p50 == pytest.approx(3100, rel=0.05)


def test_what_bookings_taught_is_kept_with_what_waits_taught(work: Work, aziza: Actor) -> None:
    some_days(work, aziza)
    reported(work, aziza, NOW - HOUR, kind=Kind.WAIT, wait_minutes=30.0)
    computed(work)
    state = advisories.unpacked(work.session.get_one(Memory, ALFA).state)
    assert state["series"].tolist() == [f"{ALFA} to-kz car 0"]
    assert state["booked-wait:series"].tolist() == [f"{ALFA} to-kz truck 0 booked-wait"]


def test_booked_waits_are_compared_by_themselves(work: Work, aziza: Actor) -> None:
    some_days(work, aziza)
    for hours in (25, 7):
        computed(work, NOW - hours * HOUR)
    booked(work, aziza, timedelta(0))
    computed(work)
    found = {one.horizon_hours: one for one in accuracy.tallies(work.session)}
    assert {one.mode for one in found.values()} == {Queue.BOOKED_TRUCKS}
    assert {1, 6, 24} <= found.keys()
    assert found[24].persistence_targets == found[24].targets
    assert found[24].error / found[24].targets < 200
