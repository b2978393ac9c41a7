"""What a browser posts from a form of our own pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from services.core.errors import Forbidden

MOST_FIELDS = 40
OURS = frozenset({"same-origin", "none"})
"""What browsers say of a request that a page of ours, or the reader's own hand, has sent."""


async def _posted(request: Request) -> Mapping[str, str]:
    """The fields that say something; of one that comes twice the last. Raises Forbidden."""
    if not _is_ours(request):
        raise Forbidden("only a page of ours may send this form")
    written = (await request.body()).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(written, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    return {name: value.strip() for name, value in pairs if value.strip()}


Posted = Annotated[Mapping[str, str], Depends(_posted)]


def _is_ours(request: Request) -> bool:
    """Whether no other site has made a browser send this. What is no browser says neither and may."""
    if fetched := request.headers.get("sec-fetch-site"):
        return fetched in OURS
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")
