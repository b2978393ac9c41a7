"""Which expert to believe, and how wide to be: learnt from how past forecasts turned out.

The weight of an expert is exp(−η·(its loss − the least loss)/the least loss), where a loss is the mean
pinball loss in minutes over three quantiles, forgetting slowly. Intervals are widened or narrowed on each
side by a factor e^s: s rises by γ·(1 − 0.1) whenever the outcome was beyond the outer quantile and falls by
γ·0.1 whenever it was not, so that in the long run a tenth is beyond it whatever the errors are like (Gibbs
and Candès 2021, each tail by itself). A lane with few outcomes borrows from its kind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.errors import EXPERTS, Between
from services.core.congestion.series.tuning import HIGH, LEVELS, LOW, MIDDLE, Roster, Tuning

JUDGED = (LOW, MIDDLE, HIGH)
"""Places of the quantiles that are scored."""
OUTSIDE = LEVELS[LOW]
"""Share of outcomes to be beyond each outer quantile."""
UNSEEN = 0.3
"""Log widening of lanes of whose kind nothing has been scored: a third wider."""


@dataclass(slots=True)
class Judgement:
    """Per lead, one for each horizon of the tuning.

    loss (A, E, L), mass (A, L)   sums of losses and their number, both fading
    width (A, 2, L)               logarithm of the factor below and above the median
    outcomes (A, L)               scored so far
    kind_width (A, 2, M), kind_outcomes (A, M)   the same of the M kinds of lanes
    """

    loss: Array
    mass: Array
    width: Array
    outcomes: Array
    kind_width: Array
    kind_outcomes: Array

    @classmethod
    def unbiased(cls, roster: Roster, tuning: Tuning) -> Judgement:
        horizons, lanes, kinds = len(tuning.horizons), roster.count, int(roster.kind.max()) + 1
        return cls(
            loss=np.zeros((horizons, EXPERTS, lanes)),
            mass=np.zeros((horizons, lanes)),
            width=np.zeros((horizons, 2, lanes)),
            outcomes=np.zeros((horizons, lanes)),
            kind_width=np.zeros((horizons, 2, kinds)),
            kind_outcomes=np.zeros((horizons, kinds)),
        )

    def forget(self, share: float) -> None:
        """Let old losses count less: `share` stays."""
        self.loss *= share
        self.mass *= share

    def score(self, leads: Array, losses: Array, beyond: Array, roster: Roster, tuning: Tuning) -> None:
        """Take in one outcome per lane: the place of its lead (L,), losses (E, L), and beyond (2, L) whether
        the outcome was outside the outer quantiles; nan where there is none."""
        seen = np.flatnonzero(np.isfinite(beyond[0]))
        place, step = leads[seen], beyond[:, seen].T - OUTSIDE
        self.loss[place, :, seen] += losses[:, seen].T
        self.mass[place, seen] += 1
        self.outcomes[place, seen] += 1
        moved = self.width[place, :, seen] + tuning.gain * step
        self.width[place, :, seen] = np.clip(moved, tuning.narrowest, tuning.widest)
        kind = roster.kind[seen]
        count, total = np.zeros_like(self.kind_outcomes), np.zeros_like(self.kind_width)
        np.add.at(count, (place, kind), 1)
        for side in (0, 1):
            np.add.at(total[:, side], (place, kind), step[:, side])
        moved = self.kind_width + tuning.gain * total / np.maximum(count, 1)[:, None]
        self.kind_width[:] = np.clip(moved, tuning.narrowest, tuning.widest)
        self.kind_outcomes += count

    def together(self, experts: Array, near: Between, lane: Array, roster: Roster, tuning: Tuning) -> Array:
        """(R, Q) of the experts' quantiles (E, R, Q) at leads that lie `near` the horizons."""
        weights = near.of_lanes(self.weights(roster, tuning), lane)
        widths = near.of_lanes(self.widths(roster, tuning), lane)
        mean = np.einsum("erq,re->rq", experts, weights)
        middle = mean[:, MIDDLE, None]
        away = mean - middle
        together: Array = middle + away * np.where(away < 0, widths[:, :1], widths[:, 1:])
        return together

    def weights(self, roster: Roster, tuning: Tuning) -> Array:
        """(A, E, L), adding up to 1 over the experts."""
        member = np.eye(self.kind_outcomes.shape[1])[roster.kind]
        kind_loss, kind_mass = self.loss @ member, self.mass @ member
        of_kind = kind_loss / np.maximum(kind_mass, 1e-9)[:, None]
        borrowed = tuning.enough * of_kind[:, :, roster.kind]
        mean = (self.loss + borrowed) / (self.mass[:, None] + tuning.enough)
        best = mean.min(axis=1, keepdims=True)
        excess = (mean - best) / np.maximum(best, 1e-9)
        weight = np.exp(-tuning.sharpness * excess)
        weights: Array = weight / weight.sum(axis=1, keepdims=True)
        return weights

    def widths(self, roster: Roster, tuning: Tuning) -> Array:
        """(A, 2, L) factors."""
        unseen = UNSEEN * np.maximum(1 - self.kind_outcomes / tuning.enough, 0.0)
        of_kind = (self.kind_width + unseen[:, None])[:, :, roster.kind]
        own = (self.outcomes >= tuning.enough)[:, None]
        factors: Array = np.exp(np.where(own, self.width, of_kind))
        return factors


def pinball(quantiles: Array, truth: Array) -> Array:
    """Mean pinball loss over the judged quantiles (…, 3) of the truth (…,)."""
    levels = np.array([LEVELS[place] for place in JUDGED])
    error = truth[..., None] - quantiles
    loss: Array = np.maximum(levels * error, (levels - 1) * error).mean(axis=-1)
    return loss
