"""What cannot be taken is refused as a problem that names the field, and leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.api.service import Headers, Service, let_in
from tests.makers import ALFA, HOUR, NOON, RAIL, a_notice, an_observation, as_asked

GOOD = as_asked(a_notice())
EFFECT = GOOD["effects"][0]
WINDOW = EFFECT["window"]
SEEN = as_asked(an_observation())
TYPES = {
    400: "malformed header-required",
    401: "unidentified",
    403: "forbidden",
    404: "not-found not-kept",
    405: "method-not-allowed",
    409: "conflict",
    412: "outdated",
    413: "too-large",
    422: "invalid idempotency-key-reused",
    428: "header-required",
    429: "too-many",
    503: "unavailable",
}
"""The types that a status may have."""


def check_problem(reply: httpx.Response) -> Mapping[str, Any]:
    """The body, which is a whole problem and nothing else."""
    assert 400 <= reply.status_code < 500, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["cache-control"] == "no-store"
    problem: Mapping[str, Any] = reply.json()
    assert problem.keys() <= {"type", "title", "status", "detail", "errors", "field"}
    kind = problem["type"].removeprefix("urn:otkel:problem:")
    assert kind in TYPES[reply.status_code].split()
    assert problem["status"] == reply.status_code
    assert problem["title"]
    assert all(error.keys() == {"field", "message"} for error in problem.get("errors", ()))
    return problem


def fields(reply: httpx.Response) -> list[str]:
    problem = check_problem(reply)
    return [problem["field"]] if "field" in problem else [error["field"] for error in problem["errors"]]


@pytest.fixture(scope="module")
def aziza(standing: Service) -> Headers:
    return {**let_in(standing.edge), "Idempotency-Key": "bad"}


@pytest.fixture
def nothing_stored(standing: Service) -> Iterator[None]:
    before = standing.rows()
    yield
    assert standing.rows() == before


def effect(**changes: Any) -> dict[str, Any]:
    return {"effects": [{**EFFECT, **changes}]}


def selector(**changes: Any) -> dict[str, Any]:
    return effect(selector={**EFFECT["selector"], **changes})


def window(**changes: Any) -> dict[str, Any]:
    return effect(window={**WINDOW, **changes})


def hours(rule: Any) -> dict[str, Any]:
    return effect(what="hours", hours=rule)


def delay(minutes: Any) -> dict[str, Any]:
    return effect(what="delay", delay_minutes=minutes)


NOON_TEXT = NOON.isoformat()

SENTENCES: list[tuple[str, dict[str, Any], str]] = [
    ("an unknown mode", selector(modes=["hovercraft"]), "effects.0.selector.modes.0"),
    ("an unknown direction", selector(directions=["up"]), "effects.0.selector.directions.0"),
    ("an unknown side", selector(sides=["kg"]), "effects.0.selector.sides.0"),
    ("an unknown crossing", selector(crossings=[ALFA, "nowhere"]), "effects.0.selector.crossings.1"),
    ("no code of a crossing", selector(crossings=["No Where"]), "effects.0.selector.crossings.0"),
    ("an unknown alternative", {"alternatives": ["nowhere"]}, "alternatives.0"),
    ("a state of three letters", selector(citizens=["UZB"]), "effects.0.selector.citizens.0"),
    ("a mass of nobody", selector(mass_over_t=5, mass_up_to_t=3), "effects.0.selector.mass_up_to_t"),
    ("a negative mass", selector(mass_over_t=-1), "effects.0.selector.mass_over_t"),
    ("a naive time", window(start="2026-03-10T12:00:00"), "effects.0.window.start"),
    ("no time", window(start="soon"), "effects.0.window.start"),
    ("the thirtieth of February", window(start="2026-02-30T12:00:00Z"), "effects.0.window.start"),
    ("the year 9999", window(start="9999-12-31T23:59:59-05:00"), "effects.0.window.start"),
    ("the year 1", window(start="0001-01-01T00:00:00+05:00"), "effects.0.window.start"),
    ("an end before the start", window(end="2026-03-09T12:00:00Z", end_is="known"), "effects.0.window.end"),
    ("an end at the start", window(end=WINDOW["start"], end_is="known"), "effects.0.window.end"),
    ("an end of no kind", window(end="2026-03-11T12:00:00Z"), "effects.0.window.end_is"),
    ("a kind of no end", window(end_is="known"), "effects.0.window.end_is"),
    ("an unknown effect", effect(what="exploded"), "effects.0.what"),
    ("no effects", {"effects": []}, "effects"),
    ("fifty-one effects", {"effects": [EFFECT] * 51}, "effects"),
    ("a share of a closure", effect(capacity_share=0.5), "effects.0.capacity_share"),
    ("a share above all", effect(what="restricted", capacity_share=1.5), "effects.0.capacity_share"),
    ("hours of no rule", effect(what="hours"), "effects.0.hours"),
    ("hours of February 30", hours("Feb 30 08:00-20:00"), "effects.0.hours"),
    ("hours past counting", hours("08:00-99:00"), "effects.0.hours"),
    ("hours in words", hours("in the morning"), "effects.0.hours"),
    ("hours of nothing", hours(""), "effects.0.hours"),
    ("hours without end", hours("08:00+"), "effects.0.hours"),
    ("hours of 501 letters", hours("Mo 08:00-09:00; " * 40), "effects.0.hours"),
    ("a rule that recurs at no time", window(recurs="25:00-26:00"), "effects.0.window.recurs"),
    ("a delay of no number", delay(float("nan")), "effects.0.delay_minutes"),
    ("a delay for ever", delay(float("inf")), "effects.0.delay_minutes"),
    ("a delay of minus for ever", delay(float("-inf")), "effects.0.delay_minutes"),
    ("a delay of a month", delay(31 * 24 * 60), "effects.0.delay_minutes"),
    ("NUL in a text", {"authority": "Customs\0"}, "authority"),
    ("a lone surrogate in a text", {"authority": "\ud800"}, "authority"),
    ("a word turned around", {"texts": {"en": {"headline": "abc\u202edef"}}}, "texts.en.headline"),
    ("two lines for one", {"texts": {"en": {"headline": "abc\ndef"}}}, "texts.en.headline"),
    ("nothing for a line", {"texts": {"en": {"headline": "  "}}}, "texts.en.headline"),
    ("a headline of 10,000", {"texts": {"en": {"headline": "a" * 10_000}}}, "texts.en.headline"),
    ("a body of 8,001", {"texts": {"en": {"headline": "a", "body": "a" * 8001}}}, "texts.en.body"),
    ("no texts", {"texts": {}}, "texts"),
    ("an unknown language", {"texts": {"tlh": {"headline": "a"}}}, "texts.tlh.[key]"),
    ("an unknown field", {"urgent": True}, "urgent"),
    ("an unknown field within", effect(urgent=True), "effects.0.urgent"),
    ("a number for a text", {"authority": 5}, "authority"),
    ("null for a list", {"effects": None}, "effects"),
    ("old news before it is news", {"publish_from": NOON_TEXT, "publish_until": NOON_TEXT}, "publish_until"),
    ("news of the year 10000", {"publish_from": "9999-12-31T23:59:59-05:00"}, "publish_from"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [(changes, field) for _, changes, field in SENTENCES],
    ids=[it[0] for it in SENTENCES],
)
def test_a_notice_that_says_something_impossible_is_refused_by_its_field(
    standing: Service, aziza: Headers, nothing_stored: None, changes: dict[str, Any], field: str
) -> None:
    body = json.dumps({**GOOD, **changes}).encode()
    reply = standing.post("/v1/notices", {**aziza, "Content-Type": "application/json"}, content=body)
    assert reply.status_code == 422
    assert fields(reply) == [field]


@pytest.mark.parametrize("missing", ["authority", "effects", "texts"])
def test_what_a_notice_needs_is_named(
    standing: Service, aziza: Headers, nothing_stored: None, missing: str
) -> None:
    reply = standing.post("/v1/notices", aziza, json={k: v for k, v in GOOD.items() if k != missing})
    assert fields(reply) == [missing]


BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 422),
    "null": (b"null", 422),
    "a list": (b"[]", 422),
    "a string": (b'"closed"', 422),
    "cut off": (json.dumps(GOOD).encode()[:-1], 400),
    "two": (b"{} {}", 400),
    "not UTF-8": (b'{"authority": "\xff"}', 400),
    "deep lists": (b"[" * 60_000, 400),
    "deep objects": (b'{"a":' * 10_000, 400),
    "deep and whole": (b'{"effects":' + b"[" * 20_000 + b"]" * 20_000 + b"}", 400),
    "a number of 5,000 digits": (b'{"effects": ' + b"1" * 5000 + b"}", 400),
    "a surrogate for a name": (b'{"\\ud800": 1}', 422),
    "1e999": (json.dumps({**GOOD, **delay(1)}).replace('minutes": 1', 'minutes": 1e999').encode(), 422),
    "NaN": (json.dumps({**GOOD, **delay(float("nan"))}).encode(), 422),
    "too much": (json.dumps({**GOOD, "cause": "a" * 66_000}).encode(), 413),
    "far too much": (b'{"authority": "' + b"a" * 20_000_000 + b'"}', 413),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_notice_is_refused(
    standing: Service, aziza: Headers, nothing_stored: None, name: str
) -> None:
    body, status = BODIES[name]
    reply = standing.post("/v1/notices", {**aziza, "Content-Type": "application/json"}, content=body)
    assert reply.status_code == status
    check_problem(reply)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "x", ""]
)
def test_a_body_of_another_kind_is_refused(
    standing: Service, aziza: Headers, nothing_stored: None, kind: str
) -> None:
    reply = standing.post("/v1/notices", {**aziza, "Content-Type": kind}, content=json.dumps(GOOD).encode())
    assert reply.status_code == 422
    assert fields(reply) == ["body"]


@pytest.mark.parametrize(
    ("headers", "status", "field"),
    [
        ({"Idempotency-Key": None}, 400, "Idempotency-Key"),
        ({"Idempotency-Key": ""}, 422, "Idempotency-Key"),
        ({"Idempotency-Key": "k" * 201}, 422, "Idempotency-Key"),
        ({"Idempotency-Key": "ключ"}, 422, "Idempotency-Key"),
        ({"Idempotency-Key": "a\tb"}, 422, "Idempotency-Key"),
        ({"If-Match": None}, 428, "If-Match"),
        ({"If-Match": "*"}, 422, "If-Match"),
        ({"If-Match": ""}, 422, "If-Match"),
        ({"If-Match": '"one"'}, 422, "If-Match"),
        ({"If-Match": '"-1"'}, 422, "If-Match"),
        ({"If-Match": '"²"'}, 422, "If-Match"),
        ({"If-Match": '"1", "2"'}, 422, "If-Match"),
        ({"If-Match": '"' + "9" * 5000 + '"'}, 422, "If-Match"),
        ({"Otkel-Reason": "\x07"}, 422, "Otkel-Reason"),
        ({"Otkel-Reason": "r" * 301}, 422, "Otkel-Reason"),
        ({"Otkel-Reason": "\xff"}, 422, "Otkel-Reason"),
    ],
)  # fmt: skip
def test_headers_that_cannot_be_meant_are_refused_by_name(
    standing: Service,
    aziza: Headers,
    nothing_stored: None,
    headers: dict[str, str | None],
    status: int,
    field: str,
) -> None:
    given = {**aziza, "If-Match": '"1"', **headers}
    latin = "Otkel-Reason" in headers
    sent = [
        (name.encode(), value.encode("latin-1" if latin else "utf-8"))
        for name, value in given.items()
        if value is not None
    ]
    reply = standing.ask("PUT", "/v1/notices/any", json=GOOD, headers=sent)
    assert reply.status_code == status
    assert fields(reply) == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"crossing": "nowhere"}, "crossing"),
        ({"crossing": RAIL}, "mode"),
        ({"mode": "hovercraft"}, "mode"),
        ({"observed_at": "2026-03-10T12:00:00"}, "observed_at"),
        ({"observed_at": "0001-01-01T00:00:00+05:00"}, "observed_at"),
        ({"observed_at": "9999-12-31T23:59:59-05:00"}, "observed_at"),
        ({"observed_at": (datetime.now(UTC) + HOUR).isoformat()}, "observed_at"),
        ({"wait_minutes": -1}, "wait_minutes"),
        ({"wait_minutes": float("nan")}, "wait_minutes"),
        ({"wait_minutes": 1e300}, "wait_minutes"),
        ({"wait_minutes": None}, "wait_minutes"),
        ({"queue": 5}, "queue"),
        ({"kind": "count", "wait_minutes": None, "queue": 10**30}, "queue"),
        ({"kind": "moving"}, "wait_minutes"),
        ({"method": "by\0eye"}, "method"),
        ({"lineage": "\ud800"}, "lineage"),
        ({"weather": "rain"}, "weather"),
    ],
)
def test_an_observation_that_cannot_be_true_is_refused_by_its_field(
    standing: Service, aziza: Headers, nothing_stored: None, changes: dict[str, Any], field: str
) -> None:
    body = json.dumps({**SEEN, **changes}).encode()
    reply = standing.post("/v1/observations", {**aziza, "Content-Type": "application/json"}, content=body)
    assert reply.status_code == 422
    assert fields(reply) == [field]


LANE = "mode=car&direction=to-kz"
QUESTIONS = [
    ("/v1/crossings?mode=hovercraft", "mode"),
    ("/v1/crossings?direction=up", "direction"),
    ("/v1/crossings?mode=", "mode"),
    ("/v1/crossings?Mode=car", "Mode"),
    ("/v1/crossings?moed=car", "moed"),
    ("/v1/crossings?at=2026-03-10T12:00:00", "at"),
    ("/v1/crossings?at=yesterday", "at"),
    ("/v1/crossings?at=", "at"),
    ("/v1/crossings?at=0001-01-01T00:00:00%2B05:00", "at"),
    ("/v1/crossings?at=9999-12-31T23:59:59-05:00", "at"),
    ("/v1/crossings?at=1e999", "at"),
    ("/v1/crossings?citizenship=UZB", "citizenship"),
    ("/v1/crossings?citizenship=%D0%A3%D0%97", "citizenship"),
    ("/v1/crossings?vehicle_mass_t=NaN", "vehicle_mass_t"),
    ("/v1/crossings?vehicle_mass_t=Infinity", "vehicle_mass_t"),
    ("/v1/crossings?vehicle_mass_t=1e999", "vehicle_mass_t"),
    ("/v1/crossings?vehicle_mass_t=0", "vehicle_mass_t"),
    ("/v1/crossings?vehicle_mass_t=heavy", "vehicle_mass_t"),
    ("/v1/crossings?plate=U", "plate"),
    ("/v1/crossings?goods=gold", "goods"),
    ("/v1/crossings?transit=perhaps", "transit"),
    ("/v1/crossings?lang=tlh", "lang"),
    ("/v1/crossings?near=NaN,69", "near"),
    ("/v1/crossings?near=Infinity,69", "near"),
    ("/v1/crossings?near=41,1e999", "near"),
    ("/v1/crossings?near=91,69", "near"),
    ("/v1/crossings?near=41", "near"),
    ("/v1/crossings?near=here", "near"),
    ("/v1/crossings?q=", "q"),
    ("/v1/crossings?q=%00", "q"),
    (f"/v1/crossings?q={'a' * 301}", "q"),
    ("/v1/crossings?state=open", "state"),
    (f"/v1/crossings?state=ajar&{LANE}", "state"),
    ("/v1/crossings?state=closed&mode=car", "state"),
    (f"/v1/crossings/{ALFA}?near=41,69", "near"),
    (f"/v1/crossings/{ALFA}/timeline", "mode"),
    (f"/v1/crossings/{ALFA}/timeline?{LANE}&from=2026-03-10", "from"),
    (f"/v1/crossings/{ALFA}/timeline?{LANE}&to=2026-03-10T12:00:00", "to"),
    (f"/v1/crossings/{ALFA}/outlook?mode=car", "direction"),
    (f"/v1/crossings/{ALFA}/alternatives?{LANE}&from=%00", "from"),
    ("/v1/notices?in_force=maybe", "in_force"),
    ("/v1/notices?as_of=2026", "as_of"),
    (f"/v1/notices?crossing={'a' * 61}", "crossing"),
    ("/v1/notices?mode=car", "mode"),
    ("/v1/advisories?mode=hovercraft", "mode"),
    ("/v1/advisories?at=2026-03-10T12:00:00Z", "at"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "field"), QUESTIONS)
def test_a_question_that_cannot_be_meant_is_refused_by_its_parameter(
    standing: Service, question: str, field: str
) -> None:
    reply = standing.get(question)
    assert reply.status_code == 422
    assert field in fields(reply)


def test_a_plus_in_an_instant_survives_the_query_string(standing: Service) -> None:
    asked = {"mode": "car", "direction": "to-kz"}
    written = standing.get(f"/v1/crossings?{LANE}&at=2026-03-10T12:00:00+05:00").json()
    assert written["items"] == standing.body("/v1/crossings", **asked, at=NOON.isoformat())["items"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/crossings", "GET"),
        ("POST", "/v1/advisories", "GET"),
        ("PATCH", "/v1/observations", "POST"),
    ],
)
def test_what_cannot_be_done_names_what_can(standing: Service, method: str, path: str, allowed: str) -> None:
    reply = standing.ask(method, path)
    assert (reply.status_code, reply.headers["allow"]) == (405, allowed)
    check_problem(reply)


@pytest.mark.parametrize("path", ["/v1/notices/%00", "/v1/notices/%ff%fe", "/v1/notices/" + "n" * 5000])
@pytest.mark.parametrize("act", ["", "/withdraw"])
def test_an_id_that_no_notice_can_have_is_not_found(
    standing: Service, aziza: Headers, nothing_stored: None, path: str, act: str
) -> None:
    headers = {**aziza, "If-Match": '"1"'}
    reply = standing.ask("POST" if act else "PUT", path + act, headers=headers, json=None if act else GOOD)
    assert reply.status_code == 404
    check_problem(reply)
