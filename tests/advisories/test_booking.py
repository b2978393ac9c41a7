"""A booking queue as it is told: by the hours of the outlook, as of then, and after a while not at all."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from services.core import congestion
from services.core.advisories import Booking, booked
from services.core.congestion import BOOKINGS_FELT, BookedFigure
from services.core.crossings import Side
from tests.makers import HOUR, NOON

INSTANTS = congestion.times(NOON)
HOURS = np.arange(len(INSTANTS)) / 2
EXPECTED = np.stack([1000 + HOURS, 2000 + HOURS, 3000 + HOURS])


def a_booking(wait: BookedFigure | None = None, units: BookedFigure | None = None) -> Booking:
    found = booked(congestion.Booking(Side.KZ, wait, units), INSTANTS)
    assert found is not None
    return found


def test_of_nothing_nothing_is_told() -> None:
    assert booked(None, INSTANTS) is None


def test_what_is_expected_is_told_by_the_hour_and_what_was_reported_as_it_was() -> None:
    told = a_booking(BookedFigure(1980.0, NOON - HOUR, EXPECTED)).wait
    assert told is not None
    assert (told.reported, told.observed_at) == (1980, NOON - HOUR)
    assert [one.at for one in told.ahead[:3]] == [NOON, NOON + HOUR, NOON + 2 * HOUR]
    assert told.ahead[-1].at == NOON + 72 * HOUR
    assert [(one.p10, one.p50, one.p90) for one in told.ahead[:2]] == [(1000, 2000, 3000), (1001, 2001, 3001)]


@pytest.mark.parametrize(
    ("hours", "p50"), [(-1.5, 2000), (0, 2000), (23.4, 2023), (49, 2048), (49.6, 2051), (73.5, 2072)]
)
def test_what_stands_nearest_is_expected(hours: float, p50: float) -> None:
    told = a_booking(BookedFigure(1980.0, NOON - HOUR, EXPECTED)).wait
    assert told is not None
    found = told.expected(NOON + hours * HOUR)
    assert found is not None
    assert found.p50 == p50


@pytest.mark.parametrize("hours", [-2, 74])
def test_beyond_three_days_nothing_is_expected(hours: float) -> None:
    told = a_booking(BookedFigure(1980.0, NOON - HOUR, EXPECTED)).wait
    assert told is not None
    assert told.expected(NOON + hours * HOUR) is None


def test_each_figure_is_told_until_it_is_too_old() -> None:
    older, newer = BookedFigure(1980.0, NOON - HOUR, None), BookedFigure(70.0, NOON, None)
    booking = a_booking(older, newer)
    assert booking.known(NOON - HOUR + BOOKINGS_FELT) == booking
    assert booking.known(NOON + BOOKINGS_FELT) == a_booking(units=newer)
    assert booking.known(NOON + BOOKINGS_FELT + timedelta(seconds=1)) is None
