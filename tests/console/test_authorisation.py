"""Who gets through at the console: every route of it, and everybody who might try.

The table of routes is the application's own, so a page that is added is tried here without being named. On
one database: who is let through is decided before any other is asked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from services.api.console.visiting import BASE, PRACTICE
from services.api.policy import ANYBODY, POLICIES, is_console
from services.core import access, notices
from services.core.access import Method, Right, Role
from services.core.access.roles import ONLY_BY_PASSKEY, RIGHTS
from services.core.crossings import Side
from tests.api.service import Service
from tests.console.desk import DATA, OURS, Desk, at_the_desk
from tests.makers import ALFA, BRAVO, CHARLIE, a_closure, a_notice, an_official

GUARDED = {route: needed for route, needed in POLICIES.items() if is_console(route[1]) and needed != ANYBODY}
"""Signing out is left to `test_entering`: whoever tried it here would be out for what follows."""
del GUARDED["POST", "/console/sign-out"]

SLOW = {("GET", f"{base}/drafts/{{draft_id}}/effects") for base in (BASE, PRACTICE)}
"""Takes seconds to reckon once one is let through, which `test_deciding` sees."""

NAMES = (f"Trying {number}" for number in count(1))

PAST_THE_GATE = (
    "sign this with your passkey",
    "with a passkey only",
    "nobody locks themselves out",
    "another official approves",
)
"""What is said to somebody who may do it, and does not do it as it is done."""


pytestmark = pytest.mark.parametrize("console", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def things(console: Service) -> dict[str, str]:
    """What the routes are tried on: a notice and a draft of an Uzbek official's about two crossings."""
    now = datetime.now(UTC)
    narrow = a_notice(a_closure(ALFA, BRAVO, start=now, sides=(Side.UZ,)))
    wide = a_notice(a_closure(ALFA, BRAVO, CHARLIE, start=now))
    with console.edge.work() as work:
        owner, key = an_official(work, next(NAMES))
        notice = notices.publish(work, owner, narrow, idempotency_key="n").revision
        draft = notices.submit(work, owner, wide, idempotency_key="d")
    console.look()
    return {
        "notice_id": notice.notice_id,
        "draft_id": draft.id,
        "official_id": owner.official.id,
        "key_id": key.id,
        "proposal_id": "none",
        "decision": "grant",
        "passkey_id": "none",
    }


def tried(desk: Desk, method: str, path: str, things: dict[str, str]) -> httpx.Response:
    headers = {**desk.headers, **OURS, **DATA}
    address = path.format(**things)
    if method == "GET":
        return desk.service.get(address, headers)
    if path in ("/console/me/passkeys",):
        return desk.service.post(address, headers, json={})
    fields = "version=1&expected=1&step=withdraw&note=Why&confirm=ALFA&what=invite&kind=count"
    return desk.service.post(
        address, {**headers, "content-type": "application/x-www-form-urlencoded"}, content=fields
    )


def passed(reply: httpx.Response) -> bool:
    if reply.status_code not in (401, 403):
        return True
    return any(words in reply.json()["detail"] for words in PAST_THE_GATE)


def nobody(console: Service) -> Desk:
    return Desk(console)


def a_session_that_never_was(console: Service) -> Desk:
    return Desk(console, token="0123456789")


def disabled(console: Service) -> Desk:
    desk = at_the_desk(console, next(NAMES))
    assert desk.official is not None
    with console.edge.work() as work:
        access.disable(work, desk.official.name)
    return desk


def signed_out(console: Service) -> Desk:
    desk = at_the_desk(console, next(NAMES))
    with console.edge.work() as work:
        access.sessions.end(work, desk.token)
    return desk


def expired(console: Service) -> Desk:
    desk = at_the_desk(console, next(NAMES))
    assert desk.official is not None
    with console.edge.work(now=datetime.now(UTC) - timedelta(hours=1)) as work:
        desk.token = access.sessions.begin(work, desk.official, Method.PASSKEY)
    return desk


def with_a_machines_key(console: Service) -> Desk:
    """A key opens `/v1`, and nothing here."""
    desk = Desk(console)
    with console.edge.work() as work:
        _, key = an_official(work, next(NAMES))
    desk.token = str(key)
    return desk


@pytest.mark.parametrize(
    "who", [nobody, a_session_that_never_was, disabled, signed_out, expired, with_a_machines_key]
)
def test_nobody_who_is_not_signed_in_gets_through_anywhere(
    console: Service,
    things: dict[str, str],
    caplog: pytest.LogCaptureFixture,
    who: Callable[[Service], Desk],
) -> None:
    desk = who(console)
    rows = console.rows()
    with caplog.at_level(logging.WARNING, "otkel.audit"):
        for route in GUARDED:
            assert tried(desk, *route, things).status_code == 401, route
    assert console.rows() == rows
    assert len([line for line in caplog.records if line.name == "otkel.audit"]) == len(GUARDED)


@pytest.mark.parametrize("method", [Method.PASSKEY, Method.PASSWORD])
@pytest.mark.parametrize("role", sorted(Role))
def test_a_role_opens_what_its_rights_say_and_nothing_else(
    console: Service,
    things: dict[str, str],
    caplog: pytest.LogCaptureFixture,
    role: Role,
    method: Method,
) -> None:
    desk = at_the_desk(console, next(NAMES), roles=(role,), method=method)
    rights = RIGHTS[role] - (ONLY_BY_PASSKEY if method is Method.PASSWORD else frozenset())
    forbidden = [
        route for route, needed in GUARDED.items() if isinstance(needed, Right) and needed not in rights
    ]
    before = console.rows()
    with caplog.at_level(logging.WARNING, "otkel.audit"):
        for route in forbidden:
            told = len(caplog.records)
            assert tried(desk, *route, things).status_code == 403, route
            assert len(caplog.records) == told + 1, route
    assert console.rows() == before
    for route in GUARDED.keys() - set(forbidden) - SLOW:
        assert passed(tried(desk, *route, things)), route


OWN_ONLY = ("/drafts/{draft_id}", "/notices/{notice_id}/", "/officials/{official_id}")
"""Beginnings of the routes, below the base, that are about something of somebody's."""

ELSEWHERE: dict[str, dict[str, Any]] = {
    "another state": {"country": Side.KZ},
    "another crossing": {"crossings": (CHARLIE,)},
    "too few crossings": {"crossings": (ALFA,)},
}


@pytest.mark.parametrize("where", ELSEWHERE)
def test_with_every_role_one_speaks_for_ones_own_only(
    console: Service, things: dict[str, str], where: str
) -> None:
    desk = at_the_desk(console, next(NAMES), **ELSEWHERE[where])
    rows = console.rows()
    for method, path in GUARDED:
        below = path.removeprefix(BASE)
        if not below.startswith(OWN_ONLY):
            continue
        if below.startswith("/officials") and where != "another state":
            continue  # administrators are those of a state, not of its crossings
        assert tried(desk, method, path, things).status_code in (403, 404), (method, path)
    assert console.rows() == rows


def test_every_notice_may_be_read_by_every_official(console: Service, things: dict[str, str]) -> None:
    desk = at_the_desk(console, next(NAMES), Side.KZ)
    assert desk.get(f"/notices/{things['notice_id']}").status_code == 200
