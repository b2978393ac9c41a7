"""The queue kernel against discrete-event simulation, against two naive kernels, and against the clock.

`python -m benchmarks.queueing --data DIR` reads `synthetic_queue_truth_ciw.json` in DIR: mean, P10 and P90 of
queue and wait in six border-like days, simulated event by event with Ciw 3.2.7, once with known parameters
and once with demand and inspection time unknown by 15 % and 10 %. Errors are mean absolute errors over the
day, of the mean or of P90, as a share of the day's mean queue or wait in the truth. Without the file the
checks that need it have no value.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import log
from pathlib import Path as File
from typing import Any

import numpy as np

from services.core.congestion.chance import Chance, Wander
from services.core.congestion.diversion import Travellers
from services.core.congestion.fluid import HourlyQueues
from services.core.congestion.grid import STEP_HOURS, STEP_MINUTES, Array, LaneKey
from services.core.congestion.lanes import Lanes, Unknowns
from services.core.congestion.layout import Calendar, calendar_steps, spin_up
from services.core.congestion.opening import Opening
from services.core.congestion.outlook import outlook
from services.core.congestion.path import Path
from services.core.congestion.priors import Priors
from services.core.congestion.queue import Ensemble, Kernel, simulate
from services.core.congestion.spillover import Behaviour, Market, calibrated, equilibrium
from services.core.congestion.waits import quantiles, waits

TRUTH = "synthetic_queue_truth_ciw.json"
DAY_HOURS, TAIL_HOURS = 36, 60
STEPS = (DAY_HOURS + TAIL_HOURS) * 60 // STEP_MINUTES
HOURS = (np.arange(STEPS) + 0.5) * STEP_HOURS
PARTICLES = 100
SEEDS = (1, 2, 3)
DEMAND_SD, INSPECTION_SD = 0.15, 0.10
UNBOUNDED = 1e4
"""Servers of a post that nobody has to wait for."""


@dataclass(frozen=True)
class Case:
    """One of the six days of the truth file; its `meta` block states the same figures."""

    name: str
    base: float
    servers: Array
    minutes: float
    scv: float = 0.45
    party: float = 1.0
    surge: Array | float = 1.0
    second: tuple[float, float] | None = None
    """Servers and minutes of the second post."""

    @property
    def posts(self) -> list[tuple[Array, float]]:
        first = (self.servers, self.minutes)
        return [first, (np.full(STEPS, self.second[0]), self.second[1])] if self.second else [first]

    @property
    def per_hour(self) -> Array:
        hour = HOURS % 24
        morning = 1.15 * np.exp(-(((hour - 9) / 2.5) ** 2) / 2)
        evening = 1.05 * np.exp(-(((hour - 17) / 3) ** 2) / 2)
        return np.asarray(self.base * (0.25 + morning + evening) / 0.83 * self.surge)


def _between(start: float, end: float, inside: float, outside: float | Array) -> Array:
    return np.where((start <= HOURS) & (end > HOURS), inside, outside)


CASES = (
    Case("held overnight", 26, _between(0, 8, 0, _between(20, 32, 0, 8)), 7.5),
    Case("closure of 6 h", 45, _between(10, 16, 0, 8), 7),
    Case("capacity halved", 40, _between(11, 21, 4, 8), 7),
    Case("holiday × 1.8", 38, np.full(STEPS, 8.0), 7, surge=_between(6, 24, 1.8, 1.0)),
    Case("two posts", 42, np.full(STEPS, 6.0), 5, second=(6, 6.5)),
    Case("buses", 9, np.full(STEPS, 14.0), 1.6, scv=0.6, party=40),
)


def lanes_of(cases: Sequence[Case], unknowns: Unknowns) -> Lanes:
    count = len(cases)
    unbounded = (np.full(STEPS, UNBOUNDED), 0.01)
    posts = [[*case.posts, unbounded][:2] for case in cases]
    return Lanes(
        arrivals_per_hour=np.stack([case.per_hour * case.party for case in cases])[None],
        servers=np.array([[servers for servers, _ in pair] for pair in posts])[None],
        party=np.array([case.party for case in cases]),
        service_minutes=np.array([[minutes for _, minutes in pair] for pair in posts]),
        service_scv=np.array([[case.scv, case.scv] for case in cases]),
        held=np.ones(count, bool),
        balking=np.full(count, np.inf),
        yard=np.full(count, np.inf),
        walk_steps=np.ones(count, int),
        unknowns=unknowns,
    )


def unknowns_of(count: int, uncertain: bool) -> Unknowns:
    if not uncertain:
        return Unknowns.none(count)
    ones, ever = np.ones(count), np.full(count, np.inf)
    still = Wander(0 * ones, 0 * ones, ever)
    inspection = Wander.around_one(INSPECTION_SD * ones, ever)
    return Unknowns(DEMAND_SD * ones, still, still, inspection, ever, ones)


Figures = dict[str, Array]
"""`Lq`, `Lq90`, `W`, `W90`, each (cases, half-hours)."""
Predicted = Callable[[Array], Figures]


def ensemble(uncertain: bool, grid: Array, seed: int = 1) -> Figures:
    """The kernel of the service."""
    lanes = lanes_of(CASES, unknowns_of(len(CASES), uncertain))
    chance = Chance(np.random.default_rng(seed), PARTICLES)
    path = simulate(lanes, chance)
    steps = np.arange(DAY_HOURS * 60 // STEP_MINUTES + 1)
    waiting = path.waiting(0, steps) + path.waiting(1, steps)
    minutes = waits(path, steps, chance, future_sd=0.0).minutes
    before = np.round((grid * 60 - 15) / STEP_MINUTES).astype(int)
    # The truth's half-hours: the queue in their middle, the waits of all who join in them.
    lq = np.concatenate([waiting[before + 1], waiting[before + 2]], axis=-1)
    w = np.concatenate([minutes[before + k] for k in (0, 1, 1, 2, 2, 3)], axis=-1)
    return {
        "Lq": lq.mean(-1).T,
        "Lq90": quantiles(lq, (0.9,))[0].T,
        "W": w.mean(-1).T,
        "W90": quantiles(w, (0.9,))[0].T,
    }


def point_fluid(grid: Array) -> Figures:
    """A naive kernel: one deterministic queue with the best single guess of every parameter."""
    queue_rows, wait_rows = [], []
    at = grid * 60
    for case in CASES:
        flow, arrives, queue, wait = case.per_hour * case.party / 60, at, 0.0 * at, 0.0 * at
        for servers, minutes in case.posts:
            present, out = _fluid(flow, servers / minutes)
            opening = Opening(servers[None], minutes)
            here = np.interp(arrives, np.arange(STEPS + 1) * STEP_MINUTES, present)
            zeros = np.zeros(len(here), np.int64)
            served = opening.moment(zeros, opening.total_at(zeros, arrives) + here)
            queue = queue + np.interp(at, np.arange(STEPS + 1) * STEP_MINUTES, present)
            wait = wait + np.maximum(served - arrives, 0)
            arrives, flow = np.maximum(served, arrives) + minutes, out
        queue_rows.append(queue)
        wait_rows.append(wait)
    lq, w = np.stack(queue_rows), np.stack(wait_rows)
    return {"Lq": lq, "Lq90": lq, "W": w, "W90": w}


def _fluid(flow: Array, capacity: Array) -> tuple[Array, Array]:
    """Queue at the step boundaries and outflow per minute, of flow and capacity per minute."""
    queue, out = np.zeros(STEPS + 1), np.zeros(STEPS)
    for t in range(STEPS):
        out[t] = min(capacity[t], flow[t] + queue[t] / STEP_MINUTES)
        queue[t + 1] = queue[t] + (flow[t] - out[t]) * STEP_MINUTES
    return queue, out


def pointwise_stationary(grid: Array) -> Figures:
    """A naive kernel: the Erlang C formula for every instant by itself, with Allen and Cunneen's factor.

    It has no answer where demand reaches capacity; 0.98 of it is put in.
    """
    rows: dict[str, list[Array]] = {"Lq": [], "Lq90": [], "W": [], "W90": []}
    step = (grid * 60 / STEP_MINUTES).astype(int)
    for case in CASES:
        total = dict.fromkeys(rows, np.zeros(len(grid)))
        for servers, minutes in case.posts:
            flow = case.per_hour[step] * case.party
            busy = np.maximum(servers[step], 1).astype(int)
            here = [_erlang(f, int(c), minutes, case.scv) for f, c in zip(flow, busy, strict=True)]
            total = {key: total[key] + np.array([h[key] for h in here]) for key in rows}
        for key, values in total.items():
            rows[key].append(values)
    return {key: np.stack(values) for key, values in rows.items()}


def _erlang(per_hour: float, servers: int, minutes: float, scv: float) -> dict[str, float]:
    load = min(per_hour * minutes / 60, 0.98 * servers)
    busy = load / servers
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    waiting = blocked / (1 - busy * (1 - blocked))
    mean = waiting * (1 + scv) / 2 * minutes / (servers * (1 - busy))
    scale = mean / waiting if waiting > 0 else 0.0
    late = max(scale * log(waiting / 0.1), 0.0) if waiting > 0 else 0.0
    flow = load / minutes
    return {"Lq": mean * flow, "Lq90": late * flow, "W": mean, "W90": late}


def errors(predicted: Figures, truth: Figures) -> Figures:
    """(cases,) error per figure, in per cent of the daily mean of queue or wait in the truth."""
    sizes = {key: truth[key.removesuffix("90")].mean(axis=1) for key in truth}
    return {key: 100 * np.abs(predicted[key] - truth[key]).mean(axis=1) / sizes[key] for key in truth}


def read_truth(folder: File) -> dict[bool, tuple[Array, Figures]] | None:
    """By whether parameters are uncertain: the grid in hours and the figures; None without the file."""
    file = folder / TRUTH
    if not file.is_file():
        return None
    entries: dict[str, Any] = json.loads(file.read_text())["truth"]
    found = {}
    for uncertain, ending in ((False, "known-params"), (True, "param-uncertain")):
        ours = [entries[name] for name in sorted(entries) if name.endswith(ending)]
        figures = {key: np.array([entry[key] for entry in ours]) for key in ("Lq", "Lq90", "W", "W90")}
        found[uncertain] = (np.array(ours[0]["grid"]), figures)
    return found


Check = dict[str, float | bool | None]


def check(value: float | None, limit: float, *, above: bool = False) -> Check:
    passed = None if value is None else bool(value > limit if above else value <= limit)
    return {"value": None if value is None else round(float(value), 3), "limit": limit, "pass": passed}


def accuracy(truth: dict[bool, tuple[Array, Figures]] | None) -> dict[str, Check]:
    """Q1 known parameters, Q2 uncertain ones, Q3 that naive kernels fail Q2."""
    names = ("Q1", "Q1_worst", "Q2", "Q2_p90", "Q3")
    values: dict[str, float | None] = dict.fromkeys(names)
    if truth is not None:
        known, unknown = (_mean_errors(truth, uncertain) for uncertain in (False, True))
        naive = {kernel.__name__: errors(kernel(truth[True][0]), truth[True][1]) for kernel in NAIVE}
        _print_table(known, unknown, naive)
        values["Q1"] = max(known["Lq"].mean(), known["W"].mean())
        values["Q1_worst"] = max(known["Lq"].max(), known["W"].max())
        values["Q2"] = max(unknown["Lq"].mean(), unknown["W"].mean())
        values["Q2_p90"] = max(unknown["Lq90"].mean(), unknown["W90"].mean())
        values["Q3"] = min(min(e["Lq90"].mean(), e["W90"].mean()) for e in naive.values())
    limits = dict(zip(names, (8.0, 15.0, 8.0, 25.0, 60.0), strict=True))
    return {name: check(values[name], limits[name], above=name == "Q3") for name in names}


NAIVE: tuple[Predicted, ...] = (point_fluid, pointwise_stationary)


def _mean_errors(truth: dict[bool, tuple[Array, Figures]], uncertain: bool) -> Figures:
    """Errors of the ensemble, the mean over a few seeds."""
    grid, figures = truth[uncertain]
    runs = [errors(ensemble(uncertain, grid, seed), figures) for seed in SEEDS]
    return {key: np.mean([run[key] for run in runs], axis=0) for key in figures}


def _print_table(known: Figures, unknown: Figures, naive: dict[str, Figures]) -> None:
    kernels = {"ensemble, known": known, "ensemble, uncertain": unknown}
    kernels |= {f"{name}, uncertain": found for name, found in naive.items()}
    print(f"error, % of the daily mean{'':34}Lq    Lq90       W     W90")
    for kernel, found in kernels.items():
        rows = [(case.name, i) for i, case in enumerate(CASES)] if kernel.startswith("ensemble") else []
        for name, i in rows:
            print(f"  {kernel:36}{name:18}" + "".join(f"{found[key][i]:8.1f}" for key in found))
        print(f"  {kernel:36}{'all':18}" + "".join(f"{found[key].mean():8.1f}" for key in found))


def conservation() -> Check:
    """Q4: the largest imbalance of units, and services in steps in which the post is shut; both must be 0."""
    lanes = lanes_of(CASES, unknowns_of(len(CASES), uncertain=True))
    chance = Chance(np.random.default_rng(4), PARTICLES)
    ensemble_, kernel = Ensemble.empty(lanes, chance), Kernel(lanes)
    worst = 0.0
    for step in range(1, lanes.steps + 1):
        kernel.advance(ensemble_, step, chance)
        worst = max(worst, _imbalance(ensemble_, step))
    shut = lanes.servers[0, :, 0].T == 0
    served = np.diff(ensemble_.path.departed[:, 0], axis=0)
    return check(worst + float(served[shut].sum()), 0.0)


def _imbalance(state: Ensemble, step: int) -> float:
    path: Path = state.path
    stayed = path.arrived[step] - path.turned_away[step]
    between = path.departed[step, 0] - path.joined(1)[step]
    inside = state.present.sum(axis=0) + between
    return float(np.abs(stayed - path.departed[step, 1] - inside).max())


def speed(runs: int) -> dict[str, Check]:
    """P1 in seconds: 100 lanes over 72 hours with their waits every half hour; a spill-over of 8 crossings,
    6 groups and 24 hours; the whole border with everything a closure changes. The best of some runs each,
    for the machine may have other things to do."""
    return {
        "P1": check(_best(runs, _hundred_lanes), 1.0),
        "P1_spillover": check(_best(runs, _spillover), 2.0),
        "P1_border": check(_best(runs, _whole_border), 1.5),
    }


def _best(runs: int, run: Callable[[], object]) -> float:
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def _hundred_lanes() -> object:
    cases = [CASES[i % len(CASES)] for i in range(100)]
    lanes = lanes_of(cases, unknowns_of(len(cases), uncertain=True))
    steps = 72 * 60 // STEP_MINUTES
    shorter = replace(
        lanes, arrivals_per_hour=lanes.arrivals_per_hour[..., :steps], servers=lanes.servers[..., :steps]
    )
    chance = Chance(np.random.default_rng(5), PARTICLES)
    return waits(simulate(shorter, chance), np.arange(0, steps, 3), chance).quantiles((0.1, 0.5, 0.9))


def _spillover() -> object:
    """Made-up access and volumes; half of the crossings at half of what they need, so that it takes long."""
    numbers = np.random.default_rng(6)
    volumes = numbers.uniform(300, 1500, 8)
    day = CASES[0].per_hour[::6][:24]
    departures = np.outer(numbers.dirichlet(np.ones(6)), day / day.sum()) * volumes.sum()
    servers = np.repeat(volumes[:, None] / 24 * 7 / 60 * 1.6, 48, axis=1)
    servers[::2] *= 0.5
    market = Market(
        departures=departures,
        access_minutes=numbers.uniform(30, 240, (6, 8)),
        eligible=np.ones((6, 8), bool),
        feasible=servers > 0,
        attraction=np.zeros(8),
        queues=HourlyQueues(servers, np.full(8, 7.0), np.full(8, 0.45), np.zeros(8)),
    )
    behaviour = Behaviour(theta=0.02, beta=0.3, deferral_minutes=240, informed=0.7)
    usual, outcome = calibrated(market, behaviour, volumes)
    return equilibrium(usual, behaviour, habitual_waits=outcome.waits)


def _whole_border() -> object:
    """Every lane that has a level, in both directions; one crossing shuts and four modes look elsewhere."""
    priors = Priors.read()
    crossings = sorted({level.crossing for level in priors.levels})
    keys = [
        LaneKey(crossing, direction, mode)
        for crossing in crossings
        for direction in ("to-kz", "to-uz")
        for mode in priors.modes
        if (mode == "freight-train") == (crossing in {"keles-saryagash", "karakalpakstan-oazis"})
    ]
    at = datetime(2026, 9, 16, 5, tzinfo=UTC)
    steps = calendar_steps(at - spin_up(), at)
    usual = np.ones((len(keys), 2, steps))
    shut = usual.copy()
    shut[[key.crossing == "gishtkoprik-zhibek-zholy" for key in keys], :, steps // 2 :] = 0
    markets = [
        _travellers(np.array([row for row, key in enumerate(keys) if (key.direction, key.mode) == market]))
        for market in {(key.direction, key.mode): None for key in keys if key.mode != "freight-train"}
    ]
    return outlook(
        keys,
        [key.crossing for key in keys],
        at,
        usual,
        [Calendar(1.0, shut)],
        priors=priors,
        seed=7,
        travellers=markets,
    )


def _travellers(rows: Array) -> Travellers:
    access = np.random.default_rng(8).uniform(30, 240, (6, len(rows)))
    return Travellers(rows, np.ones(6), access, np.ones(access.shape, bool))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.queueing", description=__doc__)
    parser.add_argument("--data", type=File, default=File(), help=f"folder that holds {TRUTH}")
    parser.add_argument("--runs", type=int, default=3, help="so often is each speed measured")
    options = parser.parse_args(arguments)
    truth = read_truth(options.data)
    if truth is None:
        print(f"{TRUTH} is not in {options.data}: Q1, Q2 and Q3 have no value")
    checks = accuracy(truth) | {"Q4": conservation()} | speed(options.runs)
    for name, found in checks.items():
        print(f"{name:13} {found['value']} (limit {found['limit']}) pass: {found['pass']}")
    print(json.dumps(checks))
    return 1 if any(found["pass"] is False for found in checks.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
