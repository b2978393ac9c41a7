"""E1: announced closures, foreseen by the queue that knows the calendar and by forecasters that do not.

Several crossings are simulated for 90 days with 14 closures of 3 to 7 hours that were announced in time. From
the closure to twelve hours after it, the wait of those who join at each full hour is forecast 3, 6 and 24
hours ahead. The queue knows the reports until then and the announced hours; persistence and a regression on
the waits of the past know those waits exactly, which nobody would. They learn for three weeks before the
first closure counts, and anew every week.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.queueing import Check, check
from benchmarks.ratios import Ratio
from benchmarks.vehicles import Floats, Run
from benchmarks.watched import SOURCES, Spans, Troubles, Watch, expected_lanes, truth
from services.core.congestion.chance import Chance
from services.core.congestion.checkpoint import BIAS, Checkpoint, checkpoint, resumed
from services.core.congestion.ensemble import Ensemble
from services.core.congestion.evidence import Evidence
from services.core.congestion.filtering import filtered
from services.core.congestion.grid import STEPS_PER_HOUR, Array
from services.core.congestion.knowledge import Knowledge
from services.core.congestion.queue import Kernel
from services.core.congestion.waits import waits

SEED = 7
CROSSINGS, DAYS, TAIL_DAYS = 6, 90, 3
LEARNING_DAYS = 21
CLOSURES, CLOSED_HOURS, AFTER_HOURS = 14, (3, 7), 12
AHEAD_HOURS = (3, 6, 24)
LIMIT = 0.45
TROUBLES = Troubles(most_lost=1, stops=0.0)
"""The closures are what happens here."""
WATCH = Watch(0.5, 6)
PARTICLES = 200
CHUNK_HOURS, LEAD_HOURS = 24, 48
"""The filter goes on in calendars of a day, each with two days before it for the past."""
FORECAST_LEAD = STEPS_PER_HOUR
WAIT_HOURS = 24
"""Calendar after the last hour asked for, in which waits can end."""
LEAST_HOURS = 5 / 60
"""Added to a wait before its logarithm is taken."""
RIDGE = 20.0
WEEK = 7 * 24


def announced_closures() -> dict[str, Check]:
    closures = _closures(np.random.default_rng([SEED, 0]))
    runs = [
        truth((DAYS + TAIL_DAYS) * 24, np.random.default_rng([SEED, 1, lane]), TROUBLES, closures)
        for lane in range(CROSSINGS)
    ]
    hourly = np.stack([seen.wait(np.arange(DAYS * 24) * 60.0) for seen in runs], axis=1)
    asked = [_asked(closure) for closure in closures]
    queue = _by_queue(runs, closures, asked)
    checks = {}
    print("E1 announced closures, no unannounced stops")
    print(f"   MAE of the wait{'persistence':>14}{'ridge':>8}{'queue':>8}{'ratio':>8}  95 %")
    for ahead in AHEAD_HOURS:
        regression = _regression(hourly, ahead)
        blocks = []
        for hours, found in zip(asked, queue[ahead], strict=True):
            forecasts = (hourly[hours - ahead], regression[hours], found)
            blocks.append([np.abs(forecast - hourly[hours]).mean(axis=0) for forecast in forecasts])
        errors = np.array(blocks).transpose(1, 0, 2).reshape(3, -1)
        ratio = Ratio.to_best(errors[2], list(errors[:2]))
        persistence, ridge, ours = errors.mean(axis=1)
        print(f"   {ahead:2} h ahead    {persistence:16.1f}{ridge:8.1f}{ours:8.1f} {ratio}")
        checks[f"E1_{ahead}h"] = check(ratio.value, LIMIT) | {"unannounced_stops": TROUBLES.stops}
    return checks


def _closures(numbers: np.random.Generator) -> Spans:
    """Minutes; on different days, by day, after the days of learning."""
    days = np.sort(numbers.choice(np.arange(LEARNING_DAYS, DAYS - 2, 2), CLOSURES, replace=False))
    begins = days * 24 + numbers.integers(6, 19, CLOSURES)
    lasts = numbers.integers(CLOSED_HOURS[0], CLOSED_HOURS[1] + 1, CLOSURES)
    return [(60.0 * begin, 60.0 * (begin + last)) for begin, last in zip(begins, lasts, strict=True)]


def _asked(closure: tuple[float, float]) -> Array:
    """The full hours from the closure to twelve hours after it."""
    return np.arange(int(closure[0]) // 60, int(closure[1]) // 60 + AFTER_HOURS + 1)


def _by_queue(runs: Sequence[Run], closures: Spans, asked: Sequence[Array]) -> dict[int, list[Array]]:
    """For every horizon and closure the median waits (hours asked for, crossings)."""
    wanted = {int(hour) - ahead for hours in asked for hour in hours for ahead in AHEAD_HOURS}
    states = dict(_states(runs, closures, wanted))
    looks = Chance(np.random.Generator(np.random.SFC64(SEED + 1)), PARTICLES)
    return {
        ahead: [_foreseen(hours, ahead, states, closures, looks) for hours in asked] for ahead in AHEAD_HOURS
    }


def _states(runs: Sequence[Run], closures: Spans, wanted: set[int]) -> Iterator[tuple[int, Checkpoint]]:
    """The filter at the full hours that are wanted, each with what was reported before."""
    evidence = [
        one
        for lane, seen in enumerate(runs)
        for one in WATCH.reports(seen, lane, DAYS * 24, np.random.default_rng([SEED, 2, lane]))
    ]
    chance = Chance(np.random.Generator(np.random.SFC64(SEED)), PARTICLES)
    ensemble, knowledge = None, None
    for first in range(0, DAYS * 24, CHUNK_HOURS):
        origin = max(first - LEAD_HOURS, 0)
        steps = (first + CHUNK_HOURS - origin) * STEPS_PER_HOUR
        lanes = expected_lanes([origin * STEPS_PER_HOUR] * len(runs), steps, closures)
        if ensemble is None or knowledge is None:
            ensemble, knowledge = Ensemble.empty(lanes, chance), Knowledge.none(lanes.count)
        else:
            saved = checkpoint(ensemble, knowledge)
            ensemble, knowledge = resumed(lanes, saved, saved["scenario"], (first - origin) * STEPS_PER_HOUR)
        kernel, ours = Kernel(lanes), _shifted(evidence, origin * STEPS_PER_HOUR, steps)
        ends = [hour for hour in range(first + 1, first + CHUNK_HOURS) if hour in wanted]
        if first in wanted:
            yield first, checkpoint(ensemble, knowledge)
        for hour in (*ends, first + CHUNK_HOURS):
            until = (hour - origin) * STEPS_PER_HOUR
            filtered(kernel, ensemble, ours, until, chance, SOURCES, knowledge)
            if hour in ends:
                yield hour, checkpoint(ensemble, knowledge)


def _shifted(evidence: Sequence[Evidence], by: int, steps: int) -> list[Evidence]:
    """The reports of a calendar that begins at the step `by`."""
    return [replace(one, step=one.step - by) for one in evidence if 0 <= one.step - by <= steps]


def _foreseen(
    hours: Array, ahead: int, states: dict[int, Checkpoint], closures: Spans, chance: Chance
) -> Array:
    """(len(hours), crossings) median waits, each from the state so many hours earlier: all in one ensemble, a
    lane for each hour and crossing."""
    origins = [states[int(hour) - ahead] for hour in hours]
    stacked = {
        name: np.concatenate([saved[name] for saved in origins])
        for name in origins[0]
        if not name.startswith(BIAS)
    }
    begins = np.repeat((hours - ahead) * STEPS_PER_HOUR - FORECAST_LEAD, CROSSINGS)
    at = FORECAST_LEAD + ahead * STEPS_PER_HOUR
    lanes = expected_lanes(begins.tolist(), at + WAIT_HOURS * STEPS_PER_HOUR, closures)
    ensemble, _ = resumed(lanes, stacked, stacked["scenario"], FORECAST_LEAD)
    Kernel(lanes).advance(ensemble, at + STEPS_PER_HOUR, chance)
    median = waits(ensemble.path, np.array([at]), chance).quantiles((0.5,))[0, 0]
    return np.asarray(np.minimum(median, WAIT_HOURS * 60).reshape(len(hours), CROSSINGS))


def _regression(hourly: Floats, ahead: int) -> Floats:
    """(hours, crossings) waits forecast `ahead` hours before: the median of the hour of the week, and a ridge
    regression of what is left on what was left lately, both learnt anew every week from all hours before."""
    logarithms = np.log(hourly / 60 + LEAST_HOURS)
    forecast = np.full(hourly.shape, np.nan)
    for now in range(LEARNING_DAYS * 24 - WEEK, len(hourly), WEEK):
        usual = np.median(logarithms[:now].reshape(-1, WEEK, CROSSINGS), axis=0)
        expected = usual[np.arange(len(hourly)) % WEEK]
        left = logarithms - expected
        seen, coming = np.arange(WEEK, now - ahead), np.arange(now, min(now + WEEK, len(hourly)))
        for crossing in range(CROSSINGS):
            inputs, wanted = _inputs(left[:, crossing]), left[seen + ahead, crossing]
            squares = inputs[seen].T @ inputs[seen] + RIDGE * np.eye(inputs.shape[1])
            learnt = np.linalg.solve(squares, inputs[seen].T @ wanted)
            found = expected[coming, crossing] + inputs[coming - ahead] @ learnt
            forecast[coming, crossing] = np.maximum(np.exp(found) - LEAST_HOURS, 0) * 60
    return forecast


def _inputs(left: Floats) -> Floats:
    """(hours, inputs): now, means of 3 hours, a day and a week, the same hour yesterday and a week ago."""
    hour = np.arange(len(left))
    total = np.concatenate([[0.0], left.cumsum()])
    means = [(total[hour + 1] - total[np.maximum(hour + 1 - each, 0)]) / each for each in (3, 24, WEEK)]
    before = [left[np.maximum(hour - each, 0)] for each in (24, WEEK)]
    return np.stack([left, *means, *before, np.ones(len(left))], axis=1)
