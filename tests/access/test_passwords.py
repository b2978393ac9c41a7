from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from services.core import access
from services.core.access import Official, Vault, WrongKey, passwords
from services.core.errors import Invalid, TooMany
from services.core.work import Edge, Work
from tests.makers import DAY, HOUR, NOON, an_official

VAULT = Vault(bytes(32))
SECRET = "correct horse battery"
HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture
def work(edge: Edge) -> Iterator[Work]:
    with edge.work(now=NOON) as work:
        yield work


@pytest.fixture
def aziza(work: Work) -> Official:
    return an_official(work)[0].official


class Telephone:
    def __init__(self, address: str) -> None:
        self._codes = pyotp.TOTP(parse_qs(urlsplit(address).query)["secret"][0])

    def code(self, at: datetime) -> str:
        return self._codes.at(at)


hashed = cache(passwords.hashed)
"""Slow on purpose, and the same for every test."""


def sign_in(work: Work, name: str, password: str, code: str, vault: Vault) -> Official | None:
    attempt = passwords.attempt(work.session, name, work.now)
    return passwords.sign_in(work, attempt, code, vault, fits=attempt.fits(password))


def choose(work: Work, official: Official, password: str, code: str, vault: Vault) -> None:
    passwords.choose(work, official, hashed(password), code, vault)


def ready(work: Work, official: Official) -> Telephone:
    """With a password, chosen an hour ago."""
    telephone = Telephone(passwords.begin(work, official, VAULT))
    before = Work(work.session, NOON - HOUR)
    choose(before, official, SECRET, telephone.code(NOON - HOUR), VAULT)
    return telephone


def tried(
    work: Work, telephone: Telephone, at: datetime = NOON, password: str = SECRET, name: str = "Aziza"
) -> Official | None:
    return sign_in(Work(work.session, at), name, password, telephone.code(at), VAULT)


def test_password_and_code_together_let_in(work: Work, aziza: Official) -> None:
    telephone = ready(work, aziza)
    assert tried(work, telephone) is aziza
    assert tried(work, telephone, NOON + HOUR, "wrong horse battery") is None
    assert tried(work, telephone, NOON + HOUR, name="Nobody") is None
    assert sign_in(work, "Aziza", SECRET, "000000", VAULT) is None


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_telephones_clock_may_be_half_a_minute_off(work: Work, aziza: Official, late: int) -> None:
    telephone = ready(work, aziza)
    code = telephone.code(NOON + late * HALF_MINUTE)
    assert sign_in(work, "Aziza", SECRET, code, VAULT) is aziza


@pytest.mark.parametrize("late", [-2, 2, 2880])
def test_an_old_code_is_worth_nothing(work: Work, aziza: Official, late: int) -> None:
    telephone = ready(work, aziza)
    code = telephone.code(NOON + late * HALF_MINUTE)
    assert sign_in(work, "Aziza", SECRET, code, VAULT) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # each takes four hashes
@pytest.mark.parametrize("written", ["{}", " {} ", "{0:.3} {0:.0}", "\u2009{}", "{}\u00a0", "{}\n", "{}-"])
def test_a_code_is_used_once_however_it_is_written(work: Work, aziza: Official, written: str) -> None:
    telephone = ready(work, aziza)
    assert tried(work, telephone) is aziza
    assert sign_in(work, "Aziza", SECRET, written.format(telephone.code(NOON)), VAULT) is None


def test_after_failures_nothing_is_tried_for_a_while_and_then_longer(work: Work, aziza: Official) -> None:
    telephone, at = ready(work, aziza), NOON
    for _ in range(passwords.FREE_FAILURES):
        assert tried(work, telephone, at, "wrong horse battery") is None
    with pytest.raises(TooMany):
        tried(work, telephone, at)
    at += passwords.FIRST_PAUSE
    assert tried(work, telephone, at, "wrong horse battery") is None
    with pytest.raises(TooMany):
        tried(work, telephone, at + passwords.FIRST_PAUSE)
    assert tried(work, telephone, at + 2 * passwords.FIRST_PAUSE) is aziza
    assert tried(work, telephone, at + DAY, "wrong horse battery") is None
    assert tried(work, telephone, at + DAY + HALF_MINUTE) is aziza


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 201, "nul\0nul\0nul\0nul", "\ud800" * 12])
def test_a_password_is_long_enough_and_can_be_written(work: Work, aziza: Official, password: str) -> None:
    telephone = Telephone(passwords.begin(work, aziza, VAULT))
    with pytest.raises(Invalid) as refused:
        choose(work, aziza, password, telephone.code(NOON), VAULT)
    assert refused.value.field == "password"


def test_a_password_counts_when_the_telephone_has_proved_itself(work: Work, aziza: Official) -> None:
    with pytest.raises(Invalid) as refused:
        choose(work, aziza, SECRET, "000000", VAULT)
    assert refused.value.field == "code"
    telephone = Telephone(passwords.begin(work, aziza, VAULT))
    with pytest.raises(Invalid) as refused:
        choose(work, aziza, SECRET, telephone.code(NOON - HOUR), VAULT)
    assert refused.value.field == "code"


def test_a_new_telephone_that_was_never_read_takes_nothing_away(work: Work, aziza: Official) -> None:
    telephone = ready(work, aziza)
    passwords.begin(work, aziza, VAULT)
    assert tried(work, telephone) is aziza


def test_a_disabled_official_is_not_let_in(work: Work, aziza: Official) -> None:
    telephone = ready(work, aziza)
    access.disable(work, "Aziza")
    assert tried(work, telephone) is None


def test_what_is_sealed_opens_for_its_owner_with_its_key_only() -> None:
    sealed = VAULT.sealed(b"secret", "aziza")
    assert VAULT.opened(sealed, "aziza") == b"secret"
    assert b"secret" not in sealed
    for vault, whose, what in (
        (Vault(bytes(31) + b"1"), "aziza", sealed),
        (VAULT, "bolat", sealed),
        (VAULT, "aziza", sealed[:-1]),
    ):
        with pytest.raises(WrongKey):
            vault.opened(what, whose)
