"""Who may speak for which side of which crossing, and how they are known."""

from services.core.access.actions import (
    KEY_LIFE,
    NameTaken,
    add_official,
    identify,
    issue_key,
    revoke_key,
)
from services.core.access.keys import WrittenKey
from services.core.access.tables import Key, Official

__all__ = [
    "KEY_LIFE",
    "Key",
    "NameTaken",
    "Official",
    "WrittenKey",
    "add_official",
    "identify",
    "issue_key",
    "revoke_key",
]
