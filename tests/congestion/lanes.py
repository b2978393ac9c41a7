"""Lanes to test with: one busy car lane of two posts unless a test says otherwise."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from services.core.congestion.chance import Chance, Wander
from services.core.congestion.grid import STEPS_PER_HOUR, Array
from services.core.congestion.lanes import Lanes, Unknowns

NO_QUEUE = 1e4
"""Servers of a post at which nobody has to wait."""


def some_lanes(
    hours: int = 24,
    *,
    arrivals_per_hour: float | Array = 40.0,
    exit_servers: float | Array = 6.0,
    entry_servers: float | Array = NO_QUEUE,
    lanes: int = 1,
    service_minutes: tuple[float, float] = (7.0, 7.0),
    service_scv: float = 0.45,
    unknowns: Unknowns | None = None,
    **changes: Any,
) -> Lanes:
    """`lanes` equal lanes; rates and servers are numbers or have one value for every step."""
    steps = hours * STEPS_PER_HOUR
    servers = np.stack([np.broadcast_to(each, steps) for each in (exit_servers, entry_servers)])
    fields: Mapping[str, Any] = {
        "party": np.ones(lanes),
        "held": np.ones(lanes, bool),
        "balking": np.full(lanes, np.inf),
        "yard": np.full(lanes, np.inf),
        "walk_steps": np.ones(lanes, int),
    } | {name: np.broadcast_to(value, lanes) for name, value in changes.items()}
    return Lanes(
        arrivals_per_hour=np.broadcast_to(arrivals_per_hour, (1, lanes, steps)).astype(float),
        servers=np.broadcast_to(servers, (1, lanes, 2, steps)).astype(float),
        service_minutes=np.broadcast_to(service_minutes, (lanes, 2)).astype(float),
        service_scv=np.full((lanes, 2), service_scv),
        unknowns=unknowns or Unknowns.none(lanes),
        **fields,
    )


def uncertain(lanes: int) -> Unknowns:
    """Everything wanders and stops."""
    ones = np.ones(lanes)
    return Unknowns(
        demand_level_sd=0.3 * ones,
        demand=Wander.around_one(0.24 * ones, 18 * ones),
        capacity=Wander(-0.1 * ones, 0.28 * ones, 6 * ones),
        inspection=Wander.around_one(0.12 * ones, 24 * ones),
        stop_every_hours=30 * ones,
        stop_hours=3 * ones,
    )


def chance(particles: int = 100, seed: int = 1) -> Chance:
    return Chance(np.random.default_rng(seed), particles)


def between(first_hour: float, last_hour: float, inside: float, outside: float, hours: int = 24) -> Array:
    """A value for every step: `inside` in `first_hour <= hour < last_hour`, else `outside`."""
    hour = np.arange(hours * STEPS_PER_HOUR) / STEPS_PER_HOUR
    return np.where((hour >= first_hour) & (hour < last_hour), inside, outside)
