"""Reading the catalogue."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from services.core.crossings.tables import CrossingVersion


def newest_versions(session: Session) -> Sequence[CrossingVersion]:
    """The version of every crossing that counts now, in the order of their codes."""
    newest = (
        select(CrossingVersion.code, func.max(CrossingVersion.version).label("version"))
        .group_by(CrossingVersion.code)
        .subquery()
    )
    return session.exec(
        select(CrossingVersion)
        .join(
            newest,
            (col(CrossingVersion.code) == newest.c.code) & (col(CrossingVersion.version) == newest.c.version),
        )
        .order_by(CrossingVersion.code)
    ).all()


def known_codes(session: Session) -> frozenset[str]:
    """The codes of all crossings in the catalogue."""
    return frozenset(session.exec(select(CrossingVersion.code).distinct()))
