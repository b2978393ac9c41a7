"""Residuals r = z − usual week over a span of slots, and their means over time and over related lanes."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series.clock import Clock
from services.core.congestion.series.history import History


class Residuals:
    """Of the slots from `first` to `last`; nothing outside of them is known.

    `usual` (672, L) is the week they are residuals from. Every question takes slots (R,) and lanes (R,) and
    answers (R,) numbers, 0 where nothing is known: the usual week is then the best guess.
    """

    def __init__(self, history: History, clock: Clock, usual: Array, first: int, last: int) -> None:
        self.first = max(first, history.first)
        self.last = min(last, history.first + history.through)
        slots = np.arange(self.first, self.last + 1)
        rows = slice(self.first - history.first, self.last + 1 - history.first)
        self._usual = usual[clock.phase(slots)]
        self.at = history.carried[rows] - self._usual
        known = np.isfinite(self.at)
        zero = np.zeros((1, self.at.shape[1]))
        self._sums = np.concatenate([zero, np.cumsum(np.where(known, self.at, 0.0), axis=0)])
        self._counts = np.concatenate([zero, np.cumsum(known, axis=0)])
        self._history = history
        self._place, self._kind = history.roster.place, history.roster.kind

    def value(self, slots: Array, lanes: Array) -> Array:
        inside = (slots >= self.first) & (slots <= self.last)
        found = self.at[np.where(inside, slots - self.first, 0), lanes]
        value: Array = np.where(inside & np.isfinite(found), found, 0.0)
        return value

    def nearby(self, slots: Array, lanes: Array, now: Array) -> Array:
        """That of the nearest report, before or after, which had come by `now`."""
        inside = (slots >= self.first) & (slots <= np.minimum(now, self.last))
        rows = np.where(inside, slots - self.first, 0)
        ahead = self.first - self._history.first
        found = (
            self._history.nearest(rows + ahead, lanes, now - self._history.first) - self._usual[rows, lanes]
        )
        nearby: Array = np.where(inside & np.isfinite(found), found, 0.0)
        return nearby

    def mean(self, slots: Array, lanes: Array, width: int) -> Array:
        """Over the `width` slots up to each of `slots`."""
        total, count = (self._window(sums, slots, width, lanes) for sums in (self._sums, self._counts))
        return _ratio(total, count)

    def mean_at_place(self, slots: Array, lanes: Array, width: int) -> Array:
        """Of the other lanes at the same crossing."""
        return self._others(self._at_places, self._place, slots, lanes, width)

    def mean_of_kind(self, slots: Array, lanes: Array, width: int) -> Array:
        """Of the other lanes of the same kind."""
        return self._others(self._of_kinds, self._kind, slots, lanes, width)

    def mean_of_others(self, slots: Array, lanes: Array, width: int) -> Array:
        """Of all other lanes."""
        return self._others(self._of_all, np.zeros_like(self._place), slots, lanes, width)

    @cached_property
    def _at_places(self) -> tuple[Array, Array]:
        return self._grouped(self._place)

    @cached_property
    def _of_kinds(self) -> tuple[Array, Array]:
        return self._grouped(self._kind)

    @cached_property
    def _of_all(self) -> tuple[Array, Array]:
        return self._sums.sum(axis=1, keepdims=True), self._counts.sum(axis=1, keepdims=True)

    def _grouped(self, group: Array) -> tuple[Array, Array]:
        member = np.eye(int(group.max()) + 1)[group]
        return self._sums @ member, self._counts @ member

    def _others(
        self, grouped: tuple[Array, Array], group: Array, slots: Array, lanes: Array, width: int
    ) -> Array:
        total, count = (
            self._window(of_group, slots, width, group[lanes]) - self._window(own, slots, width, lanes)
            for of_group, own in zip(grouped, (self._sums, self._counts), strict=True)
        )
        return _ratio(total, np.round(count))

    def _window(self, sums: Array, slots: Array, width: int, columns: Array) -> Array:
        end = np.minimum(np.maximum(slots + 1 - self.first, 0), len(sums) - 1)
        start = np.minimum(np.maximum(slots + 1 - self.first - width, 0), len(sums) - 1)
        window: Array = sums[end, columns] - sums[start, columns]
        return window


def _ratio(total: Array, count: Array) -> Array:
    ratio: Array = np.where(count > 0, total / np.maximum(count, 1), 0.0)
    return ratio
