"""A crossing of one narrow post, what really happens there, what people report, and what the model is told.

The model knows the usual demand of every hour and eight servers; it does not know how busy the days are, how
slow the inspections, how many servers are missing, or that the post stops. Its unknowns are those of the
service's priors and not fitted to this truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.vehicles import Circumstances, Floats, Run, day_profile, losses, run, shut, wandering
from services.core.congestion.chance import Wander
from services.core.congestion.evidence import Evidence
from services.core.congestion.grid import STEP_MINUTES, STEPS_PER_HOUR, Array
from services.core.congestion.lanes import Lanes, Unknowns
from services.core.congestion.priors import Priors
from services.core.congestion.sources import Sources

SERVERS = 8
SERVICE_MINUTES, SERVICE_SCV = 10.0, 0.45
PER_DAY = 630.0
"""Vehicles that come on an average day: with 10 minutes at each of 8 servers, there is a queue in the busy
hours of many days."""
BALKING = 400.0
DEMAND_SD, INSPECTION_SD = 0.20, 0.15
"""Hidden factors of a run: log-sd."""
WANDER_SD, WANDER_TAU_HOURS = 0.20, 12.0
LOSS_MINUTES = 360
STOP_HOURS = (2.0, 5.0)
UNBOUNDED = 1e4
"""Servers of the entry post, at which nobody has to wait."""
SOURCES = Sources.read()
Spans = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Troubles:
    """What goes wrong unannounced: servers missing for six hours at a time, none to `most_lost` of them, and
    the chance of a stop in two days."""

    most_lost: int
    stops: float


def truth(hours: int, numbers: np.random.Generator, troubles: Troubles, announced: Spans = ()) -> Run:
    """What happens; `announced` closures in minutes from the start."""
    minutes = hours * 60
    demand, inspection = (
        np.exp(sd * numbers.standard_normal() - sd**2 / 2) for sd in (DEMAND_SD, INSPECTION_SD)
    )
    stops = [
        (begins, begins + 60 * numbers.uniform(*STOP_HOURS))
        for begins in np.arange(0, minutes, 48 * 60) + numbers.uniform(0, 46 * 60, -(-hours // 48))
        if numbers.random() < troubles.stops
    ]
    wanders = wandering(minutes, WANDER_SD, WANDER_TAU_HOURS, numbers)
    missing = losses(minutes, LOSS_MINUTES, troubles.most_lost, numbers)
    given = Circumstances(
        per_minute=day_profile(minutes) * PER_DAY * demand * wanders,
        servers=shut(SERVERS - missing, [*stops, *announced]),
        service_minutes=SERVICE_MINUTES * inspection,
        service_scv=SERVICE_SCV,
        balking=BALKING,
    )
    return run(given, numbers)


@dataclass(frozen=True)
class Watch:
    """How often a crossing is reported on: crowd waits an hour, hours between counts, and the share of
    garbage among the former."""

    crowd_per_hour: float
    count_hours: int
    garbage: float = 0.07

    def reports(self, seen: Run, lane: int, hours: int, numbers: np.random.Generator) -> list[Evidence]:
        """Counts (log-sd 0.25, rounded to 5), units of every shift of 12 hours (3 %), and what those say
        whose turn has just come (log-sd 0.40, 10 % too high)."""
        return [
            *self._counts(seen, lane, hours, numbers),
            *self._shifts(seen, lane, hours, numbers),
            *self._crowd(seen, lane, hours, numbers),
        ]

    def _counts(self, seen: Run, lane: int, hours: int, numbers: np.random.Generator) -> Iterator[Evidence]:
        for hour in range(self.count_hours, hours, self.count_hours):
            real = float(seen.queue(np.array([hour * 60.0]))[0])
            count = 5 * round(real * np.exp(0.25 * numbers.standard_normal()) / 5)
            yield Evidence(
                lane=lane,
                step=hour * STEPS_PER_HOUR,
                key=f"count {hour}",
                kind=SOURCES.figures["official-count"],
                source="post",
                stage=0,
                low=max(count - 2.5, 0.0),
                high=count + 2.5,
                lineage="post",
            )

    def _shifts(self, seen: Run, lane: int, hours: int, numbers: np.random.Generator) -> Iterator[Evidence]:
        for hour in range(12, hours, 12):
            real = seen.passed((hour - 12) * 60, hour * 60)
            units = round(real * np.exp(0.03 * numbers.standard_normal()))
            yield Evidence(
                lane=lane,
                step=hour * STEPS_PER_HOUR,
                key=f"shift {hour}",
                kind=SOURCES.figures["throughput"],
                source="post",
                stage=0,
                low=max(units - 0.5, 0.0),
                high=units + 0.5,
                hours=12.0,
                lineage="register",
            )

    def _crowd(self, seen: Run, lane: int, hours: int, numbers: np.random.Generator) -> Iterator[Evidence]:
        count = numbers.poisson(self.crowd_per_hour * hours)
        asked = np.sort(numbers.uniform(0, hours * 60, count))
        for number, at in enumerate(asked):
            noise, garbage = 1.1 * np.exp(0.40 * numbers.standard_normal()), np.exp(numbers.uniform(0, 6.4))
            nonsense = numbers.random() < self.garbage
            found = seen.next_served(float(at))
            if found is None or found[0] >= hours * 60:
                continue
            minutes = round(garbage if nonsense else found[1] * noise)
            yield Evidence(
                lane=lane,
                step=int(found[0] // STEP_MINUTES),
                key=f"crowd {number}",
                kind=SOURCES.figures["crowd-wait"],
                source="crowd",
                stage=0,
                low=max(minutes - 0.5, 0.0),
                high=minutes + 0.5,
                contributor=f"vehicle at {found[0]}",
            )


def expected_lanes(begins: Sequence[int], steps: int, announced: Spans = ()) -> Lanes:
    """What the model is told of the crossing: lane for lane from the step `begins` of a run on."""
    size = len(begins)
    ones, ever = np.ones(size), np.full(size, np.inf)
    minute = np.array(begins)[:, None] * STEP_MINUTES + np.arange(steps) * STEP_MINUTES
    servers = np.full((1, size, 2, steps), UNBOUNDED)
    servers[0, :, 0] = SERVERS
    for first, last in announced:
        servers[0, :, 0][(minute + STEP_MINUTES / 2 > first) & (minute + STEP_MINUTES / 2 < last)] = 0
    return Lanes(
        arrivals_per_hour=usual_per_hour(minute)[None],
        servers=servers,
        party=ones,
        service_minutes=np.tile([SERVICE_MINUTES, 0.01], (size, 1)),
        service_scv=np.full((size, 2), SERVICE_SCV),
        held=np.ones(size, bool),
        balking=BALKING * ones,
        yard=ever,
        walk_steps=np.ones(size, int),
        unknowns=_unknowns(size),
    )


def usual_per_hour(minute: Array) -> Floats:
    """Vehicles an hour that usually come in the step that begins at a minute."""
    day = day_profile(24 * 60).reshape(-1, STEP_MINUTES).mean(axis=1)
    return np.asarray(day[(minute // STEP_MINUTES).astype(int) % len(day)] * PER_DAY * 60)


def _unknowns(size: int) -> Unknowns:
    common = Priors.read().common

    def everywhere(value: float) -> Array:
        return np.full(size, value)

    return Unknowns(
        demand_level_sd=everywhere(DEMAND_SD),
        demand=Wander.around_one(
            everywhere(common.demand_sd.value), everywhere(common.demand_tau_hours.value)
        ),
        capacity=Wander(
            everywhere(common.capacity_mean.value),
            everywhere(common.capacity_sd.value),
            everywhere(common.capacity_tau_hours.value),
        ),
        inspection=Wander.around_one(
            everywhere(common.inspection_sd.value), everywhere(common.inspection_tau_hours.value)
        ),
        stop_every_hours=everywhere(common.stop_every_hours.value),
        stop_hours=everywhere(common.stop_hours.value),
    )
