"""What is announced is recorded as revisions: none changes, none vanishes, and each follows what was read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from services.core import crossings, ledger, notices, outbox
from services.core.access import Actor
from services.core.crossings import Side
from services.core.errors import Conflict, Forbidden, Invalid, NotFound
from services.core.notices import (
    Act,
    Event,
    KeyReused,
    NoticeFields,
    NoticeRevision,
    Outdated,
    Revision,
    announced,
    current,
    told,
)
from services.core.text import Language
from services.core.work import Edge, Work
from tests.makers import ALFA, BRAVO, DAY, HOUR, NOON, a_border, a_closure, a_notice, an_official


@pytest.fixture
def aziza(work: Work) -> Actor:
    crossings.load(work, a_border())
    return an_official(work)[0]


def at(work: Work, instant: datetime) -> Work:
    return replace(work, now=instant)


def published(
    work: Work, official: Actor, fields: NoticeFields | None = None, key: str = "1", **more: Any
) -> NoticeRevision:
    return notices.publish(work, official, fields or a_notice(), idempotency_key=key, **more).revision


def withdrawn(
    work: Work, official: Actor, row: NoticeRevision, key: str = "w", **more: Any
) -> NoticeRevision:
    return notices.withdraw(
        work, official, row.notice_id, expected=row.revision, idempotency_key=key, **more
    ).revision


def amended(
    work: Work, official: Actor, row: NoticeRevision, fields: NoticeFields, key: str = "a", **more: Any
) -> NoticeRevision:
    return notices.amend(
        work, official, row.notice_id, fields, expected=row.revision, idempotency_key=key, **more
    ).revision


def headline(one: NoticeFields) -> str:
    return one.texts[Language.ENGLISH].headline


def test_a_notice_is_recorded_as_its_first_revision(work: Work, aziza: Actor) -> None:
    row = published(work, aziza)
    assert (row.revision, row.kind, row.author) == (1, "published", aziza.name)
    assert (row.published_at, row.recorded_at, row.reason) == (NOON, NOON, None)
    assert row.document.effects[0].selector.sides == (Side.UZ,)
    entry = ledger.newest(work.session)
    assert entry is not None
    assert (entry.actor, entry.action, entry.subject) == (row.author, "notices.published", row.notice_id)
    assert entry.payload["document"] == row.document.model_dump(mode="json", exclude_defaults=True)
    (promise,) = outbox.pending(work.session)
    assert (promise.kind, promise.payload) == (
        "advisories.recompute",
        {"because": "notices.published", "notice": row.notice_id},
    )


def test_every_revision_stays_as_it_was(work: Work, aziza: Actor) -> None:
    first = published(work, aziza)
    second = amended(at(work, NOON + HOUR), aziza, first, a_notice(headline="Second"), reason="Typing error")
    withdrawn(at(work, NOON + 2 * HOUR), aziza, second, reason="Over")
    rows = notices.revisions(work.session, first.notice_id)
    assert [(row.revision, row.kind, row.reason, row.recorded_at) for row in rows] == [
        (1, "published", None, NOON),
        (2, "amended", "Typing error", NOON + HOUR),
        (3, "withdrawn", "Over", NOON + 2 * HOUR),
    ]
    assert [headline(row.document) for row in rows] == ["Closed for repairs", "Second", "Withdrawn: Second"]
    assert notices.first_forged(work.session) is None


def test_as_of_any_instant_there_is_what_had_been_told_by_then(work: Work, aziza: Actor) -> None:
    first = published(work, aziza)
    amended(at(work, NOON + HOUR), aziza, first, a_notice(headline="Second"))
    everything = told(work.session)
    seen = [[one.headline for one in current(everything, NOON + hours * HOUR)] for hours in (-1, 0, 1)]
    assert seen == [[], ["Closed for repairs"], ["Second"]]


def test_a_withdrawal_ends_the_effects_at_its_instant(work: Work, aziza: Actor) -> None:
    withdrawn(at(work, NOON + HOUR), aziza, published(work, aziza))
    (effect,) = announced(told(work.session), NOON + DAY)
    assert effect.cut_off == NOON + HOUR


@pytest.mark.parametrize("change", ["withdraw", "amend"])
def test_what_is_changed_while_an_amendment_waits_counts_at_once(
    work: Work, aziza: Actor, change: str
) -> None:
    first = published(work, aziza)
    waiting = amended(work, aziza, first, a_notice(headline="Tomorrow", publish_from=NOON + DAY))
    assert [one.headline for one in current(told(work.session), NOON + HOUR)] == ["Closed for repairs"]
    now = at(work, NOON + HOUR)
    if change == "withdraw":
        withdrawn(now, aziza, waiting)
    else:
        amended(now, aziza, waiting, a_notice(headline="Changed"), key="b")
    for instant in (NOON + HOUR, NOON + 2 * DAY):
        (seen,) = current(told(work.session), instant)
        assert (seen.revision, seen.published_at) == (3, NOON + HOUR)
        assert seen.over is (change == "withdraw")


def test_what_was_never_told_is_withdrawn_without_a_word(work: Work, aziza: Actor) -> None:
    waiting = published(work, aziza, a_notice(publish_from=NOON + DAY))
    withdrawn(at(work, NOON + HOUR), aziza, waiting)
    assert current(told(work.session), NOON + DAY - HOUR) == []
    (seen,) = current(told(work.session), NOON + DAY)
    assert seen.over
    assert not seen.bites(NOON + DAY)


def test_a_publication_in_the_past_is_told_now(work: Work, aziza: Actor) -> None:
    assert published(work, aziza, a_notice(publish_from=NOON - DAY)).published_at == NOON


def test_nothing_follows_a_withdrawal(work: Work, aziza: Actor) -> None:
    gone = withdrawn(work, aziza, published(work, aziza))
    with pytest.raises(Conflict, match="what is withdrawn cannot be"):
        withdrawn(work, aziza, gone, "x")
    with pytest.raises(Conflict, match="what is withdrawn cannot be"):
        amended(work, aziza, gone, a_notice(), "y")


def test_only_the_newest_revision_can_be_built_upon(work: Work, aziza: Actor) -> None:
    first = published(work, aziza)
    amended(work, aziza, first, a_notice(headline="Second"))
    with pytest.raises(Outdated, match="the notice is at revision 2, not 1: read it again"):
        amended(work, aziza, first, a_notice(headline="Third"), "b")
    with pytest.raises(Outdated):
        withdrawn(work, aziza, first)


@pytest.mark.parametrize("notice_id", ["none", "", "\0", "x" * 10_000])
def test_what_does_not_exist_is_not_found(work: Work, aziza: Actor, notice_id: str) -> None:
    with pytest.raises(NotFound):
        notices.amend(work, aziza, notice_id, a_notice(), expected=1, idempotency_key="1")


Acting = Callable[[Work, Actor, str], Act]


def publishing(words: str) -> Acting:
    fields = a_notice(headline=words)
    return lambda work, who, _notice: notices.publish(work, who, fields, idempotency_key="k")


def amending(words: str, reason: str | None = None) -> Acting:
    fields = a_notice(headline=words)
    return lambda work, who, notice: notices.amend(
        work, who, notice, fields, expected=1, idempotency_key="k", reason=reason
    )


def withdrawing(reason: str | None = None) -> Acting:
    return lambda work, who, notice: notices.withdraw(
        work, who, notice, expected=1, idempotency_key="k", reason=reason
    )


DIFFERENT = [
    publishing("a"),
    publishing("b"),
    amending("a"),
    amending("b"),
    amending("a", "because"),
    withdrawing(),
    withdrawing("because"),
]


@pytest.mark.parametrize("first", range(len(DIFFERENT)))
def test_a_key_stands_for_one_request_and_no_other(work: Work, aziza: Actor, first: int) -> None:
    notice = published(work, aziza).notice_id
    done = DIFFERENT[first](work, aziza, notice)
    head = ledger.head(work.session)
    for number, act in enumerate(DIFFERENT):
        if number == first:
            again = act(work, aziza, notice)
            assert (again.repeated, again.revision) == (True, done.revision)
        else:
            with pytest.raises(KeyReused):
                act(work, aziza, notice)
    assert ledger.head(work.session) == head


def test_a_crossing_that_does_not_exist_is_named_by_its_place(work: Work, aziza: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        published(work, aziza, a_notice(a_closure(ALFA), a_closure(ALFA, "nowhere")))
    assert refused.value.field == "effects.1.selector.crossings.1"
    with pytest.raises(Invalid) as refused:
        published(work, aziza, a_notice(alternatives=(BRAVO, "nowhere")))
    assert refused.value.field == "alternatives.1"


def test_an_official_speaks_for_one_side_of_their_crossings(work: Work, aziza: Actor) -> None:
    guard, _ = an_official(work, "guard", Side.UZ, (ALFA,))
    bolat, _ = an_official(work, "Bolat", Side.KZ)
    everywhere = published(work, aziza, a_notice(a_closure()), emergency="Nobody else is awake")
    of_alfa = published(work, guard, key="2")
    with pytest.raises(Forbidden, match=r"effects.0: you speak for these crossings only: alfa-alma"):
        withdrawn(work, guard, everywhere)
    with pytest.raises(Forbidden, match=r"effects.0: you speak for the kz side only"):
        withdrawn(work, bolat, of_alfa)
    with pytest.raises(Forbidden):
        amended(work, guard, of_alfa, a_notice(a_closure(ALFA, BRAVO)))
    assert withdrawn(work, aziza, of_alfa).revision == 2


def of_the_past() -> Event:
    """An event of two revisions."""
    closed = a_notice(a_closure(ALFA, start=NOON - 100 * DAY), headline="Shut")
    over = a_notice(a_closure(ALFA, start=NOON - 100 * DAY, end=NOON - 50 * DAY), headline="Open again")
    revisions = [
        {"published_at": NOON - 100 * DAY, "kind": "published", "reason": "Told", "notice": closed},
        {"published_at": NOON - 50 * DAY, "kind": "amended", "reason": "Over", "notice": over},
    ]
    return Event.model_validate(
        {"slug": "long-ago", "event": "T1", "summary": "Shut and opened.", "revisions": revisions}
    )


def recorded(work: Work) -> list[Revision]:
    return [
        one for one in told(work.session) if one.notice_id == notices.revisions(work.session)[0].notice_id
    ]


def test_the_history_of_the_border_is_recorded_when_it_was_told(edge: Edge) -> None:
    with edge.work(now=NOON) as work:
        added = notices.load_history(work)
        assert {row.published_at for row in added} == {
            revision.published_at for event in notices.events().values() for revision in event.revisions
        }
        assert {row.recorded_at for row in added} == {NOON}
        head = ledger.head(work.session)
    with edge.work(now=NOON + DAY) as work:
        assert notices.load_history(work) == []
        assert ledger.head(work.session) == head
        assert notices.first_forged(work.session) is None


def test_a_history_that_goes_on_adds_what_is_new(work: Work) -> None:
    event = of_the_past()
    notices.load_history(work, [event.model_copy(update={"revisions": event.revisions[:1]})])
    assert [row.revision for row in notices.load_history(work, [event])] == [2]
    assert [one.headline for one in recorded(work)] == ["Shut", "Open again"]


@pytest.mark.parametrize("changed", [0, 1])
def test_a_history_that_is_told_otherwise_is_a_further_revision(work: Work, changed: int) -> None:
    event = of_the_past()
    notices.load_history(work, [event])
    revisions = list(event.revisions)
    revisions[changed] = revisions[changed].model_copy(update={"notice": a_notice(headline="Corrected")})
    corrected = event.model_copy(update={"revisions": tuple(revisions)})
    added = notices.load_history(at(work, NOON + DAY), [corrected])
    assert [one.headline for one in recorded(work)][:2] == ["Shut", "Open again"]
    assert [row.revision for row in added] == ([3] if changed == 1 else [])
    assert notices.load_history(work, [corrected]) == []


def test_a_history_cut_shorter_ends_with_its_last_word(work: Work) -> None:
    event = of_the_past()
    notices.load_history(work, [event])
    shorter = event.model_copy(update={"revisions": event.revisions[:1]})
    assert [row.revision for row in notices.load_history(work, [shorter])] == [3]
    assert [one.headline for one in recorded(work)] == ["Shut", "Open again", "Shut"]
    assert notices.load_history(work, [shorter]) == []


def test_what_an_official_has_said_since_the_files_do_not_unsay(work: Work, aziza: Actor) -> None:
    event = of_the_past()
    our_side = a_notice(a_closure(ALFA, sides=(Side.UZ,)), headline="Uzbek side")
    uzbek = tuple(revision.model_copy(update={"notice": our_side}) for revision in event.revisions[:1])
    history = [event.model_copy(update={"revisions": uzbek})]
    (row,) = notices.load_history(work, history)
    withdrawn(work, aziza, row)
    assert notices.load_history(work, history) == []
    changed = [event.model_copy(update={"revisions": (*uzbek, event.revisions[1])})]
    assert notices.load_history(work, changed) == []
    assert [one.kind for one in recorded(work)] == ["published", "withdrawn"]


def test_what_history_says_of_both_sides_one_side_cannot_take_back(work: Work, aziza: Actor) -> None:
    (row, _) = notices.load_history(work, [of_the_past()])
    with pytest.raises(Forbidden):
        notices.withdraw(work, aziza, row.notice_id, expected=2, idempotency_key="1")


def test_conflicts_are_conflicts_of_one_family() -> None:
    assert all(issubclass(kind, Conflict) for kind in (KeyReused, Outdated))
