"""Who may speak for which side of which crossing, how they are known, and what they may do."""

from services.core.access import ceremonies, invitations, passkeys, passwords, proposals, sessions
from services.core.access.actions import (
    KEY_LIFE,
    NameTaken,
    add_official,
    disable,
    identify,
    issue_key,
    named,
    revoke_key,
)
from services.core.access.contributors import contributor, forget_salts
from services.core.access.keys import WrittenKey
from services.core.access.passkeys import Party
from services.core.access.proposals import Change, Invite, NewKey, Renew
from services.core.access.queries import colleagues, keys_of, named_by_id
from services.core.access.roles import Actor, Method, Right, Role
from services.core.access.tables import (
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
from services.core.access.vault import Vault, WrongKey

__all__ = [
    "KEY_LIFE",
    "Actor",
    "Ceremony",
    "Change",
    "ConsoleSession",
    "DaySalt",
    "Invitation",
    "Invite",
    "Key",
    "Method",
    "NameTaken",
    "NewKey",
    "Official",
    "Party",
    "Passkey",
    "Password",
    "Proposal",
    "Renew",
    "Right",
    "Role",
    "UsedCode",
    "Vault",
    "WrittenKey",
    "WrongKey",
    "add_official",
    "ceremonies",
    "colleagues",
    "contributor",
    "disable",
    "forget_salts",
    "identify",
    "invitations",
    "issue_key",
    "keys_of",
    "named",
    "named_by_id",
    "passkeys",
    "passwords",
    "proposals",
    "revoke_key",
    "sessions",
]
