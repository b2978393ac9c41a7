"""Whatever is asked or announced: an answer or a problem with a type, never a failure of ours."""

from __future__ import annotations

import json
import string
from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta, timezone
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from services.core.crossings import Direction, Goods, Mode
from services.core.notices import NoticeRevision, What
from services.core.text import Language
from tests.api.service import Headers, Service, let_in
from tests.api.test_bad_input import check_problem
from tests.makers import ALFA, BRAVO, CHARLIE, LATE, NOON, RAIL, TASHKENT

fuzz = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

MINUTE = timedelta(minutes=1)
CODES = (ALFA, BRAVO, CHARLIE, RAIL)

nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
letters = st.text(st.characters(), max_size=40) | st.text(string.ascii_letters, min_size=1, max_size=400)
numbers = st.floats() | st.integers() | st.sampled_from([0, -0.0, 1e308, 5e-324, 10**400])
instants = (
    st.datetimes().map(lambda at: at.isoformat() + "Z")
    | st.datetimes().map(lambda at: at.isoformat() + "+14:00")
    | st.sampled_from(
        [
            "2026-03-10T12:00:00+05:00",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "2026-03-10",
            "",
        ]
    )
    | st.integers()
)
rules = st.sampled_from(
    [
        "24/7",
        "08:00-20:00",
        "sunrise-sunset",
        "PH off",
        "Mo-Fr 22:00-06:00",
        "Su off",
        "2026 Mar 1-31 09:00-13:00",
    ]
)
lines = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=60).filter(str.strip)
days = st.integers(0, 106 * 365 * 24 * 60).map(lambda minute: NOON.replace(year=1992) + minute * MINUTE)
zones = st.sampled_from([UTC, TASHKENT, timezone(timedelta(hours=-12))])


def some(values: Iterable[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from([*values]), max_size=3)


@st.composite
def windows(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(days)
    window: dict[str, Any] = {"start": start.astimezone(draw(zones)).isoformat()}
    if draw(st.booleans()):
        later = start + draw(st.integers(1, 400_000)) * MINUTE
        window |= {"end": later.isoformat(), "end_is": draw(st.sampled_from(["known", "announced"]))}
    if draw(st.integers(0, 9)) == 9:
        window["recurs"] = draw(rules)
    return window


NEEDED_BY: dict[What, dict[str, st.SearchStrategy[Any]]] = {
    What.HOURS: {"hours": rules},
    What.RESTRICTED: {"capacity_share": st.none() | st.floats(0, 1)},
    What.DELAY: {"delay_minutes": st.none() | st.floats(0, 20160)},
}
selectors = st.fixed_dictionaries(
    {},
    optional={
        "crossings": some(CODES),
        "sides": st.sampled_from([[], ["uz"]]),
        "modes": some(Mode),
        "directions": some(Direction),
        "citizens": some(("UZ", "KZ")),
        "citizens_except": some(("UZ",)),
        "mass_over_t": st.floats(0, 10),
        "goods": some(Goods),
        "transit": st.booleans(),
    },
)
effects = st.sampled_from(What).flatmap(
    lambda what: st.fixed_dictionaries(
        {"what": st.just(what), "window": windows(), "selector": selectors, **NEEDED_BY.get(what, {})}
    )
)
texts = st.dictionaries(
    st.sampled_from(Language),
    st.fixed_dictionaries({"headline": lines}, optional={"body": lines}),
    min_size=1,
)
whole = st.fixed_dictionaries(
    {"authority": lines, "effects": st.lists(effects, min_size=1, max_size=3), "texts": texts},
    optional={
        "cause": lines,
        "alternatives": some(CODES),
        "publish_until": windows().map(lambda it: it["start"]),
    },
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every list or table in a document with each key in it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in inner:
        yield value, key
        yield from places(held)


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """A notice in which one thing is something else."""
    notice = draw(whole)
    holder, key = draw(st.sampled_from([*places(notice)]))
    holder[key] = draw(nonsense | letters | numbers | instants)
    return notice


@pytest.fixture(scope="module")
def aziza(standing: Service) -> Headers:
    return let_in(standing.edge)


@fuzz
@given(body=st.sampled_from([whole, spoilt(), spoilt(), nonsense]).flatmap(lambda kind: kind))
def test_any_notice_is_taken_whole_or_refused_whole(standing: Service, aziza: Headers, body: Any) -> None:
    headers = {**aziza, "Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    headers["Otkel-Emergency"] = LATE
    reply = standing.post("/v1/notices", headers, content=json.dumps(body).encode("utf-8", "surrogatepass"))
    taken = reply.status_code == 201
    event("taken" if taken else "refused")
    assert standing.rows()["notice_revision"] == taken
    if not taken:
        check_problem(reply)
        return
    for path in (ALFA, f"{BRAVO}/timeline", f"{CHARLIE}/alternatives"):
        assert standing.get(f"/v1/crossings/{path}?mode=car&direction=to-kz").status_code == 200
    with standing.edge.work() as work:  # so that the next one stands alone
        work.session.connection().execute(delete(NoticeRevision))


READERS = pytest.mark.parametrize("standing_url", ["sqlite"], indirect=True)
"""Reading asks no database anything, tests/api/test_queries.py says: one is as good as the other."""

PATHS = [
    "/v1/crossings",
    f"/v1/crossings/{BRAVO}",
    f"/v1/crossings/{BRAVO}/timeline",
    f"/v1/crossings/{BRAVO}/outlook",
    f"/v1/crossings/{BRAVO}/alternatives",
    "/v1/trips",
    "/v1/advisories",
    "/v1/accuracy",
    "/v1/notices",
]
words = letters | instants.map(str) | numbers.map(str)
points = st.tuples(numbers, numbers).map(lambda pair: f"{pair[0]},{pair[1]}")
asked = {
    "mode": st.sampled_from([*Mode, "", "CAR"]),
    "direction": st.sampled_from([*Direction, "up"]),
    "at": instants.map(str),
    "from": instants.map(str) | points | st.sampled_from(["tashkent", "shymkent", "chirchiq"]),
    "to": instants.map(str) | points | st.sampled_from(["tashkent", "shymkent", "almaty"]),
    "citizenship": st.sampled_from(["UZ", "kz", "DE", "U", "ÜZ"]),
    "vehicle_mass_t": numbers.map(str),
    "plate": st.sampled_from(["UZ", "K"]),
    "goods": st.sampled_from([*Goods, "gold"]),
    "transit": st.sampled_from(["true", "no", "perhaps"]),
    "lang": st.sampled_from([*Language, "tlh"]),
    "q": letters,
    "near": points | letters,
    "state": st.sampled_from(["open", "closed", "ajar"]),
    "in_force": st.sampled_from(["true", "0", "x"]),
    "as_of": instants.map(str),
    "depart": instants.map(str),
    "horizon_hours": st.sampled_from(["1", "72", "5"]) | numbers.map(str),
    "crossing": st.sampled_from([*CODES, "nowhere"]) | letters,
}


def queries() -> st.SearchStrategy[str]:
    """Mostly parameters that are known, in any order and number; sometimes anything."""
    pair = st.sampled_from([*asked]).flatmap(
        lambda name: st.tuples(
            st.just(name), st.integers(0, 9).flatmap(lambda n: asked[name] if n else words)
        )
    )
    known = st.lists(pair, max_size=4).map(lambda pairs: [("mode", "car"), ("direction", "to-kz"), *pairs])
    free = st.lists(st.tuples(letters, words), max_size=3)
    written = (known | st.lists(pair, max_size=4) | free).map(
        lambda pairs: urlencode([(k, v) for k, v in pairs], errors="surrogatepass")
    )
    return written | st.text(st.characters(codec="ascii"), max_size=30).map(
        lambda text: quote(text, safe="&=%")
    )


@READERS
@pytest.mark.parametrize("path", PATHS)
@fuzz
@given(query=queries())
def test_any_question_has_an_answer_or_a_problem(standing: Service, path: str, query: str) -> None:
    reply = standing.get(f"{path}?{query}")
    if reply.status_code == 200:
        assert reply.json().keys() >= {"as_of", "board", "stale", "valid_until"}
    else:
        check_problem(reply)


@READERS
@fuzz
@given(path=st.text(st.characters(), max_size=20), rest=st.sampled_from(["", "/timeline", "/nothing", "/"]))
def test_any_path_has_an_answer_or_a_problem(standing: Service, path: str, rest: str) -> None:
    for start in ("/v1/crossings/", "/v1/notices/", "/v1/"):
        reply = standing.get(f"{start}{quote(path, errors='surrogatepass')}{rest}?mode=car&direction=to-kz")
        if reply.status_code not in (200, 307):
            check_problem(reply)
