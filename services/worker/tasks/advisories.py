"""Advisories and alternatives follow from the records: read, compute, record, part by part of the border."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.core import accuracy, advisories, alternatives, board, outbox
from services.core.alternatives import Part
from services.core.board import BoardInputs
from services.core.outbox import Promise
from services.core.settings import Settings
from services.core.work import Edge, Work
from services.worker.tasks.kinds import Record


def recompute(edge: Edge, _settings: Settings, now: datetime, promises: Sequence[Promise]) -> Record:
    """Compute the parts of the border that the promises touch: one at once, several by a promise for each, so
    that workers share them."""
    with edge.reading() as session:
        inputs = board.read_inputs(session)
        legs = alternatives.road_times(session)
    touched = [
        part
        for part in alternatives.parts_of(inputs, legs, now)
        if any(_touches(promise, part, inputs) for promise in promises)
    ]
    if len(touched) == 1:
        return _computed(edge, now, touched[0].name)

    def record(work: Work) -> None:
        for part in touched:
            outbox.promise(work, "advisories.component", {"component": part.name})

    return record


def component(edge: Edge, _settings: Settings, now: datetime, promises: Sequence[Promise]) -> Record:
    """Compute one part of the border."""
    return _computed(edge, now, promises[0].payload["component"])


def _touches(promise: Promise, part: Part, inputs: BoardInputs) -> bool:
    """Whether what has led to a promise lies in a part. Without a place it lies everywhere."""
    crossings, notice = promise.payload.get("crossings"), promise.payload.get("notice")
    if crossings is not None:
        return part.touches(crossings)
    if notice is not None:
        told = [one for one in inputs.revisions if one.notice_id == notice]
        return not told or any(one.concerns(code) for one in told for code in part.crossings)
    return True


def _computed(edge: Edge, now: datetime, name: str) -> Record:
    with edge.reading() as session:
        inputs = board.read_inputs(session)
        legs = alternatives.road_times(session)
        part = next((one for one in alternatives.parts_of(inputs, legs, now) if one.name == name), None)
        if part is None:  # the catalogue has changed since, which was a promise of its own
            return lambda _work: None
        recalled = alternatives.recall(session, part, inputs, now)
        scores = alternatives.scores(session, part, recalled)
    advice = alternatives.advise(inputs, legs, now, part, recalled)

    def record(work: Work) -> None:
        accuracy.record(work, scores)
        advisories.record(work, advice.run)
        alternatives.remember(work, advice)

    return record
