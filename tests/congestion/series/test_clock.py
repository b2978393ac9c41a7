"""Profiles follow the clock on the wall."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.core.congestion.series import Clock
from services.core.congestion.series.tuning import DAY_SLOTS, SLOT_MINUTES, WEEK_SLOTS

ZONES = ("UTC", "Asia/Tashkent", "Europe/Warsaw", "America/Tijuana", "Australia/Lord_Howe", "Asia/Kathmandu")


@given(st.sampled_from(ZONES), st.integers(1_400_000, 2_100_000))
def test_the_phase_is_that_of_the_local_clock(zone: str, slot: int) -> None:
    """Every slot from 2009 to 2029, with and without daylight saving."""
    local = datetime.fromtimestamp(slot * SLOT_MINUTES * 60, UTC).astimezone(ZoneInfo(zone))
    expected = (local.weekday() * 1440 + local.hour * 60 + local.minute) // SLOT_MINUTES
    assert int(Clock(ZoneInfo(zone)).phase(np.array([slot]))[0]) == expected


def test_nine_in_the_morning_stays_nine_when_the_clock_is_put_forward() -> None:
    warsaw = Clock(ZoneInfo("Europe/Warsaw"))
    saturday = int(datetime(2026, 3, 28, 8, tzinfo=UTC).timestamp()) // 900
    sunday = int(datetime(2026, 3, 29, 7, tzinfo=UTC).timestamp()) // 900
    before, after = warsaw.phase(np.array([saturday, sunday]))
    assert after - before == DAY_SLOTS


def test_a_zone_without_daylight_saving_is_a_shift() -> None:
    slots = np.arange(1_900_000, 1_900_000 + 60 * DAY_SLOTS, 7)
    five = Clock(timezone(timedelta(hours=5)))
    assert ((five.phase(slots) - Clock().phase(slots)) % WEEK_SLOTS == 20).all()
    assert (five.phase(slots) == Clock(ZoneInfo("Asia/Tashkent")).phase(slots)).all()
