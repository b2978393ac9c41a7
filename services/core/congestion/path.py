"""What happened to an ensemble, kept as running counts from which everything else is read.

All counts are whole numbers in float32 (exact up to 16.7 million), so conservation is exact: those who
came, less those who were turned away, less those who left, are present.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.lanes import Lanes

ALL = slice(None)
WANDER_STEPS = 6
"""The unknown multipliers move every hour; their time scales are six hours and more."""


@dataclass(slots=True)
class Path:
    """Counts at the beginning of every step; index T is the end of the last step.

    arrived (T+1, L, N)        all who came, also those who did not stay
    turned_away (T+1, L, N)    balked, or were sent away when the post shut
    departed (T+1, 2, L, N)    have passed the post
    capacity, inspection (K, 2, L, N) log multipliers; stopped (K, 2, L, N) booleans: K hours
    scenario (L, N)            the calendar each particle of a lane lives in
    steps                      how many steps are recorded
    """

    lanes: Lanes
    scenario: Array
    arrived: Array
    turned_away: Array
    departed: Array
    capacity: Array
    inspection: Array
    stopped: Array
    steps: int = 0

    @classmethod
    def empty(cls, lanes: Lanes, scenario: Array) -> Path:
        """Nobody has come yet."""
        size, particles = scenario.shape
        steps, hours = lanes.steps + 1, -(-lanes.steps // WANDER_STEPS)
        return cls(
            lanes=lanes,
            scenario=scenario,
            arrived=np.zeros((steps, size, particles), np.float32),
            turned_away=np.zeros((steps, size, particles), np.float32),
            departed=np.zeros((steps, 2, size, particles), np.float32),
            capacity=np.zeros((hours, 2, size, particles), np.float32),
            inspection=np.zeros((hours, 2, size, particles), np.float32),
            stopped=np.zeros((hours, 2, size, particles), np.bool_),
        )

    @property
    def particles(self) -> int:
        return int(self.scenario.shape[1])

    def begin_with(self, present: Array) -> None:
        """Let whole units (2, L, N) be at the posts at step 0, as if they had come just before."""
        self.arrived[0] = present.sum(axis=0)
        self.departed[0, 0] = present[1]

    def keep(self, lane: int, chosen: Array) -> None:
        """Let a lane have had, up to now, the past of its particles `chosen` (N,), in their places."""
        past, hours = slice(self.steps + 1), slice(self.steps // WANDER_STEPS + 1)
        counts = (self.arrived[past], self.turned_away[past], self.departed[past])
        unknowns = (self.capacity[hours], self.inspection[hours], self.stopped[hours])
        moved = np.flatnonzero(chosen != np.arange(self.particles))
        for record in (*counts, *unknowns):
            of_lane = record[..., lane, :]
            of_lane[..., moved] = of_lane[..., chosen[moved]]
        self.scenario[lane] = self.scenario[lane, chosen]

    def joined(self, stage: int, lanes: slice = ALL) -> Array:
        """(T+1, L, N) all who have joined the queue of a post."""
        if stage == 0:
            joined: Array = self.arrived[:, lanes] - self.turned_away[:, lanes]
            return joined
        passed = self.departed[:, 0, lanes]
        reached = np.empty_like(passed)
        walks = self.lanes.walk_steps[lanes].astype(int)
        for walk in np.unique(walks):
            at = np.flatnonzero(walks == walk) if (walks != walk).any() else ALL
            reached[:walk, at] = passed[0, at]
            reached[walk:, at] = passed[:-walk, at]
        return reached

    def present(self, stage: int, lanes: slice = ALL) -> Array:
        """(T+1, L, N) n: waiting or being inspected at a post."""
        present: Array = self.joined(stage, lanes) - self.departed[:, stage, lanes]
        return present

    def present_at(self, stage: int, steps: Array) -> Array:
        """(len(steps), L, N) of the same."""
        if stage == 0:
            joined = self.arrived[steps] - self.turned_away[steps]
        else:
            reached = np.maximum(steps[:, None] - self.lanes.walk_steps.astype(int), 0)
            joined = self.departed[reached, 0, np.arange(self.lanes.count)]
        present: Array = joined - self.departed[steps, stage]
        return present

    def open_servers(self, stage: int, steps: Array) -> Array:
        """(len(steps), L, N) servers at work in these steps, after the wandering of capacity and stops."""
        planned = self.lanes.servers[:, :, stage, steps].astype(np.float32).transpose(2, 1, 0)
        hour = steps // WANDER_STEPS
        working = np.exp(self.capacity[hour, stage]) * ~self.stopped[hour, stage]
        servers: Array = of_calendar(planned, self.scenario) * working
        return servers

    def waiting(self, stage: int, steps: Array) -> Array:
        """(len(steps), L, N) present but not being inspected."""
        waiting: Array = np.maximum(self.present_at(stage, steps) - self.open_servers(stage, steps), 0)
        return waiting

    def entered(self, stage: int) -> Array:
        """(T, L, N) E: all whose inspection has begun; never falls, also when booths shut."""
        steps = np.arange(self.lanes.steps)
        entered: Array = np.maximum.accumulate(self.joined(stage)[:-1] - self.waiting(stage, steps), axis=0)
        return entered


def of_calendar(table: Array, scenario: Array) -> Array:
    """(…, L, N), or (…, L, 1) for a single calendar, of a table (…, L, S): each particle's own column."""
    lanes, calendars = table.shape[-2:]
    if calendars == 1:
        return table
    places = scenario + np.arange(lanes)[:, None] * calendars
    picked: Array = np.take(table.reshape(*table.shape[:-2], -1), places, axis=-1)
    return picked
