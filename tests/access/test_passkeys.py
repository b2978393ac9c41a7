from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlmodel import select

from services.core import access, ledger
from services.core.access import Official, Party, passkeys
from services.core.access.ceremonies import LASTS
from services.core.errors import Conflict, Invalid, Unidentified
from services.core.work import Edge, Work
from tests.authenticator import Authenticator
from tests.makers import NOON, an_official

HERE = Party("localhost", "http://localhost:8080")


@pytest.fixture
def work(edge: Edge) -> Iterator[Work]:
    with edge.work(now=NOON) as work:
        yield work


@pytest.fixture
def aziza(work: Work) -> Official:
    return an_official(work)[0].official


def enrolled(work: Work, official: Official, device: Authenticator | None = None) -> Authenticator:
    device = device or Authenticator()
    ceremony, options = passkeys.begin_enrolling(work, official, HERE)
    passkeys.enrol(work, ceremony.id, device.create(options), HERE, name="Telephone")
    return device


def signed_in(work: Work, device: Authenticator, at: Work | None = None) -> Official:
    ceremony, options = passkeys.begin_signing_in(work, HERE)
    return passkeys.sign_in(at or work, ceremony.id, device.get(options), HERE)


def test_whoever_enrolled_a_device_is_known_by_it(work: Work, aziza: Official) -> None:
    telephone, stick = enrolled(work, aziza), enrolled(work, aziza)
    bolat = an_official(work, "Bolat")[0].official
    tablet = enrolled(work, bolat)
    assert [signed_in(work, device) for device in (telephone, stick, tablet)] == [aziza, aziza, bolat]
    actions = [entry.action for entry in ledger.entries(work.session)]
    assert actions.count("access.enrol_passkey") == 3


def test_challenges_that_nobody_can_answer_any_more_are_forgotten(work: Work, aziza: Official) -> None:
    device = enrolled(work, aziza)
    early, _ = passkeys.begin_signing_in(work, HERE)
    with_time, options = passkeys.begin_signing_in(replace(work, now=NOON + timedelta(seconds=1)), HERE)
    later = replace(work, now=NOON + LASTS)
    access.ceremonies.forget(later)
    left = set(work.session.exec(select(access.Ceremony.id)).all())
    assert (early.id in left, with_time.id in left) == (False, True)
    assert passkeys.sign_in(later, with_time.id, device.get(options), HERE) == aziza


def another_host(device: Authenticator) -> None:
    device.host = "otkel.example"


def another_origin(device: Authenticator) -> None:
    device.origin = "http://localhost:9999"


def unverified(device: Authenticator) -> None:
    device.verifies = False


@pytest.mark.parametrize("spoil", [another_host, another_origin, unverified])
def test_a_device_that_answers_for_elsewhere_or_for_anybody_is_refused(
    work: Work, aziza: Official, spoil: Callable[[Authenticator], None]
) -> None:
    device = Authenticator()
    spoil(device)
    ceremony, options = passkeys.begin_enrolling(work, aziza, HERE)
    with pytest.raises(Invalid, match="the passkey was not accepted"):
        passkeys.enrol(work, ceremony.id, device.create(options), HERE, name="Telephone")
    known = enrolled(work, aziza)
    spoil(known)
    with pytest.raises(Unidentified, match="did not answer as it should"):
        signed_in(work, known)


def test_a_challenge_is_answered_once_and_in_time(work: Work, aziza: Official) -> None:
    device = enrolled(work, aziza)
    ceremony, options = passkeys.begin_signing_in(work, HERE)
    answer = device.get(options)
    assert passkeys.sign_in(work, ceremony.id, answer, HERE) is aziza
    with pytest.raises(Unidentified, match="begin again"):
        passkeys.sign_in(work, ceremony.id, answer, HERE)
    for late, fits in ((LASTS - timedelta(seconds=1), True), (LASTS, False)):
        ceremony, options = passkeys.begin_signing_in(work, HERE)
        then = Work(work.session, NOON + late)
        if fits:
            assert passkeys.sign_in(then, ceremony.id, device.get(options), HERE) is aziza
            continue
        with pytest.raises(Unidentified, match="begin again"):
            passkeys.sign_in(then, ceremony.id, device.get(options), HERE)


def test_the_challenge_of_one_purpose_is_worth_nothing_for_another(work: Work, aziza: Official) -> None:
    device = enrolled(work, aziza)
    ceremony, options = passkeys.begin_signing_in(work, HERE)
    with pytest.raises(Unidentified):
        passkeys.signed(work, aziza, ceremony.id, device.get(options), HERE)


@pytest.mark.parametrize("wrong", [{}, {"id": None}, {"id": "é"}, {"id": "unknown"}, {"id": 5}])
def test_what_is_no_credential_is_nobodys(work: Work, wrong: dict[str, Any]) -> None:
    ceremony, _ = passkeys.begin_signing_in(work, HERE)
    with pytest.raises(Unidentified, match="not known here"):
        passkeys.sign_in(work, ceremony.id, wrong, HERE)


@pytest.mark.parametrize("part", ["authenticatorData", "clientDataJSON", "signature"])
@pytest.mark.parametrize("value", [None, "", "====", "AAAA", 7])
def test_a_broken_answer_is_refused_and_breaks_nothing(
    work: Work, aziza: Official, part: str, value: object
) -> None:
    device = enrolled(work, aziza)
    ceremony, options = passkeys.begin_signing_in(work, HERE)
    answer = device.get(options)
    answer["response"][part] = value
    with pytest.raises(Unidentified):
        passkeys.sign_in(work, ceremony.id, answer, HERE)


def test_a_copied_device_is_found_out_by_its_count(work: Work, aziza: Official) -> None:
    device = enrolled(work, aziza)
    copy = Authenticator(id=device.id, key=device.key)
    signed_in(work, device)
    signed_in(work, device)
    with pytest.raises(Unidentified):
        signed_in(work, copy)


def test_a_text_is_signed_by_its_authors_own_device(work: Work, aziza: Official) -> None:
    device, digest = enrolled(work, aziza), sha256(b"Alfa is shut").digest()
    ceremony, options = passkeys.begin_signing(work, aziza, digest, {"draft": "7"}, HERE)
    done, assertion = passkeys.signed(work, aziza, ceremony.id, device.get(options), HERE)
    assert (done.challenge, done.about) == (digest, {"draft": "7"})
    assert assertion.client_data
    bolat = an_official(work, "Bolat")[0].official
    theirs = enrolled(work, bolat)
    for who, signer in ((aziza, theirs), (bolat, device)):
        ceremony, options = passkeys.begin_signing(work, aziza, digest, {}, HERE)
        with pytest.raises(Unidentified):
            passkeys.signed(work, who, ceremony.id, signer.get(options), HERE)


def test_a_revoked_device_and_a_disabled_official_are_let_in_no_more(work: Work, aziza: Official) -> None:
    lost, kept = enrolled(work, aziza), enrolled(work, aziza)
    bolat = an_official(work, "Bolat")[0].official
    with pytest.raises(Invalid, match="you have no such passkey"):
        passkeys.revoke(work, bolat, lost.name)
    passkeys.revoke(work, aziza, lost.name)
    assert [one.id for one in passkeys.live(work, aziza.id)] == [kept.name]
    with pytest.raises(Unidentified):
        signed_in(work, lost)
    assert signed_in(work, kept) is aziza
    access.disable(work, "Aziza")
    with pytest.raises(Unidentified):
        signed_in(work, kept)


def test_a_device_is_enrolled_once_and_not_too_many(work: Work, aziza: Official) -> None:
    device = enrolled(work, aziza)
    with pytest.raises(Conflict, match="known already"):
        enrolled(work, aziza, device)
    for _ in range(passkeys.MOST_PASSKEYS - 1):
        enrolled(work, aziza)
    with pytest.raises(Conflict, match="revoke one"):
        enrolled(work, aziza)
