"""Reading how good forecasts were."""

from sqlmodel import Session, col, select

from services.core.accuracy.documents import Tally
from services.core.accuracy.tables import AccuracyTally

KEY = ("crossing", "direction", "mode", "horizon_hours", "month")


def tallies(session: Session) -> list[Tally]:
    """Every tally, in the order of its key."""
    rows = session.exec(select(AccuracyTally).order_by(*(col(getattr(AccuracyTally, name)) for name in KEY)))
    return [Tally.model_validate(row.model_dump()) for row in rows]
