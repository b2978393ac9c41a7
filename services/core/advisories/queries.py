"""Reading runs."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from services.core.advisories.tables import AdvisoryRun


def newest(session: Session, component: str = "") -> AdvisoryRun | None:
    """The newest run of a component."""
    return session.exec(
        select(AdvisoryRun)
        .where(AdvisoryRun.component == component)
        .order_by(col(AdvisoryRun.id).desc())
        .limit(1)
    ).first()


def issued_by(session: Session, component: str, at: datetime) -> AdvisoryRun | None:
    """The run of a component that was the newest at an instant; None without, or where it is forgotten."""
    return session.exec(
        select(AdvisoryRun)
        .where(AdvisoryRun.component == component, col(AdvisoryRun.at) <= at)
        .order_by(col(AdvisoryRun.at).desc(), col(AdvisoryRun.id).desc())
        .limit(1)
    ).first()


def current(session: Session) -> Sequence[AdvisoryRun]:
    """The newest run of every component, oldest first; without those whose crossings newer runs tell of."""
    ids = select(func.max(AdvisoryRun.id)).group_by(col(AdvisoryRun.component))
    rows = session.exec(select(AdvisoryRun).where(col(AdvisoryRun.id).in_(ids)))
    told: set[str] = set()
    kept: list[AdvisoryRun] = []
    for row in sorted(rows, key=lambda row: row.id or 0, reverse=True):
        crossings = {advisory.crossing for advisory in row.document.advisories}
        if not kept or not crossings <= told:
            kept.append(row)
        told |= crossings
    return kept[::-1]


def numbered(session: Session, ids: Sequence[int]) -> Sequence[AdvisoryRun]:
    """Those runs of them that are kept, in the order of their numbers."""
    wanted = select(AdvisoryRun).where(col(AdvisoryRun.id).in_(ids)).order_by(col(AdvisoryRun.id))
    return session.exec(wanted).all()


def newest_id(session: Session) -> int:
    """0 before the first run."""
    return session.exec(select(func.max(AdvisoryRun.id))).one() or 0
