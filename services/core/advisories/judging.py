"""From a forecast to one advisory per lane."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np

from services.core.advisories.documents import Advisory, Ahead, Basis, Level, Run, Wait
from services.core.advisories.levels import EXIT_RATIO, Exceeded, Held, next_level
from services.core.congestion import Lane, LaneKey, LaneOutlook, Outlook, times, typical
from services.core.crossings import Verdict
from services.core.notices import What
from services.core.observations import ObservationFields
from services.core.spans import Span
from services.core.status import Bulletin, Status, changes_at, status

PUBLISHED = (*range(0, 48, 2), *range(48, 145, 6))
"""Which of the forecast's half hours are published: every hour of the first day, then every third."""


def judged(
    bulletins: Mapping[str, Bulletin],
    lanes: Sequence[Lane],
    forecast: Outlook,
    before: Run | None,
    reports: Sequence[ObservationFields],
    at: datetime,
) -> Iterator[Advisory]:
    """Advisories in the order of `lanes`. `before` is the run that this one follows."""
    earlier = {advisory.lane: advisory for advisory in (before.advisories if before else ())}
    instants = times(forecast.at)
    for lane in lanes:
        bulletin = bulletins[lane[0]]
        here = status(bulletin, typical(lane), at)
        found = forecast.of(LaneKey(*lane))
        last = earlier.get(lane)
        if here.verdict is not Verdict.OPEN or found is None:
            yield _without_a_number(lane, here, last, at, modelled=found is not None)
            continue
        held = next_level(_held(last), _exceeded(found), at, news=_news(bulletin, lane, reports, last))
        announced = _announced(bulletin, here, found)
        level = max(held.level, announced or held.level, key=lambda level: level.rank)
        ahead = tuple(_ahead(bulletin, lane, found, instants))
        yield Advisory(
            crossing=lane[0],
            direction=lane[1],
            mode=lane[2],
            level=level,
            since=last.since if last and last.level is level else at,
            leaving_since=held.leaving_since,
            reasons=_reasons(held.level, found, forecast, announced),
            basis=Basis.PRIOR,
            wait=ahead[0].wait,
            queue=float(round(found.queue[1])),
            ahead=ahead,
        )


def _without_a_number(
    lane: Lane, here: Status, last: Advisory | None, at: datetime, *, modelled: bool
) -> Advisory:
    """A lane that is shut, not surely open, or not modelled. Shut by a notice is as severe as it gets."""
    level = Level.SEVERE if here.verdict is Verdict.CLOSED and here.held_shut else None
    codes = [reason.code for reason in here.reasons] if here.verdict is not Verdict.OPEN else []
    if not modelled:
        codes.append("not-modelled")
    same = last is not None and last.level is level
    return Advisory(
        crossing=lane[0],
        direction=lane[1],
        mode=lane[2],
        level=level,
        since=last.since if last and same else at,
        reasons=tuple(dict.fromkeys(codes)),
    )


def _held(last: Advisory | None) -> Held | None:
    """The level that a run before left; a lane that was shut then starts anew."""
    if last is None or last.level is None or last.wait is None:
        return None
    return Held(last.level, last.since, last.leaving_since)


def _exceeded(found: LaneOutlook) -> Exceeded:
    leaving = [float(found.probability(EXIT_RATIO * limit)[0]) for limit in found.thresholds]
    return Exceeded(entering=[float(share) for share in found.exceeding[:, 0]], leaving=leaving)


def _news(
    bulletin: Bulletin, lane: Lane, reports: Sequence[ObservationFields], last: Advisory | None
) -> bool:
    """Whether anything was observed or announced at the lane since its level could first be left."""
    if last is None or last.leaving_since is None:
        return False
    observed = (
        report.observed_at for report in reports if (report.crossing, report.direction, report.mode) == lane
    )
    announced = (one.revision.published_at for one in bulletin.announced)
    return any(at >= last.leaving_since for at in (*observed, *announced))


def _ahead(
    bulletin: Bulletin, lane: Lane, found: LaneOutlook, instants: Sequence[datetime]
) -> Iterator[Ahead]:
    """The wait hour by hour; none for an hour at which the lane cannot surely be joined."""
    traveller = typical(lane)
    starts = [instants[0], *changes_at(bulletin, traveller, Span(instants[0], instants[-1]))]
    joined = [status(bulletin, traveller, start).verdict is Verdict.OPEN for start in starts]
    for number in PUBLISHED:
        at = instants[number]
        open_then = joined[bisect_right(starts, at) - 1]
        yield Ahead(at=at, wait=_wait(found.wait[:, number]) if open_then else None)


def _wait(quantiles: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Wait:
    """To the tenth of a minute. Infinity means that the wait ends after what is forecast: no number."""
    p10, p50, p90 = (round(float(value), 1) if np.isfinite(value) else None for value in quantiles)
    return Wait(p10=p10, p50=p50, p90=p90)


def _announced(bulletin: Bulletin, here: Status, found: LaneOutlook) -> Level | None:
    """The level that follows from a delay which an authority announced and which still counts; None without.

    A delay without a figure is at least congested: nobody announces less.
    """
    refs = {remark.notice for remark in here.remarks if remark.code == "remark-delay"}
    told = [
        one.effect.delay_minutes
        for one in bulletin.announced
        if one.effect.what is What.DELAY and one.revision.ref in refs
    ]
    levels = [
        Level.CONGESTED if minutes is None else _level_of(minutes, found.thresholds.tolist())
        for minutes in told
    ]
    return max(levels, key=lambda level: level.rank, default=None)


def _level_of(minutes: float, thresholds: Sequence[float]) -> Level:
    return list(Level)[sum(minutes >= threshold for threshold in thresholds)]


def _reasons(level: Level, found: LaneOutlook, forecast: Outlook, announced: Level | None) -> tuple[str, ...]:
    """Stable codes: which threshold is likely to be reached, whether a delay was announced, and whether the
    diversions between crossings settled."""
    codes = ["delay-announced"] if announced else []
    if level is not Level.NORMAL:
        codes.append(f"wait-over-{found.thresholds[level.rank - 1]:.0f}-minutes")
    if any(diversion.is_band for diversion in forecast.diversions):
        codes.append("between-bounds")
    return tuple(codes)
