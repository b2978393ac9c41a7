"""Made-up feeds: a usual week, days that differ, and noise."""

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series import Forecaster, Roster, Tuning

MONDAY = 20458 * 1440
"""2026-01-05 00:00 UTC in minutes since 1970."""
DAY, WEEK = 1440, 7 * 1440
QUICK = Tuning(horizons=(4, 12, 96), weeks=4, rows=600, tick=13)
"""Fewer horizons, weeks, rows and scores: what is tested does not depend on them."""


def roster(lanes: int = 3) -> Roster:
    return Roster(np.arange(lanes) // 2, np.arange(lanes) % 2, np.full(lanes, 5.0))


def waits_at(minutes: Array, lanes: int, seed: int = 0, noise: float = 0.25) -> Array:
    """(B, L) minutes of wait: busy by day, busier at weekends, each day and each report by chance."""
    numbers = np.random.default_rng(seed)
    hour, day = minutes % DAY / 60, minutes // DAY
    usual = 2.5 + np.sin((hour - 8) / 24 * 2 * np.pi) + 0.4 * (day % 7 >= 2)
    days = numbers.normal(0, 0.3, int(day.max() - day.min()) + 1)[day - day.min()]
    scatter = numbers.normal(0, noise, (len(minutes), lanes))
    waits: Array = np.exp(usual[:, None] + days[:, None] + scatter)
    return waits


def reports(weeks: float, every: int = 60, lanes: int = 3, seed: int = 0) -> tuple[Array, Array]:
    """Minutes (B,) and waits (B, L)."""
    minutes = MONDAY + 7 + np.arange(0, int(weeks * WEEK), every)
    return minutes, waits_at(minutes, lanes, seed)


def told(forecaster: Forecaster, minutes: Array, waits: Array) -> Forecaster:
    lanes = np.arange(waits.shape[1])
    for minute, row in zip(minutes.tolist(), waits, strict=True):
        forecaster.report(lanes, np.full(len(lanes), minute), row, minute)
    return forecaster


def forecaster(lanes: int = 3, tuning: Tuning = QUICK) -> Forecaster:
    return Forecaster(roster(lanes), MONDAY, tuning=tuning)
