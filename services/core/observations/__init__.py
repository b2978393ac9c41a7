"""What somebody measured at a lane, with source, side, method and two instants."""

from services.core.observations.actions import KeyReused, Taken, report, tell
from services.core.observations.documents import (
    BOOKINGS,
    MEASURED,
    Bound,
    Kind,
    ObservationFields,
    Reported,
    Reporter,
)
from services.core.observations.queries import among, between, first_forged, since
from services.core.observations.tables import Observation

__all__ = [
    "BOOKINGS",
    "MEASURED",
    "Bound",
    "KeyReused",
    "Kind",
    "Observation",
    "ObservationFields",
    "Reported",
    "Reporter",
    "Taken",
    "among",
    "between",
    "first_forged",
    "report",
    "since",
    "tell",
]
