"""From a forecast to one advisory per lane."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from services.core.advisories.documents import DOUBTS, Advisory, Basis, Level
from services.core.advisories.levels import Exceeded, Held, likely, next_level
from services.core.advisories.publishing import published
from services.core.congestion import (
    STEP,
    Forecast,
    Lane,
    LaneKey,
    LaneOutlook,
    Outlook,
    assumed,
    times,
    typical,
)
from services.core.crossings import Verdict
from services.core.notices import What
from services.core.observations import Reported
from services.core.status import Bulletin, Status, status


def judged(
    bulletins: Mapping[str, Bulletin],
    lanes: Sequence[Lane],
    forecast: Forecast,
    before: Mapping[Lane, Advisory],
    reports: Sequence[Reported],
    at: datetime,
) -> Iterator[Advisory]:
    """Advisories in the order of `lanes`. `before` are those that these follow."""
    instants, outlook = times(forecast.outlook.at), forecast.outlook
    for lane in lanes:
        bulletin = bulletins[lane[0]]
        here = status(bulletin, typical(lane), at)
        found = outlook.of(LaneKey(*lane))
        last = before.get(lane)
        if here.verdict is not Verdict.OPEN or found is None:
            yield _without_a_number(lane, here, last, at, modelled=found is not None)
            continue
        held = next_level(_held(last), _exceeded(found), at, news=_news(bulletin, lane, reports, last))
        announced = _announced(bulletin, here, found)
        stopped = likely(found.state.stopped) and found.queue[1] > 0
        levels = (held.level, announced or held.level, Level.SEVERE if stopped else held.level)
        level = max(levels, key=lambda level: level.rank)
        apart = forecast.apart.get(found.key, ())
        ahead = tuple(published(bulletin, lane, found, apart, instants))
        observed_at = _observed_at(found, outlook)
        yield Advisory(
            crossing=lane[0],
            direction=lane[1],
            mode=lane[2],
            level=level,
            since=last.since if last and last.level is level else at,
            leaving_since=held.leaving_since,
            reasons=_reasons(held.level, found, announced, stopped=stopped),
            basis=_basis(found, observed_at, learnt=bool(apart)),
            observed_at=observed_at,
            wait=ahead[0].wait,
            queue=float(round(found.queue[1])),
            coming=float(round(found.coming)),
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
    exit_ratio = assumed().engine.levels.exit_ratio.value
    leaving = [float(found.probability(exit_ratio * limit)[0]) for limit in found.thresholds]
    return Exceeded(entering=[float(share) for share in found.exceeding[:, 0]], leaving=leaving)


def _news(bulletin: Bulletin, lane: Lane, reports: Sequence[Reported], last: Advisory | None) -> bool:
    """Whether anything was observed or announced at the lane since its level could first be left."""
    if last is None or last.leaving_since is None:
        return False
    observed = (report.fields.observed_at for report in reports if report.fields.lane == lane)
    announced = (one.revision.published_at for one in bulletin.announced)
    return any(at >= last.leaving_since for at in (*observed, *announced))


def _basis(found: LaneOutlook, observed_at: datetime | None, *, learnt: bool) -> Basis:
    """Observed while the reports are fresh, modelled while anything is known beside priors."""
    if found.state.evidence >= assumed().engine.levels.fresh_reports.value:
        return Basis.OBSERVED
    return Basis.MODELLED if observed_at or learnt else Basis.PRIOR


def _observed_at(found: LaneOutlook, outlook: Outlook) -> datetime | None:
    """When the last report was seen that still says something."""
    step = found.state.observed
    if step is None:
        return None
    at = outlook.start + step * STEP
    return at if outlook.at - at <= timedelta(hours=assumed().engine.levels.felt_hours.value) else None


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


def _reasons(level: Level, found: LaneOutlook, announced: Level | None, *, stopped: bool) -> tuple[str, ...]:
    """Stable codes: which threshold is likely to be reached, whether a delay was announced or a post has
    stopped unannounced, and why of the wait only the range is known."""
    codes = ["delay-announced"] if announced else []
    if stopped:
        codes.append("stopped")
    if level is not Level.NORMAL:
        codes.append(f"wait-over-{found.thresholds[level.rank - 1]:.0f}-minutes")
    doubts = zip(DOUBTS, (found.capacity_unknown, found.unsettled), strict=True)
    return (*codes, *(code for code, holds in doubts if holds))
