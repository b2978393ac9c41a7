"""What a report about a lane should read, for every particle of an ensemble as it stands: arrays (N,).

Queues are first come, first served, so running counts tell delays. If `J(t)` have joined and q wait, the
unit whose turn it is has the number E = J(t) − q and joined at J⁻¹(E): its delay is t − J⁻¹(E). That is what
people report who have just been served, and it lags behind what awaits those who join now.
"""

from __future__ import annotations

import numpy as np

from services.core.congestion.ensemble import Ensemble
from services.core.congestion.evidence import Evidence
from services.core.congestion.grid import STEP_HOURS, STEP_MINUTES, STEPS_PER_HOUR, Array
from services.core.congestion.opening import Opening
from services.core.congestion.queue import Kernel
from services.core.congestion.sources import FigureKind, Measure

LONGEST_MINUTES = 30 * 24 * 60.0
"""A delay that the calendar does not see the end of, so that it can be compared with a report."""
USUAL_STEPS = 24 * STEPS_PER_HOUR
"""Over the day before an instant the usual pace of a post is taken."""


class Readings:
    """An ensemble of a kernel, read lane by lane. Stages are 0 and 1."""

    def __init__(self, kernel: Kernel, ensemble: Ensemble) -> None:
        self.kernel, self.ensemble, self.lanes = kernel, ensemble, kernel.lanes
        self._openings: dict[tuple[int, int], Opening] = {}

    def expected(self, one: Evidence) -> Array:
        """The true value of what a figure is about."""
        assert isinstance(one.kind, FigureKind)
        if one.kind.measure is Measure.WAIT:
            return (
                self.served_delay(one.lane, one.stage)
                if one.kind.delay == "served"
                else self.joining_delay(one.lane, one.stage)
            )
        assert one.stage is not None
        if one.kind.measure is Measure.PASSED:
            return self.passed(one.lane, one.stage, one.hours)
        return self.waiting(one.lane, one.stage)

    def present(self, lane: int, stage: int) -> Array:
        present: Array = self.ensemble.present[stage, lane]
        return present

    def waiting(self, lane: int, stage: int) -> Array:
        waiting: Array = np.maximum(self.present(lane, stage) - self.servers(lane, stage), 0)
        return waiting

    def servers(self, lane: int, stage: int) -> Array:
        """At work now."""
        working = np.exp(self.ensemble.capacity[stage, lane]) * ~self.ensemble.stopped[stage, lane]
        servers: Array = self._planned(lane, stage) * working
        return servers

    def idle(self, lane: int, stage: int | None) -> Array:
        """Whether a post does not work, be it stopped or shut; of both, whether either does not."""
        if stage is None:
            return self.idle(lane, 0) | self.idle(lane, 1)
        idle: Array = self.ensemble.stopped[stage, lane] | ~self.may_work(lane, stage)
        return idle

    def may_work(self, lane: int, stage: int | None) -> Array:
        """Whether the calendar has a post open, or both."""
        if stage is None:
            return self.may_work(lane, 0) & self.may_work(lane, 1)
        return self._planned(lane, stage) > 0

    def joined(self, lane: int, stage: int) -> Array:
        """(t+1, N) of those who had joined the queue of a post by each step up to now."""
        return self._joined_by(lane, stage, np.arange(self.ensemble.step + 1)[:, None])

    def served_delay(self, lane: int, stage: int | None) -> Array:
        """Minutes for which the one has waited whose turn it is; at both posts, without what lies between."""
        if stage is not None:
            delay = self._since_joined(lane, stage, self.turn(lane, stage))
            return np.where(self.waiting(lane, stage) > 0, delay, 0)
        between = self._inspection_minutes(lane) + self._walk_minutes(lane)
        both = np.maximum(self._since_joined(lane, 0, self.turn(lane, 1)) - between, 0)
        return np.where(self.waiting(lane, 1) > 0, both, self.served_delay(lane, 0))

    def joining_delay(self, lane: int, stage: int | None) -> Array:
        """Minutes that one will wait who joins now, as the calendar and the pace of today have it.

        At both posts: the queue at the entry post is worked off while the joiner is still at the other.
        """
        if stage is not None:
            return self._worked_off(lane, stage, self.waiting(lane, stage) + 1)
        ahead = self.waiting(lane, 0) + 1
        first = self._worked_off(lane, 0, ahead)
        reached = first + self._inspection_minutes(lane) + self._walk_minutes(lane)
        path, now = self.ensemble.path, self.ensemble.step
        walking = path.departed[now, 0, lane] - self._joined_by(lane, 1, np.array([now]))
        busy = self.present(lane, 0) + walking + self.present(lane, 1) - self.servers(lane, 1)
        second = np.where(busy > 0, self._worked_off(lane, 1, np.maximum(busy, 0) + 1), 0)
        return first + np.maximum(second - reached, 0)

    def passed(self, lane: int, stage: int, hours: float) -> Array:
        """Units that have passed a post within so many hours; those before the record at its mean rate."""
        departed, now = self.ensemble.path.departed[:, stage, lane], self.ensemble.step
        steps = max(round(hours * STEPS_PER_HOUR), 1)
        recorded = min(steps, now)
        units: Array = departed[now] - departed[now - recorded]
        return units * (steps / max(recorded, 1))

    def per_hour(self, lane: int, stage: int) -> Array:
        """Units an hour that a post completes at the pace of now, with the usual hours of its day; some even
        where it never opens."""
        now = self.ensemble.step
        day = self.lanes.servers[:, lane, stage, max(now - USUAL_STEPS, 0) : now + 1].mean(axis=-1)
        pace = np.exp(self.ensemble.capacity[stage, lane] - self.ensemble.inspection[stage, lane])
        scenario = self.ensemble.path.scenario[lane]
        per_hour: Array = day[scenario] * pace * 60 / self.lanes.service_minutes[lane, stage]
        return np.maximum(per_hour, 0.1)

    def narrower(self, lane: int) -> int:
        """The post at which a queue stands that nobody has located."""
        return int(np.argmin([self.per_hour(lane, stage).mean() for stage in (0, 1)]))

    def turn(self, lane: int, stage: int) -> Array:
        """E: the number, among all who have joined, of the one whose turn it is."""
        turn: Array = self._joined_by(lane, stage, np.array([self.ensemble.step])) - self.waiting(lane, stage)
        return turn

    def _joined_by(self, lane: int, stage: int, steps: Array) -> Array:
        """Who had joined by `steps`, one for each particle or (…, 1) for all."""
        path, particle = self.ensemble.path, np.arange(self.ensemble.path.particles)
        if stage == 1:
            left = np.maximum(steps - int(self.lanes.walk_steps[lane]), 0)
            passed: Array = path.departed[left, 0, lane, particle]
            return passed
        joined: Array = path.arrived[steps, lane, particle] - path.turned_away[steps, lane, particle]
        return joined

    def _since_joined(self, lane: int, stage: int, number: Array) -> Array:
        """Minutes since the unit `number` joined; before the record, arrivals came at their mean rate."""
        now = self.ensemble.step
        before, after = self._not_here_before(lane), np.full(len(number), now)
        begun = self._joined_by(lane, stage, before)
        missing = np.where(before == 0, np.maximum(begun - number, 0), 0) / self._mean_arrivals(lane)
        while (after - before > 1).any():
            middle = (before + after) // 2
            later = self._joined_by(lane, stage, middle) < number
            before, after = np.where(later, middle, before), np.where(later, after, middle)
        low, high = (self._joined_by(lane, stage, step) for step in (before, after))
        share = np.clip((number - low) / np.maximum(high - low, 1e-6), 0, 1)
        minutes: Array = (now - before - share * (after - before)) * STEP_MINUTES + missing * 60
        return np.minimum(minutes, LONGEST_MINUTES)

    def _not_here_before(self, lane: int) -> Array:
        """(N,) the last step at which a post that holds no queue was shut; of other lanes the first."""
        never: Array = np.zeros(self.ensemble.path.particles, np.int64)
        if self.lanes.held[lane]:
            return never
        shut = self.lanes.servers[:, lane, 0, : self.ensemble.step + 1] == 0
        last = np.where(shut.any(axis=1), shut.shape[1] - 1 - shut[:, ::-1].argmax(axis=1), 0)
        shut_at: Array = last[self.ensemble.path.scenario[lane]]
        return shut_at

    def _mean_arrivals(self, lane: int) -> Array:
        """(N,) units an hour over the calendar."""
        rates = self.lanes.arrivals_per_hour[:, lane].mean(axis=-1)[self.ensemble.path.scenario[lane]]
        mean: Array = rates * np.exp(self.ensemble.level[lane] + self.ensemble.demand[lane])
        return np.maximum(mean, STEP_HOURS)

    def _worked_off(self, lane: int, stage: int, units: Array) -> Array:
        """Minutes from now until a post has completed `units` (N,), zero where there is a free server."""
        if (lane, stage) not in self._openings:
            minutes = float(self.lanes.service_minutes[lane, stage])
            self._openings[lane, stage] = Opening(self.lanes.servers[:, lane, stage], minutes)
        opening, scenario = self._openings[lane, stage], self.ensemble.path.scenario[lane]
        now = np.full(len(units), self.ensemble.step * float(STEP_MINUTES))
        free = self.present(lane, stage) + 1 <= self.servers(lane, stage)
        pace = np.exp(self.ensemble.inspection[stage, lane] - self.ensemble.capacity[stage, lane])
        done = opening.moment(scenario, opening.total_at(scenario, now) + units * pace)
        return np.where(free, 0, np.minimum(done - now, LONGEST_MINUTES))

    def _planned(self, lane: int, stage: int) -> Array:
        """(N,) servers of the calendar."""
        step = min(self.ensemble.step, self.lanes.steps - 1)
        planned: Array = self.lanes.servers[:, lane, stage, step][self.ensemble.path.scenario[lane]]
        return planned

    def _inspection_minutes(self, lane: int) -> Array:
        minutes: Array = self.lanes.service_minutes[lane, 0] * np.exp(self.ensemble.inspection[0, lane])
        return minutes

    def _walk_minutes(self, lane: int) -> float:
        return float(self.lanes.walk_steps[lane]) * STEP_MINUTES
