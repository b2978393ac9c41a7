"""What needs a second person, and how the two agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from services.core import access, crossings, ledger, notices
from services.core.access import Actor, Method, Role
from services.core.crossings import Side
from services.core.errors import Conflict, Forbidden, Invalid, NotFound
from services.core.notices import KeyReused, NeedsApproval, NoticeDraft, NoticeFields, Outdated, Wide, breadth
from services.core.work import Edge, Work
from tests.makers import ALFA, BRAVO, CHARLIE, DAY, HOUR, NOON, a_border, a_closure, a_notice, an_official

EVERYWHERE = a_notice(a_closure(), headline="All shut")


@pytest.fixture
def work(edge: Edge) -> Iterator[Work]:
    with edge.work(now=NOON) as work:
        crossings.load(work, a_border())
        yield work


@pytest.fixture
def aziza(work: Work) -> Actor:
    return an_official(work)[0]


@pytest.fixture
def jasur(work: Work) -> Actor:
    return an_official(work, "Jasur")[0]


def submitted(
    work: Work, actor: Actor, fields: NoticeFields = EVERYWHERE, key: str = "1", **more: Any
) -> NoticeDraft:
    return notices.submit(work, actor, fields, idempotency_key=key, **more)


@pytest.mark.parametrize(
    ("fields", "surely", "wide"),
    [
        (a_notice(a_closure(ALFA)), True, []),
        (a_notice(a_closure(ALFA, BRAVO)), True, []),
        (a_notice(a_closure(ALFA), a_closure(BRAVO)), True, []),
        (a_notice(a_closure(ALFA, BRAVO, CHARLIE)), True, [Wide.CROSSINGS]),
        (a_notice(a_closure(ALFA, BRAVO), a_closure(CHARLIE)), True, [Wide.CROSSINGS]),
        (EVERYWHERE, True, [Wide.BORDER]),
        (a_notice(a_closure(ALFA, start=NOON - DAY)), True, []),
        (a_notice(a_closure(ALFA, start=NOON - DAY - timedelta(seconds=1))), True, [Wide.BACK_DATED]),
        (a_notice(a_closure(ALFA)), False, [Wide.WITHOUT_PASSKEY]),
        (
            a_notice(a_closure(start=NOON - 9 * DAY)),
            False,
            [Wide.BORDER, Wide.BACK_DATED, Wide.WITHOUT_PASSKEY],
        ),
    ],
)
def test_a_notice_is_wide_for_these_reasons(fields: NoticeFields, surely: bool, wide: list[Wide]) -> None:
    assert list(breadth(fields, NOON, surely_themselves=surely)) == wide


def test_one_person_alone_cannot_say_what_two_must(work: Work, aziza: Actor) -> None:
    with pytest.raises(NeedsApproval, match="a second official must approve this: whole-border"):
        notices.publish(work, aziza, EVERYWHERE, idempotency_key="1")
    assert notices.revisions(work.session) == []


def test_what_was_submitted_is_told_when_another_approves(work: Work, aziza: Actor, jasur: Actor) -> None:
    draft = submitted(work, aziza)
    assert (draft.state, draft.wide, notices.revisions(work.session)) == ("submitted", ["whole-border"], [])
    act = notices.approve(work, jasur, draft.id, version=draft.version)
    row = act.revision
    assert (row.notice_id, row.revision, row.kind) == (draft.id, 1, "published")
    assert (row.author, row.approver, row.wide, row.emergency) == (aziza.name, jasur.name, True, False)
    again = notices.approve(work, jasur, draft.id, version=draft.version)
    assert (again.repeated, again.revision) == (True, row)
    assert [entry.action for entry in ledger.entries(work.session)][-2:] == [
        "drafts.submit",
        "notices.published",
    ]


def test_nobody_approves_their_own(work: Work, aziza: Actor) -> None:
    draft = submitted(work, aziza)
    with pytest.raises(Forbidden, match="you wrote this yourself"):
        notices.approve(work, aziza, draft.id, version=draft.version)


@pytest.mark.parametrize("wrong", [{"approver": None}, {"approver": "author"}])
def test_the_database_holds_it_too(
    work: Work, aziza: Actor, jasur: Actor, wrong: dict[str, str | None]
) -> None:
    draft = submitted(work, aziza)
    row = notices.approve(work, jasur, draft.id, version=draft.version).revision
    row.approver = row.author if wrong["approver"] else None
    with pytest.raises(IntegrityError):
        work.session.flush()
    work.session.rollback()


def test_only_those_who_may_speak_of_it_approve(work: Work, aziza: Actor) -> None:
    draft = submitted(work, aziza)
    bolat, _ = an_official(work, "Bolat", Side.KZ)
    guard, _ = an_official(work, "Guard", Side.UZ, (ALFA,))
    for stranger in (bolat, guard):
        with pytest.raises(NotFound):
            notices.approve(work, stranger, draft.id, version=draft.version)
        assert notices.drafts(work, stranger) == []
    access.add_official(work, name="Author", authority="Customs", country=Side.UZ, roles=[Role.AUTHOR])
    author = Actor.in_person(access.named(work, "Author"), Method.PASSKEY)
    with pytest.raises(Forbidden, match="notices:approve"):
        notices.approve(work, author, draft.id, version=draft.version)


def test_a_password_is_too_little_to_approve_and_makes_every_notice_need_a_second_person(
    work: Work, aziza: Actor, jasur: Actor
) -> None:
    by_password = Actor.in_person(aziza.official, Method.PASSWORD)
    with pytest.raises(NeedsApproval, match="without-passkey"):
        notices.publish(work, by_password, a_notice(), idempotency_key="1")
    draft = submitted(work, by_password, a_notice())
    with pytest.raises(Forbidden):
        notices.approve(
            work, Actor.in_person(jasur.official, Method.PASSWORD), draft.id, version=draft.version
        )
    assert notices.approve(work, jasur, draft.id, version=draft.version).revision.approver == jasur.name


def test_in_an_emergency_one_person_says_it_and_that_stays_on_record(work: Work, aziza: Actor) -> None:
    row = notices.publish(work, aziza, EVERYWHERE, idempotency_key="1", emergency="Flood").revision
    assert (row.emergency, row.approver, row.reason) == (True, None, "Flood")
    entry = list(ledger.entries(work.session))[-1]
    assert (entry.payload["emergency"], entry.payload["reason"]) == (True, "Flood")
    narrow = notices.publish(work, aziza, a_notice(), idempotency_key="2", emergency="Flood").revision
    assert narrow.emergency is False


def test_the_same_request_submits_once_and_another_under_its_key_not_at_all(
    work: Work, aziza: Actor, jasur: Actor
) -> None:
    draft = submitted(work, aziza)
    assert submitted(work, aziza).id == draft.id
    with pytest.raises(KeyReused):
        submitted(work, aziza, a_notice(a_closure(), headline="Other"))
    notices.approve(work, jasur, draft.id, version=draft.version)
    act = notices.publish(work, aziza, EVERYWHERE, idempotency_key="1")
    assert (act.repeated, act.revision.notice_id) == (True, draft.id)


def test_what_is_returned_with_a_word_is_mended_and_submitted_anew(
    work: Work, aziza: Actor, jasur: Actor
) -> None:
    draft = submitted(work, aziza)
    back = notices.send_back(work, jasur, draft.id, version=draft.version, note="Which crossings?")
    assert (back.state, back.note) == ("draft", "Which crossings?")
    assert submitted(work, aziza).id == draft.id  # whoever never heard that it had been submitted asks again
    with pytest.raises(NotFound):
        notices.draft(work, jasur, draft.id)
    mended = a_notice(a_closure(ALFA, BRAVO, CHARLIE))
    anew = submitted(work, aziza, mended, "2", draft_id=draft.id, version=back.version)
    assert (anew.id, anew.state, anew.note) == (draft.id, "submitted", None)
    row = notices.approve(work, jasur, draft.id, version=anew.version).revision
    assert row.document.effects[0].selector.crossings == (ALFA, BRAVO, CHARLIE)


def test_whoever_lost_the_answer_saves_the_same_again(work: Work, aziza: Actor) -> None:
    draft = notices.begin(work, aziza, {"headline": "Sh"})
    first = draft.version
    saved = [notices.save(work, aziza, draft.id, {"headline": "Shut"}, version=first).version for _ in "123"]
    assert saved == [first + 1] * 3
    later = notices.save(work, aziza, draft.id, {"headline": "Shut now"}, version=first + 1)
    with pytest.raises(Outdated):
        notices.save(work, aziza, draft.id, {"headline": "Shut"}, version=first)
    assert (later.version, later.form) == (first + 2, {"headline": "Shut now"})
    notices.discard(work, aziza, draft.id, version=first + 2)
    with pytest.raises((Conflict, Outdated)):
        notices.save(work, aziza, draft.id, {"headline": "Shut now"}, version=first + 2)


def test_whoever_read_an_older_version_overwrites_nothing(work: Work, aziza: Actor, jasur: Actor) -> None:
    draft = notices.begin(work, aziza, {"headline": "Sh"})
    first = draft.version
    notices.save(work, aziza, draft.id, {"headline": "Shut"}, version=first)
    with pytest.raises(Outdated):
        notices.save(work, aziza, draft.id, {"headline": "?"}, version=first)
    with pytest.raises(Outdated):
        notices.discard(work, aziza, draft.id, version=first)
    with pytest.raises(Outdated):
        submitted(work, aziza, draft_id=draft.id, version=first)
    assert notices.draft(work, aziza, draft.id).form == {"headline": "Shut"}
    with pytest.raises(NotFound):
        notices.draft(work, jasur, draft.id)


def test_an_amendment_is_approved_only_while_what_it_amends_is_as_its_author_read_it(
    work: Work, aziza: Actor, jasur: Actor
) -> None:
    row = notices.publish(work, aziza, a_notice(), idempotency_key="n").revision
    wider = a_notice(a_closure(ALFA, BRAVO, CHARLIE))
    with pytest.raises(NeedsApproval):
        notices.amend(work, aziza, row.notice_id, wider, expected=1, idempotency_key="a")
    draft = submitted(work, aziza, wider, "a", amends=(row.notice_id, 1))
    second = submitted(work, aziza, wider, "b", amends=(row.notice_id, 1))
    amended = notices.approve(work, jasur, draft.id, version=draft.version).revision
    assert (amended.notice_id, amended.revision, amended.kind) == (row.notice_id, 2, "amended")
    with pytest.raises(Outdated, match="has changed since this was submitted"):
        notices.approve(work, jasur, second.id, version=second.version)


def test_what_is_discarded_is_not_approved(work: Work, aziza: Actor, jasur: Actor) -> None:
    draft = submitted(work, aziza)
    gone = notices.discard(work, aziza, draft.id, version=draft.version)
    with pytest.raises(Conflict, match="what is discarded cannot be published"):
        notices.approve(work, jasur, draft.id, version=gone.version)
    assert notices.drafts(work, aziza) == []


def test_bad_words_are_refused_when_they_are_submitted(work: Work, aziza: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        submitted(work, aziza, a_notice(a_closure(ALFA, BRAVO, "no-such")))
    assert refused.value.field == "effects.0.selector.crossings.2"


def test_an_end_ends_the_effects_and_nothing_follows(edge: Edge) -> None:
    with edge.work(now=NOON) as work:
        crossings.load(work, a_border())
        aziza, _ = an_official(work)
        row = notices.publish(work, aziza, a_notice(), idempotency_key="1").revision
    with edge.work(now=NOON + HOUR) as work:
        ended = notices.end(work, aziza, row.notice_id, expected=1, idempotency_key="2").revision
        assert (ended.kind, ended.revision) == ("ended", 2)
        told = notices.told(work.session)
        (effect,) = notices.announced(told, NOON + 2 * HOUR)
        assert effect.cut_off == NOON + HOUR
        with pytest.raises(Conflict, match="what is ended cannot be withdrawn"):
            notices.withdraw(work, aziza, row.notice_id, expected=2, idempotency_key="3")
