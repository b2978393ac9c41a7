"""What is still promised."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from services.core.outbox.tables import Heartbeat, Promise


def pending(session: Session, kind: str | None = None) -> Sequence[Promise]:
    """Rows that are neither done nor dead, oldest first."""
    waiting = select(Promise).where(col(Promise.done_at).is_(None), col(Promise.dead_at).is_(None))
    if kind is not None:
        waiting = waiting.where(Promise.kind == kind)
    return session.exec(waiting.order_by(col(Promise.id))).all()


def dead(session: Session) -> Sequence[Promise]:
    """Rows that were given up, oldest first."""
    return session.exec(
        select(Promise).where(col(Promise.dead_at).is_not(None)).order_by(col(Promise.id))
    ).all()


def last_beat(session: Session, name: str) -> datetime | None:
    """When a process of this kind was last alive; None if none ever was."""
    row = session.get(Heartbeat, name)
    return row.at if row else None


def any_due(session: Session, at: datetime) -> bool:
    return (
        session.exec(
            select(Promise.id)
            .where(col(Promise.done_at).is_(None), col(Promise.dead_at).is_(None), col(Promise.next_at) <= at)
            .limit(1)
        ).first()
        is not None
    )
