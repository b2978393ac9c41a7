"""What keeps the house in order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.core import access, advisories, board, outbox
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


def tidy(_edge: Edge, settings: Settings, _now: datetime, _promises: Sequence[Promise]) -> Record:
    """Forget kept promises, old editions and runs, and sessions that are over; notices, observations and the
    ledger are never forgotten."""
    answerable = timedelta(days=settings.editions_kept_days)

    def record(work: Work) -> None:
        outbox.forget_kept(work, before=work.now - KEPT_PROMISES_STAY)
        oldest = board.forget_editions(work, before=work.now - answerable)
        advisories.forget_runs(
            work,
            before=work.now - max(RUNS_STAY, answerable),
            through=oldest.run_id if oldest else None,
            but=oldest.runs if oldest else (),
        )
        advisories.forget_checkpoints(work, before=work.now - CHECKPOINTS_STAY)
        access.forget_salts(work)
        access.sessions.forget(work)
        access.ceremonies.forget(work)

    return record
