"""Advisories and alternatives follow from the records: read, compute, record."""

from datetime import datetime

from services.core import advisories, alternatives, board
from services.core.settings import Settings
from services.core.work import Edge, Work
from services.worker.tasks.kinds import Record


def recompute(edge: Edge, _settings: Settings, now: datetime) -> Record:
    """Compute every advisory, and what to do instead, from what is recorded now."""
    with edge.reading() as session:
        inputs = board.read_inputs(session)
        legs = alternatives.road_times(session)
    run = alternatives.advise(inputs, legs, now)

    def record(work: Work) -> None:
        advisories.record(work, run)

    return record
