"""What the authorities announced: situations with effects, kept as revisions that never change."""

from services.core.notices.actions import (
    Act,
    KeyReused,
    NeedsApproval,
    Outdated,
    amend,
    end,
    publish,
    withdraw,
)
from services.core.notices.auditing import UNREADABLE, Audit, Findings
from services.core.notices.breadth import Wide, breadth
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
from services.core.notices.drafting import approve, discard, save, send_back, submit
from services.core.notices.drafting import one as draft
from services.core.notices.drafting import visible as drafts
from services.core.notices.lifecycle import State
from services.core.notices.loading import load_history
from services.core.notices.public import (
    Line,
    Shown,
    SignedNotice,
    Withheld,
    as_json,
    as_told_hash,
    log,
    signed_notice,
)
from services.core.notices.queries import as_told, first_forged, revisions, told
from services.core.notices.rules import Announced, Revision, announced, bears_on, current, selects, sides
from services.core.notices.signatures import Statement, new_nonce, statement
from services.core.notices.tables import NoticeDraft, NoticeRevision, NoticeSignature

__all__ = [
    "UNREADABLE",
    "Act",
    "Announced",
    "Audit",
    "Cited",
    "Effect",
    "End",
    "Event",
    "Findings",
    "KeyReused",
    "Line",
    "NeedsApproval",
    "NoticeDraft",
    "NoticeFields",
    "NoticeRevision",
    "NoticeSignature",
    "NoticeText",
    "Outdated",
    "Revision",
    "Selector",
    "Shown",
    "SignedNotice",
    "State",
    "Statement",
    "What",
    "Wide",
    "Window",
    "Withheld",
    "amend",
    "announced",
    "approve",
    "as_json",
    "as_told",
    "as_told_hash",
    "bears_on",
    "breadth",
    "current",
    "discard",
    "draft",
    "drafts",
    "end",
    "events",
    "find",
    "first_forged",
    "load_history",
    "log",
    "new_nonce",
    "publish",
    "read_event",
    "revisions",
    "save",
    "selects",
    "send_back",
    "sides",
    "signed_notice",
    "statement",
    "submit",
    "told",
    "withdraw",
]
