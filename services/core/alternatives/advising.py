"""From the records to the advisories and what to do instead: one pure computation, recorded afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.core import advisories, congestion
from services.core.advisories import Advisory, Instead, Level, Run
from services.core.alternatives.journeys import markets
from services.core.alternatives.ranking import Way, alternatives
from services.core.alternatives.roads import Roads
from services.core.alternatives.times import RoadTimes, roads_for
from services.core.board import Board, BoardInputs, compile_board
from services.core.crossings import Verdict

SEED = 1
MOST_INSTEAD = 3
WORTH_AVOIDING = (Level.CONGESTED, Level.SEVERE)


def advise(inputs: BoardInputs, legs: RoadTimes, now: datetime) -> Run:
    """Every lane's wait, level, reasons and way round. The same inputs and instant give the same bytes."""
    board = foresee(inputs, legs, now)
    run, roads = board.inputs.run, roads_for(board.catalogue, legs)
    assert run is not None
    return run.model_copy(
        update={"advisories": tuple(_with_a_way_round(one, board, roads, now) for one in run.advisories)}
    )


def foresee(inputs: BoardInputs, legs: RoadTimes, now: datetime) -> Board:
    """The board of these inputs with waits, levels and reasons computed anew, without the ways round."""
    before = compile_board(inputs, now)
    at = congestion.grid_start(now)
    lanes = congestion.lanes_of(before.bulletins, at)
    choosing = markets(congestion.keys_of(lanes), roads_for(before.catalogue, legs))
    forecast = congestion.forecast(before.bulletins, lanes, at, choosing, seed=SEED)
    run = Run(
        at=now,
        ledger_seq=inputs.ledger_seq,
        engine=congestion.ENGINE,
        seed=SEED,
        advisories=tuple(
            advisories.judged(before.bulletins, lanes, forecast, inputs.run, inputs.reports, at)
        ),
    )
    return compile_board(inputs.model_copy(update={"run": run}), now)


def _with_a_way_round(one: Advisory, board: Board, roads: Roads, now: datetime) -> Advisory:
    """The advisory with what its travellers can do instead, where it is worth avoiding or shut."""
    traveller = congestion.typical(one.lane)
    passes = board.status(one.crossing, traveller, now).verdict is Verdict.OPEN
    if passes and one.level not in WORTH_AVOIDING:
        return one
    ranking = alternatives(board, roads, traveller, now, Way(instead_of=one.crossing))
    chosen: Sequence[Instead] = [
        Instead(
            code=other.code,
            mode=other.mode,
            road_minutes=round(other.road_minutes, 1),
            detour_km=round(other.detour_km, 1),
            wait_minutes=other.wait.p50 if other.wait else None,
            reasons=other.reasons,
        )
        for other in ranking.items[:MOST_INSTEAD]
    ]
    return one.model_copy(update={"instead": tuple(chosen)})
