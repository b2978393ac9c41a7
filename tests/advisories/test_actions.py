"""Runs are kept so that the newest knowledge counts, whoever computed it and whenever it arrives."""

from __future__ import annotations

from datetime import datetime

import pytest

from services.core import advisories
from services.core.advisories import AdvisoryRun, Run
from services.core.work import Edge, Work
from tests.makers import BRAVO, DAY, HOUR, NOON, a_run, an_advisory


def newest(work: Work) -> Run:
    row = advisories.newest(work.session)
    assert row is not None
    return row.document


def test_before_the_first_run_there_is_none(work: Work) -> None:
    assert advisories.newest(work.session) is None
    assert advisories.newest_id(work.session) == 0


def test_a_run_comes_back_as_it_was_computed(edge: Edge) -> None:
    run = a_run(an_advisory(), an_advisory(BRAVO, None, queue=None), ledger_seq=7)
    with edge.work(now=NOON) as work:
        row = advisories.record(work, run)
        assert row is not None
    with edge.reading() as session:
        kept = advisories.newest(session)
        assert kept is not None
        assert (kept.at, kept.ledger_seq, kept.document) == (NOON, 7, run)


@pytest.mark.parametrize(
    ("seq", "at", "taken"),
    [
        (5, NOON + HOUR, True),
        (6, NOON - HOUR, True),
        (6, NOON, True),
        (5, NOON, False),
        (5, NOON - HOUR, False),
        (4, NOON + HOUR, False),
    ],
)
def test_a_run_counts_if_it_knew_more_or_as_much_later(
    work: Work, seq: int, at: datetime, taken: bool
) -> None:
    first, second = a_run(ledger_seq=5), a_run(an_advisory(), at=at, ledger_seq=seq)
    advisories.record(work, first)
    assert (advisories.record(work, second) is not None) is taken
    assert newest(work) == (second if taken else first)


def test_old_runs_are_forgotten_but_never_the_newest(work: Work) -> None:
    for hour in range(4):
        advisories.record(work, a_run(at=NOON + hour * HOUR))
    advisories.forget_runs(work, before=NOON + 2 * HOUR)
    left = [work.session.get(AdvisoryRun, number) is not None for number in range(1, 5)]
    assert left == [False, False, True, True]
    advisories.forget_runs(work, before=NOON + 100 * DAY)
    assert [work.session.get(AdvisoryRun, number) is not None for number in (3, 4)] == [False, True]
    assert newest(work).at == NOON + 3 * HOUR


def test_numbers_of_runs_grow_after_forgetting(work: Work) -> None:
    advisories.record(work, a_run())
    advisories.record(work, a_run(at=NOON + HOUR))
    before = advisories.newest_id(work.session)
    advisories.forget_runs(work, before=NOON + DAY)
    advisories.record(work, a_run(at=NOON + 2 * HOUR))
    assert advisories.newest_id(work.session) > before
