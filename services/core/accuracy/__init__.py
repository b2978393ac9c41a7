"""How good past forecasts were: each compared with what was observed, and with naive forecasts."""

from services.core.accuracy.actions import record
from services.core.accuracy.bookings import as_told, scored_booking
from services.core.accuracy.documents import Queue, Score, Tally, Yardsticks
from services.core.accuracy.grades import (
    MONTHS,
    PROMISED,
    YARDSTICKS,
    Comparison,
    Grade,
    fewest_targets,
    graded,
    recent,
)
from services.core.accuracy.queries import tallies
from services.core.accuracy.rules import Known, scored, tallied, together
from services.core.accuracy.tables import AccuracyTally, ForecastScore

__all__ = [
    "MONTHS",
    "PROMISED",
    "YARDSTICKS",
    "AccuracyTally",
    "Comparison",
    "ForecastScore",
    "Grade",
    "Known",
    "Queue",
    "Score",
    "Tally",
    "Yardsticks",
    "as_told",
    "fewest_targets",
    "graded",
    "recent",
    "record",
    "scored",
    "scored_booking",
    "tallied",
    "tallies",
    "together",
]
