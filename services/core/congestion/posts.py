"""A post as somebody sees it who joins its queue: who is ahead, and when they will have been served."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.core.congestion.chance import Chance, mean_ahead
from services.core.congestion.grid import STEP_MINUTES, Array
from services.core.congestion.opening import Opening
from services.core.congestion.path import WANDER_STEPS, Path

LOOKS = 2
"""How often a wait is read off the calendar anew with the multipliers expected during it."""


@dataclass(frozen=True, slots=True)
class Errors:
    """What is drawn once for every joiner of a particle, so that curves over time stay smooth: (2, L, N), and
    `party` (L, N)."""

    service: Array
    future: Array
    party: Array
    stop_minutes: Array

    @classmethod
    def drawn(cls, chance: Chance, path: Path, future_sd: float) -> Errors:
        size = path.lanes.count
        hours = path.lanes.unknowns.stop_hours[:, None].astype(np.float32)
        party = path.lanes.party.astype(np.float32)
        return cls(
            service=chance.stratified(2, size),
            future=np.exp(future_sd * chance.stratified(2, size)),
            party=chance.uniform(size) * np.where(party > 1, party, 0)[:, None],
            stop_minutes=-60 * hours * np.log1p(-chance.uniform(2, size)),
        )


class Post:
    """One post of one lane, with `present` (T+1, N) units there.

    Instants are minutes (J, N), or (J, 1) where they are the same for all particles; infinite where nobody
    gets there.
    """

    def __init__(self, path: Path, lane: int, stage: int, present: Array, errors: Errors) -> None:
        lanes, unknowns = path.lanes, path.lanes.unknowns
        self.opening = Opening(lanes.servers[:, lane, stage], float(lanes.service_minutes[lane, stage]))
        self.end = np.float32(lanes.steps * STEP_MINUTES)
        self.last = lanes.steps - 1
        self.present = present
        self.capacity = np.ascontiguousarray(path.capacity[:, stage, lane])
        self.inspection = np.ascontiguousarray(path.inspection[:, stage, lane])
        self.stopped = path.stopped[:, stage, lane]
        self.ever_stops = bool(self.stopped.any())
        self.minutes, self.scv = (
            np.float32(of_post[lane, stage]) for of_post in (lanes.service_minutes, lanes.service_scv)
        )
        self.capacity_drift, self.inspection_drift = (
            (float(wander.mean[lane]), float(wander.tau_hours[lane]))
            for wander in (unknowns.capacity, unknowns.inspection)
        )
        self.scenario = path.scenario[lane]
        self.particle = np.arange(path.particles)
        self.service, self.future = errors.service[stage, lane], errors.future[stage, lane]
        self.stop_minutes = errors.stop_minutes[stage, lane]
        self.party = errors.party[lane] * np.float32(stage == 0)

    def wait(self, at: Array) -> Array:
        """(J, N) minutes until the inspection begins; infinite where that is after the calendar."""
        here = np.minimum(at, self.end)
        free_from = np.maximum(self._when(self.opening.opens, here), here)
        if self.ever_stops:
            stopped = self._then(self.stopped, here)
            free_from = np.where(stopped, np.maximum(free_from, here + self.stop_minutes), free_from)
        ahead = self.ahead(here)
        free_from = np.array(np.broadcast_to(free_from, ahead.shape))
        queue = np.flatnonzero(ahead > 0)
        if len(queue):
            flat = free_from.reshape(-1)
            flat[queue] = self._worked_off(queue, ahead, here, flat.take(queue))
        free_from[free_from >= self.end] = np.inf
        free_from -= here
        return free_from

    def blocks(self, at: Array, ahead: Array) -> Array:
        """(J, N) minutes until this post has completed `ahead` units, zero where it need not."""
        blocked = np.flatnonzero(ahead > 0)
        minutes = np.zeros(ahead.shape, np.float32)
        if len(blocked):
            here = at.reshape(-1).take(blocked)
            minutes.reshape(-1)[blocked] = self._worked_off(blocked, ahead, at, here) - here
        return minutes

    def ahead(self, at: Array) -> Array:
        """(J, N) units to be completed before a server is free for a joiner: n−c+1, and part of a party.

        Zero or less where one is free. Less than one server is one that works slowly.
        """
        place = np.minimum(at, self.end) / np.float32(STEP_MINUTES)
        step = np.minimum(place.astype(np.int64), self.last)
        present = self._present_at(step, place - step)
        servers = np.exp(self._at(self.capacity, step // WANDER_STEPS))
        servers *= self._calendar(self.opening.coming, step)
        present += self.party + np.float32(1)
        present -= np.maximum(servers, np.float32(1))
        return present

    def _present_at(self, step: Array, share: Array) -> Array:
        """(J, N) n, a share of the step later."""
        present = self._at(self.present, step)
        present += share * (self._at(self.present, step + 1) - present)
        return present

    def inspection_minutes(self, at: Array) -> Array:
        """(J, N) of somebody whose turn it is then."""
        minutes: Array = self.minutes * np.exp(self._then(self.inspection, at))
        return minutes

    def shuts_within(self, at: Array, minutes: Array) -> Array:
        """(J, N)"""
        if not self.opening.ever_shuts:
            return np.zeros(minutes.shape, np.bool_)
        here = np.minimum(at, self.end)
        within: Array = self._when(self.opening.shuts, here) < here + minutes
        return within

    def _worked_off(self, queue: Array, ahead: Array, at: Array, since: Array) -> Array:
        """The minute at which service from `since` on has worked off those `ahead` (J, N); `since` and the
        outcome are of the places `queue` in (J, N)."""
        row = queue // len(self.particle)
        particle = queue - row * len(self.particle)
        at = at.take(row) if at.shape[1] == 1 else at.reshape(-1).take(queue)
        ahead = ahead.reshape(-1).take(queue)
        calendar = self.scenario.take(particle)
        ahead += np.sqrt(self.scv * ahead) * self.service.take(particle)
        need = np.maximum(ahead, 0) * self.future.take(particle)
        hour = np.minimum(at / STEP_MINUTES, self.last).astype(np.int64) // WANDER_STEPS
        then = hour * len(self.particle) + particle
        capacity, inspection = self.capacity.take(then), self.inspection.take(then)
        done = self.opening.total_at(calendar, since)
        pace = capacity - inspection
        for _ in range(LOOKS):
            served = self.opening.moment(calendar, done + need * np.exp(-pace))
            hours = np.minimum(served - at, self.end) / np.float32(60)
            pace = mean_ahead(capacity, *self.capacity_drift, hours)
            pace -= mean_ahead(inspection, *self.inspection_drift, hours)
        return np.maximum(self.opening.moment(calendar, done + need * np.exp(-pace)), since)

    def _then(self, table: Array, at: Array) -> Array:
        """(J, N) of a table (K, N) that changes with the hours."""
        step = np.minimum(at / np.float32(STEP_MINUTES), self.last).astype(np.int64)
        return self._at(table, step // WANDER_STEPS)

    def _at(self, table: Array, row: Array) -> Array:
        """(J, N) of a table (…, N), each particle's own rows (J, N), or rows (J, 1) for all."""
        if row.shape[1] == 1:
            picked: Array = np.take(table, row[:, 0], axis=0)
        else:
            picked = np.take(table.reshape(-1), row * table.shape[1] + self.particle)
        return picked

    def _when(self, table: Array, at: Array) -> Array:
        return self._calendar(table, (at / np.float32(STEP_MINUTES)).astype(np.int64))

    def _calendar(self, table: Array, step: Array) -> Array:
        """(J, N) of a table (S, T+1) of the calendars, or (J, 1) where they and the steps are the same for
        all particles."""
        if len(table) > 1:
            step = step + self.scenario * table.shape[1]
        picked: Array = np.take(table.reshape(-1), step)
        return picked


class ExitPost(Post):
    """The first post. It is always asked for the same instants, at the beginning of a step, and told who is
    `present` (J, N) then."""

    def _present_at(self, step: Array, share: Array) -> Array:
        return self.present.copy()
