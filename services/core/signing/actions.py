"""Signing, and making keys known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.core import ledger
from services.core.ledger import written
from services.core.signing.keyring import Keyring
from services.core.signing.queries import PUBLISH, RETIRE, keys, live
from services.core.signing.rules import LIVE, canonical, encoded
from services.core.signing.tables import SigningKey
from services.core.signing.trust import succession
from services.core.work import Signer, Work


def signature_by(signer: Signer, key: str, content: Mapping[str, Any]) -> str:
    """By a key that the signer holds, over the content's canonical form; base64url."""
    return encoded(signer.sign(key, canonical(content)))


def prepare(work: Work, keyring: Keyring) -> str | None:
    """Make and publish the service's first key, or publish one that is in the folder; its id if so.

    Where the database knows a live key nothing is done, even if its file is not here: to make another in its
    place is somebody's decision.
    """
    ledger.hold(work)
    if live(work.session):
        return None
    known = {key.id for key in keys(work.session)}
    key = next((key for key in keyring.ids() if key not in known), None) or keyring.make()
    _publish(work, keyring, key)
    return key


def rotate(work: Work, keyring: Keyring) -> tuple[str, Sequence[str]]:
    """Make and publish a key that signs from now on: its id, and the ids of those retired for it.

    The private halves of the retired can be destroyed when this work is committed.
    """
    ledger.hold(work)
    new = keyring.make()
    _publish(work, keyring, new)
    retired = live(work.session)[LIVE:]
    for row in retired:
        row.retired_at = work.now
        ledger.append(work, actor="system", action=RETIRE, subject=row.id, payload={})
    work.session.flush()
    return new, [row.id for row in retired]


def _publish(work: Work, keyring: Keyring, key: str) -> None:
    """Vouched for by the key before, if that is at hand: whoever trusts the old one can trust the new one."""
    public, before = keyring.public(key), keyring.holds([row.id for row in live(work.session)])
    row = SigningKey(id=key, public=public, published_at=work.now)
    work.session.add(row)
    work.session.flush()
    payload: dict[str, Any] = {"public": encoded(public)}
    if before is not None:
        vouched = signature_by(keyring, before, succession(key, written(work.now)))
        payload["vouched_by"] = {"key": before, "signature": vouched}
    ledger.append(work, actor="system", action=PUBLISH, subject=key, payload=payload)
