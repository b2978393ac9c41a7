"""An ensemble put away, and taken up again in a calendar that begins at another instant.

Put away is what the lanes are and what they were lately: unknowns, stops, the fractions carried on, what the
reports taught of their sources, and the running counts of the last days, step by step where units may be on
their way between the posts and hour by hour before. So queues are whole, and delays of days and the units of
a shift can be read from the new path as from the old.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from services.core.congestion.ensemble import Ensemble
from services.core.congestion.grid import STEPS_PER_HOUR, Array
from services.core.congestion.knowledge import NEVER, Knowledge
from services.core.congestion.lanes import Lanes
from services.core.congestion.likelihood import Bias
from services.core.congestion.path import WANDER_STEPS, Path

HISTORY_HOURS = 48
"""How far back counts are kept. Trucks wait up to two days where that is known; for longer delays the mean
rate of arrivals stands in."""
BOTH = ("capacity", "inspection", "stopped", "service_rest")
"""Fields of an ensemble with both posts of a lane."""
ONE = ("level", "demand", "arrival_rest", "balking_rest")
"""Fields of an ensemble with one value for a lane."""
BIAS = "bias "
"""Begins the names of arrays that hold the bias of a source."""

Checkpoint: TypeAlias = Mapping[str, Array]
"""Arrays by name, each with the lane as first axis, so that lanes can be stored apart and stacked:

capacity, inspection, stopped, service_rest (L, 2, N)
level, demand, arrival_rest, balking_rest, scenario (L, N)
back (L, B)           steps before the checkpoint, from 0 up
counts (L, B, 4, N)   joined, turned away, passed the exit post, passed the entry post, by those steps
silent (L,)           steps since the last report, -1 if there was none; fresh (L,) as in `Knowledge`
bias … (L, 2, N)      mean and variance for each source, not a number in lanes that it said nothing about
"""


def checkpoint(ensemble: Ensemble, knowledge: Knowledge) -> Checkpoint:
    """The ensemble at its present step."""
    path, now = ensemble.path, ensemble.step
    lanes = path.lanes.count
    on_the_way = np.arange(max(int(path.lanes.walk_steps.max(initial=1)), STEPS_PER_HOUR))
    back = np.union1d(on_the_way, np.arange(1, HISTORY_HOURS + 1) * STEPS_PER_HOUR)
    then = np.maximum(now - back, 0)
    turned_away = path.turned_away[then]
    counts = [path.arrived[then] - turned_away, turned_away, *path.departed[then].swapaxes(0, 1)]
    saved = {
        "scenario": path.scenario.copy(),
        "back": np.tile(back, (lanes, 1)),
        "counts": np.stack(counts).transpose(2, 1, 0, 3),
        "silent": np.where(knowledge.observed == NEVER, -1, now - knowledge.observed),
        "fresh": knowledge.fresh.copy(),
    }
    saved |= {name: getattr(ensemble, name).swapaxes(0, 1).copy() for name in BOTH}
    saved |= {name: getattr(ensemble, name).copy() for name in ONE}
    for (lane, source), bias in knowledge.biases.items():
        of_source = saved.setdefault(BIAS + source, np.full((lanes, 2, path.particles), np.nan))
        of_source[lane] = bias.mean, bias.variance
    return saved


def resumed(lanes: Lanes, saved: Checkpoint, scenario: Array, step: int = 0) -> tuple[Ensemble, Knowledge]:
    """The ensemble at `step` of the calendar of `lanes`, with as much of its past as lies in the calendar.

    `scenario` (L, N) is the calendar each particle lives in from now on. Counts begin anew with the calendar;
    units that were then on their way between the posts have come to the entry post.
    """
    if scenario.shape != saved["scenario"].shape or len(scenario) != lanes.count:
        raise ValueError("scenario: one for every lane and particle of the checkpoint")
    if scenario.max(initial=0) >= lanes.calendars or not 0 <= step < lanes.steps:
        raise ValueError("scenario, step: must lie within the calendars")
    path = Path.empty(lanes, scenario.copy())
    path.steps = step
    _fill(path, saved)
    for name in ("capacity", "inspection", "stopped"):
        getattr(path, name)[: step // WANDER_STEPS + 1] = saved[name].swapaxes(0, 1)
    ensemble = Ensemble(
        path=path,
        step=step,
        present=np.stack([path.present(stage)[step] for stage in (0, 1)]),
        **{name: saved[name].swapaxes(0, 1).copy() for name in BOTH},
        **{name: saved[name].copy() for name in ONE},
    )
    return ensemble, _knowledge(saved, step)


def _fill(path: Path, saved: Checkpoint) -> None:
    """Write the counts of the past into steps 0 to `path.steps`."""
    ago = path.steps - np.arange(path.steps + 1)
    for lane, (back, kept) in enumerate(zip(saved["back"], saved["counts"], strict=True)):
        joined, turned_away, exit_post, entry_post = np.moveaxis(_at(ago, back, kept), 1, 0)
        left, sent = entry_post[0], turned_away - turned_away[0]
        path.arrived[: len(ago), lane] = joined - left + sent
        path.turned_away[: len(ago), lane] = sent
        path.departed[: len(ago), 0, lane] = exit_post - left
        path.departed[: len(ago), 1, lane] = entry_post - left


def _at(ago: Array, back: Array, counts: Array) -> Array:
    """(len(ago), 4, N) whole counts between those kept, in their order; before them nothing happened."""
    later = np.clip(np.searchsorted(back, ago, side="right") - 1, 0, len(back) - 2)
    share = np.clip((ago - back[later]) / (back[later + 1] - back[later]), 0, 1)[:, None, None]
    counted: Array = np.ceil(counts[later] + share * (counts[later + 1] - counts[later]))
    return counted


def _knowledge(saved: Checkpoint, step: int) -> Knowledge:
    observed = np.where(saved["silent"] < 0, NEVER, step - saved["silent"])
    knowledge = Knowledge(observed, saved["fresh"].copy())
    for name in sorted(name for name in saved if name.startswith(BIAS)):
        for lane in np.flatnonzero(np.isfinite(saved[name][:, 0, 0])):
            mean, variance = saved[name][lane]
            knowledge.biases[int(lane), name.removeprefix(BIAS)] = Bias(mean.copy(), variance.copy())
    return knowledge
