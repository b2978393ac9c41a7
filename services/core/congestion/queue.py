"""The two-stage queue of every lane, advanced for all lanes and particles at once by tau-leaping.

In every step units come, some turn away, both posts complete what `flow` says, and what the exit post has
completed reaches the entry post after the walk. Counts are the whole parts of running totals, so fractions of
a unit are carried to the next step and no noise is added. A server that shuts finishes the unit it has; a
shut post does nothing.
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
            march = March(self, ensemble)
            while ensemble.step < until:
                if ensemble.step % WANDER_STEPS == 0:
                    if ensemble.step > 0:
                        ensemble.wander(self.hour, chance)
                    ensemble.note()
                next_hour = (ensemble.step // WANDER_STEPS + 1) * WANDER_STEPS
                steps = min(until, next_hour) - ensemble.step
                march.on(chance.normal(steps, DRAWS, self.lanes.count))
            march.halt()

    def flows(self, particles: int) -> tuple[Arrivals, Service]:
        """With their workspaces, which every ensemble of so many particles uses in its turn."""
        if particles not in self._flows:
            self._flows[particles] = Arrivals(self.lanes, particles), Service(self.lanes, particles)
        return self._flows[particles]


class March:
    """An ensemble under way, with room for what is worked out anew in each step.

    `come` and `stay` (L, N) are running totals, with their fractions, of all who came and of those who joined
    the queue and were not sent away, `joined` the latter without; `new` (2, L, N) come to a post in the step.
    """

    def __init__(self, kernel: Kernel, ensemble: Ensemble) -> None:
        self.kernel, self.ensemble, lanes = kernel, ensemble, kernel.lanes
        path, step, particles = ensemble.path, ensemble.step, ensemble.path.particles
        one, both = (lanes.count, particles), (2, lanes.count, particles)
        self.arrivals, self.service = kernel.flows(particles)
        self.come = path.arrived[step] + ensemble.arrival_rest
        self.joined = path.arrived[step] - path.turned_away[step]
        self.stay = self.joined + ensemble.balking_rest
        self.working, self.new = (np.empty(both, np.float32) for _ in range(2))
        self.busy, self.waiting, self.most, self.zero = (np.zeros(one, np.float32) for _ in range(4))
        self.cleared: Array | None = None

    def on(self, normals: Array) -> None:
        """A step for each of `normals` (steps, 3, L, N), within one hour. They are used up."""
        ensemble, kernel = self.ensemble, self.kernel
        np.exp(ensemble.capacity, out=self.working)
        self.working *= ~ensemble.stopped
        self.service.pace(self.working, ensemble.inspection)
        self.arrivals.multiply(ensemble.level + ensemble.demand)
        for number, normal in enumerate(normals):
            if number == 0 or kernel.changes[ensemble.step]:
                self._plan()
            if number == 0 or self.arrivals.changes[ensemble.step]:
                self.arrivals.expect(ensemble.step, ensemble.path.scenario)
            self._step(normal)

    def halt(self) -> None:
        """Hand the fractions back to the ensemble."""
        self.ensemble.arrival_rest = self.come - self.ensemble.path.arrived[self.ensemble.step]
        self.ensemble.balking_rest = self.stay - self.joined

    def _plan(self) -> None:
        planned = self._planned(self.ensemble.step)
        self.service.plan(planned)
        np.multiply(planned[0], self.working[0], out=self.busy)
        cleared = self.kernel.sends_away & (planned[0] == 0)
        self.cleared = cleared if cleared.any() else None

    def _step(self, normal: Array) -> None:
        ensemble, path, step = self.ensemble, self.ensemble.path, self.ensemble.step
        there, rest = ensemble.present, ensemble.service_rest
        self._join(normal[0])
        self._reach(step)
        done = self.service.completions(there, self.new, normal[1:])
        there += self.new
        done += rest
        departed = np.floor(done, out=path.departed[step + 1])
        np.subtract(done, departed, out=rest)
        np.minimum(departed, there, out=departed)
        if step < len(self.kernel.falls) and self.kernel.falls[step].size:
            self._finish(departed, self.kernel.falls[step])
        if self.kernel.yards.size:
            self._hold_back(departed, self.kernel.yards)
        there -= departed
        departed += path.departed[step]
        ensemble.step = path.steps = step + 1

    def _join(self, normal: Array) -> None:
        """Units come; of those who see w waiting w/(w+q_b) turn away, and a shut post sends away all whom it
        does not hold."""
        path, step, joining = self.ensemble.path, self.ensemble.step, self.new[0]
        self.come += self.arrivals.drawn(normal)
        arrived = np.floor(self.come, out=path.arrived[step + 1])
        most = np.subtract(arrived, path.turned_away[step], out=self.most)
        np.subtract(most, self.joined, out=joining)
        if self.kernel.balks:
            waiting = np.subtract(self.ensemble.present[0], self.busy, out=self.waiting)
            np.maximum(waiting, self.zero, out=waiting)
            waiting *= self.kernel.per_balking
            waiting += 1
            joining /= waiting
        self.stay += joining
        if self.cleared is not None:
            np.copyto(self.stay, path.departed[step, 0], where=self.cleared)
        np.floor(self.stay, out=self.waiting)
        joined = np.minimum(self.waiting, most, out=self.waiting)
        np.subtract(joined, self.joined, out=joining)
        self.joined, self.waiting = joined, self.joined
        np.subtract(arrived, joined, out=path.turned_away[step + 1])

    def _reach(self, step: int) -> None:
        """Those who come to the entry post in a step left the exit post `walk` steps ago."""
        left = self.ensemble.path.departed[:, 0]
        for walk, lanes in self.kernel.walks:
            then, before = max(step + 1 - walk, 0), max(step - walk, 0)
            self.new[1, lanes] = left[then, lanes] - left[before, lanes]

    def _finish(self, departed: Array, lanes: Array) -> None:
        """Servers that shut at the end of the step finish what they have in hand."""
        step, working = self.ensemble.step, self.working[:, lanes]
        left = self.ensemble.present[:, lanes] - departed[:, lanes]
        now, then = (self._planned(at, lanes) for at in (step, step + 1))
        in_hand, later = (np.floor(np.minimum(left, some * working)) for some in (now, np.minimum(then, now)))
        departed[:, lanes] += in_hand - later

    def _hold_back(self, departed: Array, lanes: Array) -> None:
        """The exit post waits while the yard is full of those who have left it but not the entry post."""
        out, through = self.ensemble.path.departed[self.ensemble.step][:, lanes]
        room = np.floor(self.kernel.lanes.yard[lanes, None]) - (out - through)
        departed[0, lanes] = np.minimum(departed[0, lanes], np.maximum(room, 0))

    def _planned(self, step: int, lanes: Array | slice = slice(None)) -> Array:
        """(2, L, N or 1) servers of the calendar."""
        return of_calendar(self.kernel.servers[step][:, lanes], self.ensemble.path.scenario[lanes])


def simulate(lanes: Lanes, chance: Chance, weights: tuple[float, ...] = (1.0,)) -> Path:
    """The whole calendar, from an empty border at step 0."""
    ensemble = Ensemble.empty(lanes, chance, weights)
    Kernel(lanes).advance(ensemble, lanes.steps, chance)
    return ensemble.path


def _alike(walks: Array) -> list[tuple[int, Array | slice]]:
    """The lanes of every different walk; a slice where there is only one."""
    different = [int(walk) for walk in np.unique(walks)]
    if len(different) == 1:
        return [(different[0], slice(None))]
    return [(walk, np.flatnonzero(walks == walk)) for walk in different]
