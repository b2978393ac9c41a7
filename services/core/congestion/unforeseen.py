"""Queues of another length than any particle foresaw, put into a few particles with their whole past.

A longer queue had come in the hours that it takes to serve it: those who wait have joined evenly since then.
From a shorter one those had gone elsewhere who are missing, or, at the entry post, had been let through.
Counts change together, so nobody appears or vanishes uncounted.
"""

from __future__ import annotations

import numpy as np

from services.core.congestion.grid import STEPS_PER_HOUR, Array
from services.core.congestion.readings import Readings


def set_waiting(readings: Readings, lane: int, stage: int, who: Array, units: Array, hours: Array) -> None:
    """Let about `units` (K,) wait at a post in the particles `who` (K,), the first of them for `hours`."""
    ensemble, lanes = readings.ensemble, readings.lanes
    present = ensemble.present[stage, lane, who]
    servers = readings.servers(lane, stage)[who]
    wanted = np.where(units > 0, np.ceil(servers) + np.round(units), np.minimum(present, servers))
    more = np.floor(wanted) - present
    if stage == 1 and np.isfinite(lanes.yard[lane]):
        inside = ensemble.path.departed[ensemble.step, :, lane][:, who]
        more = np.minimum(more, np.floor(lanes.yard[lane] - (inside[0] - inside[1])))
    longer, shorter = more > 0, more < 0
    if longer.any():
        _come(readings, lane, stage, who[longer], more[longer], hours[longer])
    if shorter.any():
        _gone(readings, lane, stage, who[shorter], -more[shorter])
    ensemble.present[stage, lane, who] += more


def _come(readings: Readings, lane: int, stage: int, who: Array, more: Array, hours: Array) -> None:
    path, now = readings.ensemble.path, readings.ensemble.step
    joined, first = readings.joined(lane, stage)[:, who], readings.turn(lane, stage)[who]
    steps = np.maximum(hours * STEPS_PER_HOUR, 1)
    share = np.maximum(1 - (now - np.arange(now + 1)[:, None]) / steps, 0)
    line = np.ceil(first + (joined[-1] + more - first) * share)
    come = np.where(share > 0, np.maximum(line - joined, 0), 0)
    come = np.minimum(np.maximum.accumulate(come, axis=0), more)
    if stage == 1:
        come = come[np.minimum(np.arange(now + 1) + int(readings.lanes.walk_steps[lane]), now)]
        path.departed[: now + 1, 0, lane, who] += come
    path.arrived[: now + 1, lane, who] += come


def _gone(readings: Readings, lane: int, stage: int, who: Array, fewer: Array) -> None:
    path, now = readings.ensemble.path, readings.ensemble.step
    if stage == 1:
        path.departed[now, 1, lane, who] += fewer
        return
    joined = readings.joined(lane, stage)[:, who]
    behind = np.maximum(joined - np.ceil(readings.turn(lane, stage)[who]), 0)
    path.turned_away[: now + 1, lane, who] += np.minimum(behind, fewer)
