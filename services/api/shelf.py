"""Replies that were rendered once and stay true for a while, ready to be sent as they are."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

FRESH_SECONDS = 5
"""How long a browser or a proxy may repeat an answer without asking: a closure must not wait longer."""

MOST_REPLIES = 4096
LARGEST_BODY = 512 * 1024
SMALLEST_WORTH_ZIPPING = 600

Header: TypeAlias = tuple[bytes, bytes]
Headers: TypeAlias = list[Header]
Request: TypeAlias = tuple[str, bytes, bytes, bytes]
"""Path, query string, `Accept` and `Accept-Language`: what a reply may depend on."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole 200 reply in both encodings. True until `until` (epoch seconds)."""

    plain: bytes
    zipped: bytes | None
    etag: bytes
    plain_headers: Headers
    zipped_headers: Headers
    not_modified_headers: Headers
    until: float


def reply(body: bytes, media_type: str, *, now: float, until: float, headers: Sequence[Header] = ()) -> Reply:
    """Render the headers of a reply whose body holds from `now` until `until` (epoch seconds).

    `headers` are further ones, sent whatever the encoding.
    """
    etag = f'"{sha256(body).hexdigest()[:24]}"'.encode()
    fresh = max(0, min(FRESH_SECONDS, int(until - now)))
    zipped = gzip.compress(body, 6, mtime=0) if len(body) >= SMALLEST_WORTH_ZIPPING else None
    common: Headers = [
        (b"cache-control", f"public, max-age={fresh}, must-revalidate".encode()),
        (b"etag", etag),
        (b"vary", b"accept, accept-encoding, accept-language"),
        *headers,
    ]
    kind = (b"content-type", media_type.encode())
    return Reply(
        plain=body,
        zipped=zipped,
        etag=etag,
        plain_headers=[*common, kind, (b"content-length", str(len(body)).encode())],
        zipped_headers=[
            *common,
            kind,
            (b"content-encoding", b"gzip"),
            (b"content-length", str(len(zipped or b"")).encode()),
        ],
        not_modified_headers=common,
        until=until,
    )


class Shelf:
    """Replies by request. A full shelf takes no more; it is thrown away with its board soon enough."""

    def __init__(self) -> None:
        self._replies: dict[Request, Reply] = {}

    def find(self, request: Request, now: float) -> Reply | None:
        """A reply that stays true for as long as it says that it may be repeated."""
        kept = self._replies.get(request)
        return kept if kept is not None and now + FRESH_SECONDS <= kept.until else None

    def put(self, request: Request, kept: Reply) -> None:
        if len(self._replies) < MOST_REPLIES and len(kept.plain) <= LARGEST_BODY:
            self._replies[request] = kept
