"""How long an answer may be repeated, by whom, and that none outlives what it says."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from services.api.shelf import FRESH_SECONDS, MOST_BYTES, Reply, Shelf, reply
from services.core import notices
from services.core.access import Actor
from services.core.notices import Effect, NoticeFields
from tests.api.service import Service, let_in
from tests.makers import ALFA, BRAVO, DAY, HOUR, LATE, NOON, a_closure, a_notice, an_official

CAR = {"mode": "car", "direction": "to-kz"}
READ = [
    "/v1/crossings",
    "/v1/crossings?mode=car&direction=to-kz",
    f"/v1/crossings/{ALFA}",
    f"/v1/crossings/{ALFA}/timeline?mode=car&direction=to-kz",
    f"/v1/crossings/{ALFA}/outlook?mode=car&direction=to-kz",
    f"/v1/crossings/{ALFA}/alternatives?mode=car&direction=to-kz",
    "/v1/advisories",
    "/v1/notices",
]
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what waits for seconds. Reading asks no database anything, tests/api/test_queries.py says."""


def max_age(reply: httpx.Response) -> int:
    scope, age, rest = reply.headers["cache-control"].split(", ")
    assert (scope, rest) == ("public", "must-revalidate")
    return int(age.removeprefix("max-age="))


def publish(service: Service, official: Actor, *effects: Effect, **fields: Any) -> None:
    """As another process would: this one has to find out."""
    with service.edge.work() as work:
        notices.publish(
            work, official, a_notice(*effects, **fields), idempotency_key=str(work.now), emergency=LATE
        )


@pytest.fixture
def official(service: Service) -> Actor:
    with service.edge.work() as work:
        return an_official(work)[0]


@pytest.mark.parametrize("path", READ)
def test_an_answer_may_be_repeated_for_five_seconds_and_then_asked_for_by_its_etag(
    standing: Service, path: str
) -> None:
    first = standing.get(path)
    assert 0 <= max_age(first) <= FRESH_SECONDS
    assert first.headers["vary"] == "accept, accept-encoding, accept-language"
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = standing.get(path, {"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert max_age(again) <= FRESH_SECONDS
    assert standing.get(path, {"If-None-Match": '"other"'}).content == first.content


@pytest.mark.parametrize("path", READ)
def test_an_answer_is_zipped_for_whoever_takes_it_zipped(standing: Service, path: str) -> None:
    plain = standing.get(path, {"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["content-length"] == str(len(plain.content))
    zipped = standing.get(path, {"Accept-Encoding": "br, gzip"})
    assert zipped.content == plain.content
    assert ("content-encoding" in zipped.headers) is (len(plain.content) >= 600)
    if "content-encoding" in zipped.headers:
        assert int(zipped.headers["content-length"]) == len(gzip.compress(plain.content, 6, mtime=0))


def test_an_answer_is_not_repeated_beyond_the_next_change(service: Service, official: Actor) -> None:
    turn = datetime.now(UTC) + timedelta(seconds=3)
    publish(service, official, a_closure(ALFA, start=turn))
    service.look()
    for path in READ[1:3]:
        reply = service.get(path)
        now = datetime.now(UTC)
        assert now + timedelta(seconds=max_age(reply)) <= turn
        assert datetime.fromisoformat(reply.json()["valid_until"]) == turn


def asked_through(service: Service, turn: datetime, path: str, **query: Any) -> Iterator[tuple[bool, Any]]:
    """The same question until after the turn, and then at least once: whether it was asked after it, and
    the answer."""
    asked = datetime.now(UTC)
    while asked < turn + timedelta(seconds=0.2):
        time.sleep(0.01)
        asked = datetime.now(UTC)
        yield asked >= turn, service.body(path, **query)


@ONE_DATABASE
def test_what_was_rendered_before_a_change_is_never_served_after_it(
    service: Service, official: Actor
) -> None:
    turn = datetime.now(UTC) + timedelta(seconds=2)
    publish(service, official, a_closure(ALFA, start=turn))
    service.look()
    seen = [
        (after, answer["status"])
        for after, answer in asked_through(service, turn, f"/v1/crossings/{ALFA}", **CAR)
    ]
    assert (False, "open") in seen
    assert {status for after, status in seen if after} == {"closed"}


@ONE_DATABASE
@pytest.mark.parametrize(
    ("times", "query", "before", "afterwards"),
    [
        ({"publish_until": 0.0}, {}, 1, 0),
        ({"start": 0.0}, {"in_force": "true"}, 0, 1),
        ({"start": -3600.0, "end": 0.0}, {"in_force": "true"}, 1, 0),
    ],
)
def test_the_list_of_notices_changes_at_its_instant(
    service: Service,
    official: Actor,
    times: dict[str, float],
    query: dict[str, str],
    before: int,
    afterwards: int,
) -> None:
    turn = datetime.now(UTC) + timedelta(seconds=2)
    given: dict[str, Any] = {name: turn + timedelta(seconds=seconds) for name, seconds in times.items()}
    told_until = {"publish_until": given.pop("publish_until")} if "publish_until" in given else {}
    publish(service, official, a_closure(ALFA, **given), **told_until)
    service.look()
    seen = [
        (after, len(answer["items"]))
        for after, answer in asked_through(service, turn, "/v1/notices", **query)
    ]
    assert (False, before) in seen
    assert {count for after, count in seen if after} == {afterwards}


def test_whoever_publishes_sees_it_in_the_next_answer(service: Service) -> None:
    aziza = let_in(service.edge)
    asked = partial(service.get, "/v1/crossings", **CAR)
    service.eventually(lambda: asked().content == asked().content)  # one may fall on the turn of a second
    before = asked()
    service.publish(a_notice(a_closure(ALFA, start=NOON)), aziza, "k")
    after = service.get("/v1/crossings", {"If-None-Match": before.headers["etag"]}, **CAR)
    assert after.status_code == 200
    assert after.json()["items"][0]["status"] == "closed"
    assert after.json()["board"] != before.json()["board"]


def test_what_another_process_wrote_is_seen_within_a_second(service: Service, official: Actor) -> None:
    assert service.body(f"/v1/crossings/{ALFA}", **CAR)["status"] == "open"
    publish(service, official, a_closure(ALFA, start=NOON))
    service.eventually(lambda: service.body(f"/v1/crossings/{ALFA}", **CAR)["status"] == "closed", within=1)


def test_two_accept_headers_do_not_leave_one_format_to_those_who_ask_for_the_other(standing: Service) -> None:
    geojson, anything = ("accept", "application/geo+json"), ("accept", "*/*")
    path = "/v1/crossings?lang=kk"
    for both in ([geojson, anything], [anything, geojson]):
        standing.ask("GET", path, headers=both)
        kinds = [
            standing.ask("GET", path, headers=[one]).headers["content-type"] for one in (geojson, anything)
        ]
        assert kinds == ["application/geo+json", "application/json"]


def test_a_question_in_other_words_is_another_answer(standing: Service) -> None:
    english, russian = (standing.get("/v1/crossings", lang=lang) for lang in ("en", "ru"))
    assert english.headers["etag"] != russian.headers["etag"]
    night, noon = (
        standing.body(f"/v1/crossings/{BRAVO}", **CAR, at=at.isoformat())["status"]
        for at in (NOON + 11 * HOUR, NOON)
    )
    assert (night, noon) == ("closed", "open")


def a_reply(*, now: float, until: float, size: int = 10) -> Reply:
    return reply(b"x" * size, "text/plain", now=now, until=until)


@pytest.mark.parametrize(
    ("until", "fresh"), [(100.0, 0), (100.9, 0), (101.0, 1), (104.99, 4), (105.0, 5), (700.0, 5), (99.0, 0)]
)
def test_what_a_reply_says_of_its_freshness_is_never_longer_than_it_holds(until: float, fresh: int) -> None:
    header = dict(a_reply(now=100.0, until=until).plain.headers)[b"cache-control"]
    assert header == f"public, max-age={fresh}, must-revalidate".encode()


@pytest.mark.parametrize(
    ("at", "found"), [(100.0, True), (600.0, True), (695.0, True), (695.1, False), (701.0, False)]
)
def test_the_shelf_gives_nothing_that_may_change_while_a_cache_repeats_it(at: float, found: bool) -> None:
    shelf, question = Shelf(), ("/", b"", b"", b"")
    shelf.put(question, a_reply(now=100.0, until=700.0))
    assert (shelf.find(question, at) is not None) is found


def test_a_full_shelf_is_emptied_for_what_is_asked_now() -> None:
    shelf = Shelf()
    size = 500_000
    for number in range(MOST_BYTES // size + 1):
        shelf.put((f"/{number}", b"", b"", b""), a_reply(now=0, until=1000, size=size))
    assert shelf.find(("/0", b"", b"", b""), 1) is None
    assert shelf.find((f"/{MOST_BYTES // size}", b"", b"", b""), 1) is not None


def test_a_reply_that_is_too_large_is_not_kept() -> None:
    shelf = Shelf()
    shelf.put(("/large", b"", b"", b""), a_reply(now=0, until=1000, size=2_000_000))
    assert shelf.find(("/large", b"", b"", b""), 1) is None


def test_an_answer_about_a_named_instant_is_still_changed_by_news(service: Service, official: Actor) -> None:
    path, at = f"/v1/crossings/{ALFA}", (NOON + DAY).isoformat()
    assert service.body(path, **CAR, at=at)["status"] == "open"
    publish(service, official, a_closure(ALFA, start=NOON))
    service.eventually(lambda: service.body(path, **CAR, at=at)["status"] == "closed", within=1)


def test_a_notice_has_no_reply_that_a_cache_may_keep(service: Service) -> None:
    aziza = let_in(service.edge)
    fields: NoticeFields = a_notice()
    published = service.publish(fields, aziza, "k")
    assert published.headers["cache-control"] == "no-store"
    assert service.get(published.headers["location"]).headers["cache-control"] == "no-cache"
