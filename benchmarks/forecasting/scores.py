"""Errors, their ratios to naive forecasts with a bootstrap over weeks, and coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.forecasting.naive import LEVELS, NAMES, WEEK, Targets, with_errors
from services.core.congestion.grid import Array

TOLERANCE = 0.03
"""How far the upper bound of a ratio may be above its limit."""
RESAMPLES = 1000
FEWEST_IN_MONTH = 100
MONTH_FORMAT = "datetime64[M]"


@dataclass(frozen=True)
class Ratio:
    """Mean error over that of the best naive forecast by the clock of the place, the upper end of its 95 %
    interval, and the same over that of the best one by either clock."""

    value: float
    upper: float
    either: float
    error: float
    naive_error: float
    best: str

    def within(self, limit: float) -> bool:
        return self.value <= limit + TOLERANCE and self.upper <= limit + TOLERANCE


@dataclass(frozen=True)
class Scored:
    """One horizon of one feed: what was to be forecast, our quantiles (N, 9), and by C clocks, that of the
    place first, naive points (C, 3, N) and naive quantiles (C, 3, N, 9)."""

    targets: Targets
    quantiles: Array
    points: Array
    spreads: Array

    @property
    def answered(self) -> Array:
        good: Array = np.isfinite(self.quantiles[:, 0]) & np.isfinite(self.points).all(axis=(0, 1))
        return good & np.isfinite(self.spreads).all(axis=(0, 1, 3))

    def of_points(self, only: tuple[int, ...] = (0, 1, 2)) -> Ratio:
        """Mean absolute error of the median."""
        truth = self.targets.wait
        ours = np.abs(self.quantiles[:, 4] - truth)
        return self._ratio(ours, np.abs(self.points - truth)[:, list(only)], only)

    def of_distributions(self) -> Ratio:
        """CRPS, as twice the mean pinball loss."""
        truth = self.targets.wait
        naive_losses = np.array([[crps(one, truth) for one in spreads] for spreads in self.spreads])
        return self._ratio(crps(self.quantiles, truth), naive_losses, (0, 1, 2))

    def coverage(self) -> tuple[float, float, float]:
        """Share within P10–P90, the same in the worst calendar month, and share above P90."""
        good = self.answered
        if not good.any():
            return np.nan, np.nan, np.nan
        truth, quantiles = self.targets.wait[good], self.quantiles[good]
        inside = (truth >= quantiles[:, 0]) & (truth <= quantiles[:, -1])
        months = self.targets.minute[good].astype("datetime64[m]").astype(MONTH_FORMAT)
        worst = [
            inside[months == month].mean()
            for month in np.unique(months)
            if (months == month).sum() >= FEWEST_IN_MONTH
        ]
        return (
            float(inside.mean()),
            float(min(worst, default=np.nan)),
            float((truth > quantiles[:, -1]).mean()),
        )

    def _ratio(self, ours: Array, theirs: Array, names: tuple[int, ...]) -> Ratio:
        good = self.answered
        if not good.any():
            return Ratio(np.nan, np.nan, np.nan, np.nan, np.nan, "none")
        means = theirs[:, :, good].mean(axis=2)
        best, error = int(np.argmin(means[0])), float(ours[good].mean())
        value, upper = ratio(ours[good], theirs[0, best, good], self.targets.minute[good])
        either = error / float(means.min())
        return Ratio(value, upper, either, error, float(means[0, best]), NAMES[names[best]])


def scored(feed_targets: Targets, past: Targets, quantiles: Array, points: Array) -> Scored:
    """`past` ends with the same targets, after those of the weeks before; naive `points` (C, 3, M) are of
    all."""
    mine = slice(len(past.wait) - len(feed_targets.wait), None)
    spreads = np.array([[with_errors(one, past)[mine] for one in by_clock] for by_clock in points])
    return Scored(feed_targets, quantiles, points[:, :, mine], spreads)


def ratio(ours: Array, theirs: Array, minutes: Array) -> tuple[float, float]:
    """Σ ours / Σ theirs and its 97.5 % point when whole weeks are drawn again."""
    weeks, place = np.unique(minutes // WEEK, return_inverse=True)
    sums = np.stack([np.bincount(place, errors, len(weeks)) for errors in (ours, theirs)])
    drawn = np.random.default_rng(0).integers(0, len(weeks), (RESAMPLES, len(weeks)))
    again = sums[:, drawn].sum(axis=2)
    return float(sums[0].sum() / sums[1].sum()), float(np.quantile(again[0] / again[1], 0.975))


def crps(quantiles: Array, truth: Array) -> Array:
    error = truth[:, None] - quantiles
    loss: Array = 2 * np.maximum(LEVELS * error, (LEVELS - 1) * error).mean(axis=1)
    return loss
