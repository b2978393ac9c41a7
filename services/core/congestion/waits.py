"""How long somebody waits who joins at an instant, seen from every particle.

At each post the joiner is served when the service to come, over the calendar to come, has worked off those
ahead. The particle's multipliers fall back to their means meanwhile, and a last error stays for what the
future of a post may bring. After the exit post and the way between, the same at the entry post, against the
queue that the particle has there by then. A wait that ends after the calendar is infinite: not known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.core.congestion.chance import Chance, mean_ahead
from services.core.congestion.grid import STEP_MINUTES, Array
from services.core.congestion.opening import Opening
from services.core.congestion.path import WANDER_STEPS, Path

FUTURE_SD = 0.2
"""Log-sd of the future capacity beyond the wandering that is modelled: with it P10–P90 of simulated waits
covers 0.82–0.87 instead of 0.65–0.78. A prior, replaced by calibration."""
LOOKS = 2
"""How often a wait is read off the calendar anew with the multipliers expected during it."""


@dataclass(frozen=True, slots=True)
class Waits:
    """`minutes` (J, L, N): in both queues together, without the inspections and the way between; infinite
    where the calendar ends first. `after_reopening` (J, L): share of the particles in which the wait lasts
    over a time when a post is shut."""

    minutes: Array
    after_reopening: Array

    def quantiles(self, levels: tuple[float, ...]) -> Array:
        """(len(levels), J, L) minutes; infinite where so few particles know an end."""
        return quantiles(self.minutes, levels)

    def exceeding(self, thresholds: Array) -> Array:
        """(K, J, L) share of particles that wait at least as long as the thresholds (K, L) of their lanes."""
        return np.stack([(self.minutes >= limit[:, None]).mean(axis=-1) for limit in thresholds])


def quantiles(samples: Array, levels: tuple[float, ...]) -> Array:
    """Quantiles along the last axis, in a new first axis. Infinity is a value like any other."""
    ordered = np.sort(samples, axis=-1)
    size = samples.shape[-1]
    found = []
    for level in levels:
        place = min(max(level * size - 0.5, 0.0), size - 1.0)
        below, above = ordered[..., int(place)], ordered[..., min(int(place) + 1, size - 1)]
        share = place - int(place)
        both = np.isfinite(above)
        inside = below + share * (np.where(both, above, 0) - np.where(both, below, 0))
        found.append(np.where(both, inside, above if share > 0 else below))
    return np.stack(found)


def waits(path: Path, steps: Array, chance: Chance, *, future_sd: float = FUTURE_SD) -> Waits:
    """Waits of those who join at the beginning of each of `steps` (J,). The path must be complete."""
    size, particles = path.lanes.count, len(path.scenario)
    errors = _Errors.drawn(chance, path, future_sd)
    minutes = np.empty((len(steps), size, particles), np.float32)
    after_reopening = np.empty((len(steps), size), np.float32)
    for lane in range(size):
        minutes[:, lane], shut = _both(path, lane, steps, errors)
        after_reopening[:, lane] = shut.mean(axis=-1)
    return Waits(minutes, after_reopening)


def _both(path: Path, lane: int, steps: Array, errors: _Errors) -> tuple[Array, Array]:
    """Minutes (J, N) in the two queues of a lane, and whether a post shuts in the meantime."""
    exit_post, entry_post = (_Post(path, lane, stage, errors) for stage in (0, 1))
    at = np.repeat(steps[:, None] * float(STEP_MINUTES), len(path.scenario), axis=1)
    first = exit_post.wait(at)
    if np.isfinite(path.lanes.yard[lane]):
        room = path.lanes.yard[lane] - (path.departed[steps, 0, lane] - path.departed[steps, 1, lane])
        first = np.maximum(first, entry_post.blocks(at, exit_post.ahead(at) - room))
    walk = path.lanes.walk_steps[lane] * STEP_MINUTES
    reached = at + first + exit_post.inspection_minutes(at) + walk
    second = entry_post.wait(reached)
    return first + second, exit_post.shuts_within(at, first) | entry_post.shuts_within(reached, second)


@dataclass(frozen=True, slots=True)
class _Errors:
    """What is drawn once for every joiner of a particle, (2, L, N): so curves over time stay smooth."""

    service: Array
    future: Array
    party: Array
    stop_minutes: Array

    @classmethod
    def drawn(cls, chance: Chance, path: Path, future_sd: float) -> _Errors:
        size = path.lanes.count
        hours = path.lanes.unknowns.stop_hours[:, None]
        return cls(
            service=chance.stratified(2, size),
            future=np.exp(future_sd * chance.stratified(2, size)),
            party=chance.uniform(2, size) * np.where(path.lanes.party > 1, path.lanes.party, 0)[:, None],
            stop_minutes=-60 * hours * np.log1p(-chance.uniform(2, size)),
        )


class _Post:
    """One post of one lane; instants `at` (J, N) in minutes, infinite where nobody gets there."""

    def __init__(self, path: Path, lane: int, stage: int, errors: _Errors) -> None:
        lanes, unknowns = path.lanes, path.lanes.unknowns
        self.opening = Opening(lanes.servers[:, lane, stage], float(lanes.service_minutes[lane, stage]))
        self.end = lanes.steps * float(STEP_MINUTES)
        self.present = np.ascontiguousarray(path.present(stage, slice(lane, lane + 1))[:, 0])
        self.capacity = np.ascontiguousarray(path.capacity[:, stage, lane])
        self.inspection = np.ascontiguousarray(path.inspection[:, stage, lane])
        self.stopped = path.stopped[:, stage, lane]
        self.ever_stops = bool(self.stopped.any())
        self.minutes, self.scv = lanes.service_minutes[lane, stage], lanes.service_scv[lane, stage]
        self.capacity_mean = unknowns.capacity.mean[lane], unknowns.capacity.tau_hours[lane]
        self.inspection_mean = unknowns.inspection.mean[lane], unknowns.inspection.tau_hours[lane]
        self.scenario = path.scenario
        self.particle = np.arange(len(path.scenario))
        self.service, self.future = errors.service[stage, lane], errors.future[stage, lane]
        self.party, self.stop_minutes = errors.party[stage, lane], errors.stop_minutes[stage, lane]
        if stage == 1:
            self.party = np.zeros_like(self.party)

    def wait(self, at: Array) -> Array:
        """Minutes until the inspection begins; infinite where that is after the calendar."""
        here = np.minimum(at, self.end)
        free_from = np.maximum(self._when(self.opening.opens, here), here)
        if self.ever_stops:
            stopped = self._then(self.stopped, here)
            free_from = np.where(stopped, np.maximum(free_from, here + self.stop_minutes), free_from)
        ahead = self.ahead(here)
        queue = np.nonzero(ahead > 0)
        if len(queue[0]):
            free_from[queue] = self._worked_off(queue, ahead[queue], here[queue], free_from[queue])
        return np.where((at < self.end) & (free_from < self.end), free_from - here, np.inf)

    def blocks(self, at: Array, ahead: Array) -> Array:
        """Minutes until this post has completed `ahead` units, zero where it need not."""
        blocked = np.nonzero(ahead > 0)
        minutes = np.zeros_like(at)
        if len(blocked[0]):
            here = at[blocked]
            minutes[blocked] = self._worked_off(blocked, ahead[blocked], here, here) - here
        return minutes

    def ahead(self, at: Array) -> Array:
        """Units to be completed before a server is free for a joiner: n−c+1 and, in a party, part of it.

        Zero or less where one is free. Less than one server is one that works slowly.
        """
        place = np.minimum(at, self.end) / STEP_MINUTES
        step = np.minimum(place.astype(np.int64), len(self.present) - 2)
        now, then = self._at(self.present, step), self._at(self.present, step + 1)
        at_work = np.exp(self._at(self.capacity, step // WANDER_STEPS))
        servers = self._calendar(self.opening.coming, step) * at_work
        present = now + (place - step) * (then - now)
        ahead: Array = present + self.party - np.maximum(servers, 1) + 1
        return ahead

    def inspection_minutes(self, at: Array) -> Array:
        minutes: Array = self.minutes * np.exp(self._then(self.inspection, at))
        return minutes

    def shuts_within(self, at: Array, minutes: Array) -> Array:
        if not self.opening.ever_shuts:
            return np.zeros(at.shape, np.bool_)
        here = np.minimum(at, self.end)
        within: Array = self._when(self.opening.shuts, here) < here + minutes
        return within

    def _worked_off(self, queue: tuple[Array, ...], ahead: Array, at: Array, since: Array) -> Array:
        """The minute at which service from `since` on has worked off those `ahead`; all 1-D, of the places
        `queue`."""
        particle = queue[1]
        calendar = self.scenario[particle]
        noise = np.sqrt(self.scv * ahead) * self.service[particle]
        need = np.maximum(ahead + noise, 0) * self.future[particle]
        hour = np.minimum(at / STEP_MINUTES, len(self.present) - 2).astype(np.int64) // WANDER_STEPS
        capacity, inspection = self.capacity[hour, particle], self.inspection[hour, particle]
        done = self.opening.total_at(calendar, since)
        pace = capacity - inspection
        for _ in range(LOOKS):
            served = self.opening.moment(calendar, done + need * np.exp(-pace))
            hours = np.minimum(served - at, self.end) / 60
            pace = mean_ahead(capacity, *self.capacity_mean, hours) - mean_ahead(
                inspection, *self.inspection_mean, hours
            )
        return np.maximum(self.opening.moment(calendar, done + need * np.exp(-pace)), since)

    def _then(self, table: Array, at: Array) -> Array:
        """(J, N) of a table (K, N) that changes with the hours."""
        step = np.minimum(at / STEP_MINUTES, len(self.present) - 2).astype(np.int64)
        return self._at(table, step // WANDER_STEPS)

    def _at(self, table: Array, row: Array) -> Array:
        picked: Array = np.take(table.reshape(-1), row * table.shape[1] + self.particle)
        return picked

    def _when(self, table: Array, at: Array) -> Array:
        return self._calendar(table, (at / STEP_MINUTES).astype(np.int64))

    def _calendar(self, table: Array, step: Array) -> Array:
        """(J, N) of a table (S, T+1) of the calendars."""
        picked: Array = np.take(table.reshape(-1), step + self.scenario * table.shape[1])
        return picked
