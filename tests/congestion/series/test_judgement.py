"""Weights and widths are learnt from outcomes, and only once those are known."""

from dataclasses import replace

import numpy as np
import pytest

from services.core.congestion.series import Forecaster, Tuning
from services.core.congestion.series.judgement import Judgement, pinball
from services.core.congestion.series.tuning import HOUR_SLOTS, SLOT_MINUTES
from tests.congestion.series.feeds import MONDAY, QUICK, WEEK, forecaster, reports, roster, told

FOUR = roster(4)
TUNING = Tuning(horizons=(4, 12))
FIRST = np.zeros(4, int)


def scored(judgement: Judgement, times: int, beyond: list[list[float]], losses: list[float]) -> Judgement:
    for _ in range(times):
        every = np.repeat(np.array(losses)[:, None], 4, axis=1)
        judgement.score(FIRST, every, np.array(beyond), FOUR, TUNING)
    return judgement


def test_the_expert_with_the_least_loss_gets_the_weight() -> None:
    judgement = Judgement.unbiased(FOUR, TUNING)
    assert judgement.weights(FOUR, TUNING) == pytest.approx(1 / 3)
    scored(judgement, 300, [[0.0] * 4, [0.0] * 4], [1.0, 1.1, 2.0])
    weights = judgement.weights(FOUR, TUNING)
    assert (weights[0, 0] > 0.95).all()
    assert weights[0].sum(axis=0) == pytest.approx(1)
    assert weights[1] == pytest.approx(1 / 3)


def test_each_tail_is_widened_when_outcomes_are_beyond_it_and_narrowed_when_not() -> None:
    judgement = scored(Judgement.unbiased(FOUR, TUNING), 120, [[0.0] * 4, [1.0] * 4], [1.0] * 3)
    below, above = judgement.widths(FOUR, TUNING)[0]
    assert (below < 1).all()
    assert (above > 1).all()
    scored(judgement, 5000, [[0.0] * 4, [1.0] * 4], [1.0] * 3)
    below, above = judgement.widths(FOUR, TUNING)[0]
    assert below == pytest.approx(np.exp(TUNING.narrowest))
    assert above == pytest.approx(np.exp(TUNING.widest))


def test_a_tenth_beyond_leaves_the_width_where_it_is() -> None:
    judgement = Judgement.unbiased(FOUR, TUNING)
    for number in range(200):
        scored(judgement, 1, [[0.1] * 4, [float(number % 10 == 0)] * 4], [1.0] * 3)
    assert judgement.width[0] == pytest.approx(0, abs=0.02)


def test_a_lane_with_few_outcomes_borrows_the_width_of_its_kind() -> None:
    """Lanes 0 and 2 are of one kind; lane 2 has no outcomes."""
    judgement = scored(
        Judgement.unbiased(FOUR, TUNING), 150, [[0.0, 0, np.nan, 0], [1.0, 0, np.nan, 0]], [1.0] * 3
    )
    above = judgement.widths(FOUR, TUNING)[0, 1]
    assert above[2] == pytest.approx(above[0])
    assert above[1] == above[3] < 1


def test_where_nothing_was_scored_intervals_are_wider() -> None:
    judgement = Judgement.unbiased(FOUR, TUNING)
    assert (judgement.widths(FOUR, TUNING) > 1.3).all()


def test_pinball_loss_is_least_at_the_quantiles_of_the_truth() -> None:
    truth = np.random.default_rng(1).normal(size=4000)
    right = np.quantile(truth, [0.1, 0.5, 0.9])
    losses = [pinball(right + shift, truth).mean() for shift in (-0.3, 0.0, 0.3)]
    assert losses[1] < min(losses[0], losses[2])


def test_an_outcome_counts_only_when_its_time_has_come() -> None:
    """Nothing of the 24-hour forecasts is scored for a day, whatever is reported in between."""
    tuning = replace(QUICK, horizons=(4, 96))
    one = Forecaster(roster(), MONDAY, tuning=tuning)
    minutes, waits = reports(weeks=1, every=SLOT_MINUTES)
    first_fit = int(np.searchsorted(minutes, MONDAY + 1440))
    told(one, minutes[: first_fit + 60], waits[: first_fit + 60])
    assert one.judgement.outcomes[0].min() > 0
    assert one.judgement.outcomes[1].max() == 0
    told(one, minutes[first_fit + 60 : first_fit + 130], waits[first_fit + 60 : first_fit + 130])
    assert one.judgement.outcomes[1].min() > 0


def test_scores_are_of_the_forecasts_that_were_made() -> None:
    """A wait that nobody could foresee is above P90 although it is known by the time it is scored."""
    one = told(forecaster(), *reports(weeks=2))
    before = one.judgement.width.copy()
    end = MONDAY + 2 * WEEK
    for number in range(24 * HOUR_SLOTS):
        minute = end + SLOT_MINUTES * number
        one.report(np.arange(3), np.full(3, minute), np.full(3, 900.0), minute)
    assert (one.judgement.width[-1, 1] >= before[-1, 1] + 5 * QUICK.gain * 0.9).all()
