"""Who may speak for which side of which crossing, and how they are known."""

from services.core.access.actions import (
    KEY_LIFE,
    NameTaken,
    add_official,
    identify,
    issue_key,
    revoke_key,
)
from services.core.access.contributors import contributor, forget_salts
from services.core.access.keys import WrittenKey
from services.core.access.tables import DaySalt, Key, Official

__all__ = [
    "KEY_LIFE",
    "DaySalt",
    "Key",
    "NameTaken",
    "Official",
    "WrittenKey",
    "add_official",
    "contributor",
    "forget_salts",
    "identify",
    "issue_key",
    "revoke_key",
]
