"""F8: what is the wait now, when reports have become rare and rough?

Up to the scored weeks every report is told. From then on reports are kept at random, with gaps of 1 to 24
hours on average, and blurred by a factor of log-sd 0.25. The forecaster and both naive answers, the last
report and the median of the hour of the week, know the same reports; the truth is what was really shown.
"""

from __future__ import annotations

import numpy as np

from benchmarks.forecasting.feeds import Feed
from benchmarks.forecasting.naive import WEEK, naive
from benchmarks.forecasting.replay import Span, begun, is_booked, replay, roster_of, targets_of, tell
from services.core.congestion.grid import Array
from services.core.congestion.series import Clock, Forecaster

BLUR = 0.25
WEEKS, WEEKS_BEFORE = 4, 13
State = dict[str, Array]


def thinned(feed: Feed, first: int, gap_hours: float) -> Feed:
    """Readings of each lane after `first`, at least a random gap apart, and blurred."""
    numbers = np.random.default_rng([8, int(gap_hours)])
    waits = feed.waits.copy()
    for lane in range(waits.shape[1]):
        due = first + numbers.exponential(gap_hours * 60)
        for row in np.flatnonzero(np.isfinite(waits[:, lane]) & (feed.minutes >= first)):
            if feed.minutes[row] < due:
                waits[row, lane] = np.nan
            else:
                waits[row, lane] *= np.exp(numbers.normal(0, BLUR))
                due = feed.minutes[row] + numbers.exponential(gap_hours * 60)
    return Feed(feed.name, feed.lanes, feed.minutes, waits)


def taught(feed: Feed, first: int, clock: Clock) -> State:
    """The state of a forecaster that was told everything before `first`."""
    begin = first - WEEKS_BEFORE * WEEK
    told = feed.between(begin, first)
    forecaster = begun(feed, clock, begin)
    for row in range(len(told.minutes)):
        tell(forecaster, told, row)
    return forecaster.export()


def blend_ratio(feed: Feed, first: int, gap_hours: float, state: State, clock: Clock) -> tuple[float, float]:
    """Mean absolute error of the median over that of the better naive answer, by the clock of the place and
    by whichever clock is better. `clock` is the forecaster's."""
    last = min(first + WEEKS * WEEK, int(feed.minutes[-1]) + 1)
    begin = first - WEEKS_BEFORE * WEEK
    targets = targets_of(feed, first, last, 0)
    told = thinned(feed.between(begin, last), first, gap_hours)
    # The report of the very instant is not known yet.
    asked = targets.before(1)
    forecaster = Forecaster.restore(roster_of(told), state, clock=clock, booked=is_booked(feed))
    (quantiles,) = replay(told, Span(first, first, last), [asked], forecaster)
    points = np.stack([naive(told, asked, one)[[0, 2]] for one in feed.clocks])
    good = np.isfinite(quantiles[:, 4]) & np.isfinite(points).all(axis=(0, 1))
    if not good.any():
        return np.nan, np.nan
    errors = np.abs(points - targets.wait)[:, :, good].mean(axis=2).min(axis=1)
    ours = np.abs(quantiles[:, 4] - targets.wait)[good].mean()
    return float(ours / errors[0]), float(ours / errors.min())
