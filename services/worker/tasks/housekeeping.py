"""What keeps the house in order."""

from datetime import datetime, timedelta

from services.core import advisories, outbox
from services.core.settings import Settings
from services.core.work import Edge, Work
from services.worker.tasks.kinds import Record

KEPT_PROMISES_STAY = timedelta(days=2)
RUNS_STAY = timedelta(days=2)


def beat(_edge: Edge, _settings: Settings, _now: datetime) -> Record:
    """Nothing but the proof that promises are kept: whoever keeps one notes that it is alive."""
    return lambda _work: None


def tidy(_edge: Edge, _settings: Settings, _now: datetime) -> Record:
    """Forget kept promises and old runs; notices, observations and the ledger are never forgotten."""

    def record(work: Work) -> None:
        outbox.forget_kept(work, before=work.now - KEPT_PROMISES_STAY)
        advisories.forget_runs(work, before=work.now - RUNS_STAY)

    return record
