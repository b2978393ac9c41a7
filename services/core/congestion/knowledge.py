"""What reports leave behind beside an ensemble, and what of it is worth storing with a lane."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from services.core.congestion.assumptions import assumed
from services.core.congestion.ensemble import Ensemble
from services.core.congestion.grid import STEP_HOURS, Array
from services.core.congestion.likelihood import Bias

NEVER = -(10**6)
"""The step of the last report of a lane that had none."""


@dataclass(slots=True)
class Knowledge:
    """Of L lanes.

    observed (L,)   step of the last report taken in, `NEVER` if there was none
    fresh (L,)      how many credible reports there were then, each fading over `fading_hours`
    biases          by lane and by voice: a source may read high in one measure and low in another
    """

    observed: Array
    fresh: Array
    biases: dict[tuple[int, str], Bias] = field(default_factory=dict)

    @classmethod
    def none(cls, lanes: int) -> Knowledge:
        return cls(np.full(lanes, NEVER), np.zeros(lanes))

    def take(self, lane: int, step: int, credible: float) -> None:
        """Note a report of a lane with the probability that it is not garbage."""
        self.fresh[lane] = self.fresh_at(step)[lane] + credible
        self.observed[lane] = step

    def fresh_at(self, step: int) -> Array:
        """(L,) about how many fresh and credible reports the state of a lane rests on."""
        fading_hours = assumed().engine.levels.fading_hours.value
        fresh: Array = self.fresh * np.exp((self.observed - step) * STEP_HOURS / fading_hours)
        return fresh

    def keep(self, lane: int, chosen: Array) -> None:
        """Follow the particles of a lane."""
        for (place, _), bias in self.biases.items():
            if place == lane:
                bias.keep(chosen)


class LaneState(NamedTuple):
    """What to store of a lane. `observed` is the step of its last report, None if there was none; `stopped`
    the probability that one of its posts has stopped unannounced; `evidence` about how many fresh and
    credible reports this rests on."""

    observed: int | None
    stopped: float
    evidence: float


def summary(ensemble: Ensemble, knowledge: Knowledge) -> list[LaneState]:
    """One for every lane, at the step of the ensemble."""
    stopped = ensemble.stopped.any(axis=0).mean(axis=-1)
    fresh = knowledge.fresh_at(ensemble.step)
    return [
        LaneState(None if seen == NEVER else int(seen), float(share), float(left))
        for seen, share, left in zip(knowledge.observed, stopped, fresh, strict=True)
    ]
