"""How long somebody waits who joins at an instant, seen from every particle.

At each post the joiner is served when the service to come, over the calendar to come, has worked off those
ahead. The particle's multipliers fall back to their means meanwhile, and a last error stays for what the
future of a post may bring. After the exit post and the way between, the same at the entry post, against the
queue that the particle has there by then. A wait that ends after the calendar is infinite: not known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.core.congestion.chance import Chance
from services.core.congestion.grid import STEP_MINUTES, Array
from services.core.congestion.path import Path
from services.core.congestion.posts import Errors, ExitPost, Post

FUTURE_SD = 0.2
"""Log-sd of the future capacity beyond the wandering that is modelled: with it P10–P90 of simulated waits
covers 0.82–0.87 instead of 0.65–0.78. A prior, replaced by calibration."""

AT_ONCE = 8
"""Of so many lanes the entry posts are read off the path together: few, so that memory is used again."""


@dataclass(frozen=True, slots=True)
class Waits:
    """`minutes` (J, L, N): in both queues together, without the inspections and the way between; infinite
    where the calendar ends first. `at_exit` (J, L, N): of them those before the exit post. `after_reopening`
    (J, L): share of the particles in which the wait lasts over a time when a post is shut."""

    minutes: Array
    at_exit: Array
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
    size, particles = path.lanes.count, path.particles
    errors = Errors.drawn(chance, path, future_sd)
    minutes, at_exit = (np.empty((len(steps), size, particles), np.float32) for _ in range(2))
    after_reopening = np.empty((len(steps), size), np.float32)
    there = path.present_at(0, steps)
    for first in range(0, size, AT_ONCE):
        at_entry = np.ascontiguousarray(path.present(1, slice(first, first + AT_ONCE)).swapaxes(0, 1))
        for lane, present in enumerate(at_entry, first):
            exit_post = ExitPost(path, lane, 0, there[:, lane], errors)
            entry_post = Post(path, lane, 1, present, errors)
            at_exit[:, lane], second, shut = _both(path, lane, steps, exit_post, entry_post)
            minutes[:, lane] = at_exit[:, lane] + second
            after_reopening[:, lane] = shut.mean(axis=-1)
    return Waits(minutes, at_exit, after_reopening)


def _both(
    path: Path, lane: int, steps: Array, exit_post: Post, entry_post: Post
) -> tuple[Array, Array, Array]:
    """Minutes (J, N) in each queue of a lane, and whether a post shuts in the meantime."""
    at = (steps[:, None] * STEP_MINUTES).astype(np.float32)
    first = exit_post.wait(at)
    if np.isfinite(path.lanes.yard[lane]):
        room = path.lanes.yard[lane] - (path.departed[steps, 0, lane] - path.departed[steps, 1, lane])
        blocking = exit_post.ahead(at) - room
        first = np.maximum(first, entry_post.blocks(np.broadcast_to(at, blocking.shape), blocking))
    walk = path.lanes.walk_steps[lane] * STEP_MINUTES
    reached = first + exit_post.inspection_minutes(at)
    reached += at + np.float32(walk)
    second = entry_post.wait(reached)
    return first, second, exit_post.shuts_within(at, first) | entry_post.shuts_within(reached, second)
