"""Where the authorities sent travellers in the past, we send them too: every advice, at all its instants.

Who passes when they get there does not depend on any wait, so none is computed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import product

import pytest

from services.core import crossings, notices
from services.core.alternatives import Way, alternatives, roads_for
from services.core.board import Board, compile_board, inputs_from_files
from services.core.crossings import Direction, Mode, Traveller, Verdict
from services.core.notices.chronicle import Gold

CATALOGUE = crossings.catalogue()
HISTORY = list(notices.events().values())


@dataclass(frozen=True)
class Advised:
    """One traveller sent away from a crossing at an instant: where to, and where surely not."""

    event: str
    traveller: Traveller
    at: datetime
    instead_of: str
    must: Sequence[str]
    must_not: Sequence[str]


def advised() -> Iterator[Advised]:
    for event in HISTORY:
        for gold in event.gold:
            everybody = product(gold.at, gold.directions or tuple(Direction), gold.citizens or (None, "UZ"))
            for at, direction, citizen in everybody:
                for meant in gold.instead_of:
                    yield from _about(event.event, gold, at, direction, citizen, meant)


def _about(
    event: str, gold: Gold, at: datetime, direction: Direction, citizen: str | None, meant: str
) -> Iterator[Advised]:
    for mode in gold.modes:
        who = Traveller(mode, direction, citizen, vehicle_mass_t=gold.vehicle_mass_t)
        yield Advised(event, who, at, meant, gold.must, gold.must_not)
    if gold.rail_mode:
        by_train = Traveller(gold.rail_mode, direction, citizen)
        yield Advised(event, by_train, at, meant, gold.rail, ())


@cache
def board(at: datetime) -> Board:
    """As it could have been read then."""
    return compile_board(inputs_from_files(CATALOGUE, HISTORY, at), at)


ADVISED = list(advised())
EVENTS = list(dict.fromkeys(one.event for one in ADVISED))


@pytest.mark.parametrize("event", EVENTS)
def test_where_travellers_were_sent_then_they_are_sent_again(event: str) -> None:
    roads = roads_for(CATALOGUE)
    for one in (it for it in ADVISED if it.event == event):
        ranking = alternatives(board(one.at), roads, one.traveller, one.at, Way(instead_of=one.instead_of))
        sent_to = {item.code for item in ranking.items if item.verdict is Verdict.OPEN}
        assert not set(one.must) - sent_to, one
        assert not sent_to & set(one.must_not), one


def test_the_record_sends_travellers_elsewhere_by_every_mode_of_the_road_and_by_train() -> None:
    assert {one.traveller.direction for one in ADVISED} == set(Direction)
    assert {one.traveller.mode for one in ADVISED} == set(Mode) - {Mode.FREIGHT_TRAIN}
    assert {bool(one.must) for one in ADVISED} == {bool(one.must_not) for one in ADVISED} == {True, False}
