"""Where else, for one traveller: which other crossings pass, in which order, and why not the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.core.advisories import Wait
from services.core.alternatives import odds, ties, wording
from services.core.alternatives.gazetteer import Place
from services.core.alternatives.network import HERE, RoadLeg
from services.core.alternatives.roads import Origin, Roads, Unreached
from services.core.alternatives.ways import Alternative, Ranking, Refused, Way
from services.core.board import Board
from services.core.crossings import Kind, Mode, Traveller, Verdict
from services.core.spans import Span
from services.core.status import Status, changes_at, next_change, status

LONG_DRIVE = timedelta(hours=6)
"""Whoever drives longer than this can choose the hour of arriving, so a post that is only shut for the
night then is no obstacle: the wait for its opening counts as time."""

MINUTE = timedelta(minutes=1)

PATIENCE = timedelta(hours=24)

LEAVES_THE_ROAD = frozenset({Mode.PEDESTRIAN, Mode.BUS})
"""Who can take a train instead without leaving a vehicle behind."""

DEPENDS_ON_WHAT_IS_NOT_SAID = ("-not-said", "-depends")


def alternatives(
    board: Board,
    roads: Roads,
    traveller: Traveller,
    at: datetime,
    way: Way,
    *,
    turn: datetime | None = None,
) -> Ranking:
    """Every other crossing judged as it will be when this traveller arrives there.

    `turn` is until when the answer holds: the order of those that are as good as the best depends on it, on
    the board and on the question, and on nothing else. Without it the best is first.
    """
    passing: list[Alternative] = []
    refused: list[Refused] = []
    for code, mode in _candidates(board, traveller, way):
        try:
            found = _judged(board, roads, replace(traveller, mode=mode), code, at, way)
        except Unreached as unreached:
            found = Refused(code, mode, Verdict.UNCONFIRMED, (str(unreached),))
        if isinstance(found, Alternative):
            passing.append(found)
        else:
            refused.append(found)
    items = sorted(passing, key=lambda one: _place(one, traveller))
    sure = [one for one in items if one.mode is traveller.mode and one.verdict is Verdict.OPEN]
    if sure and all(one.wait for one in sure):
        items[: len(sure)] = _weighed(board, sure, traveller, way, turn)
    return Ranking(tuple(items), tuple(refused), wording.advice(traveller, items))


def _weighed(
    board: Board, sure: Sequence[Alternative], traveller: Traveller, way: Way, turn: datetime | None
) -> list[Alternative]:
    """With their odds, and with that one first of those as good as the best whose turn it is."""
    chances = odds.odds(
        [one.without_wait for one in sure],
        [one.wait for one in sure if one.wait],
        [board.catalogue[one.code].cluster for one in sure],
    )
    tied = ties.as_good([one.cost_minutes for one in sure])
    weighed = [
        replace(one, odds=chance, as_good_as_first=number < tied > 1)
        for number, (one, chance) in enumerate(zip(sure, chances, strict=True))
    ]
    if turn is not None and tied > 1:
        asked = (board.version, traveller, way.instead_of, _named(way.origin), _named(way.destination))
        place = ties.place(" ".join(map(str, asked)), turn)
        weighed.insert(0, weighed.pop(ties.first([one.coming or 0 for one in sure[:tied]], place)))
    return weighed


def _named(end: Origin | None) -> str:
    return end.code if isinstance(end, Place) else str(end)


def _place(one: Alternative, traveller: Traveller) -> tuple[bool, bool, float, str]:
    """What surely passes first; then one's own mode, for nobody knows when the next train goes; then time."""
    return one.verdict is not Verdict.OPEN, one.mode is not traveller.mode, one.cost_minutes, one.code


def _candidates(board: Board, traveller: Traveller, way: Way) -> Iterator[tuple[str, Mode]]:
    for code, crossing in board.catalogue.items():
        if code == way.instead_of:
            continue
        if crossing.kind is traveller.mode.kind:
            yield code, traveller.mode
        elif crossing.kind is Kind.RAIL and traveller.mode in LEAVES_THE_ROAD:
            yield code, Mode.PASSENGER_TRAIN


def _judged(
    board: Board, roads: Roads, traveller: Traveller, code: str, at: datetime, way: Way
) -> Alternative | Refused:
    leg = _approach(roads, traveller, code, way)
    arrive_at = _arrival(board, code, traveller, at, timedelta(minutes=leg.minutes))
    expected = board.expected(code, traveller, arrive_at)
    wait = expected.wait if expected else None
    here = status(board.bulletin(code), traveller, arrive_at)
    if here.verdict is Verdict.CLOSED or (here.verdict is Verdict.UNCONFIRMED and not _only_unsaid(here)):
        return Refused(code, traveller.mode, here.verdict, tuple(reason.text for reason in here.reasons))
    onward = _onward(roads, traveller, code, way)
    advisory = board.advisory(code, traveller)
    doubts = advisory.doubts if advisory and wait else ()
    basis = advisory.basis if advisory else None
    shuts_first = _shuts_first(board, code, traveller, arrive_at, wait)
    return Alternative(
        code=code,
        mode=traveller.mode,
        verdict=here.verdict,
        road_minutes=leg.minutes,
        road_km=leg.km,
        detour_km=_detour(roads, traveller, leg, onward, way),
        approximate=leg.approximate or onward.approximate,
        arrive_at=arrive_at,
        wait=wait,
        basis=basis if wait else None,
        reasons=tuple(wording.reasons(here, leg, wait, basis, shuts_first, doubts)),
        observed_at=advisory.observed_at if advisory and wait else None,
        doubts=doubts,
        coming=advisory.coming if advisory else None,
        onward_minutes=onward.minutes,
        idle_minutes=(arrive_at - at) / MINUTE - leg.minutes,
    )


def _arrival(board: Board, code: str, traveller: Traveller, at: datetime, drive: timedelta) -> datetime:
    """When the traveller stands at the post: at the end of the drive, or of a night after a long one."""
    there = at + drive
    if drive < LONG_DRIVE:
        return there
    bulletin = board.bulletin(code)
    here = status(bulletin, traveller, there)
    if here.verdict is not Verdict.CLOSED or here.held_shut:
        return there
    change = next_change(bulletin, traveller, there)
    opens = change is not None and change[1] is Verdict.OPEN and change[0] <= there + PATIENCE
    return change[0] if change and opens else there


def _shuts_first(
    board: Board, code: str, traveller: Traveller, arrive_at: datetime, wait: Wait | None
) -> bool:
    """Whether it is more likely than not that a post shuts before the traveller's turn comes."""
    if wait is None:
        return False
    bulletin = board.bulletin(code)
    queueing = PATIENCE if wait.p50 is None else timedelta(minutes=wait.p50) + MINUTE
    changes = changes_at(bulletin, traveller, Span(arrive_at, arrive_at + queueing))
    return any(status(bulletin, traveller, change).verdict is Verdict.CLOSED for change in changes)


def _only_unsaid(here: Status) -> bool:
    return all(reason.code.endswith(DEPENDS_ON_WHAT_IS_NOT_SAID) for reason in here.reasons)


def _approach(roads: Roads, traveller: Traveller, code: str, way: Way) -> RoadLeg:
    side = traveller.direction.exit_side
    if way.origin is not None:
        return roads.minutes(way.origin, code, side, traveller.mode)
    if way.instead_of is not None:
        return roads.between(way.instead_of, code, side, traveller.mode)
    return HERE


def _onward(roads: Roads, traveller: Traveller, code: str, way: Way) -> RoadLeg:
    if way.destination is None:
        return HERE
    return roads.minutes(way.destination, code, traveller.direction.entry_side, traveller.mode)


def _detour(roads: Roads, traveller: Traveller, leg: RoadLeg, onward: RoadLeg, way: Way) -> float:
    if way.instead_of is None or way.destination is None:
        return leg.km
    meant = _approach(roads, traveller, way.instead_of, way).km if way.origin else 0
    meant += _onward(roads, traveller, way.instead_of, way).km
    return max(0.0, leg.km + onward.km - meant)
