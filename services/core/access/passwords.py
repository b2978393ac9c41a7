"""A password and a one-time code: for whoever has no passkey at hand. It gives fewer rights.

Hashing is slow on purpose and takes much memory, so only a few passwords are tried at once, and after some
failures none at all for a while: the longer, the more there were.
"""

from __future__ import annotations

import hmac
import secrets
import string
import threading
from datetime import timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete
from sqlmodel import col, select

from services.core import ledger
from services.core.access import sessions
from services.core.access.tables import Official, Password, UsedCode
from services.core.access.vault import Vault
from services.core.database import insert_into
from services.core.errors import Invalid, TooMany
from services.core.text import printable
from services.core.work import Work

SHORTEST, LONGEST = 12, 200
"""Characters. No other rule: rules make passwords alike."""

AT_ONCE = threading.BoundedSemaphore(2)
"""Of 64 MiB each."""

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
NOBODYS = HASHER.hash(secrets.token_urlsafe())
"""Tried where there is none, so that an unknown name takes as long as a known one."""

FREE_FAILURES = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)

STEP_SECONDS = 30
NEIGHBOURS = (0, -1, 1)
"""Clocks of telephones may be half a minute off."""


def begin(work: Work, official: Official, vault: Vault) -> str:
    """A new secret for one-time codes, as the `otpauth://` address that a telephone reads. It counts from the
    moment a password is chosen with a code made from it."""
    secret = pyotp.random_base32()
    row = work.session.get(Password, official.id) or Password(official_id=official.id)
    row.next_secret = vault.sealed(secret.encode(), official.id)
    work.session.add(row)
    return pyotp.TOTP(secret).provisioning_uri(name=official.name, issuer_name="Otkel")


def choose(work: Work, official: Official, password: str, code: str, vault: Vault) -> None:
    """Set password and one-time codes; wherever somebody is signed in as this official, they no longer are.

    Raises Invalid.
    """
    chosen = _checked(password)
    row = work.session.get(Password, official.id)
    if row is None or row.next_secret is None:
        raise Invalid("ask for a secret for one-time codes first", field="code")
    row.secret, row.next_secret = row.next_secret, None
    if not _code_fits(work, row, code, vault):
        raise Invalid("is not the code that is shown now", field="code")
    row.hash, row.failures, row.not_before = _hashed(chosen), 0, None
    sessions.end_all(work, official.id)
    ledger.append(
        work,
        actor=f"official:{official.id}",
        action="access.choose_password",
        subject=official.id,
        payload={},
    )


def sign_in(work: Work, name: str, password: str, code: str, vault: Vault) -> Official | None:
    """Who this is; None if anything is wrong, which is counted: commit in either case.

    Raises TooMany after several failures.
    """
    official = work.session.exec(select(Official).where(Official.name == name)).first()
    row = work.session.get(Password, official.id, with_for_update=True) if official else None
    if row is not None and row.not_before is not None and work.now < row.not_before:
        raise TooMany("too many failures: wait, or use a passkey")
    genuine = _genuine(row.hash if row and row.hash else NOBODYS, password)
    if row is None or official is None or official.disabled_at is not None:
        return None
    if not genuine or not _code_fits(work, row, code, vault):
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


def _hashed(password: str) -> str:
    with AT_ONCE:
        return HASHER.hash(password)


def _genuine(known: str, password: str) -> bool:
    try:
        normal = _checked(password)
    except Invalid:
        return False
    with AT_ONCE:
        try:
            return HASHER.verify(known, normal)
        except VerificationError:
            return False


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
