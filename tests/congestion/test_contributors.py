"""One voice moves a lane only so far, whatever it says and however often; two or three who agree move it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.congestion.contributors import Contributors
from services.core.congestion.evidence import Evidence
from services.core.congestion.grid import Array
from services.core.congestion.knowledge import NEVER
from tests.congestion.lanes import uncertain
from tests.congestion.outcomes import AT, QUIET, Outcome, outcome
from tests.congestion.reporting import SOURCES, between, figure, signal

MOST = SOURCES.contributor.most_odds.value
SEVERE_MINUTES = 120
DAY = 144
STOPPING: dict[str, Any] = QUIET | {"unknowns": replace(uncertain(1), stop_every_hours=np.full(1, 120.0))}
"""As quiet, but posts stop as often as in the registry of priors."""
KINDS = ("crowd-wait", "crowd-count", "crowd-not-moving", "crowd-moving")


def told(kind: str, step: int, who: str, value: float = 0.0, stage: int | None = 0) -> Evidence:
    given_: dict[str, Any] = {"contributor": who, "source": "crowd", "key": f"{step} {kind} {stage} {who}"}
    if kind in SOURCES.signals:
        return signal(kind, step, stage=stage, **given_)
    return figure(value, step, kind, stage=stage, **given_)


def severe(found: Outcome) -> float:
    """Probability of having waited so long at either post, or of a stop."""
    delay = np.maximum(*(found.readings.served_delay(0, stage) for stage in (0, 1)))
    return float(((delay >= SEVERE_MINUTES) | found.ensemble.stopped[:, 0].any(axis=0)).mean())


def odds(share: float) -> float:
    return share / (1 - share)


sayings = st.tuples(
    st.sampled_from(KINDS), st.integers(1, DAY), st.sampled_from([0.0, 200.0, 480.0, 2880.0, 40000.0])
)


@settings(max_examples=40, deadline=None)
@given(st.lists(sayings, min_size=1, max_size=40), st.sampled_from([0, 1, None]), st.integers(0, 99))
def test_one_traveller_makes_no_quiet_lane_severe_whatever_she_says_and_however_often(
    said: Sequence[tuple[str, int, float]], where: int | None, seed: int
) -> None:
    reports = [
        told(kind, step, "one", value, 0 if kind == "crowd-count" and where is None else where)
        for kind, step, value in said
    ]
    assert severe(outcome(reports, DAY, seed=seed, **STOPPING)) < 0.5


@pytest.mark.parametrize("minutes", [240.0, 480.0, 1440.0])
@pytest.mark.parametrize("every", [1, 6])
def test_nor_does_she_who_goes_on_all_day_in_every_kind_and_of_both_posts(minutes: float, every: int) -> None:
    everything = [(kind, stage) for stage in (0, 1) for kind in KINDS[:3]]
    reports = [
        told(kind, step, "one", minutes, stage)
        for step, (kind, stage) in zip(range(6, DAY + 1, every), cycle(everything), strict=False)
    ]
    for seed in (1, 2, 3):
        assert severe(outcome(reports, DAY, seed=seed, **STOPPING)) < 0.5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_travellers_who_agree_are_believed_and_one_alone_is_not(seed: int) -> None:
    reports = [told("crowd-wait", AT, "one", 480), told("crowd-wait", AT + 2, "two", 540)]
    one, two = (severe(outcome(given_, AT + 2, seed=seed, **QUIET)) for given_ in (reports[:1], reports))
    assert one < 0.25
    assert two > 0.5


@pytest.mark.parametrize("stage", [0, 1])
@pytest.mark.parametrize("seed", [1, 2])
def test_two_who_say_that_nothing_moves_make_a_stop_likely_and_one_alone_does_not(
    stage: int, seed: int
) -> None:
    reports = [told("crowd-not-moving", AT, who, stage=stage) for who in ("one", "two")]
    one, two = (outcome(given_, seed=seed, **STOPPING).state().stopped for given_ in (reports[:1], reports))
    assert one < 0.5 < two


@pytest.mark.parametrize("report", [figure(480, AT), signal("official-not-moving", AT, stage=0)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_report_of_an_office_makes_a_quiet_lane_severe(report: Evidence, seed: int) -> None:
    assert severe(outcome([report], seed=seed, **STOPPING)) > 0.5


def test_three_honest_voices_outweigh_one_that_keeps_saying_that_nobody_waits() -> None:
    denied = [told(("crowd-count", "crowd-moving")[step % 2], step, "one") for step in range(6, AT)]
    agree = [told("crowd-wait", AT, who, 480) for who in ("two", "three", "four")]
    official = [figure(400, AT)]
    for heard in (agree, official):
        assert severe(outcome([*denied, *heard], **QUIET)) > 0.5


def test_who_says_that_it_moves_again_is_heard() -> None:
    stop = [told("crowd-not-moving", AT, who) for who in ("one", "two", "three")]
    again = [told("crowd-moving", AT + 6, who) for who in ("one", "two", "three")]
    stopped, moving = (outcome(given_, AT + 6, **STOPPING).state() for given_ in (stop, [*stop, *again]))
    assert stopped.stopped > 0.6
    assert moving.stopped < 0.2


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([0.0, 7.0, 30.0, 90.0, 480.0, 43200.0]),
    st.sampled_from(["crowd-wait", "crowd-count"]),
    st.sampled_from([5.0, 20.0, 60.0]),
    st.integers(0, 5),
)
def test_one_report_moves_the_odds_of_a_queue_only_so_far(
    value: float, kind: str, threshold: float, seed: int
) -> None:
    """The odds that more, or that fewer wait than `threshold`, the unforeseen included among what may be; two
    particles are what drawing anew can add."""
    particles = 200
    before, after = (
        outcome(given_, AT, particles, 1, seed).waiting() for given_ in ([], [told(kind, AT, "one", value)])
    )
    share = SOURCES.unforeseen.share
    for compare in (np.greater, np.less):
        prior = share + (1 - share) * compare(before, threshold).mean()
        bound = MOST * prior / (MOST * prior + 1 - prior)
        assert compare(after, threshold).mean() <= bound + 2 / particles


def favours(reports: Sequence[tuple[Array, float]], who: Sequence[str]) -> Array:
    """Products (N,) of the weights of reports by their contributors, particles drawn anew after each."""
    numbers, product = np.random.default_rng(1), np.ones(len(reports[0][0]))
    found = Contributors(MOST, np.array([NEVER]))
    for step, ((likelihood, changed), name) in enumerate(zip(reports, who, strict=True)):
        one = told("crowd-not-moving", step, name)
        as_is, other = found.weights(one, likelihood, changed)
        chosen, last = numbers.integers(0, len(product), len(product)), len(product) // 4
        product = (product * as_is)[chosen]
        found.keep(0, chosen)
        ratio = (other / as_is)[chosen][-last:]
        found.change(one, ratio)
        product[-last:] *= ratio
    return product


likelihoods = st.lists(st.floats(1e-6, 1), min_size=8, max_size=8).map(np.array)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(likelihoods, st.floats(1e-6, 1)), min_size=1, max_size=12))
def test_no_past_gains_more_on_another_than_the_registry_allows_by_one_voice(
    reports: Sequence[tuple[Array, float]],
) -> None:
    product = favours(reports, ["one"] * len(reports))
    assert product.max() <= MOST * product.min() * (1 + 1e-9)


def test_two_voices_multiply_and_one_that_repeats_itself_does_not() -> None:
    likelihood = np.where(np.arange(8) < 4, 0.99, 0.01)
    found = [Contributors(MOST, np.array([NEVER])) for _ in range(2)]
    for contributors, names in zip(found, (("one", "one"), ("one", "two")), strict=True):
        product = np.ones(8)
        for name in names:
            product *= contributors.weights(told("crowd-not-moving", AT, name), likelihood, 0.5)[0]
        assert product[0] / product[-1] == pytest.approx(MOST ** len(set(names)))


def test_an_office_is_bound_by_its_kind_alone() -> None:
    likelihood = np.array([0.997, 0.003])
    weights, changed = Contributors(MOST, np.array([NEVER])).weights(
        between(1, 2, AT, contributor=""), likelihood, 0.5
    )
    assert (weights == likelihood).all()
    assert (changed == 0.5).all()


def test_one_voice_shortens_the_silence_of_others_only_to_a_part() -> None:
    found = Contributors(MOST, np.array([0]))
    found.note(told("crowd-moving", 59, "one"))
    assert found.silent_hours(told("crowd-wait", 60, "one")) == pytest.approx(1 / 6)
    assert found.silent_hours(told("crowd-wait", 60, "two")) == pytest.approx(10 / MOST)
    found.note(told("crowd-moving", 58, "two"))
    assert found.silent_hours(told("crowd-wait", 60, "three")) == pytest.approx(1 / 6)
    found.note(figure(5, 60))
    assert found.silent_hours(told("crowd-wait", 60, "three")) == 0
