"""Who is let through: every route that asks for a right, and everybody who might try.

The table of routes is the application's own, so a route that is added is tried here without being named. On
one database: who is let through is decided before any other is asked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.api.main import create_app
from services.api.policy import POLICIES, NoPolicy, check, is_console
from services.core import access, crossings, notices
from services.core.access import KEY_LIFE, Right, Role
from services.core.access.roles import ONLY_IN_PERSON, RIGHTS
from services.core.crossings import Side
from services.core.errors import Invalid
from services.core.settings import Settings
from tests.api.service import Headers, Service, bearer
from tests.makers import ALFA, BRAVO, CHARLIE, a_border, a_closure, a_notice, an_official, as_asked

GUARDED = {
    route: right for route, right in POLICIES.items() if isinstance(right, Right) and not is_console(route[1])
}
"""The console's are tried in `tests/console`."""
OTHERS = sorted(set(Role), key=str)


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SLOW = {("POST", "/v1/notices/preview")}
"""Takes seconds to reckon once one is let through, which `test_previews` sees."""


@dataclass(frozen=True)
class Case:
    """What is tried: a route of `/v1`, with what it is tried on."""

    method: str
    path: str
    body: dict[str, Any] | None
    match: str


@pytest.fixture
def border(service: Service) -> Service:
    with service.edge.work() as work:
        crossings.load(work, a_border())
    return service


@pytest.fixture
def cases(border: Service) -> dict[tuple[str, str], Case]:
    """Every guarded route, on a notice and a draft about two crossings that are there to be changed."""
    now = datetime.now(UTC)
    narrow = a_notice(a_closure(ALFA, BRAVO, start=now, sides=(Side.UZ,)))
    wide = a_notice(a_closure(ALFA, BRAVO, CHARLIE, start=now))
    with border.edge.work() as work:
        owner, _ = an_official(work, "Owner")
        notice = notices.publish(work, owner, narrow, idempotency_key="n").revision
        draft = notices.submit(work, owner, wide, idempotency_key="d")
    border.look()
    names = {"notice_id": notice.notice_id, "draft_id": draft.id}
    bodies: dict[str, dict[str, Any] | None] = {
        "/v1/notices": as_asked(narrow),
        "/v1/notices/preview": as_asked(narrow),
        "/v1/notices/{notice_id}": as_asked(narrow),
        "/v1/drafts/{draft_id}/return": {"note": "Why?"},
    }
    return {
        (method, path): Case(method, path.format(**names), bodies.get(path), f'"{notice.revision}"')
        for method, path in GUARDED
    }


def tried(service: Service, case: Case, who: Headers) -> int:
    headers = {**who, "Idempotency-Key": "tried", "If-Match": case.match}
    return service.ask(case.method, case.path, headers=headers, json=case.body).status_code


def key_of(
    service: Service,
    *roles: Role,
    country: Side = Side.UZ,
    codes: tuple[str, ...] = (),
    at: datetime | None = None,
    then: Callable[[Any, Any], None] | None = None,
    scopes: tuple[Right, ...] | None = None,
) -> Headers:
    with service.edge.work(now=at) as work:
        name = f"{country} {'-'.join(roles)} {datetime.now(UTC)}"
        access.add_official(
            work, name=name, authority="Customs", country=country, crossings=codes, roles=roles
        )
        key = access.issue_key(work, name, scopes)
        if then is not None:
            then(work, (name, key))
        return bearer(key)


def disabled(service: Service) -> Headers:
    return key_of(service, *Role, then=lambda work, made: access.disable(work, made[0]))


def revoked(service: Service) -> Headers:
    return key_of(service, *Role, then=lambda work, made: access.revoke_key(work, made[1].id))


def expired(service: Service) -> Headers:
    return key_of(service, *Role, at=datetime.now(UTC) - KEY_LIFE)


def nobody(_service: Service) -> Headers:
    return {}


def a_session_that_never_was(_service: Service) -> Headers:
    return {"Cookie": "otkel=0123456789"}


@pytest.mark.parametrize("who", [nobody, a_session_that_never_was, disabled, revoked, expired])
def test_nobody_who_is_not_known_now_gets_through_anywhere(
    border: Service,
    cases: dict[tuple[str, str], Case],
    caplog: pytest.LogCaptureFixture,
    who: Callable[[Service], Headers],
) -> None:
    headers = who(border)
    rows = border.rows()
    with caplog.at_level(logging.WARNING, "otkel.audit"):
        for case in cases.values():
            assert tried(border, case, headers) == 401, case
    assert border.rows() == rows
    assert len([line for line in caplog.records if line.name == "otkel.audit"]) == len(cases)


@pytest.mark.parametrize("roles", [(role,) for role in OTHERS], ids=OTHERS)
def test_a_role_opens_what_its_rights_say_and_nothing_else(
    border: Service,
    cases: dict[tuple[str, str], Case],
    caplog: pytest.LogCaptureFixture,
    roles: tuple[Role, ...],
) -> None:
    rights = RIGHTS[roles[0]] - ONLY_IN_PERSON
    headers = key_of(border, *roles)
    forbidden = {route for route in cases if GUARDED[route] not in rights}
    before = border.rows()
    with caplog.at_level(logging.WARNING, "otkel.audit"):
        for route in forbidden:
            told = len(caplog.records)
            assert tried(border, cases[route], headers) == 403, route
            assert len(caplog.records) == told + 1
    assert border.rows() == before
    for route in cases.keys() - forbidden - SLOW:
        status = tried(border, cases[route], headers)
        assert status not in (401, 403), (route, status)


ELSEWHERE: dict[str, dict[str, Any]] = {
    "another state": {"country": Side.KZ},
    "another crossing": {"codes": (CHARLIE,)},
    "too few crossings": {"codes": (ALFA,)},
}


@pytest.mark.parametrize("where", ELSEWHERE)
def test_with_every_role_one_speaks_for_ones_own_only(
    border: Service, cases: dict[tuple[str, str], Case], where: str
) -> None:
    headers = key_of(border, *Role, **ELSEWHERE[where])
    rows = border.rows()
    for (method, path), case in cases.items():
        if (method, path) in SLOW:
            continue  # it changes nothing, and says itself what is not theirs
        status = tried(border, case, headers)
        if method == "GET" and path == "/v1/drafts":
            assert status == 200
        else:
            assert status in (403, 404), (case, status)
    assert border.rows() == rows


@pytest.mark.parametrize("scope", sorted(set(Right) - ONLY_IN_PERSON))
def test_a_key_opens_what_its_scopes_say(
    border: Service, cases: dict[tuple[str, str], Case], scope: Right
) -> None:
    headers = key_of(border, *Role, scopes=(scope,))
    for route, case in cases.items():
        if route not in SLOW or scope is not GUARDED[route]:
            assert (tried(border, case, headers) == 403) is (scope is not GUARDED[route]), case


@pytest.mark.parametrize("scope", sorted(ONLY_IN_PERSON))
def test_some_rights_no_key_has(border: Service, scope: Right) -> None:
    with pytest.raises(Invalid, match="no key may have"):
        key_of(border, *Role, scopes=(scope,))


def test_nobody_approves_their_own_although_their_key_may_approve(
    border: Service, cases: dict[tuple[str, str], Case]
) -> None:
    with border.edge.work() as work:
        key = access.issue_key(work, "Owner")
    case = cases["POST", "/v1/notices/{draft_id}/publish"]
    before = border.rows()
    assert tried(border, case, bearer(key)) == 403
    assert border.rows() == before
    assert tried(border, case, key_of(border, Role.APPROVER)) == 201


def test_a_route_without_a_policy_does_not_start(database_url: str, tmp_path: Path) -> None:
    app = create_app(Settings(database_url=database_url, data_dir=tmp_path))
    check(app)

    @app.get("/v1/secret")
    def secret() -> None: ...

    with pytest.raises(NoPolicy, match="/v1/secret"):
        check(app)
