"""How long each lane is expected to take, which level that is, and what to do instead."""

from services.core.advisories.actions import forget_runs, record
from services.core.advisories.documents import (
    DOUBTS,
    Advisory,
    Ahead,
    Apart,
    Basis,
    BookedAhead,
    BookedFigure,
    Booking,
    Instead,
    Level,
    Run,
    Wait,
)
from services.core.advisories.judging import judged
from services.core.advisories.publishing import booked, scored_hours
from services.core.advisories.queries import current, issued_by, newest, newest_id, numbered
from services.core.advisories.remembering import (
    checkpoints,
    forget_checkpoints,
    keep_checkpoint,
    keep_memory,
    memory,
    packed,
    unpacked,
)
from services.core.advisories.tables import AdvisoryRun, Checkpoint, Memory

__all__ = [
    "DOUBTS",
    "Advisory",
    "AdvisoryRun",
    "Ahead",
    "Apart",
    "Basis",
    "BookedAhead",
    "BookedFigure",
    "Booking",
    "Checkpoint",
    "Instead",
    "Level",
    "Memory",
    "Run",
    "Wait",
    "booked",
    "checkpoints",
    "current",
    "forget_checkpoints",
    "forget_runs",
    "issued_by",
    "judged",
    "keep_checkpoint",
    "keep_memory",
    "memory",
    "newest",
    "newest_id",
    "numbered",
    "packed",
    "record",
    "scored_hours",
    "unpacked",
]
