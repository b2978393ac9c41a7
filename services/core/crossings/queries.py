"""Reading the catalogue."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from services.core import ledger
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


def newest_version(session: Session, code: str) -> CrossingVersion | None:
    """The version of one crossing that counts now; None if there is no such crossing."""
    return session.exec(
        select(CrossingVersion)
        .where(CrossingVersion.code == code)
        .order_by(col(CrossingVersion.version).desc())
        .limit(1)
    ).first()


def versions(session: Session) -> Sequence[CrossingVersion]:
    """All versions, in the order of their codes, each crossing's in their order."""
    return session.exec(
        select(CrossingVersion).order_by(col(CrossingVersion.code), col(CrossingVersion.version))
    ).all()


def known_codes(session: Session) -> frozenset[str]:
    """The codes of all crossings in the catalogue."""
    return frozenset(session.exec(select(CrossingVersion.code).distinct()))


def first_forged(session: Session) -> str | None:
    """What is wrong with the first version that is not what the ledger says it was; None if all are."""
    rows = session.exec(select(CrossingVersion)).all()
    return ledger.first_difference(session, "crossings.", {(row.code, row.version): row for row in rows})
