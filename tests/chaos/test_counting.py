"""The count must find what it looks for, or a storm would always end well."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from services.core import advisories, crossings, notices, observations, outbox
from services.core.access import Actor
from services.core.board import position
from services.core.work import Edge
from tests.chaos import counting
from tests.chaos.clients import Done
from tests.chaos.counting import Records
from tests.makers import LATE, NOON, a_border, a_notice, a_run, an_observation, an_official


@pytest.fixture
def official(edge: Edge) -> Actor:
    with edge.work() as work:
        crossings.load(work, a_border())
        return an_official(work)[0]


@pytest.fixture
def announced(edge: Edge, official: Actor) -> Done:
    """A notice that was acknowledged and is recorded."""
    return announce(edge, official, "act 1")


def announce(edge: Edge, official: Actor, key: str, headline: str | None = None) -> Done:
    fields = a_notice(headline=headline or key)
    with edge.work() as work:
        row = notices.publish(work, official, fields, idempotency_key=key, emergency=LATE).revision
    return Done(
        verb="publish",
        author=row.author,
        key=key,
        subject=row.notice_id,
        revision=1,
        sent=fields,
        address="http://127.0.0.1",
        asked_at=0,
        acknowledged_at=1,
        attempts=1,
    )


def advise(edge: Edge) -> None:
    """Keep every promise by a run that knows the whole ledger."""
    with edge.work() as work:
        outbox.keep(work, [row.id for row in outbox.pending(work.session) if row.id])
        advisories.record(work, a_run(at=NOON, ledger_seq=position(work.session).ledger_seq))


def submit(edge: Edge, official: Actor, key: str, headline: str | None = None) -> Done:
    fields = a_notice(headline=headline or key)
    with edge.work() as work:
        row = notices.submit(work, official, fields, idempotency_key=key)
    return Done("submit", row.author, key, row.id, row.version, fields, "", 0, 1, 1)


def records(edge: Edge) -> Records:
    with edge.reading() as session:
        return counting.read(session)


def test_what_is_recorded_as_it_was_sent_is_not_lost(edge: Edge, announced: Done) -> None:
    assert counting.lost([announced], records(edge)) == []


@pytest.mark.parametrize(
    "changed",
    [
        lambda done: replace(done, key="act 2"),
        lambda done: replace(done, revision=2),
        lambda done: replace(done, verb="withdraw"),
        lambda done: replace(done, subject="another"),
        lambda done: replace(done, sent=a_notice(headline="something else")),
        lambda done: replace(done, verb="report", sent=an_observation()),
    ],
)
def test_what_is_recorded_otherwise_is_lost(
    edge: Edge, announced: Done, changed: Callable[[Done], Done]
) -> None:
    assert len(counting.lost([changed(announced)], records(edge))) == 1


def test_a_report_is_lost_unless_it_is_recorded_as_it_was_sent(edge: Edge, official: Actor) -> None:
    fields = an_observation()
    with edge.work(now=NOON) as work:
        row = observations.report(work, official, fields, idempotency_key="act 1").observation
    done = Done("report", row.source, "act 1", row.id, 1, fields, "", 0, 1, 1)
    other = replace(done, sent=an_observation(wait_minutes=41.0))
    assert [len(counting.lost([one], records(edge))) for one in (done, other)] == [0, 1]


def test_what_was_submitted_is_lost_unless_it_is_recorded_as_it_was_sent(edge: Edge, official: Actor) -> None:
    done = submit(edge, official, "act 1")
    others = [replace(done, key="act 2"), replace(done, subject="another"), replace(done, revision=2)]
    others.append(replace(done, sent=a_notice(headline="something else")))
    assert [len(counting.lost([one], records(edge))) for one in (done, *others)] == [0, 1, 1, 1, 1]


def test_what_was_submitted_and_approved_is_two_acts_that_say_the_same_once_each(
    edge: Edge, official: Actor
) -> None:
    submitted = submit(edge, official, "act 1")
    with edge.work() as work:
        second = an_official(work, name="Second")[0]
        row = notices.approve(work, second, submitted.subject, version=1).revision
    approved = replace(submitted, verb="approve", revision=row.revision)
    found = records(edge)
    assert counting.lost([submitted, approved], found) == []
    assert counting.duplicates([submitted, approved], found) == []
    assert counting.said_again(found) == 0
    assert counting.duplicates([submitted], found) == ["act 1: never done", "act 1: said 1 times"]


def test_what_was_submitted_twice_is_done_twice(edge: Edge, official: Actor) -> None:
    twice = [submit(edge, official, key, "act 1") for key in ("act 1", "act 2")]
    assert counting.duplicates(twice, records(edge)) == ["act 1: said 2 times"]
    assert counting.said_again(records(edge)) == 1


def test_an_end_says_nothing_that_could_be_said_twice(edge: Edge, official: Actor, announced: Done) -> None:
    with edge.work() as work:
        notices.end(work, official, announced.subject, expected=1, idempotency_key="act 2")
    ended = replace(announced, verb="end", key="act 2", revision=2)
    assert counting.lost([announced, ended], records(edge)) == []
    assert counting.duplicates([announced, ended], records(edge)) == []


def test_the_same_act_under_two_keys_is_done_twice(edge: Edge, official: Actor, announced: Done) -> None:
    twice = announce(edge, official, "act 2", headline="act 1")
    assert counting.duplicates([announced, twice], records(edge)) == ["act 1: said 2 times"]


def test_a_record_of_what_nobody_did_counts_as_done_twice(
    edge: Edge, official: Actor, announced: Done
) -> None:
    announce(edge, official, "act 2")
    assert counting.duplicates([announced], records(edge)) == ["act 2: never done", "act 2: said 1 times"]


def test_each_act_recorded_once_is_no_duplicate(edge: Edge, official: Actor, announced: Done) -> None:
    assert counting.duplicates([announced, announce(edge, official, "act 2")], records(edge)) == []


def test_an_effect_is_missing_until_a_run_knows_of_the_act_and_the_promise_is_kept(
    edge: Edge, official: Actor, announced: Done
) -> None:
    assert counting.missing([announced], records(edge)) == ["advisories.recompute: None", announced.subject]
    advise(edge)
    assert counting.missing([announced], records(edge)) == []
    second = announce(edge, official, "act 2")
    with edge.work() as work:
        outbox.keep(work, [row.id for row in outbox.pending(work.session) if row.id])
    assert counting.missing([announced, second], records(edge)) == [second.subject]


def test_a_dead_promise_is_missing_and_a_periodic_one_that_waits_is_not(edge: Edge, announced: Done) -> None:
    advise(edge)
    with edge.work() as work:
        outbox.promise(work, "worker.beat", dedupe_key="worker.beat:1")
        outbox.promise(work, "advisories.recompute")
        row = outbox.pending(work.session, "advisories.recompute")[-1]
        row.dead_at, row.error = work.now, "it rained"
    assert counting.missing([announced], records(edge)) == ["advisories.recompute: it rained"]


def test_a_notice_changed_behind_the_ledgers_back_is_a_fault(edge: Edge, announced: Done) -> None:
    assert records(edge).faults == []
    with edge.work() as work:
        work.session.connection().execute(
            text("update ledger_entry set actor = 'nobody' where subject = :id"), {"id": announced.subject}
        )
    assert len(records(edge).faults) == 1
