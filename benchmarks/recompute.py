"""What recomputing waits costs: against drawing random numbers, and as the border grows.

`python -m benchmarks.recompute` needs no data; it takes a few minutes on one core. The border is synthetic:
crossings with both directions and four modes, in groups of ten between which the same travellers choose,
some open by day only; in every twentieth group one crossing is shut for a day, so that spill-over is really
sought there. Times are those of the process itself, for the machine may have other things to do.

R1  seconds of an ensemble, with its recorded path, in times of merely drawing the random numbers it draws: a
    recorder notes every call to the generator, and the same calls, with the same sizes, types and places, are
    then made again without using what they return. The ensemble is that of the service: one group of
    crossings, both posts of every lane, all its particles, the whole calendar of an outlook of 72 hours,
    from laying out the lanes to the last step. Both are timed in turn; the median of the ratios. `R1_waits`
    has the waits of every half hour and their quantiles on top.
R2  how the seconds for everything grow with the number of crossings: the exponent of a power law from 10 to
    10,000. Small borders are timed as often as it takes to see as many groups of each kind.
R3  seconds for one group in a border of 10,000 crossings over those in a border of 10.
R4  GiB of a process of its own that recomputes 80,000 lanes, group by group, and keeps their quantiles.
P1  seconds for 2,000 lanes over 72 hours with their waits, with the 100 particles with which the queues are
    held against the truth (`benchmarks.queueing`).

R2 and R4 go through all of 10,000 crossings with few particles; R4 lets every hundredth group have as many
as the service has, which makes the peak.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

import numpy as np

from benchmarks.queueing import PARTICLES as FEWER
from benchmarks.queueing import Check, check
from services.core.congestion.border import Border
from services.core.congestion.chance import Chance
from services.core.congestion.components import Component, components
from services.core.congestion.diversion import Travellers
from services.core.congestion.grid import STEPS_PER_HOUR, Array, LaneKey
from services.core.congestion.lanes import Lanes
from services.core.congestion.layout import Calendar, ahead_hours, calendar_steps, particles, spin_up
from services.core.congestion.outlook import EVERY_STEPS, QUANTILES, Outlook, joining, outlook
from services.core.congestion.path import Path
from services.core.congestion.priors import Priors
from services.core.congestion.queue import simulate
from services.core.congestion.waits import Waits, waits

AT = datetime(2026, 9, 16, 5, tzinfo=UTC)
"""A Wednesday, ten in the morning at the border."""
GROUP = 10
"""Crossings between which the same travellers choose."""
DIRECTIONS, MODES = ("to-kz", "to-uz"), ("car", "truck", "bus", "pedestrian")
LANES = GROUP * len(DIRECTIONS) * len(MODES)
SHUT_EVERY = 20
"""In one of so many groups a crossing is shut."""
HOURS = ((0, 24), (0, 24), (8, 20), (7, 22))
FEW = 10
"""Particles where only growth is looked at."""
PARTICLES, AHEAD_HOURS = particles(), ahead_hours()
SPIN_UP_HOURS = spin_up() // timedelta(hours=1)
NOW, CALENDAR_STEPS = SPIN_UP_HOURS * STEPS_PER_HOUR, calendar_steps(AT - spin_up(), AT)
JOINING = NOW + joining()


@cache
def priors() -> Priors:
    return Priors.read()


@dataclass(frozen=True)
class SyntheticBorder:
    """`groups` of ten crossings each; the first of them is number `first` of all that there could be."""

    groups: int
    first: int = 0

    def keys(self) -> list[LaneKey]:
        return [
            LaneKey(f"x{crossing:06d}", direction, mode)
            for crossing in range(GROUP * self.first, GROUP * (self.first + self.groups))
            for direction in DIRECTIONS
            for mode in MODES
        ]

    def markets(self) -> list[Travellers]:
        """For every group, mode and direction the travellers of six journeys, with made-up roads."""
        return [
            _travellers(
                self.first + group, np.arange(LANES * group + kind, LANES * (group + 1), LANES // GROUP)
            )
            for group in range(self.groups)
            for kind in range(LANES // GROUP)
        ]

    def parts(self) -> list[Component]:
        return components(self.keys(), self.markets())


def _travellers(group: int, rows: Array) -> Travellers:
    access = np.random.default_rng(group).uniform(30, 240, (6, len(rows)))
    return Travellers(rows, np.ones(6), access, np.ones(access.shape, bool))


def usual_shares(number: int) -> Array:
    """(L, 2, T) of a group by its hours."""
    start = AT - timedelta(hours=SPIN_UP_HOURS - 5)
    hour = (start.hour + np.arange(CALENDAR_STEPS) // STEPS_PER_HOUR) % 24
    crossings = [HOURS[(number + crossing) % len(HOURS)] for crossing in range(GROUP)]
    by_crossing = np.array([(hour >= opens) & (hour < shuts) for opens, shuts in crossings], float)
    return np.repeat(np.repeat(by_crossing, LANES // GROUP, axis=0)[:, None], 2, axis=1)


def calendars(number: int, usual: Array) -> list[Calendar]:
    """What may be in a group: as usual or, in some groups, its first crossing shut for a day from now on."""
    if number % SHUT_EVERY:
        return [Calendar(1.0, usual)]
    shut = usual.copy()
    shut[: LANES // GROUP, :, NOW : NOW + 24 * STEPS_PER_HOUR] = 0
    return [Calendar(0.5, usual), Calendar(0.5, shut)]


def recomputed(keys: Sequence[LaneKey], part: Component, particles: int = PARTICLES) -> Outlook:
    """One group of a border whose lanes are `keys`."""
    number = int(part.name[1:]) // GROUP
    usual = usual_shares(number)
    return outlook(
        [keys[row] for row in part.rows],
        [part.name] * len(part.rows),
        AT,
        usual,
        calendars(number, usual),
        priors=priors(),
        seed=1,
        travellers=part.markets,
        particles=particles,
    )


class Recorder(np.random.Generator):
    """A generator that notes what is asked of it."""

    asked: list[tuple[str, tuple[Any, ...], dict[str, Any]]]

    def again(self) -> Callable[[], np.random.Generator]:
        """The same calls of a plain generator, for their own sake."""

        def draw() -> np.random.Generator:
            plain = np.random.Generator(np.random.SFC64(1))
            for name, positional, named in self.asked:
                getattr(plain, name)(*positional, **named)
            return plain

        return draw


def _noting(name: str) -> Callable[..., Any]:
    def noted(self: Recorder, *positional: Any, **named: Any) -> Any:
        self.asked.append((name, positional, named))
        return getattr(np.random.Generator, name)(self, *positional, **named)

    return noted


for _name in ("standard_normal", "random", "permuted", "integers"):
    setattr(Recorder, _name, _noting(_name))


def group_lanes(number: int = 1, crossings: int = GROUP, until: int = CALENDAR_STEPS) -> Lanes:
    """The lanes of a group, on its usual calendar, its first `until` steps."""
    keys = SyntheticBorder(1, number).keys()[: crossings * LANES // GROUP]
    usual = usual_shares(number)[: len(keys), :, :until]
    start = AT - timedelta(hours=SPIN_UP_HOURS)
    border = Border.expected(keys, ["x"] * len(keys), start, usual, {}, priors())
    return border.lanes(border.arrivals[None], usual[None])


def seconds_of(runs: dict[str, Callable[[], object]], times: int) -> dict[str, Array]:
    """(times,) seconds of each, taken in turn."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(times):
        for name, run in runs.items():
            started = time.process_time()
            run()
            taken[name].append(time.process_time() - started)
    return {name: np.array(seconds) for name, seconds in taken.items()}


def against_drawing() -> dict[str, Check]:
    """R1 and R1_waits."""
    lanes, recorder = group_lanes(), Recorder(np.random.SFC64(1))
    recorder.asked = []
    path = simulate(lanes, Chance(recorder, PARTICLES))
    taken = seconds_of({"drawing": recorder.again(), "ensemble": partial(_ensemble, lanes)}, 9)
    taken |= seconds_of({"waits": lambda: _waits(path).quantiles(QUANTILES)}, 9)
    for name, seconds in taken.items():
        per_step = float(np.median(seconds)) / (LANES * CALENDAR_STEPS * PARTICLES) * 1e9
        print(f"  {name:16}{np.median(seconds):8.3f} s {per_step:8.1f} ns a lane, particle and step")
    ensemble, with_waits = taken["ensemble"], taken["ensemble"] + taken["waits"]
    return {
        "R1": check(float(np.median(ensemble / taken["drawing"])), 2.0),
        "R1_waits": _figure(float(np.median(with_waits / taken["drawing"]))),
    }


def _ensemble(lanes: Lanes, particles: int = PARTICLES) -> Path:
    return simulate(lanes, Chance(np.random.Generator(np.random.SFC64(1)), particles))


def _waits(path: Path, joining: Array = JOINING) -> Waits:
    return waits(path, joining, Chance(np.random.Generator(np.random.SFC64(2)), path.particles))


def growth() -> dict[str, Check]:
    """R2 and R4."""
    found = {groups * GROUP: _everything(groups) for groups in (1, 10, 100)}
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found[10_000], peak = pool.apply(_measured, (10_000 // GROUP,))
    for crossings, seconds in found.items():
        print(f"  {crossings:6} crossings {seconds:9.2f} s {1000 * seconds / crossings:8.2f} ms each")
    exponent = float(np.polyfit(np.log(list(found)), np.log(list(found.values())), 1)[0])
    return {"R2": check(exponent, 1.05), "R4": check(peak, 2.0)}


def _everything(groups: int) -> float:
    """Seconds to recompute a border of so many groups, the mean of as many borders as make 40 groups."""
    borders = max(2 * SHUT_EVERY // groups, 1)
    return float(np.mean([_recompute_all(SyntheticBorder(groups, groups * i)) for i in range(borders)]))


def _recompute_all(border: SyntheticBorder, full_every: int | None = None) -> float:
    """Seconds to recompute a border and keep what is shown of it; one in `full_every` groups, if that is
    given, with all its particles, which is not timed."""
    started = time.process_time()
    keys, shown, apart = border.keys(), [], 0.0
    for number, part in enumerate(components(keys, border.markets())):
        if full_every and number % full_every == 0:
            begun = time.process_time()
            recomputed(keys, part)
            apart += time.process_time() - begun
        found = recomputed(keys, part, FEW)
        shown.append((found.wait.astype(np.float32), found.exceeding.astype(np.float32), found.queue))
    assert len(shown) == border.groups
    return time.process_time() - started - apart


def _measured(groups: int) -> tuple[float, float]:
    """In a process of its own: seconds, and GiB at the peak."""
    seconds = _recompute_all(SyntheticBorder(groups), full_every=100)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def one_group() -> dict[str, Check]:
    """R3."""
    number = 7
    small, large = SyntheticBorder(1, number), SyntheticBorder(10_000 // GROUP)
    runs: dict[str, Callable[[], object]] = {
        "small": partial(recomputed, small.keys(), small.parts()[0]),
        "large": partial(recomputed, large.keys(), large.parts()[number]),
    }
    taken = seconds_of(runs, 5)
    ratio = float(np.median(taken["large"] / taken["small"]))
    print(f"  a group: {np.median(taken['small']):.3f} s in a border of 10, {ratio:.3f} times that in 10,000")
    return {"R3": check(abs(ratio - 1), 0.1)}


def two_thousand_lanes() -> dict[str, Check]:
    """P1: the lanes of 25 groups."""
    steps = AHEAD_HOURS * STEPS_PER_HOUR

    def run() -> None:
        for number in range(2000 // LANES):
            path = _ensemble(group_lanes(number, until=steps), FEWER)
            _waits(path, np.arange(0, steps, EVERY_STEPS)).quantiles(QUANTILES)

    return {"P1_2000": check(float(seconds_of({"all": run}, 1)["all"][0]), 10.0)}


def _figure(value: float) -> Check:
    """A figure without a limit."""
    return {"value": round(value, 3), "limit": None, "pass": None}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.recompute", description=__doc__)
    parser.parse_args(arguments)
    checks: dict[str, Check] = {}
    for measure in (against_drawing, two_thousand_lanes, one_group, growth):
        checks |= measure()
    for name, found in checks.items():
        print(f"{name:13} {found['value']} (limit {found['limit']}) pass: {found['pass']}")
    print(json.dumps(checks))
    return 1 if any(found["pass"] is False for found in checks.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
