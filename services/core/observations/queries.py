"""Reading observations."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, func, select

from services.core import ledger
from services.core.observations.documents import Reported
from services.core.observations.tables import Observation


def since(session: Session, at: datetime, source: str = "") -> list[Reported]:
    """What was seen at `at` or later by sources whose name begins so, oldest first."""
    rows = session.exec(
        select(Observation)
        .where(
            col(Observation.observed_at) >= at, col(Observation.source).startswith(source, autoescape=True)
        )
        .order_by(col(Observation.observed_at), col(Observation.id))
    )
    return [_reported(row) for row in rows]


def between(session: Session, at: datetime, until: datetime) -> list[Reported]:
    """What was seen from `at` until `until` and had reached us by then, oldest first."""
    rows = session.exec(
        select(Observation)
        .where(col(Observation.observed_at).between(at, until), col(Observation.received_at) <= until)
        .order_by(col(Observation.observed_at), col(Observation.id))
    )
    return [_reported(row) for row in rows]


def among(session: Session, ids: Collection[str]) -> list[Reported]:
    """Those observations, oldest first."""
    rows = session.exec(
        select(Observation)
        .where(col(Observation.id).in_(ids))
        .order_by(col(Observation.observed_at), col(Observation.id))
    )
    return [_reported(row) for row in rows]


def _reported(row: Observation) -> Reported:
    return Reported(id=row.id, source=row.source, received_at=row.received_at, fields=row.document)


def of_source(session: Session, source: str, idempotency_key: str) -> Observation | None:
    return session.exec(
        select(Observation).where(
            Observation.source == source, Observation.idempotency_key == idempotency_key
        )
    ).first()


def told_since(session: Session, at: datetime, source: str) -> int:
    """How many observations were received since from sources whose name begins so."""
    found = select(func.count()).where(
        col(Observation.received_at) >= at, col(Observation.source).startswith(source, autoescape=True)
    )
    return session.exec(found).one()


def first_forged(session: Session) -> str | None:
    """What is wrong with the first observation that is not what the ledger says it was; None if all are."""
    rows = session.exec(select(Observation)).all()
    return ledger.first_difference(session, "observations.", {(row.id, 1): row for row in rows})
