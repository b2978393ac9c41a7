"""The border in parts that are computed by themselves: lanes, and those who choose between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from services.core import congestion
from services.core.alternatives.journeys import markets
from services.core.alternatives.roads import Roads
from services.core.alternatives.times import RoadTimes, roads_for
from services.core.board import Board, BoardInputs, compile_board
from services.core.congestion import Lane, Travellers


@dataclass(frozen=True, slots=True)
class Part:
    """`name` is the smallest code of its crossings; `markets` count lanes as `lanes` does."""

    name: str
    lanes: tuple[Lane, ...]
    markets: tuple[Travellers, ...]

    @property
    def crossings(self) -> frozenset[str]:
        return frozenset(code for code, _, _ in self.lanes)

    def touches(self, codes: Iterable[str]) -> bool:
        return not self.crossings.isdisjoint(codes)


def parts(board: Board, roads: Roads, at: datetime) -> list[Part]:
    """Every lane that there is at an instant, in exactly one part."""
    lanes = congestion.lanes_of(board.bulletins, at)
    keys = congestion.keys_of(lanes)
    found = congestion.components(keys, markets(keys, roads))
    return [Part(one.name, tuple(lanes[row] for row in one.rows), one.markets) for one in found]


def parts_of(inputs: BoardInputs, legs: RoadTimes, now: datetime) -> list[Part]:
    """The parts of the border that these inputs are of."""
    board = compile_board(inputs, now)
    return parts(board, roads_for(board.catalogue, legs), congestion.grid_start(now))


def whole(found: Iterable[Part]) -> Part:
    """All parts as one, without a name."""
    lanes: list[Lane] = []
    choosing: list[Travellers] = []
    for part in found:
        choosing += [replace(one, lanes=np.asarray(one.lanes) + len(lanes)) for one in part.markets]
        lanes += part.lanes
    return Part("", tuple(lanes), tuple(choosing))
