"""What is forgotten, and what is not while somebody may still ask for it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from services.core import advisories, board, crossings
from services.core.board import NotKept, Showing
from services.core.settings import Settings
from services.core.work import Edge
from services.worker.tasks import housekeeping
from tests.makers import ALFA, DAY, HOUR, NOON, a_border, a_run, an_advisory


def live(edge: Edge, days: int) -> None:
    """A run and an edition at every noon, the last at `NOON`."""
    with edge.work(now=NOON - days * DAY) as work:
        crossings.load(work, a_border())
    for number in reversed(range(days)):
        at = NOON - number * DAY
        with edge.work(now=at) as work:
            advisories.record(work, a_run(an_advisory(ALFA, number + 1, at=at), at=at))
            inputs = board.read_inputs(work.session)
            board.note(work, [Showing.of(board.compile_board(inputs, at), at)])


def tidy(edge: Edge, kept_days: int) -> None:
    settings = Settings(data_dir=Path("unused"), editions_kept_days=kept_days)
    with edge.work(now=NOON) as work:
        housekeeping.tidy(edge, settings, NOON, [])(work)


@pytest.mark.parametrize(("kept_days", "runs", "editions"), [(2, 6, 3), (8, 9, 9), (100, 12, 12)])
def test_for_as_long_as_was_set_it_can_be_asked_what_was_answered(
    edge: Edge, kept_days: int, runs: int, editions: int
) -> None:
    """And runs stay for as long as forecasts are compared with what is observed later."""
    live(edge, 12)
    tidy(edge, kept_days)
    with edge.reading() as session:
        kept = advisories.numbered(session, range(100))
        assert len(kept) == runs
        for number in range(12):
            at = NOON - number * DAY + HOUR
            if number < editions:
                inputs = board.read_inputs_of(session, board.shown_at(session, at))
                assert inputs.runs[0].run.at == NOON - number * DAY
            else:
                with pytest.raises(NotKept):
                    board.shown_at(session, at)


def test_what_is_shown_stays_however_old_it_is(edge: Edge) -> None:
    live(edge, 2)
    with edge.work(now=NOON + timedelta(days=300)) as work:
        housekeeping.tidy(edge, Settings(editions_kept_days=1), work.now, [])(work)
    with edge.reading() as session:
        assert board.read_inputs_of(session, board.shown_at(session, NOON + 299 * DAY)).run_id == 2
