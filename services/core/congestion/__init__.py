"""Queues with uncertainty: the capacity calendar, the ensemble of queues, waits, and spill-over."""

from services.core.congestion.calendar import Lane, lanes_of, typical
from services.core.congestion.diversion import Travellers
from services.core.congestion.forecast import ENGINE, forecast, grid_start, keys_of
from services.core.congestion.grid import LaneKey
from services.core.congestion.outlook import LaneOutlook, Outlook, times

__all__ = [
    "ENGINE",
    "Lane",
    "LaneKey",
    "LaneOutlook",
    "Outlook",
    "Travellers",
    "forecast",
    "grid_start",
    "keys_of",
    "lanes_of",
    "times",
    "typical",
]
