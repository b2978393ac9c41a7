"""Forecasts of waits learnt from the reports themselves, with intervals that learn how far off they are."""

from services.core.congestion.series.clock import Clock
from services.core.congestion.series.forecaster import Forecaster
from services.core.congestion.series.tuning import LEVELS, Roster, Tuning

__all__ = ["LEVELS", "Clock", "Forecaster", "Roster", "Tuning"]
