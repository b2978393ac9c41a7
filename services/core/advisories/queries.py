"""Reading runs."""

from sqlmodel import Session, col, func, select

from services.core.advisories.tables import AdvisoryRun


def newest(session: Session) -> AdvisoryRun | None:
    return session.exec(select(AdvisoryRun).order_by(col(AdvisoryRun.id).desc()).limit(1)).first()


def newest_id(session: Session) -> int:
    """0 before the first run."""
    return session.exec(select(func.max(AdvisoryRun.id))).one() or 0
