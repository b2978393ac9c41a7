"""Effects still to be done: a promise is a row, and it is kept when its effect is committed."""

from services.core.outbox.actions import MAX_ATTEMPTS, beat, claim, fail, forget_kept, keep, promise
from services.core.outbox.queries import any_due, dead, last_beat, pending
from services.core.outbox.tables import Heartbeat, Promise

__all__ = [
    "MAX_ATTEMPTS",
    "Heartbeat",
    "Promise",
    "any_due",
    "beat",
    "claim",
    "dead",
    "fail",
    "forget_kept",
    "keep",
    "last_beat",
    "pending",
    "promise",
]
