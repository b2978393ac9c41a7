"""Reading who may do what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session, col, select

from services.core.access.tables import Key, Official


def colleagues(session: Session, country: str) -> Sequence[Official]:
    """Every official of a state, by name; those who may do nothing any more last."""
    rows = session.exec(select(Official).where(Official.country == country).order_by(Official.name)).all()
    return sorted(rows, key=lambda one: one.disabled_at is not None)


def named_by_id(session: Session, ids: Collection[str]) -> Mapping[str, Official]:
    rows = session.exec(select(Official).where(col(Official.id).in_(ids)))
    return {row.id: row for row in rows}


def keys_of(session: Session, official_ids: Collection[str]) -> Sequence[Key]:
    """Keys of machines that have not been revoked, oldest first."""
    wanted = select(Key).where(col(Key.official_id).in_(official_ids), col(Key.revoked_at).is_(None))
    return session.exec(wanted.order_by(col(Key.created_at))).all()
