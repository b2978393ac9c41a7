"""What is checked on each kind of feed, and the limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.forecasting.feeds import Feed
from benchmarks.forecasting.replay import is_booked
from benchmarks.forecasting.scores import Ratio

HOUR_MINUTES = 60
SOON_MINUTES, SOON_LIMIT = 15, 1.05
COVERAGE, WORST_MONTH, ABOVE = (0.76, 0.84), 0.70, (0.07, 0.13)
RARE = {1: 0.87, 3: 0.92, 6: 0.96, 12: 0.99, 24: 1.00}
"""By hours between two reports on average."""
FLIPS, MISSED = 0.65, 0.05
Check = dict[str, float | bool | None]


@dataclass(frozen=True)
class Yardstick:
    """Limits of the ratios at 1, 3, 24 and 72 hours (booking queues: 3, 24 and 72), by kind of feed."""

    check: str
    points: dict[int, float]
    distributions: dict[int, float] | None = None
    only: tuple[int, ...] = (0, 1, 2)


def by_hours(*pairs: tuple[int, float]) -> dict[int, float]:
    return {hours * HOUR_MINUTES: limit for hours, limit in pairs}


DENSE = Yardstick(
    "F1",
    by_hours((1, 0.90), (3, 0.82), (24, 0.89), (72, 0.93)),
    by_hours((1, 0.90), (3, 0.86), (24, 0.92), (72, 0.94)),
)
SPARSE = Yardstick("F3", by_hours((1, 1.00), (3, 0.86), (24, 0.97), (72, 1.00)))
HOURLY = Yardstick("F4", by_hours((1, 0.97), (3, 0.86), (24, 0.92), (72, 0.99)))
BOOKED = Yardstick("F6", by_hours((3, 0.98), (24, 1.01), (72, 0.80)), only=(0,))


def yardstick(feed: Feed) -> Yardstick:
    if is_booked(feed):
        return BOOKED
    if feed.gap == HOUR_MINUTES and len(feed.lanes) == 1:
        return HOURLY
    return DENSE if feed.gap <= HOUR_MINUTES else SPARSE


def judged(value: float | None, passed: bool | None, limit: float | None) -> Check:
    known = value is not None and np.isfinite(value)
    return {
        "value": round(float(value), 3) if known and value is not None else None,
        "limit": limit,
        "pass": bool(passed) if known and passed is not None else None,
    }


def either_clock(check: str, value: float) -> dict[str, Check]:
    """The ratio to the best naive forecast by either clock, which has no limit."""
    return {f"{check}_either_clock": judged(value, None, None)}


def compared(check: str, found: Ratio, limit: float) -> dict[str, Check]:
    return {check: judged(found.value, found.within(limit), limit)} | either_clock(check, found.either)


def missing() -> dict[str, Check]:
    """Every check without a value, in order."""
    found: dict[str, Check] = {}
    for rule in (DENSE, SPARSE, HOURLY, BOOKED):
        for horizon, limit in rule.points.items():
            found[f"{rule.check}_{horizon // HOUR_MINUTES}h"] = judged(None, None, limit)
    for horizon, limit in (DENSE.distributions or {}).items():
        found[f"F2_{horizon // HOUR_MINUTES}h"] = judged(None, None, limit)
    for gap, limit in RARE.items():
        found[f"F8_F1_{gap}h"] = judged(None, None, limit)
    advice = {"H1_flips": judged(None, None, FLIPS), "H1_missed": judged(None, None, MISSED)}
    return found | {"F5": judged(None, None, SOON_LIMIT)} | advice
