"""Whom a notice shuts out: travellers who might pass and then may not, or not surely."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.core.congestion import Lane
from services.core.crossings import Traveller, Verdict
from services.core.previews.subject import BINDING, Part, Subject
from services.core.spans import Span

A_DAY = timedelta(days=1)
STRICTNESS = (Verdict.OPEN, Verdict.UNCONFIRMED, Verdict.CLOSED)


@dataclass(frozen=True, slots=True)
class ShutOut:
    """`before` and `after` are the verdicts from `since` on, the first instant at which the notice makes them
    stricter. `in_a_day` is how many would come in the first 24 hours, `in_all` at that rate until the end
    that is known or announced; None where nobody counts them or no end is given."""

    code: str
    traveller: Traveller
    since: datetime
    before: Verdict
    after: Verdict
    in_a_day: float | None
    in_all: float | None


def shut_out(subject: Subject, coming: Callable[[Lane], float | None]) -> tuple[ShutOut, ...]:
    """`coming` tells how many come to a lane in a day, without the notice. Each kind of traveller once."""
    found: dict[tuple[str, Traveller], ShutOut] = {}
    for part in subject.parts:
        for one in _stricter(subject, part, coming):
            known = found.get((one.code, one.traveller))
            if known is None or one.since < known.since:
                found[one.code, one.traveller] = one
    return tuple(found.values())


def _stricter(subject: Subject, part: Part, coming: Callable[[Lane], float | None]) -> Iterator[ShutOut]:
    span = subject.ahead(part.effect)
    if span is None or part.effect.what not in BINDING:
        return
    for at, before, after in _beside(subject, part, span):
        if STRICTNESS.index(after) > STRICTNESS.index(before):
            lane = part.code, part.traveller.direction, part.traveller.mode
            in_a_day = coming(lane) if part.is_typical else None
            yield ShutOut(
                code=part.code,
                traveller=part.traveller,
                since=at,
                before=before,
                after=after,
                in_a_day=in_a_day,
                in_all=None if in_a_day is None else _in_all(in_a_day, at, part),
            )
            return


def _beside(subject: Subject, part: Part, span: Span) -> Iterator[tuple[datetime, Verdict, Verdict]]:
    """The verdicts without and with the notice, from every instant at which either changes."""
    before, after = (
        [
            (segment.span.start, segment.status.verdict)
            for segment in timelines.of(part.code, part.traveller, span)
        ]
        for timelines in (subject.now, subject.then)
    )
    for at in sorted({start for start, _ in (*before, *after)}):
        yield at, _at(before, at), _at(after, at)


def _at(segments: list[tuple[datetime, Verdict]], at: datetime) -> Verdict:
    return [verdict for start, verdict in segments if start <= at][-1]


def _in_all(in_a_day: float, since: datetime, part: Part) -> float | None:
    window = part.effect.window
    return None if window.end is None or window.recurs else in_a_day * ((window.end - since) / A_DAY)
