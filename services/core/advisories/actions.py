"""Recording runs."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col

from services.core.advisories.documents import Run
from services.core.advisories.queries import current, newest
from services.core.advisories.tables import AdvisoryRun
from services.core.work import Work


def record(work: Work, run: Run) -> AdvisoryRun | None:
    """Make a run the newest of its component, unless a later one that knew as much is there."""
    before = newest(work.session, run.component)
    if before is not None and (before.ledger_seq, before.at) >= (run.ledger_seq, run.at):
        return None
    row = AdvisoryRun(component=run.component, at=run.at, ledger_seq=run.ledger_seq, document=run)
    work.session.add(row)
    work.session.flush()
    return row


def forget_runs(work: Work, *, before: datetime) -> None:
    """Delete runs older than an instant; those that are current stay, however old."""
    kept = [row.id for row in current(work.session)]
    work.session.connection().execute(
        delete(AdvisoryRun).where(col(AdvisoryRun.at) < before, col(AdvisoryRun.id).not_in(kept))
    )
