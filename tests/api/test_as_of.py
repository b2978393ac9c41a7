"""What did you say at that instant? Byte for byte, from whichever process, however much came since."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.api.past import MOST_ASKING
from services.api.register import canonical
from services.core import advisories, crossings, notices, observations
from services.core.access import Actor
from services.core.work import Work
from tests.api.service import AT_REST, Service
from tests.makers import (
    ALFA,
    BRAVO,
    CHARLIE,
    HOUR,
    NOON,
    a_closure,
    a_crossing,
    a_notice,
    a_run,
    an_advisory,
    an_observation,
    an_official,
)

LANE = "mode=car&direction=to-kz"
QUESTIONS = (
    "/v1/notices",
    "/v1/notices?in_force=true",
    f"/v1/notices?crossing={ALFA}&lang=ru",
    "/v1/crossings",
    f"/v1/crossings?{LANE}&citizenship=UZ",
    f"/v1/crossings?{LANE}&state=closed&at=2026-03-10T12:00:00%2B05:00",
    f"/v1/crossings/{ALFA}",
    f"/v1/crossings/{BRAVO}?{LANE}",
    f"/v1/crossings/{ALFA}/outlook?{LANE}",
    f"/v1/crossings/{ALFA}/timeline?{LANE}",
    "/v1/advisories",
    f"/v1/advisories?crossing={BRAVO}",
)


@dataclass(frozen=True)
class Noted:
    """What was answered to a question between two instants."""

    question: str
    asked: datetime
    answered: datetime
    reply: httpx.Response


def ask(service: Service, question: str) -> Noted:
    asked = datetime.now(UTC)
    reply = service.get(question)
    assert reply.status_code == 200, reply.text
    return Noted(question, asked, datetime.now(UTC), reply)


def as_of(service: Service, question: str, at: datetime) -> httpx.Response:
    joint = "&" if "?" in question else "?"
    return service.get(f"{question}{joint}as_of={at.isoformat().replace('+', '%2B')}")


BETWEEN = 50


def between(noted: Noted) -> Iterator[datetime]:
    took = noted.answered - noted.asked
    yield from (noted.asked + took * part / BETWEEN for part in range(1, BETWEEN))


def is_answered_as_it_was(service: Service, noted: Noted) -> None:
    """An answer that changed while it was asked for may be either of the two; or, where two things changed,
    the board and what it says, that of an instant between."""
    then = [as_of(service, noted.question, at) for at in (noted.asked, noted.answered)]
    assert [reply.status_code for reply in then] == [200, 200], then[0].text
    same = [reply for reply in then if reply.content == noted.reply.content]
    if not same:
        within = (as_of(service, noted.question, at) for at in between(noted))
        same = [reply for reply in within if reply.content == noted.reply.content]
    assert same, (noted.question, noted.reply.text, then[0].text)
    assert same[0].headers["etag"] == noted.reply.headers["etag"]
    recorded = canonical(*noted.question.partition("?")[::2]) is not None
    assert {reply.headers["otkel-as-served"] for reply in same} >= {"yes" if recorded else "unrecorded"}


class Life:
    """Everything that may happen to the records, as another process writes it, in a random order."""

    def __init__(self, service: Service, seed: int) -> None:
        self.service = service
        self.random = random.Random(seed)
        self.count = 0
        self.open: dict[str, int] = {}
        with service.edge.work() as work:
            self.official = an_official(work)[0]

    def act(self) -> None:
        acts: list[Callable[[Work], None]] = [self.publish, self.report, self.run, self.run]
        acts += [self.amend, self.withdraw] if self.open else []
        acts += [self.catalogue] if self.count % 7 == 6 else []
        self.count += 1
        with self.service.edge.work() as work:
            self.random.choice(acts)(work)
        self.service.look()

    def _fields(self, now: datetime) -> Any:
        soon = now + timedelta(seconds=self.random.uniform(0.2, 2))
        closure = a_closure(
            self.random.choice((ALFA, BRAVO, CHARLIE)),
            start=self.random.choice((now - HOUR, soon)),
            end=self.random.choice((None, soon + timedelta(seconds=1))),
        )
        told = {"publish_from": soon} if self.random.random() < 0.3 else {}
        told |= {"publish_until": soon + timedelta(seconds=1)} if self.random.random() < 0.3 else {}
        return a_notice(closure, headline=f"As told {self.count}", **told)

    def publish(self, work: Work) -> None:
        act = notices.publish(work, self.official, self._fields(work.now), idempotency_key=str(self.count))
        self.open[act.revision.notice_id] = 1

    def amend(self, work: Work) -> None:
        notice = self.random.choice([*self.open])
        notices.amend(
            work,
            self.official,
            notice,
            self._fields(work.now),
            expected=self.open[notice],
            idempotency_key=str(self.count),
        )
        self.open[notice] += 1

    def withdraw(self, work: Work) -> None:
        notice = self.random.choice([*self.open])
        notices.withdraw(
            work, self.official, notice, expected=self.open.pop(notice), idempotency_key=str(self.count)
        )

    def report(self, work: Work) -> None:
        seen = work.now - timedelta(minutes=self.random.uniform(0, 200))
        observations.report(
            work, self.official, an_observation(observed_at=seen), idempotency_key=str(self.count)
        )

    def run(self, work: Work) -> None:
        code = self.random.choice((ALFA, BRAVO))
        minutes = self.random.randrange(5, 300)
        run = a_run(an_advisory(code, minutes, at=work.now), at=work.now, ledger_seq=10**6 + self.count)
        assert advisories.record(work, run.model_copy(update={"component": code})) is not None

    def catalogue(self, work: Work) -> None:
        hours = f"{self.count % 24:02}:00-{self.count % 24:02}:30"
        crossings.load(work, {CHARLIE: a_crossing(CHARLIE, hours=hours, place=(40.90, 68.60))})


@pytest.mark.parametrize(
    ("database_url", "seed"), [("sqlite", 1), ("postgresql", 2)], indirect=["database_url"]
)
def test_whatever_came_since_every_answer_can_be_had_again_byte_for_byte(
    service: Service, database_url: str, tmp_path: Path, seed: int
) -> None:
    life, noted = Life(service, seed), []
    for _ in range(24):
        life.act()
        noted += [ask(service, question) for question in life.random.sample(QUESTIONS, 4)]
        time.sleep(life.random.choice((0, 0.05, 0.3)))
    other = Service.on(database_url, tmp_path / "other", **AT_REST)
    assert len({one.reply.headers["etag"] for one in noted}) > 40
    for one in noted:
        is_answered_as_it_was(service, one)
        is_answered_as_it_was(other, one)
    other.close()


@pytest.fixture
def official(service: Service) -> Actor:
    """Seen by the service, or their coming might change an answer while it is asked for."""
    with service.edge.work() as work:
        official, _ = an_official(work)
    service.look()
    return official


def close_alfa(service: Service, official: Actor, key: str = "k", **fields: Any) -> str:
    with service.edge.work() as work:
        act = notices.publish(
            work, official, a_notice(a_closure(ALFA, start=work.now - HOUR), **fields), idempotency_key=key
        )
    service.look()
    return act.revision.notice_id


def status_of_alfa(reply: httpx.Response) -> str:
    return str(reply.json()["status"])


ALFA_NOW = f"/v1/crossings/{ALFA}?{LANE}"


def test_a_closure_that_was_recorded_later_is_not_in_what_was_said_before(
    service: Service, official: Actor
) -> None:
    before = ask(service, ALFA_NOW)
    number = close_alfa(service, official)
    after = ask(service, ALFA_NOW)
    assert [status_of_alfa(one.reply) for one in (before, after)] == ["open", "closed"]
    assert status_of_alfa(as_of(service, ALFA_NOW, before.answered)) == "open"
    assert status_of_alfa(as_of(service, ALFA_NOW, after.asked)) == "closed"
    assert as_of(service, f"/v1/notices/{number}", before.answered).status_code == 404


def test_what_was_withdrawn_is_told_as_it_was_while_it_stood(service: Service, official: Actor) -> None:
    number = close_alfa(service, official)
    stood = [ask(service, question) for question in (ALFA_NOW, "/v1/notices", f"/v1/notices/{number}")]
    with service.edge.work() as work:
        notices.withdraw(work, official, number, expected=1, idempotency_key="w")
    service.look()
    assert status_of_alfa(service.get(ALFA_NOW)) == "open"
    for one in stood[:2]:
        is_answered_as_it_was(service, one)
    then = as_of(service, stood[2].question, stood[2].asked)
    assert then.content == stood[2].reply.content
    assert (then.json()["state"], then.headers["etag"]) == ("published", '"1"')
    assert service.body(f"/v1/notices/{number}")["state"] == "withdrawn"


def test_what_was_announced_for_later_is_in_what_was_said_from_its_hour_on(
    service: Service, official: Actor
) -> None:
    hour = datetime.now(UTC) + timedelta(seconds=1.5)
    close_alfa(service, official, publish_from=hour)
    before = ask(service, ALFA_NOW)
    service.eventually(lambda: status_of_alfa(service.get(ALFA_NOW)) == "closed")
    after = ask(service, ALFA_NOW)
    for one in (before, after):
        is_answered_as_it_was(service, one)
    assert status_of_alfa(as_of(service, ALFA_NOW, hour - timedelta(milliseconds=1))) == "open"
    assert status_of_alfa(before.reply) == "open"


def test_what_was_said_of_another_instant_can_be_asked_too(service: Service, official: Actor) -> None:
    before = datetime.now(UTC)
    close_alfa(service, official)
    question = f"{ALFA_NOW}&at={(before + HOUR).isoformat().replace('+', '%2B')}"
    assert status_of_alfa(service.get(question)) == "closed"
    assert status_of_alfa(as_of(service, question, before)) == "open"


@pytest.mark.parametrize(
    "path", ["/v1/notices", "/v1/notices/x", "/v1/crossings", ALFA_NOW, "/v1/advisories"]
)
def test_nobody_is_told_what_will_be_said(standing: Service, path: str) -> None:
    reply = as_of(standing, path, datetime.now(UTC) + HOUR)
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (422, "as_of")


def test_of_the_time_before_the_first_edition_it_is_told_what_had_been_announced_by_then(
    service: Service,
) -> None:
    with service.edge.work(now=NOON) as work:
        official, _ = an_official(work)
        notices.publish(work, official, a_notice(), idempotency_key="long ago")
    service.look()
    reply = as_of(service, "/v1/notices", NOON + HOUR)
    assert (reply.status_code, reply.headers["otkel-as-served"]) == (200, "unrecorded")
    assert [datetime.fromisoformat(one["published_at"]) for one in reply.json()["items"]] == [NOON]
    assert as_of(service, "/v1/notices", NOON - HOUR).json()["items"] == []


@pytest.mark.parametrize("path", ["/v1/crossings", ALFA_NOW, "/v1/advisories"])
def test_of_the_time_before_the_first_edition_nothing_is_made_up(standing: Service, path: str) -> None:
    reply = as_of(standing, path, datetime.now(UTC) - 1000 * HOUR)
    assert (reply.status_code, reply.json()["type"]) == (404, "urn:otkel:problem:not-kept")
    assert "on record" in reply.json()["detail"]


@pytest.fixture(params=["/v1/notices", "/v1/crossings", f"/v1/crossings/{ALFA}", "/v1/advisories"])
def question(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def served(service: Service, noted: Noted) -> str:
    reply = as_of(service, noted.question, noted.answered)
    assert reply.content == noted.reply.content
    return str(reply.headers["otkel-as-served"])


def test_an_answer_says_whether_it_is_what_was_served(service: Service, question: str) -> None:
    noted = ask(service, question)
    service.eventually(lambda: served(service, ask(service, question)) == "yes")
    with service.edge.work() as work:
        work.session.connection().execute(text("update served set etag = 'another'"))
    assert served(service, noted) == "no"
    with service.edge.work() as work:
        work.session.connection().execute(text("delete from served"))
    assert served(service, noted) == "unrecorded"


def test_whoever_noted_an_etag_can_have_it_confirmed_by_it(service: Service, official: Actor) -> None:
    noted = ask(service, "/v1/crossings")
    close_alfa(service, official)
    at = noted.answered.isoformat()
    known = {"If-None-Match": noted.reply.headers["etag"]}
    assert service.get("/v1/crossings", known, as_of=at).status_code == 304
    assert service.get("/v1/crossings", known).status_code == 200


def test_an_answer_as_geojson_is_the_same_too_and_its_etag_is_not_on_record(service: Service) -> None:
    geojson = {"Accept": "application/geo+json"}
    first = service.get("/v1/crossings", geojson)
    again = service.get("/v1/crossings", geojson, as_of=datetime.now(UTC).isoformat())
    assert again.content == first.content
    assert again.headers["otkel-as-served"] == "unrecorded"


def test_answers_of_the_past_do_not_go_onto_the_shelf(service: Service) -> None:
    before = service.keeper.current.shelf.find(("/v1/notices", b"", b"", b""), 0)
    reply = as_of(service, "/v1/notices", datetime.now(UTC))
    query = reply.request.url.query
    assert before is None
    accept = reply.request.headers["accept"].encode()
    assert service.keeper.current.shelf.find(("/v1/notices", query, accept, b""), time.time()) is None


def test_more_questions_about_the_past_than_can_wait_are_refused_for_a_moment(service: Service) -> None:
    at = datetime.now(UTC).isoformat()
    go = threading.Event()

    async def hold() -> None:
        await service.keeper.past.in_turn(go.wait)

    with ThreadPoolExecutor(MOST_ASKING + 4) as pool:
        holding = pool.submit(service.portal.call, hold)
        asked = [pool.submit(service.get, "/v1/notices", None, as_of=at) for _ in range(MOST_ASKING + 2)]
        service.eventually(lambda: sum(one.done() for one in asked) == 3)
        refused = [one.result() for one in asked if one.done()]
        assert {reply.status_code for reply in refused} == {503}
        assert {reply.headers["retry-after"] for reply in refused} == {"2"}
        assert service.get("/v1/notices").status_code == 200
        go.set()
        assert holding.result() is None
        assert sorted(one.result().status_code for one in asked) == [200] * (MOST_ASKING - 1) + [503] * 3


def unwritable(service: Service) -> None:
    with service.edge.work() as work:
        for table in ("served", "edition"):
            work.session.connection().execute(text(f"alter table {table} rename to {table}_away"))


def writable(service: Service) -> None:
    with service.edge.work() as work:
        for table in ("served", "edition"):
            work.session.connection().execute(text(f"alter table {table}_away rename to {table}"))


def test_what_cannot_be_written_down_does_not_stop_reading_and_is_written_down_later(
    service: Service, official: Actor
) -> None:
    service.keeper.register.write()
    unwritable(service)
    number = close_alfa(service, official)
    noted = ask(service, "/v1/crossings")
    time.sleep(0.3)
    assert service.get(f"/v1/notices/{number}").status_code == 200
    assert noted.reply.json()["stale"] is False
    writable(service)
    service.eventually(lambda: served(service, noted) == "yes")
