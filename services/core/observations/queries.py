"""Reading observations."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from services.core.observations.tables import Observation


def since(session: Session, at: datetime) -> Sequence[Observation]:
    """What was seen at `at` or later, oldest first."""
    return session.exec(
        select(Observation)
        .where(col(Observation.observed_at) >= at)
        .order_by(col(Observation.observed_at), Observation.id)
    ).all()
