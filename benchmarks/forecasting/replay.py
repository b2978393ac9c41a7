"""A feed told to the forecaster report by report, and asked before each target what the wait would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.forecasting.feeds import Feed
from benchmarks.forecasting.naive import Targets, naive
from services.core.congestion.grid import Array
from services.core.congestion.series import Clock, Forecaster, Roster

SPACING = 85
"""Minutes in which a lane is scored once, so that dense feeds are not scored several times for one value; no
part of an hour, or all instants would be at the same minutes of it."""
BOOKED_MINUTES = 480
"""A lane whose median wait is longer is a booking queue."""
SHIFT, LONG_SHIFT = 5.0, 360.0


@dataclass(frozen=True)
class Span:
    """Minutes since 1970: targets lie in first <= minute < last; reports count from `begin` on."""

    begin: int
    first: int
    last: int


def is_booked(feed: Feed) -> bool:
    return bool(np.nanmedian(feed.waits) > BOOKED_MINUTES)


def roster_of(feed: Feed) -> Roster:
    places, kinds = zip(*(name.split("|", 1) for name in feed.lanes), strict=True)
    shift = LONG_SHIFT if is_booked(feed) else SHIFT
    return Roster(_numbered(places), _numbered(kinds), np.full(len(feed.lanes), shift))


def _numbered(names: Sequence[str]) -> Array:
    return np.unique(np.array(names), return_inverse=True)[1]


def begun(feed: Feed, clock: Clock, begin: int) -> Forecaster:
    return Forecaster(roster_of(feed), begin, clock=clock, booked=is_booked(feed))


def clock_of(feed: Feed, span: Span) -> Clock:
    """UTC, as for a feed from nowhere known, unless the hours of the week by the clock of the place told more
    about the waits before the first that is scored. Where no clock was changed in that time both told the
    same."""
    *place, utc = feed.clocks
    if not place:
        return utc
    known = feed.between(span.begin, span.first)
    past = targets_of(known, span.begin, span.first, 1)
    clocks = (utc, *place)
    errors = [np.nanmean(np.abs(naive(known, past, clock)[-1] - past.wait)) for clock in clocks]
    return clocks[int(np.argmin(errors))]


def tell(forecaster: Forecaster, feed: Feed, row: int) -> None:
    lanes = np.flatnonzero(np.isfinite(feed.waits[row]))
    minute = int(feed.minutes[row])
    forecaster.report(lanes, np.full(len(lanes), minute), feed.waits[row, lanes], minute)


def targets_of(feed: Feed, first: int, last: int, horizon: int) -> Targets:
    """The first report of every lane in each stretch of `SPACING`."""
    rows = np.flatnonzero((feed.minutes >= first) & (feed.minutes < last))
    lane, place = np.nonzero(np.isfinite(feed.waits[rows]).T)
    stretch = feed.minutes[rows[place]] // SPACING
    first_of = (np.diff(lane, prepend=-1) != 0) | (np.diff(stretch, prepend=-1) != 0)
    lane, row = lane[first_of], rows[place[first_of]]
    return Targets(feed.minutes[row], lane, feed.waits[row, lane], horizon)


def replay(
    feed: Feed,
    span: Span,
    targets: Sequence[Targets],
    forecaster: Forecaster,
) -> list[Array]:
    """(N, 9) minutes for each of the targets, each asked for at its origin of a forecaster that has been told
    nothing from where the span begins."""
    told = feed.between(span.begin, span.last)
    answers = [np.full((len(one.wait), 9), np.nan) for one in targets]
    asked: dict[int, list[tuple[int, int]]] = {}
    rows: list[dict[int, Array]] = []
    for number, one in enumerate(targets):
        order = np.argsort(one.minute, kind="stable")
        whens, starts = np.unique(one.minute[order], return_index=True)
        rows.append(dict(zip(whens.tolist(), np.split(order, starts)[1:], strict=True)))
        for when in whens.tolist():
            asked.setdefault(when - one.horizon, []).append((number, when))
    next_report = 0
    for at in sorted(asked):
        while next_report < len(told.minutes) and told.minutes[next_report] <= at:
            tell(forecaster, told, next_report)
            next_report += 1
        if at < forecaster.minute:
            continue
        quantiles = forecaster.quantiles(at, [targets[number].horizon for number, _ in asked[at]])
        for place, (number, when) in enumerate(asked[at]):
            mine = rows[number][when]
            answers[number][mine] = quantiles[place, targets[number].lane[mine]]
    return answers
