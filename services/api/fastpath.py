"""Answers what was answered before without entering the framework."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Receive, Scope, Send

from services.api.keeper import Keeper
from services.api.shelf import Reply, Request


class FastPath:
    """The outermost application: a shelf in front of the real one."""

    def __init__(self, app: ASGIApp, keeper: Keeper) -> None:
        self._app = app
        self._keeper = keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and (shelf := self._keeper.shelf):
            request, known, zipped = read(scope)
            if kept := shelf.find(request, time.time()):
                await send_reply(kept, send, known=known, zipped=zipped)
                return
        await self._app(scope, receive, send)


def read(scope: Scope) -> tuple[Request, bytes, bool]:
    """What a reply may depend on, the ETags the client knows, and whether it takes gzip.

    Of headers that come twice the first counts, as for the framework: what is kept under one `Accept` must
    have been rendered for it.
    """
    accept = language = known = encoding = b""
    for name, value in reversed(scope["headers"]):
        if name == b"accept":
            accept = value
        elif name == b"accept-language":
            language = value
        elif name == b"if-none-match":
            known = value
        elif name == b"accept-encoding":
            encoding = value
    return (scope["path"], scope["query_string"], accept, language), known, b"gzip" in encoding


async def send_reply(kept: Reply, send: Send, *, known: bytes, zipped: bool) -> None:
    if known and (kept.etag in known or known == b"*"):
        await send({"type": "http.response.start", "status": 304, "headers": kept.not_modified_headers})
        await send({"type": "http.response.body", "body": b""})
        return
    if zipped and kept.zipped is not None:
        body, headers = kept.zipped, kept.zipped_headers
    else:
        body, headers = kept.plain, kept.plain_headers
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
