"""Queues with uncertainty: calendars of capacity, ensembles, waits, what reports teach, and spill-over."""

from services.core.congestion.blending import weight_of_series
from services.core.congestion.calendar import Lane, lanes_of, typical
from services.core.congestion.components import Component, components
from services.core.congestion.diversion import Travellers
from services.core.congestion.forecast import (
    ENGINE,
    Forecast,
    Known,
    forecast,
    grid_start,
    keys_of,
    put_away,
)
from services.core.congestion.grid import STEP, LaneKey
from services.core.congestion.informed import Apart, Weights
from services.core.congestion.knowledge import LaneState
from services.core.congestion.learning import LEARNT_FROM, Learned, is_of, teaches
from services.core.congestion.outlook import QUANTILES, LaneOutlook, Outlook, times
from services.core.congestion.past import Past
from services.core.congestion.waits import quantiles

__all__ = [
    "ENGINE",
    "LEARNT_FROM",
    "QUANTILES",
    "STEP",
    "Apart",
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
    "weight_of_series",
]
