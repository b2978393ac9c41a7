"""What keeps the house in order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.core import access, advisories, outbox
from services.core.outbox import Promise
from services.core.settings import Settings
from services.core.work import Edge, Work
from services.worker.tasks.kinds import Record

KEPT_PROMISES_STAY = timedelta(days=2)
RUNS_STAY = timedelta(days=5)
"""Forecasts reach three days ahead, and what is observed then may be reported a day later and more."""
CHECKPOINTS_STAY = timedelta(days=8)
"""A report that comes later than that is kept, but changes nothing any more."""


def beat(_edge: Edge, _settings: Settings, _now: datetime, _promises: Sequence[Promise]) -> Record:
    """Nothing but the proof that promises are kept: whoever keeps one notes that it is alive."""
    return lambda _work: None


def tidy(_edge: Edge, _settings: Settings, _now: datetime, _promises: Sequence[Promise]) -> Record:
    """Forget kept promises and old runs; notices, observations and the ledger are never forgotten."""

    def record(work: Work) -> None:
        outbox.forget_kept(work, before=work.now - KEPT_PROMISES_STAY)
        advisories.forget_runs(work, before=work.now - RUNS_STAY)
        advisories.forget_checkpoints(work, before=work.now - CHECKPOINTS_STAY)
        access.forget_salts(work)

    return record
