"""Every table in one list, for the migrations and the tests."""

from services.core.access import DaySalt, Key, Official
from services.core.accuracy import AccuracyTally, ForecastScore
from services.core.advisories import AdvisoryRun, Checkpoint, Memory
from services.core.alternatives import RoadTime
from services.core.crossings import CrossingVersion
from services.core.ledger import LedgerEntry
from services.core.notices import NoticeRevision
from services.core.observations import Observation
from services.core.outbox import Heartbeat, Promise
from services.core.records import Table

METADATA = Table.metadata

__all__ = [
    "METADATA",
    "AccuracyTally",
    "AdvisoryRun",
    "Checkpoint",
    "CrossingVersion",
    "DaySalt",
    "ForecastScore",
    "Heartbeat",
    "Key",
    "LedgerEntry",
    "Memory",
    "NoticeRevision",
    "Observation",
    "Official",
    "Promise",
    "RoadTime",
]
