"""Every table in one list, for the migrations and the tests."""

from services.core.access import (
    Ceremony,
    ConsoleSession,
    DaySalt,
    Invitation,
    Key,
    Official,
    Passkey,
    Password,
    Proposal,
    UsedCode,
)
from services.core.accuracy import AccuracyTally, ForecastScore
from services.core.advisories import AdvisoryRun, Checkpoint, Memory
from services.core.alternatives import RoadTime
from services.core.board import Edition, Served
from services.core.crossings import CrossingVersion
from services.core.ledger import LedgerEntry
from services.core.notices import NoticeDraft, NoticeRevision, NoticeSignature
from services.core.observations import Observation
from services.core.outbox import Heartbeat, Promise
from services.core.records import Table
from services.core.signing import SigningKey

METADATA = Table.metadata

__all__ = [
    "METADATA",
    "AccuracyTally",
    "AdvisoryRun",
    "Ceremony",
    "Checkpoint",
    "ConsoleSession",
    "CrossingVersion",
    "DaySalt",
    "Edition",
    "ForecastScore",
    "Heartbeat",
    "Invitation",
    "Key",
    "LedgerEntry",
    "Memory",
    "NoticeDraft",
    "NoticeRevision",
    "NoticeSignature",
    "Observation",
    "Official",
    "Passkey",
    "Password",
    "Promise",
    "Proposal",
    "RoadTime",
    "Served",
    "SigningKey",
    "UsedCode",
]
