"""A password and a one-time code: for whoever has no passkey at hand. It gives fewer rights.

Hashing is slow on purpose and takes much memory, so only a few passwords are tried at once, and after some
failures none at all for a while: the longer, the more there were. It is done between two transactions: while
somebody guesses passwords, officials must be able to write.
"""

from __future__ import annotations

import hmac
import secrets
import string
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete
from sqlmodel import Session, col, select

from services.core import ledger
from services.core.access import sessions
from services.core.access.tables import Official, Password, UsedCode
from services.core.access.vault import Vault
from services.core.database import insert_into
from services.core.errors import Invalid, TooMany, Unavailable
from services.core.text import printable
from services.core.work import Work

SHORTEST, LONGEST = 12, 200
"""Characters. No other rule: rules make passwords alike."""

AT_ONCE = threading.BoundedSemaphore(2)
"""Of 64 MiB each."""
PATIENCE_SECONDS = 2

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
NOBODYS = HASHER.hash(secrets.token_urlsafe())
"""Tried where there is none, so that an unknown name takes as long as a known one."""

FREE_FAILURES = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)

STEP_SECONDS = 30
NEIGHBOURS = (0, -1, 1)
"""Clocks of telephones may be half a minute off."""


def has_one(work: Work, official: Official) -> bool:
    row = work.session.get(Password, official.id)
    return row is not None and row.hash is not None


def begin(work: Work, official: Official, vault: Vault) -> str:
    """A new secret for one-time codes, as the `otpauth://` address that a telephone reads. It counts from the
    moment a password is chosen with a code made from it."""
    secret = pyotp.random_base32()
    row = work.session.get(Password, official.id) or Password(official_id=official.id)
    row.next_secret = vault.sealed(secret.encode(), official.id)
    work.session.add(row)
    return pyotp.TOTP(secret).provisioning_uri(name=official.name, issuer_name="Otkel")


def choose(work: Work, official: Official, hash_: str, code: str, vault: Vault) -> None:
    """Set a password by its hash (see `hashed`), and one-time codes; wherever somebody is signed in as this
    official, they no longer are.

    Raises Invalid.
    """
    row = work.session.get(Password, official.id)
    if row is None or row.next_secret is None:
        raise Invalid("ask for a secret for one-time codes first", field="code")
    row.secret, row.next_secret = row.next_secret, None
    if not _code_fits(work, row, code, vault):
        raise Invalid("is not the code that is shown now", field="code")
    row.hash, row.failures, row.not_before = hash_, 0, None
    sessions.end_all(work, official.id)
    ledger.append(
        work,
        actor=f"official:{official.id}",
        action="access.choose_password",
        subject=official.id,
        payload={},
    )


@dataclass(frozen=True, slots=True)
class Attempt:
    """To sign in by a name. `hash` is that of nobody's password where nobody is called that."""

    official_id: str | None
    hash: str

    def fits(self, password: str) -> bool:
        """Slow: call it outside of any transaction. Raises Unavailable where too many try at once."""
        try:
            normal = _checked(password)
        except Invalid:
            return False
        with _among_few():
            try:
                return HASHER.verify(self.hash, normal)
            except VerificationError:
                return False


def attempt(session: Session, name: str, now: datetime) -> Attempt:
    """What a password is tried against. Raises TooMany after several failures."""
    storable = name.isprintable()  # PostgreSQL would not even look for another
    official = session.exec(select(Official).where(Official.name == name)).first() if storable else None
    row = session.get(Password, official.id) if official else None
    if official is None or row is None or row.hash is None:
        return Attempt(None, NOBODYS)
    _not_too_soon(row, now)
    return Attempt(official.id, row.hash)


def sign_in(work: Work, tried: Attempt, code: str, vault: Vault, *, fits: bool) -> Official | None:
    """Who this is, if the password `fits`; None if anything is wrong, which is counted: commit either way.

    Raises TooMany after several failures.
    """
    row = work.session.get(Password, tried.official_id, with_for_update=True) if tried.official_id else None
    if row is None:
        return None
    _not_too_soon(row, work.now)
    official = work.session.get_one(Official, row.official_id)
    if official.disabled_at is not None:
        return None
    if not fits or row.hash != tried.hash or not _code_fits(work, row, code, vault):
        row.failures += 1
        if row.failures >= FREE_FAILURES:
            pause = FIRST_PAUSE * 2 ** min(row.failures - FREE_FAILURES, 10)
            row.not_before = work.now + min(pause, LONGEST_PAUSE)
        return None
    row.failures, row.not_before = 0, None
    return official


def _checked(password: str) -> str:
    try:
        normal = printable(password)
    except ValueError as error:
        raise Invalid(str(error), field="password") from None
    if not SHORTEST <= len(normal) <= LONGEST:
        raise Invalid(f"must have {SHORTEST} to {LONGEST} characters", field="password")
    return normal


def hashed(password: str) -> str:
    """Slow: call it outside of any transaction. Raises Invalid for what is no password, or Unavailable."""
    normal = _checked(password)
    with _among_few():
        return HASHER.hash(normal)


@contextmanager
def _among_few() -> Iterator[None]:
    if not AT_ONCE.acquire(timeout=PATIENCE_SECONDS):
        raise Unavailable("too many sign in at once: try again, or use a passkey")
    try:
        yield
    finally:
        AT_ONCE.release()


def _not_too_soon(row: Password, now: datetime) -> None:
    if row.not_before is not None and now < row.not_before:
        raise TooMany("too many failures: wait, or use a passkey")


def _code_fits(work: Work, row: Password, code: str, vault: Vault) -> bool:
    """Whether this is a code of now that nobody has used; it is used then, however it was written."""
    digits = "".join(character for character in code if character in string.digits)
    if row.secret is None or len(digits) != 6:
        return False
    generator = pyotp.TOTP(vault.opened(row.secret, row.official_id).decode())
    now = int(work.now.timestamp()) // STEP_SECONDS
    for step in (now + offset for offset in NEIGHBOURS):
        if hmac.compare_digest(generator.generate_otp(step), digits):
            return _is_new(work, row.official_id, step)
    return False


def _is_new(work: Work, official_id: str, step: int) -> bool:
    connection = work.session.connection()
    new = connection.execute(
        insert_into(connection, UsedCode)
        .values(official_id=official_id, step=step)
        .on_conflict_do_nothing(index_elements=["official_id", "step"])
        .returning(col(UsedCode.step))
    ).first()
    day = int(timedelta(days=1).total_seconds()) // STEP_SECONDS
    connection.execute(
        delete(UsedCode).where(col(UsedCode.official_id) == official_id, col(UsedCode.step) < step - day)
    )
    return new is not None
