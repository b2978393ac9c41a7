"""Queues with uncertainty: calendars of capacity, ensembles, waits, what reports teach, and spill-over."""

from services.core.congestion.assumptions import Assumptions, assume, assumed
from services.core.congestion.blending import weight_of_series
from services.core.congestion.bookings import FELT as BOOKINGS_FELT
from services.core.congestion.bookings import BookedFigure, Booking, bookings
from services.core.congestion.calendar import Lane, lanes_of, typical
from services.core.congestion.components import Component, components
from services.core.congestion.diversion import Travellers
from services.core.congestion.forecast import (
    Forecast,
    Known,
    forecast,
    grid_start,
    keys_of,
    put_away,
    version,
)
from services.core.congestion.grid import STEP, LaneKey
from services.core.congestion.informed import Apart, Weights
from services.core.congestion.knowledge import LaneState
from services.core.congestion.layout import ahead_hours
from services.core.congestion.learning import LEARNT_FROM, Learned, books, is_of, teaches
from services.core.congestion.outlook import QUANTILES, LaneOutlook, Outlook, times
from services.core.congestion.past import Past
from services.core.congestion.waits import quantiles

__all__ = [
    "BOOKINGS_FELT",
    "LEARNT_FROM",
    "QUANTILES",
    "STEP",
    "Apart",
    "Assumptions",
    "BookedFigure",
    "Booking",
    "Component",
    "Forecast",
    "Known",
    "Lane",
    "LaneKey",
    "LaneOutlook",
    "LaneState",
    "Learned",
    "Outlook",
    "Past",
    "Travellers",
    "Weights",
    "ahead_hours",
    "assume",
    "assumed",
    "bookings",
    "books",
    "components",
    "forecast",
    "grid_start",
    "is_of",
    "keys_of",
    "lanes_of",
    "put_away",
    "quantiles",
    "teaches",
    "times",
    "typical",
    "version",
    "weight_of_series",
]
