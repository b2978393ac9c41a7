"""The calendar of one post as a running total of service, and that total read backwards.

The total at `t` is what the planned servers could have completed since the start, ∫ c(u)/m du; the moment
at which it reaches a level tells when the unit at that place in the queue is served, however often the post
shuts in between. Times are minutes from the start of the calendar.
"""

from __future__ import annotations

import numpy as np

from services.core.congestion.grid import STEP_MINUTES, Array


class Opening:
    """S calendars of a post, from its `servers` (S, T) and the minutes m that one unit takes, one or (S,).

    opens (S, T+1)    when the post is next open: now, later, or infinite within the calendar
    shuts (S, T+1)    when it next shuts: now, later, or infinite
    coming (S, T+1)   servers open now or, while it is shut, when it opens
    """

    def __init__(
        self, servers: Array, service_minutes: float | Array, step_minutes: int = STEP_MINUTES
    ) -> None:
        calendars, self.steps = servers.shape
        self.step_minutes = step_minutes
        self.per_step = (servers.astype(float).T * (step_minutes / np.asarray(service_minutes))).T
        self.total = np.concatenate([np.zeros((calendars, 1)), self.per_step.cumsum(axis=1)], axis=1)
        self.opens = self._next(servers > 0)
        self.shuts = self._next(servers == 0)
        self.ever_shuts = bool((servers == 0).any())
        shown = np.minimum(self.opens / self.step_minutes, self.steps - 1).astype(np.int64)
        self.coming = np.take_along_axis(servers, shown, axis=1).astype(np.float32)
        self._lay_out()

    def moment(self, calendar: Array, level: Array) -> Array:
        """When the total reaches `level`; infinite if it does not within the calendar."""
        key = np.minimum(level, self._apart - 0.5)
        if len(self.per_step) > 1:
            key += calendar * self._apart
        found = self._step_of(key)
        key -= self._begins.take(found)
        key *= self._per_unit.take(found)
        np.maximum(key, 0, out=key)
        key += self._starts.take(found)
        return key

    def total_at(self, calendar: Array, at: Array) -> Array:
        """The total at any minute; after the calendar, its end."""
        place = np.minimum(at / self.step_minutes, self.steps)
        step = np.minimum(place.astype(np.int64), self.steps - 1)
        place -= step
        place *= self.per_step.reshape(-1).take(step + calendar * self.steps)
        place += self.total.reshape(-1).take(step + calendar * (self.steps + 1))
        return place

    def _step_of(self, key: Array) -> Array:
        """The first open step whose end reaches `key`: a guess from a table of equal levels, then corrected
        upwards; four times faster than a binary search, and the same."""
        found = self._guess.take((key * self._per_level).astype(np.int64))
        while (short := self._ends.take(found) < key).any():
            found += short
        return found

    def _lay_out(self) -> None:
        """The open steps of all calendars behind each other, each calendar lifted above the one before, so
        that one search in one sorted array serves every particle. Behind its steps every calendar has one
        that begins never and goes on for ever."""
        calendars = len(self.per_step)
        self._apart = float(self.total[:, -1].max()) + 1.0
        lifted = np.arange(calendars)[:, None] * self._apart
        open_step = np.concatenate([self.per_step > 0, np.ones((calendars, 1), np.bool_)], axis=1)
        self._begins = (self.total + lifted)[open_step]
        last = np.full((calendars, 1), self._apart - 0.25)
        self._ends = (np.concatenate([self.total[:, 1:], last], axis=1) + lifted)[open_step]
        starts = np.append(np.arange(self.steps) * float(self.step_minutes), np.inf)
        self._starts = np.broadcast_to(starts, open_step.shape)[open_step]
        self._per_unit = np.zeros(len(self._starts))
        np.divide(
            self.step_minutes, self._ends - self._begins, out=self._per_unit, where=self._starts < np.inf
        )
        levels = 4 * len(self._ends)
        self._per_level = levels / (len(self.per_step) * self._apart)
        below = (self._ends * self._per_level + 1e-6).astype(np.int64) + 1
        self._guess = np.bincount(below, minlength=levels + 1).cumsum()

    def _next(self, holds: Array) -> Array:
        """(S, T+1): for the beginning of every step the minute at which `holds` (S, T) is next true."""
        minute = np.where(holds, np.arange(self.steps) * float(self.step_minutes), np.inf)
        coming = np.minimum.accumulate(minute[:, ::-1], axis=1)[:, ::-1]
        return np.concatenate([coming, np.full((len(holds), 1), np.inf)], axis=1)
