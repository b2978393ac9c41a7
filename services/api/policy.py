"""Who may call which route. A route that is not in this table does not start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from services.api.console.visiting import BASE, PRACTICE, by_session, sent_by_the_console
from services.api.identity import official
from services.core.access import Actor, Right
from services.core.work import Work

Needed: TypeAlias = "Right | Literal['anybody', 'signed-in']"

ANYBODY: Literal["anybody"] = "anybody"
SIGNED_IN: Literal["signed-in"] = "signed-in"
"""Any official at the console."""

ON_EITHER_BORDER: Mapping[tuple[str, str], Needed] = {
    ("GET", ""): SIGNED_IN,
    ("GET", "/audit"): Right.AUDIT,
    ("POST", "/drafts"): Right.POST,
    ("GET", "/drafts/new"): Right.POST,
    ("GET", "/drafts/{draft_id}"): Right.AUDIT,
    ("POST", "/drafts/{draft_id}"): Right.POST,
    ("POST", "/drafts/{draft_id}/approve"): Right.APPROVE,
    ("POST", "/drafts/{draft_id}/discard"): Right.POST,
    ("GET", "/drafts/{draft_id}/effects"): Right.AUDIT,
    ("GET", "/drafts/{draft_id}/preview"): Right.AUDIT,
    ("POST", "/drafts/{draft_id}/publish"): Right.POST,
    ("POST", "/drafts/{draft_id}/return"): Right.APPROVE,
    ("POST", "/drafts/{draft_id}/sign"): SIGNED_IN,
    ("POST", "/drafts/{draft_id}/submit"): Right.POST,
    ("GET", "/notices"): Right.AUDIT,
    ("GET", "/notices/{notice_id}"): Right.AUDIT,
    ("POST", "/notices/{notice_id}/amend"): Right.POST,
    ("POST", "/notices/{notice_id}/close"): Right.POST,
    ("POST", "/notices/{notice_id}/sign"): Right.POST,
    ("GET", "/report"): Right.REPORT,
    ("POST", "/report"): Right.REPORT,
}
"""Pages of the console that there are twice."""

CONSOLE: Mapping[tuple[str, str], Needed] = {
    ("GET", "/me"): SIGNED_IN,
    ("POST", "/me/passkeys"): SIGNED_IN,
    ("POST", "/me/passkeys/begin"): SIGNED_IN,
    ("POST", "/me/passkeys/{passkey_id}/revoke"): SIGNED_IN,
    ("POST", "/me/password"): SIGNED_IN,
    ("POST", "/me/password/begin"): SIGNED_IN,
    ("GET", "/officials"): Right.AUDIT,
    ("POST", "/officials/proposals"): Right.ADMINISTER,
    ("POST", "/officials/proposals/{proposal_id}/{decision}"): Right.ADMINISTER,
    ("POST", "/officials/{official_id}/disable"): Right.ADMINISTER,
    ("POST", "/officials/{official_id}/keys/{key_id}/revoke"): Right.ADMINISTER,
    ("GET", "/sign-in"): ANYBODY,
    ("POST", "/sign-in/begin"): ANYBODY,
    ("POST", "/sign-in/passkey"): ANYBODY,
    ("POST", "/sign-in/password"): ANYBODY,
    ("POST", "/sign-out"): SIGNED_IN,
    ("GET", "/welcome"): ANYBODY,
    ("POST", "/welcome/begin"): ANYBODY,
    ("POST", "/welcome/passkey"): ANYBODY,
}

POLICIES: Mapping[tuple[str, str], Needed] = {
    **{(method, BASE + path): needed for (method, path), needed in CONSOLE.items()},
    **{
        (method, base + path): needed
        for base in (BASE, PRACTICE)
        for (method, path), needed in ON_EITHER_BORDER.items()
    },
    ("GET", "/"): ANYBODY,
    ("GET", "/.well-known/otkel-keys.json"): ANYBODY,
    ("GET", "/accuracy"): ANYBODY,
    ("GET", "/crossings/{code}"): ANYBODY,
    ("POST", "/crossings/{code}"): ANYBODY,
    ("GET", "/healthz"): ANYBODY,
    ("GET", "/notices"): ANYBODY,
    ("GET", "/readyz"): ANYBODY,
    ("GET", "/static/{name}"): ANYBODY,
    ("GET", "/v1/accuracy"): ANYBODY,
    ("GET", "/v1/advisories"): ANYBODY,
    ("GET", "/v1/crossings"): ANYBODY,
    ("GET", "/v1/crossings/{code}"): ANYBODY,
    ("GET", "/v1/crossings/{code}/alternatives"): ANYBODY,
    ("GET", "/v1/crossings/{code}/outlook"): ANYBODY,
    ("GET", "/v1/crossings/{code}/timeline"): ANYBODY,
    ("GET", "/v1/drafts"): Right.AUDIT,
    ("GET", "/v1/drafts/{draft_id}"): Right.AUDIT,
    ("POST", "/v1/drafts/{draft_id}/discard"): Right.POST,
    ("POST", "/v1/drafts/{draft_id}/return"): Right.APPROVE,
    ("GET", "/v1/heartbeat"): ANYBODY,
    ("GET", "/v1/ledger"): ANYBODY,
    ("GET", "/v1/notices"): ANYBODY,
    ("POST", "/v1/notices"): Right.POST,
    ("POST", "/v1/notices/preview"): Right.POST,
    ("GET", "/v1/notices/{notice_id}"): ANYBODY,
    ("GET", "/v1/notices/{notice_id}/signed"): ANYBODY,
    ("PUT", "/v1/notices/{notice_id}"): Right.POST,
    ("POST", "/v1/notices/{draft_id}/publish"): Right.APPROVE,
    ("POST", "/v1/notices/{notice_id}/end"): Right.POST,
    ("POST", "/v1/notices/{notice_id}/withdraw"): Right.POST,
    ("POST", "/v1/observations"): ANYBODY,
    ("GET", "/v1/trips"): ANYBODY,
}
"""A right, or `SIGNED_IN`, or `ANYBODY`. At the console one is known by a session, elsewhere by a key. Who
may speak of which crossing is decided where it is spoken. Travellers report without a key; with one, the core
asks for the right to."""


class NoPolicy(RuntimeError):
    """A route has none, or a policy has no route."""


def check(app: FastAPI) -> None:
    """Raises NoPolicy."""
    served = {(method, route.path) for route in routes(app) for method in route.methods or ()}
    if unknown := sorted(served - POLICIES.keys()):
        raise NoPolicy(f"these routes have no policy: {unknown}")
    if gone := sorted(POLICIES.keys() - served):
        raise NoPolicy(f"these policies have no route: {gone}")


def routes(app: FastAPI) -> Iterator[APIRoute]:
    """Every route that is served, but for the description of all."""
    yield from _within(app.router.routes)


def _within(found: Iterable[Any]) -> Iterator[APIRoute]:
    for one in found:
        if isinstance(one, APIRoute):
            yield one
        elif included := getattr(one, "original_router", None):
            yield from _within(included.routes)


async def allowed(request: Request) -> None:
    """Let through who may call this route, before its body is read. Raises Unidentified or Forbidden."""
    route: APIRoute = request.scope["route"]
    needed = POLICIES[request.method, route.path]
    at_console = is_console(route.path)
    if at_console:
        sent_by_the_console(request)
    if needed != ANYBODY:
        await run_in_threadpool(_needs, request, needed, by_session if at_console else by_key)


def is_console(path: str) -> bool:
    return path == BASE or path.startswith(f"{BASE}/")


def by_key(request: Request, work: Work) -> Actor:
    return official(work, request.headers.get("authorization"))


def _needs(request: Request, needed: Needed, identify: Callable[[Request, Work], Actor]) -> None:
    with request.app.state.edge.work() as work:
        actor = identify(request, work)
    request.state.actor = actor.name
    if isinstance(needed, Right):
        actor.needs(needed)
