"""How far experts are off: the size and the shape of their errors, fitted at some leads.

The size is a regression on a few columns, times a factor of the lane; the shape is the quantiles of
error ÷ size, the lane's own as far as it has them. Between the fitted leads everything is interpolated by
the logarithm of the lead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.regression import least_absolute
from services.core.congestion.series.tuning import HOUR_SLOTS, LEVELS

EXPERTS = 3
UNFITTED_SIZE = 0.6
"""Median |error| in z before anything is fitted: on purpose wider than any lane that was measured."""
REPORT_SIZE = 0.05
"""Median |error| of a report at the moment it is made, for feeds round to five minutes."""
SMALLEST_SIZE, LARGEST_SIZE = 0.02, 1.0
"""Bounds of the median |error| in z: a factor of e either way is as much as the worst lanes show, and where
several large columns meet their product would be much more."""
QUARTILE = NormalDist().inv_cdf(0.75)
OWN_SIZE, OWN_SHAPE = 50.0, 200.0
"""Rows of a lane from which its own errors outweigh the common size and shape."""


@dataclass(frozen=True, slots=True)
class Between:
    """Where leads lie among the fitted ones: between `low` and `high`, at `share` of the way; all (R,)."""

    low: Array
    high: Array
    share: Array

    @classmethod
    def of(cls, fitted: Array, leads: Array) -> Between:
        places, wanted = np.log1p(fitted / HOUR_SLOTS), np.log1p(np.maximum(leads, 0) / HOUR_SLOTS)
        high = np.minimum(np.maximum(np.searchsorted(places, wanted), 1), len(places) - 1)
        share = (wanted - places[high - 1]) / (places[high] - places[high - 1])
        return cls(high - 1, high, np.minimum(np.maximum(share, 0.0), 1.0))

    def __call__(self, values: Array) -> Array:
        """(R, …) of (A, …)."""
        share = self.share.reshape(-1, *(1,) * (values.ndim - 1))
        between: Array = values[self.low] * (1 - share) + values[self.high] * share
        return between

    def of_lanes(self, values: Array, lanes: Array) -> Array:
        """(R, E, …) of (A, E, L, …), each row at its lane."""
        share = self.share.reshape(-1, *(1,) * (values.ndim - 2))
        between: Array = values[self.low, :, lanes] * (1 - share) + values[self.high, :, lanes] * share
        return between


@dataclass(frozen=True, slots=True)
class Errors:
    """leads (A,) in slots, ascending, the first is 0; sizes (A, E, S); factors (A, E, L); shapes (A, E, L,
    Q)."""

    leads: Array
    sizes: Array
    factors: Array
    shapes: Array

    @classmethod
    def unfitted(cls, leads: tuple[int, ...], columns: int, lanes: int) -> Errors:
        """Normal and wide."""
        every = np.array([0, *leads], dtype=np.int64)
        sizes = np.zeros((len(every), EXPERTS, columns))
        sizes[:, :, 0] = np.where(every > 0, UNFITTED_SIZE, REPORT_SIZE)[:, None]
        shape = np.array([NormalDist().inv_cdf(level) / QUARTILE for level in LEVELS])
        every_lane = (len(every), EXPERTS, lanes)
        shapes = np.broadcast_to(shape, (*every_lane, len(LEVELS))).copy()
        return cls(every, sizes, np.ones(every_lane), shapes)

    def at(self, places: Array) -> Errors:
        """At some of the leads only."""
        return replace(self, **{name: getattr(self, name)[places] for name in Errors.__slots__})

    def fit(self, place: int, expert: int, lane: Array, columns: Array, errors: Array) -> None:
        """Replace what is known of one expert at one lead, from R errors of lanes (R,) with columns (R,
        S)."""
        size = least_absolute(columns, np.abs(errors), np.ones(len(errors)), 1.0)
        self.sizes[place, expert] = size
        relative = errors / np.maximum(columns @ size, SMALLEST_SIZE)
        lanes = self.factors.shape[2]
        count = np.bincount(lane, minlength=lanes)
        own = np.bincount(lane, np.abs(relative), lanes) / np.abs(relative).mean()
        self.factors[place, expert] = factors = (own + OWN_SIZE) / (count + OWN_SIZE)
        relative = relative / factors[lane]
        common = np.quantile(relative, LEVELS)
        for one in range(lanes):
            here = relative[lane == one]
            mine = np.quantile(here, LEVELS) if len(here) else common
            share = len(here) / (len(here) + OWN_SHAPE)
            self.shapes[place, expert, one] = share * mine + (1 - share) * common

    def around(self, centres: Array, near: Between, lane: Array, columns: Array) -> Array:
        """(E, R, Q) quantiles around the centres (E, R), ascending along the last axis."""
        size = np.maximum(np.einsum("rs,res->er", columns, near(self.sizes)), SMALLEST_SIZE)
        size = np.minimum(size * near.of_lanes(self.factors, lane).T, LARGEST_SIZE)
        shape = near.of_lanes(self.shapes, lane).transpose(1, 0, 2)
        quantiles: Array = centres[:, :, None] + size[:, :, None] * shape
        return quantiles
