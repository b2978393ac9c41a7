"""Keeping one promise: prepare its effect, then record it and mark the promise, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from sqlmodel import Session

from services.core import outbox
from services.core.outbox import Promise
from services.core.settings import Settings
from services.core.work import Edge
from services.worker.effects import EFFECTS, Covers, Effect

log = logging.getLogger(__name__)

By = Literal["worker", "relay"]


def fulfil(edge: Edge, settings: Settings, promise_id: int, *, by: By) -> bool:
    """Do what the row says unless somebody has done it. False if there was nothing left to do.

    Any number of processes may try at once: whoever commits first has done it. A failure is noted on the
    row, which then waits for its next attempt.
    """
    with edge.reading() as session:
        row = session.get(outbox.Promise, promise_id)
        if row is None or row.done_at is not None:
            return False
        effect = EFFECTS.get(row.kind)
        covered = _covered(session, row, effect) if effect else [row]
        ids = [promise.id for promise in covered if promise.id is not None]
    try:
        if effect is None:
            raise LookupError(f"this release does not know promises of kind {row.kind!r}")
        record = effect.prepare(edge, settings, datetime.now(UTC), covered)
        with edge.work() as work:
            if not outbox.keep(work, ids):
                return False
            record(work)
            outbox.beat(work, by)
    except Exception as error:
        log.exception("promise %s (%s) could not be kept", promise_id, row.kind)
        with edge.work() as work:
            outbox.fail(work, promise_id, f"{type(error).__name__}: {error}")
        return False
    return True


def _covered(session: Session, row: Promise, effect: Effect) -> Sequence[Promise]:
    """The promises that are kept together with one of them."""
    waiting = outbox.pending(session, row.kind)
    if effect.covers is Covers.KIND:
        return waiting
    return [promise for promise in waiting if promise.payload == row.payload]
