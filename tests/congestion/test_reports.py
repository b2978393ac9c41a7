"""From words to evidence: which entry of the registry, which post, which interval."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import inf
from typing import Any

import pytest

from services.core.congestion.reports import ENTRIES, evidence_of
from services.core.congestion.sources import FigureKind, Sources
from services.core.crossings import Direction, Mode, Side
from services.core.observations import MEASURED, Bound, Kind, Reported, Reporter
from tests.makers import ALFA, BRAVO, HOUR, NOON, an_observation

SOURCES = Sources.read()
LANE = (ALFA, Direction.TO_KZ, Mode.CAR)
START = NOON - 24 * HOUR


def reported(by: Reporter = Reporter.OFFICIAL, **fields: Any) -> Reported:
    given = {"kind": Kind.WAIT, "wait_minutes": 40.0, **fields}
    if given["kind"] is not Kind.WAIT and "wait_minutes" not in fields:
        del given["wait_minutes"]
    return Reported(id="r", source=f"{by}:a", received_at=NOON, fields=an_observation(**given))


def figure(kind: Kind, value: float = 40) -> dict[str, Any]:
    field = MEASURED.get(kind)
    return {"kind": kind, **({field: value} if field else {})}


@pytest.mark.parametrize("by", Reporter)
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_report_has_its_entry_but_bookings(by: Reporter, kind: Kind) -> None:
    found = list(evidence_of([reported(by, **figure(kind))], [LANE], START, SOURCES))
    entry = ENTRIES.get((by, kind))
    assert len(found) == (entry is not None)
    if found:
        table: dict[str, Any] = {**SOURCES.figures, **SOURCES.signals}
        assert entry is not None
        assert found[0].kind == table[entry]


@pytest.mark.parametrize(
    ("direction", "side", "stage"),
    [
        (Direction.TO_KZ, Side.UZ, 0),
        (Direction.TO_KZ, Side.KZ, 1),
        (Direction.TO_UZ, Side.KZ, 0),
        (Direction.TO_UZ, Side.UZ, 1),
        (Direction.TO_KZ, None, None),
    ],
)
def test_the_post_is_the_one_that_the_side_has_in_this_direction(
    direction: Direction, side: Side | None, stage: int | None
) -> None:
    lane = (ALFA, direction, Mode.CAR)
    (found,) = evidence_of([reported(direction=direction, side=side)], [lane], START, SOURCES)
    assert found.stage == stage


@pytest.mark.parametrize(
    ("fields", "low", "high"),
    [
        (figure(Kind.WAIT, 40), 37.5, 42.5),
        (figure(Kind.WAIT, 120), 90, 150),
        (figure(Kind.WAIT, 0), 0, 2.5),
        ({**figure(Kind.WAIT, 30), "bound": Bound.AT_LEAST}, 22.5, inf),
        ({**figure(Kind.WAIT, 150), "bound": Bound.AT_MOST}, 0, 165),
        (figure(Kind.LENGTH, 2), 210, 350),
    ],
)
def test_a_figure_is_the_interval_it_was_rounded_from(
    fields: dict[str, Any], low: float, high: float
) -> None:
    (found,) = evidence_of([reported(**fields)], [LANE], START, SOURCES)
    assert (found.low, found.high) == pytest.approx((low, high))


def test_what_passed_in_a_shift_is_counted_over_the_shift() -> None:
    shift: dict[str, Any] = {"kind": Kind.THROUGHPUT, "per_hour": 20.0, "over_hours": 12.0}
    (found,) = evidence_of([reported(**shift)], [LANE], START, SOURCES)
    assert found.low <= 240 <= found.high
    assert found.hours == 12


def test_a_report_is_held_against_the_step_in_which_it_was_seen() -> None:
    for minutes, step in ((0, 0), (9, 0), (10, 1), (-1, -1)):
        seen: datetime = START + timedelta(minutes=minutes)
        (found,) = evidence_of([reported(observed_at=seen)], [LANE], START, SOURCES)
        assert found.step == step


def test_reports_of_other_lanes_and_queues_that_have_no_length_say_nothing() -> None:
    on_foot = (ALFA, Direction.TO_KZ, Mode.PEDESTRIAN)
    reports = [reported(crossing=BRAVO), reported(mode=Mode.PEDESTRIAN, **figure(Kind.LENGTH, 1))]
    assert list(evidence_of(reports, [LANE, on_foot], START, SOURCES)) == []


def test_travellers_share_what_they_get_wrong_but_each_counts_for_one() -> None:
    official, traveller = (
        next(evidence_of([reported(by)], [LANE], START, SOURCES))
        for by in (Reporter.OFFICIAL, Reporter.TRAVELLER)
    )
    assert (official.source, official.contributor) == ("official:a", "")
    assert (traveller.source, traveller.contributor) == ("crowd", "traveller:a")
    assert isinstance(traveller.kind, FigureKind)
    assert traveller.kind.contributor_minutes.value > 0
