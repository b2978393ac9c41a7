"""Headers of acts, and who it is that acts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header
from pydantic import BeforeValidator

from services.api.problems import Required
from services.core import access
from services.core.access import Actor
from services.core.errors import Invalid, Unidentified
from services.core.text import Line
from services.core.work import Work

KeyHeader = Annotated[str | None, Header(alias="Idempotency-Key")]
MatchHeader = Annotated[str | None, Header(alias="If-Match")]
Credentials = Annotated[str | None, Header(alias="Authorization")]


def _in_utf8(header: object) -> object:
    """HTTP says nothing of the letters in a header, and servers give its bytes as Latin-1."""
    try:
        return header.encode("latin-1").decode() if isinstance(header, str) else header
    except UnicodeError:
        raise ValueError("must be UTF-8") from None


ReasonHeader = Annotated[Line | None, BeforeValidator(_in_utf8), Header(alias="Otkel-Reason")]
EmergencyHeader = Annotated[Line | None, BeforeValidator(_in_utf8), Header(alias="Otkel-Emergency")]
"""Why one person says what two should."""


def official(work: Work, authorization: str | None) -> Actor:
    """Whoever holds the key in the header. Raises Unidentified."""
    scheme, _, written = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not written:
        raise Unidentified("send your key as `Authorization: Bearer otkel_…`")
    return access.identify(work, written.strip())


def matched(if_match: str | None) -> int:
    """The revision or version that the caller has read."""
    if if_match is None:
        raise Required(428, "If-Match", "send the ETag of the revision that you have read")
    written = if_match.strip().removeprefix("W/").strip('"')
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        raise Invalid('must be the ETag of a notice, such as `"1"`', field="If-Match")
    return int(written)
