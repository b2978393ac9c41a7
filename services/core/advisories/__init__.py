"""How long each lane is expected to take, which level that is, and what to do instead."""

from services.core.advisories.actions import forget_runs, record
from services.core.advisories.documents import Advisory, Ahead, Basis, Instead, Level, Run, Wait
from services.core.advisories.judging import judged
from services.core.advisories.queries import newest, newest_id
from services.core.advisories.tables import AdvisoryRun

__all__ = [
    "Advisory",
    "AdvisoryRun",
    "Ahead",
    "Basis",
    "Instead",
    "Level",
    "Run",
    "Wait",
    "forget_runs",
    "judged",
    "newest",
    "newest_id",
    "record",
]
