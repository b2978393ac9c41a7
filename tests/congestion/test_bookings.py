"""Booking queues: what is told of them is as old as it is, and what is expected follows from their series."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from services.core.congestion.bookings import FELT, Booking, bookings
from services.core.congestion.learning import Learned
from services.core.congestion.reports import evidence_of
from services.core.congestion.sources import Sources
from services.core.crossings import Direction, Mode, Side
from services.core.observations import MEASURED, Bound, Kind, Reported, Reporter
from tests.makers import ALFA, DAY, HOUR, NOON, an_observation

LANE = (ALFA, Direction.TO_KZ, Mode.TRUCK)


def told(
    figure: float = 600,
    *,
    ago: timedelta = HOUR,
    kind: Kind = Kind.BOOKED_WAIT,
    by: Reporter = Reporter.OFFICIAL,
    **more: Any,
) -> Reported:
    at = NOON - ago
    given = {"mode": Mode.TRUCK, "side": Side.KZ, "kind": kind, MEASURED[kind]: figure, **more}
    seen = an_observation(observed_at=at, **given)
    return Reported(id=f"{at} {kind} {figure}", source=f"{by}:a", received_at=at, fields=seen)


def queue(*reports: Reported, learned: Learned | None = None) -> Booking | None:
    return bookings(reports, learned, NOON).get(LANE)


def test_where_nobody_reports_there_is_no_booking_queue() -> None:
    assert bookings([], None, NOON) == {}
    assert bookings([told(kind=Kind.WAIT, side=None)], None, NOON) == {}


def test_the_newest_of_each_figure_is_told_with_its_own_hour() -> None:
    found = queue(told(600), told(720, ago=2 * HOUR), told(80, kind=Kind.BOOKED, ago=5 * HOUR))
    assert found is not None
    assert found.side is Side.KZ
    assert found.wait is not None
    assert (found.wait.reported, found.wait.observed_at) == (600, NOON - HOUR)
    assert found.units is not None
    assert (found.units.reported, found.units.observed_at) == (80, NOON - 5 * HOUR)
    assert found.wait.expected is None


@pytest.mark.parametrize(
    "report",
    [told(bound=Bound.AT_LEAST), told(by=Reporter.TRAVELLER), told(kind=Kind.BOOKED, mode=Mode.CAR)],
)
def test_bounds_travellers_and_cars_tell_nothing_of_a_booking_queue(report: Reported) -> None:
    assert bookings([report], None, NOON) == {}


def test_an_old_figure_is_told_as_of_then_and_later_not_at_all() -> None:
    assert queue(told(ago=FELT)) is not None
    assert queue(told(ago=FELT + timedelta(minutes=1))) is None
    found = queue(told(ago=FELT + HOUR), told(7, kind=Kind.BOOKED))
    assert found is not None
    assert found.wait is None
    assert found.units is not None


@pytest.mark.parametrize("order", [1, -1])
def test_where_both_posts_call_the_longer_queue_is_told(order: int) -> None:
    reports = [told(600), told(900, side=Side.UZ, ago=3 * HOUR), told(990, kind=Kind.BOOKED)][::order]
    found = queue(*reports)
    assert found is not None
    assert (found.side, found.units) == (Side.UZ, None)


def test_what_is_expected_follows_from_weeks_of_figures() -> None:
    reports = [
        told(4000 + 100 * (hour // 3 % 2), ago=hour * HOUR, kind=kind)
        for hour in range(10 * 24, 0, -3)
        for kind in (Kind.BOOKED_WAIT, Kind.BOOKED)
    ]
    found = queue(*reports, learned=Learned.anew(reports, NOON))
    assert found is not None
    for figure in (found.wait, found.units):
        assert figure is not None
        assert figure.expected is not None
        assert figure.expected.shape == (3, 145)
        assert (np.diff(figure.expected, axis=0) >= 0).all()
        assert np.abs(figure.expected[1] - 4050).max() < 200
        assert (figure.expected[0] < figure.expected[2])[1:].all()


@pytest.mark.parametrize("kind", [Kind.BOOKED_WAIT, Kind.BOOKED])
def test_nothing_of_a_booking_queue_reaches_the_queues_at_the_posts(kind: Kind) -> None:
    reports = [told(kind=kind, ago=hour * HOUR) for hour in range(5)]
    assert list(evidence_of(reports, [LANE], NOON - DAY, Sources.read())) == []
