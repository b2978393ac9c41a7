"""An ensemble that is put away and taken up again goes on as if nothing had happened."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from services.core.congestion.checkpoint import checkpoint, resumed
from services.core.congestion.ensemble import Ensemble
from services.core.congestion.filtering import filtered
from services.core.congestion.grid import STEPS_PER_HOUR, Array
from services.core.congestion.knowledge import Knowledge, summary
from services.core.congestion.lanes import Lanes
from services.core.congestion.queue import Kernel
from services.core.congestion.readings import Readings
from tests.congestion.lanes import chance, some_lanes, uncertain
from tests.congestion.reporting import SOURCES, figure

PAUSE = 100
"""The step at which it is put away."""


def lanes() -> Lanes:
    return some_lanes(
        60, lanes=2, arrivals_per_hour=50.0, entry_servers=7.0, walk_steps=3, unknowns=uncertain(2)
    )


def begun(particles: int = 100, seed: int = 1) -> tuple[Ensemble, Knowledge]:
    kernel, numbers = Kernel(lanes()), chance(particles, seed)
    ensemble = Ensemble.empty(kernel.lanes, numbers)
    reports = [figure(90, 60), figure(150, 80, "official-wait", lane=0, source="sign")]
    return ensemble, filtered(kernel, ensemble, reports, PAUSE, numbers, SOURCES)


def on_the_way(ensemble: Ensemble) -> Array:
    """(L, N) units between the posts."""
    between: Array = ensemble.path.departed[ensemble.step, 0] - ensemble.path.joined(1)[ensemble.step]
    return between


@pytest.mark.parametrize("step", [3, 20, PAUSE, PAUSE + 50])
def test_everything_is_where_it_was(step: int) -> None:
    ensemble, knowledge = begun()
    saved = checkpoint(ensemble, knowledge)
    again, remembered = resumed(lanes(), saved, saved["scenario"], step)
    for name in ("present", "level", "demand", "capacity", "inspection", "stopped", "service_rest"):
        assert (getattr(again, name) == getattr(ensemble, name)).all(), name
    assert (on_the_way(again) == on_the_way(ensemble)).all()
    assert again.step == again.path.steps == step
    before, after = summary(ensemble, knowledge), summary(again, remembered)
    assert after[1] == before[1]
    assert after[0] == before[0]._replace(observed=80 - PAUSE + step)
    assert set(remembered.biases) == set(knowledge.biases)
    for voice, bias in knowledge.biases.items():
        assert (remembered.biases[voice].mean == bias.mean).all()


def test_units_on_the_way_arrive_at_the_latest_when_the_calendar_begins_with_them() -> None:
    ensemble, knowledge = begun()
    saved = checkpoint(ensemble, knowledge)
    again, _ = resumed(lanes(), saved, saved["scenario"])
    assert (again.present[0] == ensemble.present[0]).all()
    assert (again.present[1] == ensemble.present[1] + on_the_way(ensemble)).all()


@pytest.mark.parametrize("step", [0, 2, 40])
def test_no_unit_is_lost_afterwards(step: int) -> None:
    ensemble, knowledge = begun()
    saved = checkpoint(ensemble, knowledge)
    again, _ = resumed(lanes(), saved, saved["scenario"], step)
    Kernel(lanes()).advance(again, step + 30, chance())
    path = again.path
    came, turned, left = (each[again.step] for each in (path.arrived, path.turned_away, path.departed[:, 1]))
    assert (came - turned - left == again.present.sum(axis=0) + on_the_way(again)).all()


def test_delays_and_shifts_are_read_from_the_past_as_before() -> None:
    """Within what an hour's counts leave open."""
    ensemble, knowledge = begun()
    saved = checkpoint(ensemble, knowledge)
    before = Readings(Kernel(lanes()), ensemble)
    after = Readings(Kernel(lanes()), resumed(lanes(), saved, saved["scenario"], PAUSE)[0])
    for stage in (0, 1, None):
        assert after.served_delay(0, stage) == pytest.approx(before.served_delay(0, stage), abs=20)
    assert after.passed(0, 0, 12.0) == pytest.approx(before.passed(0, 0, 12.0), abs=1)


def test_a_delay_of_days_survives_a_calendar_that_remembers_less() -> None:
    """Trucks: 10 an hour come, 3.5 pass, for 50 hours; of the record 20 hours are left."""
    trucks = some_lanes(60, arrivals_per_hour=10.0, exit_servers=1.75, service_minutes=(30.0, 7.0))
    kernel, numbers = Kernel(trucks), chance(20)
    ensemble = Ensemble.empty(kernel.lanes, numbers)
    kernel.advance(ensemble, 50 * STEPS_PER_HOUR, numbers)
    saved = checkpoint(ensemble, Knowledge.none(1))
    again, _ = resumed(kernel.lanes, saved, saved["scenario"], 20 * STEPS_PER_HOUR)
    delays = [Readings(kernel, each).served_delay(0, 0).mean() / 60 for each in (ensemble, again)]
    assert delays[0] == pytest.approx(50 * 0.65, rel=0.06)
    assert delays[1] == pytest.approx(delays[0], rel=0.08)


def test_filtering_on_in_one_go_or_by_way_of_a_checkpoint_says_the_same() -> None:
    """The mean over a few seeds; one ensemble of 200 knows a mean to about a tenth of its spread."""
    places: list[list[float]] = []
    for seed in range(8):
        ensemble, knowledge = begun(200, seed)
        saved = checkpoint(ensemble, knowledge)
        later = [figure(60, 130, lane=0), figure(40, 140, lane=1)]
        filtered(Kernel(lanes()), ensemble, later, 150, chance(200, 20 + seed), SOURCES, knowledge)
        again, remembered = resumed(lanes(), saved, saved["scenario"], 40)
        shifted = [replace(one, step=one.step - 60) for one in later]
        filtered(Kernel(lanes()), again, shifted, 90, chance(200, 40 + seed), SOURCES, remembered)
        logs = [np.log(each.present[0] + 5) for each in (ensemble, again)]
        places.append([float((f(logs[0], axis=-1) - f(logs[1], axis=-1)).mean()) for f in (np.mean, np.std)])
    assert np.mean(places, axis=0) == pytest.approx([0, 0], abs=0.08)


def test_lanes_can_be_stored_apart_and_stacked() -> None:
    ensemble, knowledge = begun()
    saved = checkpoint(ensemble, knowledge)
    swapped = {name: np.concatenate([values[1:], values[:1]]) for name, values in saved.items()}
    again, remembered = resumed(lanes(), swapped, swapped["scenario"], 20)
    assert (again.present[:, 0] == ensemble.present[:, 1]).all()
    assert (again.capacity[:, 1] == ensemble.capacity[:, 0]).all()
    assert {lane for lane, _ in remembered.biases} == {1}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"scenario": np.ones((2, 100), int)}, "calendars"),
        ({"scenario": np.zeros((1, 100), int)}, "every lane"),
        ({"step": 360}, "calendars"),
    ],
)
def test_what_does_not_fit_the_calendar_is_refused(change: dict[str, Any], complaint: str) -> None:
    saved = checkpoint(*begun())
    given_: dict[str, Any] = {"scenario": saved["scenario"], "step": 10} | change
    with pytest.raises(ValueError, match=complaint):
        resumed(lanes(), saved, given_["scenario"], given_["step"])
