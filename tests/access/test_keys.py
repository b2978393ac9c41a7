"""Keys: who holds one is known, and nothing that is kept or logged gives one away."""

from __future__ import annotations

from datetime import datetime
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from services.core import access, ledger
from services.core.access import KEY_LIFE, NameTaken, WrittenKey
from services.core.crossings import Side
from services.core.errors import Invalid, NotFound, Unidentified
from services.core.tables import METADATA
from services.core.work import Edge, Work
from tests.makers import ALFA, HOUR, NOON, an_official

WORDS = "this key is not known, has expired or was revoked"
KEY = WrittenKey("abcdefgh", "0" * 43)


def test_a_key_has_256_random_bits_and_no_two_are_alike() -> None:
    keys = [WrittenKey.new() for _ in range(100)]
    assert len({key.id for key in keys}) == len({key.secret for key in keys}) == 100
    assert all(62 ** len(key.secret) > 2**256 for key in keys)


@given(st.integers(0, 63), st.characters())
def test_one_wrong_letter_and_it_is_no_key(place: int, letter: str) -> None:
    written = str(KEY)
    place = min(place, len(written) - 1)
    damaged = written[:place] + letter + written[place + 1 :]
    assert WrittenKey.parse(damaged) == (KEY if damaged == written else None)


@given(st.text() | st.text("otkel_0a\0", max_size=80))
def test_any_text_is_a_key_or_is_not(written: str) -> None:
    assert WrittenKey.parse(written) is None


@given(st.text(max_size=12), st.text(max_size=50))
def test_a_right_checksum_does_not_make_a_key(key_id: str, secret: str) -> None:
    checksum = crc32((key_id + secret).encode("utf-8", "surrogatepass"))
    assert WrittenKey.parse(f"otkel_{key_id}_{secret}_{checksum:08x}") is None


def test_what_is_written_is_read_back() -> None:
    key = WrittenKey.new()
    assert WrittenKey.parse(str(key)) == key
    assert str(key).split("_")[:2] == ["otkel", key.id]
    assert f"{crc32((key.id + key.secret).encode()):08x}" == str(key)[-8:]


def identified(work: Work, key: WrittenKey | str, at: datetime = NOON) -> str:
    return access.identify(Work(work.session, at), str(key)).official.name


def test_an_official_is_known_by_each_of_their_keys(work: Work) -> None:
    _, first = an_official(work)
    second = access.issue_key(work, "Aziza")
    assert [identified(work, key) for key in (first, second)] == ["Aziza", "Aziza"]


@pytest.mark.parametrize(("at", "known"), [(NOON + KEY_LIFE - HOUR, True), (NOON + KEY_LIFE, False)])
def test_a_key_lasts_a_year(work: Work, at: datetime, known: bool) -> None:
    _, key = an_official(work)
    if known:
        assert identified(work, key, at) == "Aziza"
    else:
        with pytest.raises(Unidentified, match=WORDS):
            identified(work, key, at)


def test_a_revoked_key_is_worthless_at_once_and_the_other_is_not(work: Work) -> None:
    _, first = an_official(work)
    second = access.issue_key(work, "Aziza")
    access.revoke_key(work, first.id)
    with pytest.raises(Unidentified, match=WORDS):
        identified(work, first)
    assert identified(work, second) == "Aziza"


def test_a_disabled_official_is_known_by_no_key(work: Work) -> None:
    _, key = an_official(work)
    access.disable(work, "Aziza")
    with pytest.raises(Unidentified, match=WORDS):
        identified(work, key)


@pytest.mark.parametrize("written", ["", "otkel", str(KEY), str(KEY)[:-1], str(KEY) + "0", "\0", "\ud800"])
def test_whatever_is_wrong_with_a_key_is_said_in_the_same_words(work: Work, written: str) -> None:
    an_official(work)
    with pytest.raises(Unidentified, match=WORDS):
        identified(work, written)


def test_revoking_twice_is_revoking_once(edge: Edge) -> None:
    with edge.work(now=NOON) as work:
        _, key = an_official(work)
    for at in (NOON + HOUR, NOON + 2 * HOUR):
        with edge.work(now=at) as work:
            access.revoke_key(work, key.id)
    with edge.reading() as session:
        row = session.get_one(access.Key, key.id)
        revoked = [entry for entry in ledger.entries(session) if entry.action == "access.revoke_key"]
    assert row.revoked_at == NOON + HOUR
    assert [entry.payload for entry in revoked] == [{"key": key.id}]


def test_a_key_that_does_not_exist_cannot_be_revoked_nor_one_be_made_for_nobody(work: Work) -> None:
    with pytest.raises(NotFound, match="there is no key 'abcdefgh'"):
        access.revoke_key(work, "abcdefgh")
    with pytest.raises(NotFound, match="no official is called 'Nobody'"):
        access.issue_key(work, "Nobody")


def test_a_name_is_given_once(work: Work) -> None:
    an_official(work)
    with pytest.raises(NameTaken, match="there is an official called 'Aziza' already"):
        an_official(work, country=Side.KZ)
    with pytest.raises(NameTaken):
        an_official(work, "  Aziza ")


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "\ud800", "two\nlines", "\u202eturned", "n" * 301])
@pytest.mark.parametrize("field", ["name", "authority"])
def test_names_are_lines_of_text(work: Work, name: str, field: str) -> None:
    given = {"name": "Aziza", "authority": "Customs", field: name}
    with pytest.raises(Invalid) as refused:
        access.add_official(work, name=given["name"], authority=given["authority"], country=Side.UZ)
    assert refused.value.field == field


def test_the_ledger_says_who_was_let_in_for_what_and_no_secret_is_kept_anywhere(edge: Edge) -> None:
    with edge.work(now=NOON) as work:
        actor, key = an_official(work, crossings=(ALFA,))
        access.revoke_key(work, key.id)
    with edge.reading() as session:
        entries = [
            (entry.action, entry.subject, entry.payload)
            for entry in ledger.entries(session)
            if entry.action.startswith("access.")
        ]
        tables = [f'select * from "{table.name}"' for table in METADATA.sorted_tables]
        everything = repr([session.connection().execute(text(each)).all() for each in tables])
    official = actor.official
    given = {
        "country": "uz",
        "crossings": [ALFA],
        "roles": ["author", "approver"],
        "fingerprint": ledger.row_print(official),
    }
    scopes = ["audit:read", "notices:approve", "notices:post", "observations:report"]
    assert entries == [
        ("access.add_official", official.id, given),
        ("access.issue_key", official.id, {"key": key.id, "scopes": scopes}),
        ("access.revoke_key", official.id, {"key": key.id}),
    ]
    assert key.id in everything
    assert key.secret not in everything
