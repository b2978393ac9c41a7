"""What the filter makes of reports about lanes to test with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from services.core.congestion.ensemble import Ensemble
from services.core.congestion.evidence import Evidence
from services.core.congestion.filtering import filtered
from services.core.congestion.grid import Array
from services.core.congestion.knowledge import Knowledge, LaneState, summary
from services.core.congestion.queue import Kernel
from services.core.congestion.readings import Readings
from tests.congestion.lanes import chance, some_lanes, uncertain
from tests.congestion.reporting import SOURCES

QUIET: dict[str, Any] = {
    "arrivals_per_hour": 12.0,
    "exit_servers": 6.0,
    "entry_servers": 6.0,
    "lanes": 1,
    "unknowns": replace(uncertain(1), stop_every_hours=np.full(1, np.inf)),
}
"""Nobody waits, and no post stops."""
BUSY: dict[str, Any] = {"arrivals_per_hour": 50.0, "exit_servers": 6.0}
"""Nobody can tell whether anybody waits."""
AT = 60
"""The step of most reports."""


@dataclass(frozen=True)
class Outcome:
    ensemble: Ensemble
    knowledge: Knowledge
    readings: Readings

    def waiting(self, lane: int = 0, stage: int = 0) -> Array:
        return self.readings.waiting(lane, stage)

    def state(self, lane: int = 0) -> LaneState:
        return summary(self.ensemble, self.knowledge)[lane]


def outcome(
    reports: Sequence[Evidence],
    until: int = AT,
    particles: int = 200,
    lanes: int = 2,
    seed: int = 1,
    **changes: Any,
) -> Outcome:
    given_: dict[str, Any] = {"unknowns": uncertain(lanes), "lanes": lanes} | BUSY | changes
    kernel, numbers = Kernel(some_lanes(**given_)), chance(particles, seed)
    ensemble = Ensemble.empty(kernel.lanes, numbers)
    knowledge = filtered(kernel, ensemble, reports, until, numbers, SOURCES)
    return Outcome(ensemble, knowledge, Readings(kernel, ensemble))
