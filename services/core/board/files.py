"""A board's inputs from the catalogue and the history as they stand in files, without any database."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from services.core.board.inputs import BoardInputs, Catalogued
from services.core.crossings import Crossing
from services.core.ledger import GENESIS
from services.core.notices import Event, Revision


def inputs_from_files(
    catalogue: Mapping[str, Crossing], events: Iterable[Event], as_of: datetime
) -> BoardInputs:
    """What a service that had always been running would have known at `as_of`, reports aside."""
    return BoardInputs(
        as_of=as_of,
        ledger_seq=0,
        ledger_hash=GENESIS,
        crossings=tuple(Catalogued(version=1, document=document) for document in catalogue.values()),
        revisions=tuple(
            Revision(
                notice_id=event.slug,
                revision=number,
                kind=told.kind,
                published_at=told.published_at,
                recorded_at=told.published_at,
                reason=told.reason,
                notice=told.notice,
            )
            for event in events
            for number, told in enumerate(event.revisions, start=1)
            if told.published_at <= as_of
        ),
    )
