"""The border as the files have it: the catalogue, the record of notices and the calendars of both states."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from uuid import uuid5

from services.core.crossings import Crossing, Side, catalogue, public_holidays
from services.core.notices import Revision, announced, events
from services.core.notices.loading import HISTORY_IDS
from services.core.status import Bulletin, bulletin_for

AFTER_EVERYTHING = datetime(2028, 12, 31, tzinfo=UTC)
"""Later than anything in the files was told."""


@cache
def crossings() -> dict[str, Crossing]:
    return catalogue()


@cache
def holidays() -> dict[Side, frozenset[date]]:
    return {side: public_holidays(side) for side in Side}


@cache
def revisions() -> Sequence[Revision]:
    """Every revision of every recorded event as readers have it, under the ids that loading gives them."""
    return tuple(
        Revision(
            notice_id=str(uuid5(HISTORY_IDS, event.slug)),
            revision=number,
            kind=told.kind,
            published_at=told.published_at,
            recorded_at=told.published_at,
            reason=told.reason,
            notice=told.notice,
        )
        for event in events().values()
        for number, told in enumerate(event.revisions, start=1)
    )


@cache
def bulletins(as_of: datetime = AFTER_EVERYTHING) -> dict[str, Bulletin]:
    """The bulletin of every crossing as it could be read at an instant."""
    effects = announced(revisions(), as_of)
    return {code: bulletin_for(crossing, effects, holidays()) for code, crossing in crossings().items()}
