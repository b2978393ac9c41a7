"""What the queues of a component have been: a checkpoint, and what was seen since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from services.core.congestion.assumptions import assumed
from services.core.congestion.chance import Chance
from services.core.congestion.checkpoint import checkpoint, resumed
from services.core.congestion.ensemble import Ensemble
from services.core.congestion.filtering import filtered
from services.core.congestion.grid import STEP, Array, LaneKey
from services.core.congestion.knowledge import Knowledge
from services.core.congestion.lanes import Lanes
from services.core.congestion.queue import Kernel
from services.core.congestion.reports import evidence_of
from services.core.crossings import Direction, Mode
from services.core.observations import Reported

NAMES = "lanes"
"""The array of a state that names its lanes."""


@dataclass(frozen=True, slots=True)
class Past:
    """`state` is a checkpoint of the instant `at`. Without one nobody knows: the queues are empty when the
    calendar begins. `reports` tell of what was seen since, and of some time before, so that repetitions are
    known."""

    at: datetime | None = None
    state: Mapping[str, Array] | None = None
    reports: Sequence[Reported] = ()

    def until(
        self,
        step: int,
        keys: Sequence[LaneKey],
        start: datetime,
        kernel: Kernel,
        weights: tuple[float, ...],
        chance: Chance,
    ) -> tuple[Ensemble, Knowledge]:
        """The queues of the kernel's lanes, which are those of `keys`, at a step of the calendar that begins
        at `start` and comes in as many ways as there are `weights`. Where there is a state, what is left of
        the calendar before it holds the last arrivals and departures."""
        ensemble, knowledge = self._begun(keys, start, kernel.lanes, weights, chance)
        lanes = [(key.crossing, Direction(key.direction), Mode(key.mode)) for key in keys]
        sources = assumed().sources
        evidence = evidence_of(self.reports, lanes, start, sources)
        return ensemble, filtered(kernel, ensemble, evidence, step, chance, sources, knowledge)

    def _begun(
        self,
        keys: Sequence[LaneKey],
        start: datetime,
        lanes: Lanes,
        weights: tuple[float, ...],
        chance: Chance,
    ) -> tuple[Ensemble, Knowledge]:
        """A state of other lanes, or of another number of particles, is of no use: the catalogue or the
        engine has changed."""
        state = self.state
        if (
            self.at is None
            or state is None
            or list(state[NAMES]) != _names(keys)
            or state["scenario"].shape[1:] != (chance.particles,)
        ):
            return Ensemble.empty(lanes, chance, weights), Knowledge.none(lanes.count)
        arrays = {name: array for name, array in state.items() if name != NAMES}
        scenario = np.tile(chance.split(weights), (lanes.count, 1))
        return resumed(lanes, arrays, scenario, (self.at - start) // STEP)


NOTHING = Past()


def state_of(keys: Sequence[LaneKey], ensemble: Ensemble, knowledge: Knowledge) -> dict[str, Array]:
    """A state to begin with, later, at the instant of the ensemble."""
    return {**checkpoint(ensemble, knowledge), NAMES: np.array(_names(keys), dtype=str)}


def _names(keys: Sequence[LaneKey]) -> list[str]:
    return [f"{key.crossing} {key.direction} {key.mode}" for key in keys]
