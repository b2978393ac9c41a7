"""The small border with notices on it, and a notice that is not published yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.core.board import BoardInputs, Catalogued
from services.core.crossings import Crossing, Side
from services.core.ledger import GENESIS
from services.core.notices import NoticeFields, Revision
from services.core.previews import Finding, Subject, lint
from tests.makers import HOUR, NOON, a_border

BEFORE_NOON = NOON - HOUR


def told(
    notice: NoticeFields,
    notice_id: str = "theirs",
    revision: int = 1,
    kind: str = "published",
    at: datetime = BEFORE_NOON - HOUR,
) -> Revision:
    return Revision(
        notice_id=notice_id, revision=revision, kind=kind, published_at=at, recorded_at=at, notice=notice
    )


def inputs(revisions: Iterable[Revision] = (), border: Mapping[str, Crossing] | None = None) -> BoardInputs:
    return BoardInputs(
        as_of=BEFORE_NOON,
        ledger_seq=0,
        ledger_hash=GENESIS,
        crossings=tuple(Catalogued(version=1, document=one) for one in (border or a_border()).values()),
        revisions=tuple(revisions),
    )


def subject(
    notice: NoticeFields,
    *others: Revision,
    at: datetime = BEFORE_NOON,
    side: Side | None = Side.UZ,
    **more: Any,
) -> Subject:
    """An hour before noon, by an official of the Uzbek side."""
    return Subject.of(inputs(others), notice, at, side=side, **more)


def findings(notice: NoticeFields, *others: Revision, **more: Any) -> list[Finding]:
    return list(lint(subject(notice, *others, **more)))
