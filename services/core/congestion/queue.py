"""The two-stage queue of every lane, advanced for all lanes and particles at once by tau-leaping.

In every step units come, some turn away, both posts complete what `flow` says, and what the exit post has
completed reaches the entry post after the walk. Counts are running totals, rounded, so fractions of a unit
are carried to the next step and no noise is added. A server that shuts finishes the unit it has; a shut post
does nothing.
"""

from __future__ import annotations

import numpy as np

from services.core.congestion.chance import Chance
from services.core.congestion.ensemble import Ensemble, Hour
from services.core.congestion.flow import Arrivals, Service, changes
from services.core.congestion.grid import Array
from services.core.congestion.lanes import Lanes
from services.core.congestion.path import WANDER_STEPS, Path, of_calendar

__all__ = ["Ensemble", "Kernel", "simulate"]

DRAWS = 3
"""Normals of a lane and particle in a step: who come, and who pass each post."""


class Kernel:
    """A set of lanes, laid out for stepping."""

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes
        self.servers = np.ascontiguousarray(lanes.servers.transpose(3, 2, 1, 0), np.float32)
        self.changes = changes(self.servers)
        falls: Array = np.diff(self.servers, axis=0) < 0
        self.falls = [np.flatnonzero(fall.any(axis=(0, 2))) for fall in falls]
        """T−1 arrays: lanes that have fewer servers in the step after."""
        self.yards = np.flatnonzero(np.isfinite(lanes.yard))
        self.walks = _alike(lanes.walk_steps.astype(int))
        self.balks = bool(np.isfinite(lanes.balking).any())
        self.per_balking = (1 / lanes.balking).astype(np.float32)[:, None]
        self.sends_away = ~lanes.held.astype(bool)[:, None]
        self.hour = Hour.of(lanes.unknowns)
        self._flows: dict[int, tuple[Arrivals, Service]] = {}

    def advance(self, ensemble: Ensemble, until: int, chance: Chance) -> None:
        """Step on to the beginning of step `until`, recording the path."""
        with np.errstate(divide="ignore"):
            march, first = March(self, ensemble), ensemble.step
            for step in range(first, until):
                hour_begins = step % WANDER_STEPS == 0
                if hour_begins and step > 0:
                    ensemble.wander(self.hour, chance)
                if hour_begins:
                    ensemble.note()
                march.on(chance, anew=hour_begins or step == first)
            march.halt()

    def flows(self, particles: int) -> tuple[Arrivals, Service]:
        """With their workspaces, which every ensemble of so many particles uses in its turn."""
        if particles not in self._flows:
            self._flows[particles] = Arrivals(self.lanes, particles), Service(self.lanes, particles)
        return self._flows[particles]


class March:
    """An ensemble under way, with room for what is worked out anew in each step.

    `come`, `gone` (L, N) and `served` (2, L, N) are running totals, with their fractions, of who came, who
    turned away and who passed the posts, `reached` (2, L, N) whole ones of who stayed at them. In a step
    `new` (2, L, N) come to a post at which `there` are present.
    """

    def __init__(self, kernel: Kernel, ensemble: Ensemble) -> None:
        self.kernel, self.ensemble, lanes = kernel, ensemble, kernel.lanes
        path, step, particles = ensemble.path, ensemble.step, ensemble.path.particles
        one, both = (lanes.count, particles), (2, lanes.count, particles)
        self.arrivals, self.service = kernel.flows(particles)
        self.come = _total(path.arrived[step], ensemble.arrival_rest)
        self.gone = _total(path.turned_away[step], ensemble.balking_rest)
        self.served = _total(path.departed[step], ensemble.service_rest)
        self.reached = path.departed[step] + ensemble.present
        self.working, self.new, self.there = (np.empty(both, np.float32) for _ in range(3))
        self.uncrowded, self.crowd, self.spare = (np.empty(one, np.float32) for _ in range(3))
        self.one, self.normal = np.ones(one, np.float32), np.empty((DRAWS, *one), np.float32)
        self.cleared: Array | None = None

    def on(self, chance: Chance, *, anew: bool) -> None:
        """A step; `anew` at the first and when an hour has passed for the unknowns."""
        ensemble, step = self.ensemble, self.ensemble.step
        if anew:
            np.exp(ensemble.capacity, out=self.working)
            self.working *= ~ensemble.stopped
            self.service.pace(self.working, ensemble.inspection)
            self.arrivals.multiply(ensemble.level + ensemble.demand)
        if anew or self.kernel.changes[step]:
            self._plan()
        if anew or self.arrivals.changes[step]:
            self.arrivals.expect(step, ensemble.path.scenario)
        self._step(chance.refilled(self.normal))

    def halt(self) -> None:
        """Hand over to the ensemble."""
        ensemble, path, step = self.ensemble, self.ensemble.path, self.ensemble.step
        np.subtract(self.reached, path.departed[step], out=ensemble.present)
        ensemble.arrival_rest = self.come - path.arrived[step]
        ensemble.balking_rest = self.gone - path.turned_away[step]
        ensemble.service_rest = self.served - path.departed[step]

    def _plan(self) -> None:
        planned = self._planned(self.ensemble.step)
        self.service.plan(planned)
        if self.kernel.balks:
            np.multiply(planned[0], self.working[0], out=self.uncrowded)
            self.uncrowded *= self.kernel.per_balking
            np.subtract(1, self.uncrowded, out=self.uncrowded)
        cleared = self.kernel.sends_away & (planned[0] == 0)
        self.cleared = cleared.astype(np.float32) if cleared.any() else None

    def _step(self, normal: Array) -> None:
        ensemble, path, step, served = self.ensemble, self.ensemble.path, self.ensemble.step, self.served
        np.subtract(self.reached, path.departed[step], out=self.there)
        self._join(normal[0])
        self._reach(step)
        self.reached += self.new
        served += self.service.completions(self.there, self.new, normal[1:])
        np.minimum(served, self.reached, out=served)
        departed = np.rint(served, out=path.departed[step + 1])
        if step < len(self.kernel.falls) and self.kernel.falls[step].size:
            self._finish(departed, self.kernel.falls[step])
        if self.kernel.yards.size:
            self._hold_back(departed, self.kernel.yards)
        ensemble.step = path.steps = step + 1

    def _join(self, normal: Array) -> None:
        """Units come; of those who see w waiting w/(w+q_b) turn away, and a shut post sends away all whom it
        does not hold."""
        path, step, joining, gone = self.ensemble.path, self.ensemble.step, self.new[0], self.gone
        self.come += self.arrivals.drawn(normal)
        arrived = np.rint(self.come, out=path.arrived[step + 1])
        np.subtract(arrived, path.arrived[step], out=joining)
        if self.kernel.balks:
            crowd = np.multiply(self.there[0], self.kernel.per_balking, out=self.crowd)
            crowd += self.uncrowded
            np.maximum(crowd, self.one, out=crowd)
            gone += joining
            gone -= np.divide(joining, crowd, out=self.spare)
        if self.cleared is not None:
            away = np.subtract(arrived, path.departed[step, 0], out=self.spare)
            away *= self.cleared
            np.maximum(gone, away, out=gone)
        turned_away = np.rint(gone, out=path.turned_away[step + 1])
        joining -= np.subtract(turned_away, path.turned_away[step], out=self.spare)

    def _reach(self, step: int) -> None:
        """Those who come to the entry post in a step left the exit post `walk` steps ago."""
        left = self.ensemble.path.departed[:, 0]
        for walk, lanes in self.kernel.walks:
            then, before = max(step + 1 - walk, 0), max(step - walk, 0)
            if isinstance(lanes, slice):
                np.subtract(left[then], left[before], out=self.new[1])
            else:
                self.new[1, lanes] = left[then, lanes] - left[before, lanes]

    def _finish(self, departed: Array, lanes: Array) -> None:
        """Servers that shut at the end of the step finish what they have in hand."""
        step, working = self.ensemble.step, self.working[:, lanes]
        left = self.reached[:, lanes] - departed[:, lanes]
        now, then = (self._planned(at, lanes) for at in (step, step + 1))
        in_hand, later = (np.floor(np.minimum(left, some * working)) for some in (now, np.minimum(then, now)))
        rest = self.served[:, lanes] - departed[:, lanes]
        departed[:, lanes] += in_hand - later
        self.served[:, lanes] = _total(departed[:, lanes], rest)

    def _hold_back(self, departed: Array, lanes: Array) -> None:
        """The exit post waits while the yard is full of those who have left it but not the entry post."""
        out, through = self.ensemble.path.departed[self.ensemble.step][:, lanes]
        room = np.floor(self.kernel.lanes.yard[lanes, None]) - (out - through)
        most, wanted = out + np.maximum(room, 0), departed[0, lanes]
        if (wanted > most).any():
            departed[0, lanes] = np.minimum(wanted, most)
            self.served[0, lanes] = _total(departed[0, lanes], self.served[0, lanes] - wanted)

    def _planned(self, step: int, lanes: Array | slice = slice(None)) -> Array:
        """(2, L, N or 1) servers of the calendar."""
        return of_calendar(self.kernel.servers[step][:, lanes], self.ensemble.path.scenario[lanes])


def simulate(lanes: Lanes, chance: Chance, weights: tuple[float, ...] = (1.0,)) -> Path:
    """The whole calendar, from an empty border at step 0."""
    ensemble = Ensemble.empty(lanes, chance, weights)
    Kernel(lanes).advance(ensemble, lanes.steps, chance)
    return ensemble.path


def _total(whole: Array, rest: Array) -> Array:
    """A running total of which no more is known than `whole`, when rounded, and the fraction carried on."""
    total = whole + rest
    return np.where(np.rint(total) == whole, total, whole)


def _alike(walks: Array) -> list[tuple[int, Array | slice]]:
    """The lanes of every different walk; a slice where there is only one."""
    different = [int(walk) for walk in np.unique(walks)]
    if len(different) == 1:
        return [(different[0], slice(None))]
    return [(walk, np.flatnonzero(walks == walk)) for walk in different]
