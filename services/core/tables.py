"""Every table in one list, for the migrations and the tests."""

from services.core.access import Key, Official
from services.core.advisories import AdvisoryRun
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
    "AdvisoryRun",
    "CrossingVersion",
    "Heartbeat",
    "Key",
    "LedgerEntry",
    "NoticeRevision",
    "Observation",
    "Official",
    "Promise",
    "RoadTime",
]
