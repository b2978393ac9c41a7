"""The benchmark of recomputing: what it compares must be what it says."""

import numpy as np

from benchmarks import recompute
from services.core.congestion.chance import Chance
from services.core.congestion.queue import simulate


def test_merely_drawing_draws_the_very_numbers_of_the_ensemble() -> None:
    """Afterwards both generators are at the same place."""
    recorder = recompute.Recorder(np.random.SFC64(1))
    recorder.asked = []
    simulate(recompute.group_lanes(crossings=1, until=30), Chance(recorder, 10))
    assert {name for name, _, _ in recorder.asked} == {"standard_normal", "random", "permuted"}
    assert recorder.again()().random(3).tolist() == recorder.random(3).tolist()


def test_the_synthetic_border_falls_into_groups_of_ten_crossings() -> None:
    parts = recompute.SyntheticBorder(3, first=5).parts()
    assert [part.name for part in parts] == ["x000050", "x000060", "x000070"]
    assert [len(part.rows) for part in parts] == [80, 80, 80]
    assert [len(part.markets) for part in parts] == [8, 8, 8]


def test_a_group_is_the_same_in_a_small_border_as_in_a_large_one() -> None:
    small, large = recompute.SyntheticBorder(1, first=2), recompute.SyntheticBorder(4)
    alone = recompute.recomputed(small.keys(), small.parts()[0], particles=4)
    among = recompute.recomputed(large.keys(), large.parts()[2], particles=4)
    assert alone.keys == among.keys
    assert alone.samples.tobytes() == among.samples.tobytes()


def test_travellers_look_elsewhere_in_the_groups_where_a_crossing_is_shut() -> None:
    border = recompute.SyntheticBorder(2, first=recompute.SHUT_EVERY)
    shut, usual = (recompute.recomputed(border.keys(), part, particles=4) for part in border.parts())
    assert shut.diversions
    assert not usual.diversions
