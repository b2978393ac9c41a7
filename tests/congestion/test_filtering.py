"""The filter: reports move their lane as far as they should, and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.congestion.ensemble import Ensemble
from services.core.congestion.filtering import filtered
from services.core.congestion.knowledge import summary
from services.core.congestion.lanes import Lanes
from services.core.congestion.queue import Kernel
from services.core.congestion.waits import waits
from tests.congestion.lanes import chance, some_lanes, uncertain
from tests.congestion.outcomes import AT, BUSY, QUIET, outcome
from tests.congestion.reporting import SOURCES, between, figure, signal


def imbalance(ensemble: Ensemble) -> float:
    """Units that the counts cannot account for."""
    path, step = ensemble.path, ensemble.step
    on_the_way = path.departed[step, 0] - path.joined(1)[step]
    stayed = path.arrived[step] - path.turned_away[step] - path.departed[step, 1]
    unaccounted = np.abs(stayed - ensemble.present.sum(axis=0) - on_the_way).max()
    apart = max(np.abs(path.present(stage)[step] - ensemble.present[stage]).max() for stage in (0, 1))
    return float(unaccounted + apart)


@pytest.mark.parametrize("count", [20, 60, 150])
def test_a_count_draws_the_queue_to_it_and_narrows_it(count: int) -> None:
    before, after = outcome([]).waiting(), outcome([figure(count, AT)]).waiting()
    assert abs(np.log((np.median(after) + 2) / (count + 2))) < 0.35
    assert np.log(after + 2).std() < 0.7 * np.log(before + 2).std()


def test_a_wait_and_what_was_counted_say_the_same_of_the_queue() -> None:
    by_wait = outcome([figure(120, AT, "official-wait")])
    assert np.median(by_wait.readings.served_delay(0, 0)) == pytest.approx(120, rel=0.2)
    assert np.median(by_wait.waiting()) > 1.5 * np.median(outcome([]).waiting())


def test_units_of_a_shift_tell_how_fast_a_post_works() -> None:
    """In twelve hours 300 passed, with a queue all the time: 25 an hour, about half of what is usual."""
    reports = [figure(300, 84, "throughput", hours=12.0), figure(200, 84)]
    slow, usual = (outcome(given_, 84).readings for given_ in (reports, []))
    assert np.median(usual.passed(0, 0, 12.0)) > 400
    assert np.median(slow.passed(0, 0, 12.0)) == pytest.approx(300, rel=0.1)
    assert np.median(slow.per_hour(0, 0)) < 0.9 * np.median(usual.per_hour(0, 0))


@pytest.mark.parametrize("stage", [0, 1])
def test_a_report_about_one_post_is_about_that_post(stage: int) -> None:
    after = outcome([figure(150, AT, stage=stage)], entry_servers=6.0)
    assert np.median(after.waiting(stage=stage)) > 80
    assert np.median(after.waiting(stage=1 - stage)) < 60


def test_other_lanes_do_not_notice_a_report() -> None:
    reports = [figure(150, 30), figure(90, AT, "crowd-wait"), signal("official-not-moving", 65)]
    alone, beside = (outcome(given_, 80).ensemble for given_ in ([], reports))
    for name in ("arrived", "turned_away"):
        assert (getattr(alone.path, name)[:, 1] == getattr(beside.path, name)[:, 1]).all()
    assert (alone.path.departed[:, :, 1] == beside.path.departed[:, :, 1]).all()
    assert (alone.capacity[:, 1] == beside.capacity[:, 1]).all()
    assert (alone.path.departed[:, :, 0] != beside.path.departed[:, :, 0]).any()


def test_the_order_of_arrival_changes_no_byte() -> None:
    reports = [figure(10 * i, 5 * i, key=str(i), lane=i % 2) for i in range(1, 12)]
    in_time, mixed = (outcome(given_, AT).ensemble.path for given_ in (reports, reports[::-1]))
    assert in_time.departed.tobytes() == mixed.departed.tobytes()
    assert in_time.capacity.tobytes() == mixed.capacity.tobytes()


def test_reports_outside_the_run_are_not_taken_in() -> None:
    kernel, numbers = Kernel(some_lanes(unknowns=uncertain(1), **BUSY)), chance()
    ensemble = Ensemble.empty(kernel.lanes, numbers)
    knowledge = filtered(kernel, ensemble, [figure(50, 40)], 30, numbers, SOURCES)
    assert summary(ensemble, knowledge)[0].observed is None
    filtered(kernel, ensemble, [figure(50, 30), figure(50, 40)], 40, numbers, SOURCES, knowledge)
    assert summary(ensemble, knowledge)[0].observed == 40


def test_five_copies_say_no_more_than_one_and_five_sources_do() -> None:
    one = [figure(100, AT, lineage="feed")]
    copies = [figure(100, AT, key=str(i), lineage="feed", source=f"site {i}") for i in range(5)]
    apart = [figure(100, AT, key=str(i), source=f"site {i}") for i in range(5)]
    spreads = [float(np.log(outcome(given_).waiting() + 2).std()) for given_ in (one, copies, apart)]
    assert spreads[1] == spreads[0]
    assert spreads[2] < 0.7 * spreads[0]


def test_one_source_that_repeats_itself_says_less_than_several() -> None:
    """Its own bias stays unknown however often it speaks."""
    repeated = [figure(100, AT, key=str(i)) for i in range(8)]
    apart = [figure(100, AT, key=str(i), source=f"site {i}") for i in range(8)]
    spreads = [
        float(np.log(outcome(given_, particles=800).waiting() + 2).std()) for given_ in (repeated, apart)
    ]
    assert spreads[0] > 1.25 * spreads[1]


@pytest.mark.parametrize("stage", [0, 1, None])
@pytest.mark.parametrize("seed", [1, 2])
def test_one_official_word_that_nothing_moves_makes_a_stop_likely(stage: int | None, seed: int) -> None:
    before = outcome([], seed=seed)
    after = outcome([signal("official-not-moving", AT, stage=stage)], seed=seed)
    assert before.state().stopped < 0.2
    assert after.state().stopped > 0.5


def test_who_hears_that_it_moves_again_forgets_the_stop() -> None:
    stop, moving = signal("official-not-moving", AT, stage=0), signal("official-moving", AT + 4, stage=0)
    stopped, again = outcome([stop], AT + 4), outcome([stop, moving], AT + 4)
    assert stopped.state().stopped > 0.7
    assert again.state().stopped < 0.2


def test_a_stop_makes_people_wait() -> None:
    kernel, numbers = Kernel(some_lanes(48, **QUIET)), chance(200)
    minutes = []
    for reports in ([], [signal("official-not-moving", AT, stage=0)]):
        ensemble = Ensemble.empty(kernel.lanes, numbers)
        filtered(kernel, ensemble, reports, AT, numbers, SOURCES)
        kernel.advance(ensemble, kernel.lanes.steps, numbers)
        minutes.append(waits(ensemble.path, np.array([AT]), numbers).quantiles((0.5, 0.9))[:, 0, 0])
    assert minutes[0][0] < 20
    assert minutes[1][0] > 60
    assert minutes[1][1] > 150


def test_that_a_shut_post_does_not_move_is_no_news() -> None:
    shut = outcome([signal("official-not-moving", AT, stage=0)], exit_servers=0.0)
    assert shut.state().stopped < 0.2


def test_reports_tell_which_calendar_is_right() -> None:
    """Nobody knows whether the post has opened again; a shift's figure and a word each show that it has."""
    one = some_lanes(unknowns=uncertain(1), **BUSY)
    shut = np.where(np.arange(one.steps) < 30, one.servers, 0)
    fields = {name: getattr(one, name) for name in Lanes.__slots__}
    rates = np.repeat(one.arrivals_per_hour, 2, axis=0)
    both = Lanes(**fields | {"servers": np.concatenate([shut, one.servers]), "arrivals_per_hour": rates})
    for report in (signal("official-moving", AT), figure(200, AT, "throughput", hours=5.0)):
        numbers = chance(200)
        ensemble = Ensemble.empty(both, numbers, (0.5, 0.5))
        filtered(Kernel(both), ensemble, [report], AT, numbers, SOURCES)
        assert (ensemble.path.scenario == 1).mean() > 0.95


def test_silence_is_no_evidence() -> None:
    state = outcome([], 100).state()
    assert state.observed is None
    assert state.evidence == 0


def test_evidence_is_counted_as_far_as_it_is_credible_and_fresh() -> None:
    after = outcome([figure(np.median(outcome([]).waiting()), AT)], AT)
    assert 0.9 < after.state().evidence <= 1
    garbage = outcome([figure(40000, AT, "crowd-wait")], **QUIET)
    assert garbage.state().evidence < 0.35
    later = outcome([figure(50, AT)], AT + 18)
    assert later.state().evidence == pytest.approx(np.exp(-1), rel=0.3)
    assert later.state().observed == AT


@pytest.mark.parametrize("stage", [0, 1])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_count_of_a_queue_that_nobody_foresaw_is_believed(stage: int, seed: int) -> None:
    after = outcome([figure(400, AT, stage=stage)], seed=seed, **QUIET)
    assert np.median(after.waiting(stage=stage)) > 200
    assert imbalance(after.ensemble) == 0


def test_a_long_queue_that_has_gone_is_let_go() -> None:
    """Two counts bring 400; then two say that hardly anybody is left."""
    came = [figure(400, AT - 12), figure(420, AT - 6)]
    gone = [figure(5, AT), figure(5, AT + 6)]
    full, after = (outcome(given_, AT + 6) for given_ in (came, [*came, *gone]))
    assert np.quantile(full.waiting(), 0.2) > 150
    assert np.median(after.waiting()) < 20
    assert imbalance(after.ensemble) == 0


@settings(max_examples=15, deadline=None)
@given(
    counts=st.lists(st.integers(0, 600), min_size=1, max_size=5),
    stages=st.lists(st.sampled_from([0, 1]), min_size=5, max_size=5),
    yard=st.sampled_from([np.inf, 40.0]),
    held=st.booleans(),
    walk=st.sampled_from([1, 3]),
    seed=st.integers(0, 99),
)
def test_no_report_makes_units_from_nothing(
    counts: list[int], stages: list[int], yard: float, held: bool, walk: int, seed: int
) -> None:
    """Nor does the yard overflow or does time run backwards."""
    servers = np.where(np.arange(144) % 48 < 36, 6.0, 0.0)
    reports = [
        between(count, count + 5, 9 * (i + 1), key=str(i), stage=stage, source=f"site {i}")
        for i, (count, stage) in enumerate(zip(counts, stages, strict=False))
    ]
    fields = {"exit_servers": servers, "entry_servers": 7.0, "yard": yard, "held": held, "walk_steps": walk}
    after = outcome(reports, 60, 40, 1, seed, **fields).ensemble
    path = after.path
    assert imbalance(after) == 0
    assert (after.present >= 0).all()
    assert (path.departed[60, 0] - path.departed[60, 1] <= yard).all()
    for counts_ in (path.arrived[:61], path.turned_away[:61], path.departed[:61, 0], path.departed[:61, 1]):
        assert (np.diff(counts_, axis=0) >= 0).all()
        assert (counts_ % 1 == 0).all()
