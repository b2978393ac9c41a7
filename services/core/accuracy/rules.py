"""Comparing what was forecast with what was observed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import NamedTuple, TypeAlias

from services.core.accuracy.documents import Score, Tally, Yardsticks
from services.core.advisories import Advisory, Ahead, Run, Wait
from services.core.congestion import assumed
from services.core.crossings import Direction
from services.core.observations import ObservationFields, Reported

QUANTILES = (0.1, 0.5, 0.9)
WEEK = timedelta(weeks=1)
SAME_HOUR = timedelta(minutes=30)
USUAL_WEEKS = 12


class Known(NamedTuple):
    """A wait that was observed at a lane: when it began, when we heard of it, and how long it was."""

    joined_at: datetime
    received_at: datetime
    minutes: float

    @classmethod
    def of(cls, report: Reported) -> Known:
        minutes = report.fields.wait_minutes or 0.0
        joined_at = report.fields.observed_at - timedelta(minutes=minutes)
        return cls(joined_at, report.received_at, minutes)


def scored(target: Reported, horizon_hours: int, run: Run | None, known: Sequence[Known]) -> Score | None:
    """The score of what `run`, the newest at that horizon before the target, had published; None if nothing.

    A reported wait is that of somebody who is served now, a published one that of somebody who joins: they
    are compared at the instant at which the wait began. `known` are the waits of the same lane and post, in
    any order; what was received later than the run is not used.
    """
    fields, joined = target.fields, Known.of(target).joined_at
    advisory = _advisory(run, fields)
    if run is None or advisory is None or advisory.basis is None or fields.wait_minutes is None:
        return None
    between = _around(advisory, joined)
    forecast = between(lambda ahead: _at_post(ahead, fields)) if between else None
    if between is None or forecast is None:
        return None
    queues = between(lambda ahead: _apart(ahead, fields, "queues"))
    series = between(lambda ahead: _apart(ahead, fields, "series"))
    return Score(
        observation=target.id,
        horizon_hours=horizon_hours,
        crossing=fields.crossing,
        direction=fields.direction,
        mode=fields.mode,
        side=fields.side,
        joined_at=joined,
        observed=fields.wait_minutes,
        issued_at=run.at,
        p10=forecast[0],
        p50=forecast[1],
        p90=forecast[2],
        basis=advisory.basis,
        queues_loss=pinball(fields.wait_minutes, queues) if queues else None,
        series_loss=pinball(fields.wait_minutes, series) if series else None,
        yardsticks=yardsticks(known, run.at, joined),
    )


def yardsticks(known: Sequence[Known], at: datetime, target: datetime) -> Yardsticks:
    """What the naive forecasts say at `at` of a wait that begins at `target`; they know what we knew then."""
    seen = sorted(one for one in known if one.received_at <= at)
    return Yardsticks(
        persistence=seen[-1].minutes if seen else None,
        last_week=_nearest(seen, target - WEEK),
        usual=_usual(seen, target),
    )


def _nearest(seen: Sequence[Known], at: datetime) -> float | None:
    near = [one for one in seen if abs(one.joined_at - at) <= SAME_HOUR]
    return min(near, key=lambda one: (abs(one.joined_at - at), one)).minutes if near else None


def _usual(seen: Sequence[Known], target: datetime) -> float | None:
    hours = [target - number * WEEK for number in range(1, USUAL_WEEKS + 1)]
    there = [one.minutes for one in seen if any(abs(one.joined_at - hour) <= SAME_HOUR for hour in hours)]
    return median(there) if len(there) >= assumed().engine.accuracy.fewest_usual.value else None


def _advisory(run: Run | None, fields: ObservationFields) -> Advisory | None:
    return next((one for one in (run.advisories if run else ()) if one.lane == fields.lane), None)


def _around(advisory: Advisory, at: datetime) -> Between | None:
    """Reads waits off the two published instants around `at`; None where it is not between two."""
    published = [ahead for ahead in advisory.ahead if ahead.wait is not None]
    after = bisect_right([ahead.at for ahead in published], at)
    if after == 0:
        return None
    first, second = published[after - 1], published[min(after, len(published) - 1)]
    apart = second.at - first.at
    if max(apart, at - first.at) > LONGEST_STRETCH:
        return None
    share = (at - first.at) / apart if apart else 0.0

    def between(read: Callable[[Ahead], Wait | None]) -> tuple[float, float, float] | None:
        numbers = [
            (one if other is None else one + share * (other - one))
            for one, other in zip(_numbers(read(first)), _numbers(read(second)), strict=True)
            if one is not None and (other is not None or not share)
        ]
        return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None

    return between


Between: TypeAlias = Callable[[Callable[[Ahead], Wait | None]], tuple[float, float, float] | None]
"""P10, P50 and P90 of a wait read off two published instants; None where one of them has no number."""

LONGEST_STRETCH = timedelta(hours=3)
"""Published instants lie at most so far apart; between two with a gap nothing was published."""


def _at_post(ahead: Ahead, fields: ObservationFields) -> Wait | None:
    """The wait at the post or posts that the observation is about."""
    stage = _stage(fields)
    if stage is None:
        return ahead.wait
    return ahead.posts[stage] if ahead.posts else None


def _apart(ahead: Ahead, fields: ObservationFields, name: str) -> Wait | None:
    wait: Wait | None = next((getattr(one, name) for one in ahead.apart if one.stage == _stage(fields)), None)
    return wait


def _stage(fields: ObservationFields) -> int | None:
    if fields.side is None:
        return None
    direction: Direction = fields.direction
    return int(fields.side is not direction.exit_side)


def _numbers(wait: Wait | None) -> tuple[float | None, float | None, float | None]:
    return (wait.p10, wait.p50, wait.p90) if wait else (None, None, None)


def tallied(scores: Iterable[Score]) -> list[Tally]:
    """The sums of scores, by lane, horizon and month, in the order of their keys."""
    found: dict[tuple[object, ...], Tally] = {}
    for score in scores:
        one = _tally(score)
        key = (one.crossing, one.direction, one.mode, one.horizon_hours, one.month)
        found[key] = together([found[key], one]) if key in found else one
    return [found[key] for key in sorted(found, key=str)]


def together(tallies: Sequence[Tally]) -> Tally:
    """Their sums, under the names of the first."""
    summed = {
        name: sum(getattr(tally, name) for tally in tallies)
        for name, field in Tally.model_fields.items()
        if field.default is not None and not field.is_required()
    }
    return tallies[0].model_copy(update=summed)


def pinball(observed: float, quantiles: Sequence[float]) -> float:
    """Mean loss of P10, P50 and P90; half the mean absolute error for a forecast without spread."""
    losses = (
        level * (observed - quantile) if observed >= quantile else (1 - level) * (quantile - observed)
        for level, quantile in zip(QUANTILES, quantiles, strict=True)
    )
    return sum(losses) / len(QUANTILES)


def _tally(score: Score) -> Tally:
    error = abs(score.observed - score.p50)
    theirs: dict[str, float] = {}
    for name, said in score.yardsticks:
        if said is not None:
            theirs |= {
                f"{name}_targets": 1,
                f"{name}_error": abs(score.observed - said),
                f"{name}_ours": error,
            }
    if score.queues_loss is not None and score.series_loss is not None:
        theirs |= {
            "apart_targets": 1,
            "queues_loss": score.queues_loss,
            "series_loss": score.series_loss,
        }
    return Tally(
        crossing=score.crossing,
        direction=score.direction,
        mode=score.mode,
        horizon_hours=score.horizon_hours,
        month=score.joined_at.astimezone(UTC).date().replace(day=1),
        targets=1,
        below=score.observed < score.p10,
        above=score.observed > score.p90,
        error=error,
        pinball=pinball(score.observed, (score.p10, score.p50, score.p90)),
        **theirs,
    )
