"""Which reports are news: copies of one stream and repetitions of one person are not."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.congestion.evidence import Evidence, heard, independent
from tests.congestion.reporting import SOURCES, between, figure, signal

STEPS_PER_CADENCE = 6


def reported(step: int, **changes: Any) -> Evidence:
    return figure(50, step, key=changes.pop("key", f"{step}"), **changes)


@pytest.mark.parametrize(
    ("reports", "news"),
    [
        ([reported(0, key=str(i), lineage="feed") for i in range(5)], 1),
        ([reported(i, lineage="feed", source=f"site {i}") for i in range(5)], 1),
        ([reported(i) for i in range(5)], 5),
        ([reported(i * STEPS_PER_CADENCE, lineage="feed") for i in range(5)], 5),
        ([reported(4 * i, lineage="feed") for i in range(4)], 2),
        ([reported(0, lineage="feed"), reported(1, lineage="other feed")], 2),
        ([reported(0, lineage="feed"), reported(1, lineage="feed", lane=1)], 2),
        ([reported(0, lineage="feed"), reported(1, lineage="feed", stage=1)], 2),
        ([reported(0, lineage="feed"), figure(40, 1, "official-wait", lineage="feed")], 2),
    ],
)
def test_one_stream_counts_once_within_its_cadence(reports: list[Evidence], news: int) -> None:
    found = independent(reports)
    assert len(found) == news
    assert found[0] == reports[0]


def test_one_traveller_counts_once_within_hours_but_an_office_speaks_as_often_as_it_likes() -> None:
    crowd = [figure(60, 6 * i, "crowd-wait", contributor="one") for i in range(7)]
    assert [one.step for one in independent(crowd)] == [0, 36]
    office = [figure(60, i, "official-wait", contributor="office") for i in range(7)]
    assert len(independent(office)) == 7


def test_a_contributor_who_also_passes_on_a_stream_is_no_news_if_either_is_known() -> None:
    first = figure(60, 0, "crowd-wait", contributor="one", lineage="sign")
    same_sign = figure(60, 1, "crowd-wait", contributor="another", lineage="sign")
    same_person = figure(60, 12, "crowd-wait", contributor="one")
    assert independent([same_person, same_sign, first]) == [first]


def test_who_spoke_of_a_lane_before_the_run_is_not_heard_again_there() -> None:
    """What that has moved cannot be told any more; an office is bound by nothing but its kind."""
    before = [figure(60, 0, "crowd-wait", contributor="one"), figure(60, 0, "official-wait")]
    again = figure(60, 50, "crowd-count", contributor="one")
    elsewhere = figure(60, 51, "crowd-count", contributor="one", lane=1)
    others = [figure(60, 52, "crowd-count", contributor="two"), figure(60, 53, "official-wait")]
    assert heard([*before, again, elsewhere, *others], 10) == [elsewhere, *others]
    assert heard([*before, again], -1) == [*sorted(before, key=lambda one: one.key), again]


reports = st.builds(
    reported,
    st.integers(0, 20),
    key=st.text("abc", min_size=2, max_size=2),
    lineage=st.sampled_from(["", "feed"]),
    lane=st.integers(0, 1),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(reports, max_size=12, unique_by=lambda one: (one.step, one.key, one.lane)), st.randoms())
def test_the_order_of_arrival_is_of_no_importance(given_: list[Evidence], random: Any) -> None:
    shuffled = list(given_)
    random.shuffle(shuffled)
    assert independent(shuffled) == independent(given_)


@settings(max_examples=50, deadline=None)
@given(st.lists(reports, max_size=12, unique_by=lambda one: (one.step, one.key, one.lane)))
def test_news_stay_news_whatever_is_seen_later(given_: list[Evidence]) -> None:
    early = [one for one in given_ if one.step < 10]
    assert independent(given_)[: len(independent(early))] == independent(early)


@pytest.mark.parametrize(
    ("build", "complaint"),
    [
        (lambda: between(3, 2, 0), "order"),
        (lambda: between(-1, 2, 0), "negative"),
        (lambda: between(1, 2, 0, stage=None), "stage"),
        (lambda: between(1, 2, 0, "throughput"), "hours"),
        (lambda: between(1, 2, 0, hours=12.0), "hours"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused(build: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        build()


def test_a_signal_and_a_wait_may_leave_the_post_open() -> None:
    assert signal("crowd-moving", 0).stage is None
    assert between(1, 2, 0, "crowd-wait", stage=None).kind is SOURCES.figures["crowd-wait"]
