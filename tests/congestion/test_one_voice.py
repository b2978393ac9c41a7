"""The real catalogue with one liar: no quiet lane becomes severe by one traveller, from words to waits."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from services.core import congestion, crossings
from services.core.board import Board, compile_board, inputs_from_files
from services.core.congestion import Known, Lane, LaneKey, Past
from services.core.crossings import Direction, Mode
from services.core.observations import Kind, ObservationFields, Reported

AT = datetime(2026, 9, 16, 5, tzinfo=UTC)
"""A Wednesday, ten in the morning at the border."""
MINUTE = timedelta(minutes=1)
CONGESTED, SEVERE = 1, 2
CROSSING = "gishtkoprik-zhibek-zholy"
EXIT, ENTRY = Direction.TO_KZ.exit_side, Direction.TO_KZ.entry_side
WAIT = {"kind": Kind.WAIT, "wait_minutes": 480.0}
STOP = {"kind": Kind.NOT_MOVING, "side": EXIT}
EVERYTHING: list[dict[str, Any]] = [
    WAIT,
    {"kind": Kind.COUNT, "queue": 800, "side": EXIT},
    STOP,
    WAIT | {"side": EXIT},
    {"kind": Kind.NOT_MOVING, "side": ENTRY},
    {"kind": Kind.COUNT, "queue": 800, "side": ENTRY},
]


@cache
def board() -> Board:
    return compile_board(inputs_from_files(crossings.catalogue(), [], AT), AT)


def told(lane: Lane, fields: dict[str, Any], ago: timedelta, who: str) -> Reported:
    code, direction, mode = lane
    given: dict[str, Any] = {"crossing": code, "direction": direction, "mode": mode} | fields
    seen = ObservationFields.model_validate(given | {"observed_at": AT - ago})
    return Reported(id=f"{who} {ago}", source=who, received_at=AT, fields=seen)


def likely(lane: Lane, level: int, reports: Iterable[Reported], seed: int) -> float:
    """Probability that who joins now waits as long as a level asks."""
    known = Known(Past(reports=tuple(reports)))
    found = congestion.forecast(board().bulletins, [lane], AT, (), seed=seed, known=known).outlook
    here = found.of(LaneKey(*lane))
    assert here is not None
    return float(here.exceeding[level, 0])


quiet_lanes = pytest.mark.parametrize("mode", [Mode.CAR, Mode.PEDESTRIAN, Mode.BUS])
seeds = pytest.mark.parametrize("seed", [1, 2])


@quiet_lanes
@seeds
def test_one_traveller_makes_a_quiet_lane_severe_neither_by_one_report_nor_by_many(
    mode: Mode, seed: int
) -> None:
    lane = (CROSSING, Direction.TO_KZ, mode)
    assert likely(lane, CONGESTED, [], seed) < 0.1
    once = [told(lane, WAIT, 5 * MINUTE, "traveller:one")]
    all_day = [
        told(lane, EVERYTHING[i % len(EVERYTHING)], (24 * 60 - 10 * i) * MINUTE, "traveller:one")
        for i in range(24 * 6)
    ]
    for reports in (once, all_day):
        assert likely(lane, CONGESTED, reports, seed) < 0.5


@quiet_lanes
@seeds
def test_three_travellers_who_agree_make_it_severe(mode: Mode, seed: int) -> None:
    lane = (CROSSING, Direction.TO_KZ, mode)
    agreed = [told(lane, WAIT, (5 + i) * MINUTE, f"traveller:{i}") for i in range(3)]
    assert likely(lane, SEVERE, agreed, seed) > 0.5


@seeds
def test_one_report_of_an_official_makes_it_congested(seed: int) -> None:
    lane = (CROSSING, Direction.TO_KZ, Mode.CAR)
    for fields in (WAIT, STOP):
        assert likely(lane, CONGESTED, [told(lane, fields, 5 * MINUTE, "official:one")], seed) > 0.5
