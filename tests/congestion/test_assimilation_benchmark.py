"""The yardstick of the filter: the vehicles of the truth behave, the naive ways are what they say."""

import numpy as np
import pytest

from benchmarks import announced, assimilation
from benchmarks.ratios import Ratio
from benchmarks.vehicles import Circumstances, Run, day_profile, run, shut
from benchmarks.watched import SERVERS, SERVICE_MINUTES, SOURCES, Troubles, Watch, expected_lanes, truth
from services.core.congestion.grid import STEPS_PER_HOUR
from tests.congestion.reporting import figure

NO_TROUBLES = Troubles(most_lost=0, stops=0.0)


def a_run(per_hour: float = 40.0, servers: int = 6, hours: int = 24, balking: float = np.inf) -> Run:
    minutes = hours * 60
    open_servers = shut(np.full(minutes, servers), [(600.0, 660.0)])
    given = Circumstances(np.full(minutes, per_hour / 60), open_servers, 7.0, 0.45, balking)
    return run(given, np.random.default_rng(1))


def test_vehicles_are_served_in_order_by_so_many_servers_and_not_while_it_is_shut() -> None:
    seen = a_run()
    assert (np.diff(seen.joined) >= 0).all()
    assert (np.diff(seen.begun) >= 0).all()
    assert (seen.begun >= seen.joined).all()
    at = np.arange(24 * 60.0)
    inspected = np.searchsorted(seen.begun, at, "right") - np.searchsorted(np.sort(seen.ended), at, "right")
    assert inspected.max() == 6
    assert not ((seen.begun > 600) & (seen.begun < 660)).any()


def test_queue_and_wait_agree_with_each_other() -> None:
    """Little: those who wait are as many as come while one waits."""
    seen = a_run(per_hour=50.0, hours=96)
    at = np.arange(0, 90 * 60.0, 7)
    assert seen.queue(at).mean() == pytest.approx(seen.wait(at).mean() * 50 / 60, rel=0.1)
    begins, waited = seen.next_served(700.0) or (0.0, 0.0)
    assert begins >= 700
    assert waited in seen.begun - seen.joined
    assert seen.passed(0, 96 * 60) == pytest.approx(len(seen.ended), abs=12)


def test_a_day_has_as_many_vehicles_as_stated() -> None:
    assert day_profile(24 * 60).sum() == pytest.approx(1)
    assert day_profile(72 * 60).sum() == pytest.approx(3)
    rates = expected_lanes([0], 24 * STEPS_PER_HOUR).arrivals_per_hour[0, 0]
    quiet = [len(truth(24, np.random.default_rng(seed), NO_TROUBLES).joined) for seed in range(20)]
    assert rates.mean() * 24 == pytest.approx(630)
    assert np.mean(quiet) == pytest.approx(600, rel=0.15)


def test_reports_are_what_happens_with_noise() -> None:
    seen = [truth(48, np.random.default_rng([1, seed]), Troubles(3, 0.35)) for seed in range(10)]
    reports = [
        (one, run_)
        for run_ in seen
        for one in Watch(2.0, 3, garbage=0.0).reports(run_, 0, 48, np.random.default_rng(2))
    ]
    counts = [(one, run_) for one, run_ in reports if one.kind is SOURCES.figures["official-count"]]
    assert len(counts) == 10 * 15
    real = np.array([run_.queue(np.array([one.step * 10.0]))[0] for one, run_ in counts])
    told = np.array([(one.low + one.high) / 2 for one, _ in counts])
    long = real > 20
    assert np.median(np.abs(np.log(told[long] / real[long]))) == pytest.approx(0.25 * 0.67, rel=0.35)
    assert 100 < len(reports) / 10 < 130


def test_the_naive_ways_take_the_last_report_as_it_is_or_let_it_grow() -> None:
    count = figure(60, 20, lane=0)
    wait = figure(50, 60, "official-wait", lane=1)
    queue, minutes = assimilation.restarted([count, wait], growing=False)
    pace = 0.9 * SERVERS / SERVICE_MINUTES
    assert (queue[:, 0] == 60).all()
    assert minutes[:, 0] == pytest.approx(60 / pace)
    later = assimilation.GRID >= 60
    assert minutes[later, 1] == pytest.approx(50, rel=0.02)
    assert (minutes[~later, 1] == 0).all()
    grown, _ = assimilation.restarted([count, wait], growing=True)
    assert grown[1, 0] < 60
    assert (grown >= 0).all()


def test_a_ratio_is_to_the_best_and_its_interval_about_it() -> None:
    numbers = np.random.default_rng(1)
    errors, best, worse = (numbers.uniform(0.5, 1.5, 60) * size for size in (1.0, 2.0, 3.0))
    ratio = Ratio.to_best(errors, [worse, best])
    assert ratio.value == pytest.approx(errors.sum() / best.sum())
    assert ratio.low < ratio.value < ratio.high
    assert Ratio.to_best(best, [worse, best]) == Ratio(1.0, 1.0, 1.0)


def test_the_forecaster_without_events_learns_the_week_and_nothing_of_the_future() -> None:
    hours = np.arange(announced.DAYS * 24)
    weekly = 30 + 25 * np.sin(2 * np.pi * hours / 24) * (1 + (hours // 24 % 7 == 5))
    noise = np.random.default_rng(1).uniform(0, 4, (len(hours), announced.CROSSINGS))
    waits = np.maximum(weekly, 0)[:, None] + noise
    forecast = announced._regression(waits, 24)
    known = slice(40 * 24, None)
    assert np.abs(forecast[known] - waits[known]).mean() < 5
    changed = waits.copy()
    changed[60 * 24 :] += 500
    again = announced._regression(changed, 24)
    assert again[40 * 24 : 61 * 24] == pytest.approx(forecast[40 * 24 : 61 * 24])
