"""What the authorities announced: situations with effects, kept as revisions that never change."""

from services.core.notices.actions import (
    Act,
    KeyReused,
    Outdated,
    Withdrawn,
    amend,
    publish,
    withdraw,
)
from services.core.notices.chronicle import Event, events, find, read_event
from services.core.notices.documents import (
    Cited,
    Effect,
    End,
    NoticeFields,
    NoticeText,
    Selector,
    What,
    Window,
)
from services.core.notices.loading import load_history
from services.core.notices.queries import as_told, first_forged, revisions, told
from services.core.notices.rules import Announced, Revision, announced, bears_on, current, selects, sides
from services.core.notices.tables import NoticeRevision

__all__ = [
    "Act",
    "Announced",
    "Cited",
    "Effect",
    "End",
    "Event",
    "KeyReused",
    "NoticeFields",
    "NoticeRevision",
    "NoticeText",
    "Outdated",
    "Revision",
    "Selector",
    "What",
    "Window",
    "Withdrawn",
    "amend",
    "announced",
    "as_told",
    "bears_on",
    "current",
    "events",
    "find",
    "first_forged",
    "load_history",
    "publish",
    "read_event",
    "revisions",
    "selects",
    "sides",
    "told",
    "withdraw",
]
