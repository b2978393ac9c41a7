"""From the records to the advisories and what to do instead: one pure computation, recorded afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from numpy.typing import NDArray

from services.core import advisories, congestion
from services.core.advisories import Advisory, Instead, Level, Run
from services.core.alternatives.parts import Part, parts, whole
from services.core.alternatives.ranking import alternatives
from services.core.alternatives.recalling import ONE_DAY, Arrays, Recalled
from services.core.alternatives.roads import Roads
from services.core.alternatives.times import RoadTimes, roads_for
from services.core.alternatives.trust import trust
from services.core.alternatives.ways import Way
from services.core.board import Board, BoardInputs, Computed, compile_board
from services.core.congestion import Known, Learned, Past
from services.core.crossings import Verdict
from services.core.observations import BOOKINGS

SEED = 1
MOST_INSTEAD = 3
WORTH_AVOIDING = (Level.CONGESTED, Level.SEVERE)
KEPT_MEMORY_STAYS = timedelta(hours=6)
"""A memory that has learnt nothing new is kept again so often, or it would catch up with the time again and
again."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A run, the states put away on the way by their instants, and the memory where it is to be kept."""

    run: Run
    states: Mapping[datetime, Arrays] = field(default_factory=dict)
    memory: Mapping[str, NDArray[Any]] | None = None


def advise(
    inputs: BoardInputs, legs: RoadTimes, now: datetime, part: Part, recalled: Recalled | None = None
) -> Advice:
    """Wait, level, reasons and way round of every lane of a part, going on from what is recalled; where
    nothing is, as if nobody had ever reported anything.

    The same inputs, recalled values and instant give the same bytes.
    """
    before = compile_board(inputs, now)
    past, states = _past(before, part, now, recalled) if recalled else (Past(), {})
    learned = _learned(recalled, now) if recalled else None
    stale = learned is not None and recalled is not None and _is_stale(learned, recalled, now)
    expected = learned.expected(now) if learned else {}
    known = Known(past, expected, trust(inputs.tallies, now))
    board = _foreseen(before, part, now, known)
    run, roads = board.inputs.runs[-1].run, roads_for(board.catalogue, legs)
    booked = congestion.bookings(recalled.reports, learned, now) if recalled else {}
    instants = congestion.times(congestion.grid_start(now))
    told = tuple(
        _with_a_way_round(one, board, roads, now).model_copy(
            update={"booking": advisories.booked(booked.get(one.lane), instants)}
        )
        for one in run.advisories
    )
    return Advice(
        run=run.model_copy(update={"advisories": told}),
        states=states,
        memory=learned.state() if learned and stale else None,
    )


def _past(
    board: Board, part: Part, now: datetime, recalled: Recalled
) -> tuple[Past, Mapping[datetime, Arrays]]:
    """The past at the newest midnight a day ago or more, and the states that were made to get there."""
    at, past = recalled.at, Past(recalled.at, recalled.state, recalled.reports)
    states: dict[datetime, Arrays] = {}
    if past.state is None:
        past = _gone_on(board, part, at, Past(reports=recalled.reports), states)
    while at + ONE_DAY <= now - ONE_DAY:
        at += ONE_DAY
        past = _gone_on(board, part, at, past, states)
    return past, states


def _gone_on(board: Board, part: Part, until: datetime, past: Past, states: dict[datetime, Arrays]) -> Past:
    """The past up to a later instant, whose state is put with the others."""
    state = congestion.put_away(board.bulletins, part.lanes, until, part.markets, seed=SEED, past=past)
    states[until] = state
    return Past(until, state, past.reports)


def _is_stale(learned: Learned, recalled: Recalled, now: datetime) -> bool:
    """Whether what was learnt is worth keeping anew; asking it for a forecast takes it up to now."""
    return bool(recalled.news) or now - learned.reached > KEPT_MEMORY_STAYS


def foresee(inputs: BoardInputs, legs: RoadTimes, now: datetime) -> Board:
    """The board of these inputs with waits, levels and reasons of the whole border computed anew, as if
    nobody had ever reported anything, and without the ways round."""
    before = compile_board(inputs, now)
    found = parts(before, roads_for(before.catalogue, legs), congestion.grid_start(now))
    return _foreseen(before, whole(found), now, Known())


def _foreseen(before: Board, part: Part, now: datetime, known: Known) -> Board:
    """The board with a run of this part put in the place of those before."""
    at = congestion.grid_start(now)
    forecast = congestion.forecast(before.bulletins, part.lanes, at, part.markets, seed=SEED, known=known)
    inputs = before.inputs
    seen = [report for report in inputs.reports if report.fields.kind not in BOOKINGS]
    run = Run(
        at=now,
        component=part.name,
        ledger_seq=inputs.ledger_seq,
        engine=congestion.version(),
        seed=SEED,
        began_at=known.past.at,
        advisories=tuple(
            advisories.judged(before.bulletins, part.lanes, forecast, before.advisories, seen, at)
        ),
    )
    others = tuple(one for one in inputs.runs if part.name and one.run.component != part.name)
    runs = (*others, Computed(id=inputs.run_id, run=run))
    return compile_board(inputs.model_copy(update={"runs": runs}), now)


def _learned(recalled: Recalled, now: datetime) -> Learned | None:
    """The series as they were remembered, and what the news teach."""
    if recalled.memory is None:
        return Learned.anew(recalled.news, now)
    learned = Learned.restored(recalled.memory)
    learned.take(recalled.news)
    return learned


def _with_a_way_round(one: Advisory, board: Board, roads: Roads, now: datetime) -> Advisory:
    """The advisory with what its travellers can do instead, where it is worth avoiding or shut."""
    traveller = congestion.typical(one.lane)
    passes = board.status(one.crossing, traveller, now).verdict is Verdict.OPEN
    if passes and one.level not in WORTH_AVOIDING:
        return one
    ranking = alternatives(board, roads, traveller, now, Way(instead_of=one.crossing), turn=now)
    chosen: Sequence[Instead] = [
        Instead(
            code=other.code,
            mode=other.mode,
            road_minutes=round(other.road_minutes, 1),
            detour_km=round(other.detour_km, 1),
            wait_minutes=other.wait.p50 if other.wait and not other.doubts else None,
            reasons=other.reasons,
        )
        for other in ranking.items[:MOST_INSTEAD]
    ]
    return one.model_copy(update={"instead": tuple(chosen)})
