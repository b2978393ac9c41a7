"""How good past forecasts were: each compared with what was observed, and with naive forecasts."""

from services.core.accuracy.actions import record
from services.core.accuracy.documents import Score, Tally, Yardsticks
from services.core.accuracy.grades import (
    FEWEST_TARGETS,
    MONTHS,
    PROMISED,
    YARDSTICKS,
    Comparison,
    Grade,
    graded,
    recent,
)
from services.core.accuracy.queries import tallies
from services.core.accuracy.rules import HORIZONS_HOURS, Known, scored, tallied, together
from services.core.accuracy.tables import AccuracyTally, ForecastScore

__all__ = [
    "FEWEST_TARGETS",
    "HORIZONS_HOURS",
    "MONTHS",
    "PROMISED",
    "YARDSTICKS",
    "AccuracyTally",
    "Comparison",
    "ForecastScore",
    "Grade",
    "Known",
    "Score",
    "Tally",
    "Yardsticks",
    "graded",
    "recent",
    "record",
    "scored",
    "tallied",
    "tallies",
    "together",
]
