"""Reading public keys."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from services.core import ledger
from services.core.signing.keyring import NoKey
from services.core.signing.rules import decoded
from services.core.signing.tables import SigningKey
from services.core.work import Signer


def keys(session: Session) -> Sequence[SigningKey]:
    """Every key there ever was, newest first."""
    newest_first = (col(SigningKey.published_at).desc(), col(SigningKey.id))
    return session.exec(select(SigningKey).order_by(*newest_first)).all()


def live(session: Session) -> Sequence[SigningKey]:
    """Those that have not been retired, newest first."""
    return [key for key in keys(session) if key.retired_at is None]


def signing_key(session: Session, signer: Signer | None) -> str:
    """The id of the key that signs now: the newest live one that is at hand. Raises NoKey."""
    if signer is None:
        raise NoKey("this process has no keys to sign with")
    known = [key.id for key in live(session)]
    if not known:
        raise NoKey("the service has no key to sign with yet: run `otkel migrate`")
    chosen = signer.holds(known)
    if chosen is None:
        raise NoKey(
            f"none of the service's live keys ({', '.join(known)}) is at hand: give OTKEL_KEYS_DIR the "
            "folder that has them, or run `otkel signing new`"
        )
    return chosen


def first_forged(session: Session) -> str | None:
    """What is wrong with the first public key that is not what the ledger says it is; None if all are."""
    stored = {row.id: row for row in keys(session)}
    published, retired = {}, {}
    for entry in ledger.entries(session):
        if entry.action == PUBLISH:
            published[entry.subject] = (decoded(entry.payload["public"]), entry.at)
        elif entry.action == RETIRE:
            retired[entry.subject] = entry.at
    for key in stored.keys() | published.keys():
        row = stored.get(key)
        if row is None:
            return f"the public key {key} is in the ledger and nowhere else"
        if key not in published:
            return f"the public key {key} is not in the ledger"
        if (row.public, row.published_at, row.retired_at) != (*published[key], retired.get(key)):
            return f"the public key {key} was changed after it was written"
    return None


PUBLISH, RETIRE = "signing.publish_key", "signing.retire_key"
