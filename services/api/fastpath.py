"""Answers what was answered before without entering the framework."""

from __future__ import annotations

import time
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from services.api.keeper import Keeper
from services.api.shelf import Reply, Request


class FastApplication(FastAPI):
    """An application with a shelf in front of it.

    As a middleware the shelf would stand behind two layers of the framework, which cost a hot read three
    times as much as the shelf itself.
    """

    def __init__(self, keeper: Keeper, **described: Any) -> None:
        super().__init__(**described)
        self._keeper = keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and (shelf := self._keeper.shelf):
            request, known, zipped = read(scope)
            if kept := shelf.find(request, time.time()):
                await send_reply(kept, send, known=known, zipped=zipped)
                return
        await super().__call__(scope, receive, send)


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
    variant = kept.zipped if zipped and kept.zipped is not None else kept.plain
    if known and (kept.tag in known or known == b"*"):
        await send({"type": "http.response.start", "status": 304, "headers": variant.unchanged})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": variant.headers})
    await send({"type": "http.response.body", "body": variant.body})
