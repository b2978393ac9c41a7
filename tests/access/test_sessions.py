from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from services.core import access
from services.core.access import Method, Right, sessions
from services.core.errors import Unidentified
from services.core.work import Edge
from tests.makers import DAY, NOON, an_official

MINUTE = timedelta(minutes=1)


@pytest.fixture
def token(edge: Edge) -> str:
    with edge.work(now=NOON) as work:
        official = an_official(work)[0].official
        return sessions.begin(work, official, Method.PASSKEY)


def resumed(edge: Edge, token: str, at: datetime) -> bool:
    with edge.work(now=at) as work:
        try:
            return sessions.resume(work, token).official.name == "Aziza"
        except Unidentified:
            return False


def test_a_session_ends_after_half_an_hour_of_silence(edge: Edge, token: str) -> None:
    at = NOON
    for _ in range(5):
        at += sessions.IDLE
        assert resumed(edge, token, at)
    assert not resumed(edge, token, at + sessions.IDLE + MINUTE)


def test_a_session_ends_after_twelve_hours_whatever_happens(edge: Edge, token: str) -> None:
    at = NOON
    while at + sessions.IDLE <= NOON + sessions.LONGEST:
        at += sessions.IDLE
        assert resumed(edge, token, at)
    assert not resumed(edge, token, NOON + sessions.LONGEST + MINUTE)


@pytest.mark.parametrize("wrong", ["", "x", "é", "\0"])
def test_only_the_token_itself_resumes_it(edge: Edge, token: str, wrong: str) -> None:
    assert not resumed(edge, wrong, NOON)
    assert not resumed(edge, token[:-1], NOON)
    assert resumed(edge, token, NOON)


def test_signing_out_ends_this_session_and_a_change_of_rights_every_one(edge: Edge, token: str) -> None:
    with edge.work(now=NOON) as work:
        other = sessions.begin(work, access.named(work, "Aziza"), Method.PASSWORD)
        sessions.end(work, token)
    assert (resumed(edge, token, NOON), resumed(edge, other, NOON)) == (False, True)
    with edge.work(now=NOON) as work:
        sessions.end_all(work, access.named(work, "Aziza").id)
    assert not resumed(edge, other, NOON)


def test_whoever_is_disabled_is_signed_out_everywhere(edge: Edge, token: str) -> None:
    with edge.work(now=NOON) as work:
        access.disable(work, "Aziza")
    assert not resumed(edge, token, NOON)


def test_a_password_gives_fewer_rights_than_a_passkey(edge: Edge, token: str) -> None:
    with edge.work(now=NOON) as work:
        by_password = sessions.begin(work, access.named(work, "Aziza"), Method.PASSWORD)
        passkey, password = sessions.resume(work, token), sessions.resume(work, by_password)
    assert passkey.rights - password.rights == {Right.APPROVE}
    assert (passkey.surely_themselves, password.surely_themselves) == (True, False)


def test_what_is_over_for_good_is_forgotten(edge: Edge, token: str) -> None:
    with edge.work(now=NOON + DAY + MINUTE) as work:
        sessions.forget(work)
    assert not resumed(edge, token, NOON)


def test_of_the_token_only_its_hash_is_kept(edge: Edge, token: str) -> None:
    with edge.work(now=NOON) as work:
        rows = work.session.connection().exec_driver_sql("select * from console_session").all()
    assert token not in repr(rows)
