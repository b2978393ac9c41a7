"""Reading observations."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from services.core import ledger
from services.core.observations.tables import Observation


def since(session: Session, at: datetime) -> Sequence[Observation]:
    """What was seen at `at` or later, oldest first."""
    return session.exec(
        select(Observation)
        .where(col(Observation.observed_at) >= at)
        .order_by(col(Observation.observed_at), Observation.id)
    ).all()


def first_forged(session: Session) -> str | None:
    """What is wrong with the first observation that is not what the ledger says it was; None if all are."""
    rows = session.exec(select(Observation)).all()
    return ledger.first_difference(session, "observations.", {(row.id, 1): row for row in rows})
