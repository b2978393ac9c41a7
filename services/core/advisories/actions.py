"""Recording runs."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col

from services.core.advisories.documents import Run
from services.core.advisories.queries import newest, newest_id
from services.core.advisories.tables import AdvisoryRun
from services.core.work import Work


def record(work: Work, run: Run) -> AdvisoryRun | None:
    """Make a run the newest one, unless a run that knew as much and was computed later is there already."""
    before = newest(work.session)
    if before is not None and (before.ledger_seq, before.at) >= (run.ledger_seq, run.at):
        return None
    row = AdvisoryRun(at=run.at, ledger_seq=run.ledger_seq, document=run)
    work.session.add(row)
    work.session.flush()
    return row


def forget_runs(work: Work, *, before: datetime) -> None:
    """Delete runs older than an instant; the newest stays, however old."""
    work.session.connection().execute(
        delete(AdvisoryRun).where(col(AdvisoryRun.at) < before, col(AdvisoryRun.id) < newest_id(work.session))
    )
