"""Likelihoods of intervals: right in the middle and far out, never zero, and bounded in what they can do."""

from math import atan, inf, pi, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.congestion.likelihood import Bias, Reading, probability_between
from services.core.congestion.sources import FigureKind
from tests.congestion.reporting import SOURCES

kinds = st.sampled_from(sorted(SOURCES.figures)).map(SOURCES.figures.__getitem__)
figures = st.floats(0, 2000, allow_subnormal=False)


def student_below(z: float, degrees: int) -> float:
    """Closed forms of 1, 2 and 4 degrees of freedom."""
    if degrees == 1:
        return 0.5 + atan(z) / pi
    if degrees == 2:
        return 0.5 + z / (2 * sqrt(2 + z * z))
    share = z * z / (1 + z * z / 4)
    return 0.5 + 3 / 8 * z / sqrt(1 + z * z / 4) * (1 - share / 12)


@pytest.mark.parametrize("degrees", [1, 2, 4])
@pytest.mark.parametrize(("low", "high"), [(-1.0, 0.5), (0.0, 3.0), (2.0, 2.2), (-8.0, -4.0), (-inf, 1.0)])
def test_student_intervals_are_those_of_the_closed_forms(degrees: int, low: float, high: float) -> None:
    below = student_below(low, degrees) if low > -inf else 0.0
    found = probability_between(np.array([low]), np.array([high]), degrees)[0]
    assert found == pytest.approx(student_below(high, degrees) - below, rel=2e-3)


@pytest.mark.parametrize(("low", "high"), [(-1.0, 0.5), (-inf, 2.0), (1.0, inf), (3.0, 3.1), (-inf, inf)])
def test_normal_intervals_are_normal(low: float, high: float) -> None:
    normal = NormalDist()
    expected = (normal.cdf(high) if high < inf else 1) - (normal.cdf(low) if low > -inf else 0)
    assert probability_between(np.array([low]), np.array([high]))[0] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("degrees", [4.0, inf])
def test_both_tails_are_alike_however_far_out(degrees: float) -> None:
    ends = np.array([5.0, 20.0]), np.array([6.0, 30.0])
    right = probability_between(*ends, degrees)
    left = probability_between(-ends[1], -ends[0], degrees)
    assert (right == left).all()
    assert (right > 0).all()


def likelihood(kind: FigureKind, low: float, high: float, values: list[float]) -> np.ndarray:
    true = np.array(values)
    return Reading.of(kind, low, high).likelihood(true, Bias.unknown(kind, len(true)))[0]


@settings(max_examples=50, deadline=None)
@given(kinds, figures, st.floats(0, 3000), st.lists(st.floats(0, 1e5), min_size=2, max_size=20))
def test_no_report_changes_odds_by_more_than_its_reach(
    kind: FigureKind, low: float, width: float, values: list[float]
) -> None:
    found = likelihood(kind, low, low + width, values)
    reach = Reading.of(kind, low, low + width).reach
    assert (found > 0).all()
    assert found.max() <= found.min() * reach * (1 + 1e-9)
    assert reach <= kind.most_odds.value * (1 + 1e-9)


@settings(max_examples=50, deadline=None)
@given(kinds, figures)
def test_a_wider_interval_is_never_less_likely(kind: FigureKind, low: float) -> None:
    values = [0.0, 3.0, 40.0, 900.0]
    narrow, wide = (likelihood(kind, low, high, values) for high in (low + 60, low + 150))
    assert (wide >= narrow * (1 - 1e-9)).all()


def test_a_censored_figure_only_speaks_against_values_beyond_its_end() -> None:
    kind = SOURCES.figures["crowd-wait"]
    at_least = likelihood(kind, 30, inf, [2, 100, 1000, 10000])
    assert at_least[0] < 0.3 * at_least[1]
    assert at_least[1:] == pytest.approx(at_least[1], rel=0.01)
    at_most = likelihood(kind, 0, 150, [0, 20, 60, 1500])
    assert at_most[:3] == pytest.approx(at_most[0], rel=0.05)
    assert at_most[3] < 0.3 * at_most[0]


def test_an_empty_queue_fits_a_report_of_none_best() -> None:
    kind = SOURCES.figures["official-count"]
    found = likelihood(kind, *kind.interval(0), [0, 5, 20])
    assert found[0] > 2 * found[1] > 10 * found[2]


def test_a_source_that_always_reads_high_is_believed_as_if_it_did_not() -> None:
    """It says 140 where 100 are; what it says then hardly speaks against 100 any more."""
    kind = SOURCES.figures["official-count"]
    reading, true = Reading.of(kind, 137.5, 142.5), np.array([100.0])
    bias = Bias.unknown(kind, 1)
    for _ in range(20):
        bias = reading.learned(true, bias, reading.likelihood(true, bias)[1])
    assert bias.mean[0] == pytest.approx(np.log(142 / 102), abs=0.06)
    assert bias.variance[0] < kind.bias_log_sd.value**2 / 5
    both = np.array([100.0, 140.0])
    known = Bias(np.repeat(bias.mean, 2), np.repeat(bias.variance, 2))
    found = reading.likelihood(both, known)[0]
    assert found[0] > 1.3 * found[1]


def test_a_source_that_mends_its_ways_is_believed_again() -> None:
    kind, true = SOURCES.figures["official-count"], np.array([100.0])
    bias = Bias.unknown(kind, 1)
    for low, times in ((137.5, 200), (97.5, 60)):
        reading = Reading.of(kind, low, low + 5)
        for _ in range(times):
            bias = reading.learned(true, bias, reading.likelihood(true, bias)[1])
    assert bias.mean[0] == pytest.approx(0, abs=0.05)


def test_garbage_and_censored_figures_teach_nothing_of_a_bias() -> None:
    kind = SOURCES.figures["crowd-wait"]
    true, bias = np.array([20.0]), Bias.unknown(kind, 1)
    absurd = Reading.of(kind, 5000, 5100)
    learned = absurd.learned(true, bias, absurd.likelihood(true, bias)[1])
    assert learned.mean[0] == pytest.approx(0, abs=1e-3)
    assert Reading.of(kind, 30, inf).learned(true, bias, np.ones(1)) is bias


def test_values_that_a_report_suggests_scatter_about_it() -> None:
    kind, numbers = SOURCES.figures["official-count"], np.random.default_rng(1)
    values = Reading.of(kind, 380, 420).values(numbers.standard_normal(4000), numbers.random(4000))
    assert np.median(values) == pytest.approx(400, rel=0.03)
    assert np.log(values).std() == pytest.approx(np.hypot(0.28, 0.2), rel=0.1)
    at_least = Reading.of(kind, 30, inf).values(np.zeros(1000), numbers.random(1000))
    assert at_least.min() >= 29
    assert at_least.max() <= kind.largest.value
