"""The filter against a crossing simulated vehicle by vehicle, and against what one would do without it.

`python -m benchmarks.assimilation` needs no data. Sixty runs of two days each are reported on more or less
often (A1 queue, A2 wait; the last row of `WATCHES` is one crowd wait in ten hours and a count every twelve),
always judged by what was known at the time. The ways without a filter: the model without reports, the last
report taken as the present, and a deterministic queue restarted at each report. A3 is what copies and
garbage do, E1 announced closures where nothing stops unannounced (`benchmarks.announced`), D1 whether the
order of reports matters. Behind each ratio stands its 95 % interval over runs drawn with replacement.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.announced import announced_closures
from benchmarks.queueing import Check, check
from benchmarks.ratios import Ratio
from benchmarks.vehicles import Floats, Run
from benchmarks.watched import (
    SERVERS,
    SERVICE_MINUTES,
    SOURCES,
    Troubles,
    Watch,
    expected_lanes,
    truth,
    usual_per_hour,
)
from services.core.congestion.chance import Chance
from services.core.congestion.ensemble import Ensemble
from services.core.congestion.evidence import Evidence
from services.core.congestion.filtering import filtered
from services.core.congestion.grid import STEP_MINUTES, STEPS_PER_HOUR, Array
from services.core.congestion.queue import Kernel
from services.core.congestion.readings import Readings
from services.core.congestion.sources import Measure
from services.core.congestion.waits import waits

SEED = 1
RUNS, HOURS, TAIL_HOURS = 60, 48, 24
TROUBLES = Troubles(most_lost=3, stops=0.35)
PARTICLES = 400
FIRST_HOUR = 6
GRID = np.arange(FIRST_HOUR, HOURS) * STEPS_PER_HOUR + STEPS_PER_HOUR // 2
"""Steps at which queue and wait are asked for: half past every hour."""
WATCHES = (Watch(2.0, 3), Watch(0.5, 6), Watch(0.1, 12))
QUEUE_LIMITS, WAIT_LIMITS = (0.39, 0.53, 0.90), (0.72, 0.80, 1.00)
COVERAGE = (0.74, 0.90)
TOLERANCE = 1.0
"""Minutes, the unit in which waits are shown."""
USUAL_CAPACITY = 0.9
"""Of the servers that usually work, for the ways without a filter: the mean of the model's prior."""


@dataclass(frozen=True)
class Told:
    """Estimates of queue and wait at `GRID`, (J, runs). Of a distribution: medians, the wait's P10 and P90,
    and the standard deviation of the queue."""

    queue: Array
    wait: Array
    low: Array
    high: Array
    spread: Array


def told(evidence: Sequence[Evidence], runs: int = RUNS, particles: int = PARTICLES) -> Told:
    """What the filter says; all runs are lanes of one ensemble."""
    lanes = expected_lanes([0] * runs, (HOURS + TAIL_HOURS) * STEPS_PER_HOUR)
    chance, looks = (Chance(np.random.Generator(np.random.SFC64(SEED + i)), particles) for i in (0, 1))
    kernel, ensemble = Kernel(lanes), Ensemble.empty(lanes, chance)
    readings, knowledge, rows = Readings(kernel, ensemble), None, []
    for step in GRID:
        knowledge = filtered(kernel, ensemble, evidence, int(step), chance, SOURCES, knowledge)
        queue = np.stack([readings.waiting(lane, 0) for lane in range(runs)])
        low, wait, high = waits(ensemble.path, np.array([step]), looks).quantiles((0.1, 0.5, 0.9))[:, 0]
        rows.append((np.median(queue, axis=-1), wait, low, high, queue.std(axis=-1)))
    return Told(*(np.stack(column) for column in zip(*rows, strict=True)))


def restarted(evidence: Sequence[Evidence], growing: bool) -> tuple[Array, Array]:
    """Queue and wait (J, runs) from each run's last count or wait: as reported, or, `growing`, changed since
    by what usually comes and what is usually completed."""
    pace = USUAL_CAPACITY * SERVERS / SERVICE_MINUTES
    queue, wait = np.zeros((len(GRID), RUNS)), np.zeros((len(GRID), RUNS))
    usual = usual_per_hour(np.arange(HOURS * STEPS_PER_HOUR) * STEP_MINUTES) / 60
    for lane in range(RUNS):
        ours = [one for one in evidence if one.lane == lane and one.kind.subject != Measure.PASSED]
        ours.sort(key=lambda one: (one.step, one.key))
        for row, step in enumerate(GRID):
            known = [one for one in ours if one.step <= step]
            present, since = _reported(known[-1], pace) if known else (0.0, 0)
            if growing:
                for flow in usual[since:step]:
                    present = max(present + (flow - pace) * STEP_MINUTES, 0.0)
            queue[row, lane], wait[row, lane] = present, present / pace
    return queue, wait


def _reported(one: Evidence, pace: float) -> tuple[float, int]:
    middle = (one.low + one.high) / 2
    return (middle if one.kind.subject == Measure.COUNT else middle * pace), one.step


def accuracy(runs: Sequence[Run]) -> dict[str, Check]:
    """A1 and A2."""
    queue, wait = _real(runs)
    raw, checks = told(()), dict[str, Check]()
    print(f"{'':23}{'raw':>6}{'last':>7}{'fluid':>7}{'filter':>8}{'ratio':>7}  95 %")
    for place, watch in enumerate(WATCHES):
        evidence = all_reports(runs, watch)
        ours, naive = told(evidence), [restarted(evidence, growing) for growing in (False, True)]
        name = f"{watch.crowd_per_hour}/h, {watch.count_hours} h"
        for what, figure, estimate, others, limits in (
            ("A1", queue, ours.queue, [raw.queue, *(pair[0] for pair in naive)], QUEUE_LIMITS),
            ("A2", wait, ours.wait, [raw.wait, *(pair[1] for pair in naive)], WAIT_LIMITS),
        ):
            errors = [np.abs(each - figure).mean(axis=0) for each in (*others, estimate)]
            ratio = Ratio.to_best(errors[-1], errors[:-1])
            row = "".join(f"{error.mean():7.1f}" for error in errors)
            print(f"{what} {name:18}{row} {ratio}")
            checks[f"{what}_{place + 1}"] = check(ratio.value, limits[place])
        checks[f"A2_coverage_{place + 1}"] = _coverage(ours, wait)
    return checks


def _real(runs: Sequence[Run]) -> tuple[Floats, Floats]:
    """Queue and wait (J, runs)."""
    at = GRID * float(STEP_MINUTES)
    return np.stack([run.queue(at) for run in runs], axis=1), np.stack([run.wait(at) for run in runs], axis=1)


def _coverage(ours: Told, wait: Array) -> Check:
    """Share of waits within P10–P90 and a minute, where that says anything: where P90 is over a minute. An
    interval that begins at zero cannot be missed below, so 0.80 is not to be expected."""
    inside = (wait >= ours.low - TOLERANCE) & (wait <= ours.high + TOLERANCE)
    some = ours.high > TOLERANCE
    value, above = float(inside[some].mean()), float((wait > ours.high + TOLERANCE).mean())
    print(f"   coverage {value:.3f} (at all times {inside.mean():.3f}); above P90 {above:.3f}")
    return {"value": round(value, 3), "limit": COVERAGE[1], "pass": COVERAGE[0] <= value <= COVERAGE[1]}


def all_reports(runs: Sequence[Run], watch: Watch) -> list[Evidence]:
    return [
        one
        for lane, seen in enumerate(runs)
        for one in watch.reports(seen, lane, HOURS, np.random.default_rng([SEED, lane, 1]))
    ]


def robustness(runs: Sequence[Run]) -> dict[str, Check]:
    """A3: how far five copies of every count narrow the posterior, and what 10 % of garbage costs."""
    few, (queue, wait) = 20, _real(runs)
    counted = [one for one in all_reports(runs[:few], WATCHES[0]) if one.kind.subject == Measure.COUNT]
    copies = [replace(one, key=f"{one.key}, copy {i}") for one in counted for i in range(5)]
    apart = [replace(one, lineage=one.key) for one in copies]
    once, copied, believed = (float(told(list(each), few).spread.mean()) for each in (counted, copies, apart))
    print(f"A3 sd of the queue: counts {once:.2f}, five copies {copied:.2f}, five sources {believed:.2f}")
    errors = []
    for share in (0.0, 0.10):
        ours = told(all_reports(runs, replace(WATCHES[0], garbage=share)))
        errors.append((float(np.abs(ours.queue - queue).mean()), float(np.abs(ours.wait - wait).mean())))
    clean, spoilt = errors
    print("A3 MAE of queue and wait: no garbage {:.2f} {:.2f}, 10 % {:.2f} {:.2f}".format(*clean, *spoilt))
    dearer = max(after / before - 1 for before, after in zip(clean, spoilt, strict=True))
    return {"A3_copies": check(1 - copied / once, 0.05), "A3_garbage": check(dearer, 0.15)}


def order(runs: Sequence[Run]) -> Check:
    """D1: bytes that differ when reports come in another order, and when one comes late."""
    few = 4
    evidence = all_reports(runs[:few], WATCHES[0])
    shuffled = [evidence[i] for i in np.random.default_rng(SEED).permutation(len(evidence))]
    late = len(evidence) // 2
    in_time, mixed, without, mended = (
        _bytes(each, few)
        for each in (
            evidence,
            shuffled,
            evidence[:late] + evidence[late + 1 :],
            [*evidence[:late], *evidence[late + 1 :], evidence[late]],
        )
    )
    assert (without != in_time).any(), "a report has changed nothing"
    return check(float((mixed != in_time).sum() + (mended != in_time).sum()), 0.0)


def _bytes(evidence: Sequence[Evidence], runs: int) -> Array:
    lanes = expected_lanes([0] * runs, HOURS * STEPS_PER_HOUR)
    chance = Chance(np.random.Generator(np.random.SFC64(SEED)), 100)
    ensemble = Ensemble.empty(lanes, chance)
    filtered(Kernel(lanes), ensemble, evidence, lanes.steps, chance, SOURCES)
    path = ensemble.path
    everything = (path.arrived, path.turned_away, path.departed, path.capacity, ensemble.level, path.stopped)
    return np.concatenate([part.view(np.uint8).ravel() for part in everything])


def main(arguments: Sequence[str] | None = None) -> int:
    argparse.ArgumentParser(prog="benchmarks.assimilation", description=__doc__).parse_args(arguments)
    hours = HOURS + TAIL_HOURS
    runs = [truth(hours, np.random.default_rng([SEED, number, 0]), TROUBLES) for number in range(RUNS)]
    parts: Sequence[Callable[[], dict[str, Check]]] = (
        lambda: accuracy(runs),
        lambda: robustness(runs),
        announced_closures,
        lambda: {"D1": order(runs)},
    )
    checks = {name: found for part in parts for name, found in part().items()}
    for name, found in checks.items():
        print(f"{name:14} {found['value']} (limit {found['limit']}) pass: {found['pass']}")
    print(json.dumps(checks))
    return 1 if any(found["pass"] is False for found in checks.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
