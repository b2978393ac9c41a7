"""Recording runs."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col

from services.core import ledger
from services.core.advisories.documents import Run
from services.core.advisories.queries import current, newest
from services.core.advisories.tables import AdvisoryRun
from services.core.work import Work


def record(work: Work, run: Run) -> AdvisoryRun | None:
    """Make a run the newest of its component, unless a later one that knew as much is there.

    Runs are numbered as ledger entries are: a reader who sees run n has seen every run before it.
    """
    ledger.hold(work)
    before = newest(work.session, run.component)
    if before is not None and (before.ledger_seq, before.at) >= (run.ledger_seq, run.at):
        return None
    row = AdvisoryRun(component=run.component, at=run.at, ledger_seq=run.ledger_seq, document=run)
    work.session.add(row)
    work.session.flush()
    return row


def forget_runs(
    work: Work, *, before: datetime, through: int | None = None, but: Collection[int] = ()
) -> None:
    """Delete runs older than an instant; those that are current stay, however old.

    So do those with a higher number than `through`, and some others `but` for which it would be time.
    """
    kept = [*but, *(row.id for row in current(work.session))]
    old = [col(AdvisoryRun.at) < before, col(AdvisoryRun.id).not_in(kept)]
    if through is not None:
        old.append(col(AdvisoryRun.id) <= through)
    work.session.connection().execute(delete(AdvisoryRun).where(*old))
