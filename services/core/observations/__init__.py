"""What somebody measured at a lane, with source, side, method and two instants."""

from services.core.observations.actions import KeyReused, Taken, report
from services.core.observations.documents import MEASURED, Kind, ObservationFields
from services.core.observations.queries import first_forged, since
from services.core.observations.tables import Observation

__all__ = [
    "MEASURED",
    "KeyReused",
    "Kind",
    "Observation",
    "ObservationFields",
    "Taken",
    "first_forged",
    "report",
    "since",
]
