"""Where the engine expects those whom a notice shuts out.

It reckons the parts of the border that the notice touches with it and without it, from the same seed, from
the instant on when it first bites. Nothing that was reported lately goes into either: the figures are usual
ones, and what differs is the notice's doing alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, isfinite
from typing import TypeAlias

import numpy as np

from services.core import congestion
from services.core.advisories import Wait
from services.core.advisories.documents import DOUBTS
from services.core.alternatives import Part, Roads
from services.core.alternatives.advising import SEED
from services.core.alternatives.parts import parts
from services.core.board import Board
from services.core.congestion import QUANTILES, STEP, Lane, LaneKey, LaneOutlook, assumed, quantiles, typical
from services.core.congestion.outlook import EVERY_STEPS
from services.core.congestion.stated import TEN_TO_NINETY
from services.core.crossings import Direction, Mode, Verdict
from services.core.notices import What
from services.core.previews.subject import BINDING, Subject, board_with
from services.core.spans import Span
from services.core.status import timeline

A_DAY = timedelta(days=1)
NOTICEABLE = 0.02
"""Smaller changes are not told: equilibria are found to within 1 %."""

Outlooks: TypeAlias = Mapping[LaneKey, LaneOutlook]


@dataclass(frozen=True, slots=True)
class Figure:
    """Units of a day. Where no source states what the posts can pass, eight cases of ten lie between `low`
    and `high`, and `units`, in their middle, is not to be told."""

    units: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Spill:
    """What comes to one lane in the first 24 hours, and the wait of those who join it then.

    without   as announced so far
    unshut    if the notice opened what it opens and shut nothing; the same as `without` if it opens nothing
    told      with the notice

    `verdict` is the best of that day. Where it is not open, or there are `doubts` (see `Advisory.doubts`),
    only the range of a wait is to be told.
    """

    lane: Lane
    verdict: Verdict
    without: Figure
    unshut: Figure
    told: Figure
    wait_without: Wait | None
    wait_told: Wait | None
    doubts: tuple[str, ...]

    @property
    def fills(self) -> float:
        """By what share more come than if the notice shut nothing; negative where fewer do."""
        return self.told.units / max(self.unshut.units, 1.0) - 1


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The touched lanes from `since` on."""

    since: datetime
    without: Outlooks
    unshut: Outlooks
    told: Outlooks

    def coming(self, lane: Lane) -> float | None:
        """Units of the first 24 hours without the notice; None for a lane that is not modelled."""
        found = self.without.get(LaneKey(*lane))
        return found.coming if found else None


def reckoned(subject: Subject, roads: Roads) -> Reckoned | None:
    """None where nothing that shuts or opens anything is still to come."""
    spans = [
        subject.ahead(effect)
        for effect in subject.fields.effects
        if effect.what in BINDING or effect.what is What.REOPENED
    ]
    first = min((span.start for span in spans if span), default=None)
    if first is None:
        return None
    since = congestion.grid_start(first)
    codes = {code for effect in subject.fields.effects for code in subject.codes(effect)}
    touched = [part for part in parts(subject.before, roads, since) if part.touches(codes)]
    without, told = (_outlooks(board, touched, since) for board in (subject.before, subject.after))
    opening = _opening(subject)
    return Reckoned(since, without, _outlooks(opening, touched, since) if opening else without, told)


def spills(subject: Subject, found: Reckoned) -> tuple[Spill, ...]:
    """Every lane that noticeably more or fewer come to and that is not shut; what fills most comes first."""
    listed = list(_spills(subject, found))
    return tuple(sorted(listed, key=lambda one: (-one.fills, one.lane)))


def _opening(subject: Subject) -> Board | None:
    """The board if the notice only opened what it opens; None where it does not both open and shut."""
    opens = [one for one in subject.fields.effects if one.what not in BINDING]
    mixed = len(opens) < len(subject.fields.effects) and any(one.what is What.REOPENED for one in opens)
    if subject.amended or not mixed:
        return None
    notice = subject.fields.model_copy(update={"effects": tuple(opens)})
    return board_with(subject.before.inputs, subject.revision.model_copy(update={"notice": notice}))


def _outlooks(board: Board, touched: Sequence[Part], since: datetime) -> Outlooks:
    found: dict[LaneKey, LaneOutlook] = {}
    for part in touched:
        whole = congestion.forecast(board.bulletins, part.lanes, since, part.markets, seed=SEED).outlook
        found |= {key: lane for key in whole.keys if (lane := whole.of(key))}
    return found


def _spills(subject: Subject, found: Reckoned) -> Iterator[Spill]:
    day = Span(found.since, found.since + A_DAY)
    for key, told in found.told.items():
        lane = key.crossing, Direction(key.direction), Mode(key.mode)
        verdict = _best(subject.after, lane, day)
        without, unshut = found.without[key], found.unshut[key]
        moved = max(_moved(told, unshut), _moved(told, without))
        if verdict is Verdict.CLOSED or moved < NOTICEABLE:
            continue
        holds = zip(DOUBTS, (told.capacity_unknown, told.unsettled), strict=True)
        spread = _spread(key, found.since) if told.capacity_unknown else None
        yield Spill(
            lane=lane,
            verdict=verdict,
            without=_figure(without, spread),
            unshut=_figure(unshut, spread),
            told=_figure(told, spread),
            wait_without=_wait(subject.before, lane, without, day),
            wait_told=_wait(subject.after, lane, told, day),
            doubts=tuple(doubt for doubt, is_so in holds if is_so),
        )


def _moved(one: LaneOutlook, other: LaneOutlook) -> float:
    return abs(one.coming - other.coming) / max(other.coming, 1.0)


def _spread(key: LaneKey, at: datetime) -> float:
    """How many times as many P90 is as the middle, by what is known of the lane's size."""
    level = assumed().priors.daily(key, at.date())
    return exp(TEN_TO_NINETY / 2 * level[0].log_sd) if level else 1.0


def _figure(one: LaneOutlook, spread: float | None) -> Figure:
    if spread is None:
        return Figure(one.coming)
    return Figure(one.coming, one.coming / spread, one.coming * spread)


def _best(board: Board, lane: Lane, day: Span) -> Verdict:
    verdicts = {segment.status.verdict for segment in timeline(board.bulletin(lane[0]), typical(lane), day)}
    return next(one for one in (Verdict.OPEN, Verdict.UNCONFIRMED, Verdict.CLOSED) if one in verdicts)


def _wait(board: Board, lane: Lane, one: LaneOutlook, day: Span) -> Wait | None:
    """Of all who join in a day at hours at which the lane is not shut; None if there is no such hour."""
    joined = [
        segment.span
        for segment in timeline(board.bulletin(lane[0]), typical(lane), day)
        if segment.status.verdict is not Verdict.CLOSED
    ]
    rows = [
        row
        for row in range(A_DAY // (EVERY_STEPS * STEP))
        if any(day.start + row * EVERY_STEPS * STEP in span for span in joined)
    ]
    if not rows:
        return None
    p10, p50, p90 = (
        float(value) if isfinite(value) else None
        for value in quantiles(np.ravel(one.samples[rows]), QUANTILES)
    )
    return Wait(p10=p10, p50=p50, p90=p90)
