"""A crossing simulated vehicle by vehicle, as the truth that the filter has to find out about.

Nothing here is shared with the engine: events come from a heap, servers hold one vehicle each, demand is a
Poisson process with a rate that changes every minute. Times are minutes from the start of a run.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
DAY = 24 * 60


def day_profile(minutes: int) -> Floats:
    """Share of a day's vehicles per minute: a morning and an evening peak over a quiet night."""
    hour = np.arange(minutes) / 60 % 24
    morning = 1.15 * np.exp(-(((hour - 9) / 2.5) ** 2) / 2)
    evening = 1.05 * np.exp(-(((hour - 17) / 3) ** 2) / 2)
    shape = 0.25 + morning + evening
    return np.asarray(shape / shape[: min(DAY, minutes)].sum())


@dataclass(frozen=True)
class Run:
    """Vehicles that joined, in order: when they joined, when their inspection began and when it ended."""

    joined: Floats
    begun: Floats
    ended: Floats

    def queue(self, at: Floats) -> Floats:
        """Vehicles that wait."""
        return np.asarray(
            np.searchsorted(self.joined, at, "right") - np.searchsorted(self.begun, at, "right"), float
        )

    def wait(self, at: Floats) -> Floats:
        """Minutes that the next to join will wait."""
        following = np.minimum(np.searchsorted(self.joined, at), len(self.joined) - 1)
        return np.asarray(self.begun[following] - self.joined[following])

    def passed(self, since: float, until: float) -> int:
        return int(np.count_nonzero((self.ended > since) & (self.ended <= until)))

    def next_served(self, at: float) -> tuple[float, float] | None:
        """When the next inspection after `at` begins, and how long that vehicle has waited."""
        following = int(np.searchsorted(self.begun, at))
        if following == len(self.begun):
            return None
        return float(self.begun[following]), float(self.begun[following] - self.joined[following])


@dataclass(frozen=True)
class Circumstances:
    """What happens in a run: vehicles a minute, servers in every minute, minutes of an inspection."""

    per_minute: Floats
    servers: NDArray[np.int64]
    service_minutes: float
    service_scv: float
    balking: float


def run(given: Circumstances, numbers: np.random.Generator) -> Run:
    """One run; vehicles that are not served by its end are left out."""
    arrivals = _arrivals(given.per_minute, numbers)
    shape = 1 / given.service_scv
    service = numbers.gamma(shape, given.service_minutes / shape, len(arrivals))
    stays = numbers.random(len(arrivals))
    changes = np.flatnonzero(np.diff(given.servers)) + 1.0
    events = [(float(at), 0, -1) for at in changes]
    heapq.heapify(events)
    waiting: deque[int] = deque()
    joined, begun, ended = [], [], []
    open_now, busy, coming, end = int(given.servers[0]), 0, 0, float(len(given.servers))
    while True:
        next_event = events[0][0] if events else end
        next_arrival = arrivals[coming] if coming < len(arrivals) else end
        now = min(next_event, next_arrival)
        if now >= end:
            break
        if next_arrival <= next_event:
            if stays[coming] < 1 / (1 + len(waiting) / given.balking):
                waiting.append(coming)
            coming += 1
        else:
            _, change, _ = heapq.heappop(events)
            if change:
                busy -= 1
            else:
                open_now = int(given.servers[int(now)])
        while waiting and busy < open_now:
            vehicle = waiting.popleft()
            finished = now + service[vehicle]
            joined.append(arrivals[vehicle])
            begun.append(now)
            ended.append(finished)
            heapq.heappush(events, (finished, 1, vehicle))
            busy += 1
    return Run(np.array(joined), np.array(begun), np.array(ended))


def _arrivals(per_minute: Floats, numbers: np.random.Generator) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(per_minute)])
    count = numbers.poisson(total[-1])
    places = np.sort(numbers.random(count)) * total[-1]
    return np.asarray(np.interp(places, total, np.arange(len(total))))


def wandering(minutes: int, sd: float, tau_hours: float, numbers: np.random.Generator) -> Floats:
    """Multipliers with mean one whose logarithm is an Ornstein–Uhlenbeck process in steps of ten minutes."""
    kept = np.exp(-1 / (6 * tau_hours))
    normals = numbers.standard_normal(minutes // 10 + 1)
    values = np.empty(len(normals))
    values[0] = normals[0]
    for i in range(1, len(normals)):
        values[i] = kept * values[i - 1] + np.sqrt(1 - kept**2) * normals[i]
    return np.asarray(np.repeat(np.exp(sd * values - sd**2 / 2), 10)[:minutes])


def losses(minutes: int, block: int, most: int, numbers: np.random.Generator) -> NDArray[np.int64]:
    """Servers missing unannounced: none to `most`, drawn anew every `block` minutes."""
    blocks = numbers.integers(0, most + 1, -(-minutes // block))
    return np.repeat(blocks, block)[:minutes]


def shut(servers: NDArray[np.int64], spans: Sequence[tuple[float, float]]) -> NDArray[np.int64]:
    """No servers from the first to the second minute of each span."""
    left = servers.copy()
    for begins, ends in spans:
        left[int(begins) : int(ends)] = 0
    return left
