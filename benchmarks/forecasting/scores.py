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
    """Mean error over that of the best naive forecast, and the upper end of its 95 % interval."""

    value: float
    upper: float
    error: float
    naive_error: float
    best: str

    def within(self, limit: float) -> bool:
        return self.value <= limit + TOLERANCE and self.upper <= limit + TOLERANCE


@dataclass(frozen=True)
class Scored:
    """One horizon of one feed: what was to be forecast, our quantiles (N, 9), naive points (3, N) and naive
    quantiles (3, N, 9)."""

    targets: Targets
    quantiles: Array
    points: Array
    spreads: Array

    @property
    def answered(self) -> Array:
        good: Array = np.isfinite(self.quantiles[:, 0]) & np.isfinite(self.points).all(axis=0)
        return good & np.isfinite(self.spreads).all(axis=(0, 2))

    def of_points(self, only: tuple[int, ...] = (0, 1, 2)) -> Ratio:
        """Mean absolute error of the median."""
        truth = self.targets.wait
        ours = np.abs(self.quantiles[:, 4] - truth)
        return self._ratio(ours, np.abs(self.points - truth)[list(only)], only)

    def of_distributions(self) -> Ratio:
        """CRPS, as twice the mean pinball loss."""
        truth = self.targets.wait
        naive_losses = np.stack([crps(spread, truth) for spread in self.spreads])
        return self._ratio(crps(self.quantiles, truth), naive_losses, (0, 1, 2))

    def coverage(self) -> tuple[float, float, float]:
        """Share within P10–P90, the same in the worst calendar month, and share above P90."""
        good = self.answered
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
        best = int(np.argmin(theirs[:, good].mean(axis=1)))
        value, upper = ratio(ours[good], theirs[best, good], self.targets.minute[good])
        return Ratio(
            value, upper, float(ours[good].mean()), float(theirs[best, good].mean()), NAMES[names[best]]
        )


def scored(feed_targets: Targets, past: Targets, quantiles: Array, points: Array) -> Scored:
    """`past` ends with the same targets, after those of the weeks before; naive `points` (3, M) are of
    all."""
    mine = slice(len(past.wait) - len(feed_targets.wait), None)
    spreads = np.stack([with_errors(point, past)[mine] for point in points])
    return Scored(feed_targets, quantiles, points[:, mine], spreads)


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
