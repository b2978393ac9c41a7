"""Where else, for one traveller: which other crossings pass, in which order, and why not the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.core.advisories import Basis, Wait
from services.core.alternatives.network import HERE, RoadLeg
from services.core.alternatives.roads import Origin, Roads, Unreached
from services.core.board import Board
from services.core.crossings import Kind, Mode, Traveller, Verdict
from services.core.spans import Span
from services.core.status import Status, changes_at, next_change, status

FAR_KM = 500
"""Beyond this an alternative is named, but the advice says how far it is."""

LONG_DRIVE = timedelta(hours=6)
"""Whoever drives longer than this can choose the hour of arriving, so a post that is only shut for the
night then is no obstacle: the wait for its opening counts as time."""

MINUTE = timedelta(minutes=1)

PATIENCE = timedelta(hours=24)

LEAVES_THE_ROAD = frozenset({Mode.PEDESTRIAN, Mode.BUS})
"""Who can take a train instead without leaving a vehicle behind."""

DEPENDS_ON_WHAT_IS_NOT_SAID = ("-not-said", "-depends")


@dataclass(frozen=True, slots=True)
class Way:
    """From where to where. `instead_of` is the crossing that the traveller meant to use."""

    instead_of: str | None = None
    origin: Origin | None = None
    destination: Origin | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A crossing that passes at `arrive_at`. Road figures are from the origin to the post one leaves by.

    `detour_km` is what the whole way is longer than by the crossing one meant to use, where the destination
    is known; else it is the way from there to here. `reasons` are sentences.
    """

    code: str
    mode: Mode
    verdict: Verdict
    road_minutes: float
    road_km: float
    detour_km: float
    approximate: bool
    arrive_at: datetime
    wait: Wait | None
    basis: Basis | None
    reasons: tuple[str, ...]
    onward_minutes: float = 0
    idle_minutes: float = 0
    """Between the end of the drive and the opening of the post."""

    @property
    def cost_minutes(self) -> float:
        """Road and expected wait; a wait that nobody can estimate counts as none and is called unknown."""
        expected = self.wait.p50 if self.wait and self.wait.p50 is not None else 0
        return self.road_minutes + self.idle_minutes + expected + self.onward_minutes


@dataclass(frozen=True, slots=True)
class Refused:
    """A crossing that does not pass, and why."""

    code: str
    mode: Mode
    verdict: Verdict
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Best first. `advice` says in a sentence what remains where the list is empty or everything is far."""

    items: tuple[Alternative, ...]
    refused: tuple[Refused, ...]
    advice: str | None


def alternatives(board: Board, roads: Roads, traveller: Traveller, at: datetime, way: Way) -> Ranking:
    """Every other crossing judged as it will be when this traveller arrives there."""
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
    items = tuple(sorted(passing, key=lambda one: _place(one, traveller)))
    return Ranking(items, tuple(refused), _advice(traveller, items))


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
        basis=advisory.basis if advisory and wait else None,
        reasons=tuple(_reasons(here, leg, wait, advisory.basis if advisory else None, shuts_first)),
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


def _reasons(
    here: Status, leg: RoadLeg, wait: Wait | None, basis: Basis | None, shuts_first: bool
) -> Iterator[str]:
    if here.verdict is Verdict.UNCONFIRMED:
        yield from (reason.text for reason in here.reasons)
    else:
        yield "open when you arrive"
    about = "about " if leg.approximate else ""
    if leg.km:
        yield f"{about}{leg.km:.0f} km and {_duration(leg.minutes)} by road"
    if shuts_first:
        yield "it may shut for the night before your turn comes"
    yield _waiting(wait, basis)
    yield from (remark.text for remark in here.remarks)


def _waiting(wait: Wait | None, basis: Basis | None) -> str:
    """The wait as a range: a median of usual figures would look like something that somebody measured."""
    if wait is None or wait.p10 is None or wait.p50 is None:
        return "nobody can say how long the wait is"
    made_of = "usual figures, nothing measured today" if basis is Basis.PRIOR else f"{basis}"
    if wait.p90 is None:
        return f"wait of {_duration(wait.p10)} or more, possibly beyond a day ({made_of})"
    return f"wait between {_duration(wait.p10)} and {_duration(wait.p90)} ({made_of})"


def _duration(minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest:02} min" if hours else f"{rest} min"


def _advice(traveller: Traveller, items: tuple[Alternative, ...]) -> str | None:
    by_road = [one for one in items if one.mode is traveller.mode]
    by_train = next((one for one in items if one.mode is not traveller.mode), None)
    train = f"the train by {by_train.code}" if by_train else None
    if not items:
        return "No other crossing that we know passes for you then. Wait, or ask the border service."
    if not by_road:
        return f"Nothing else passes by road then; what remains is {train}."
    nearest = min(one.detour_km for one in by_road)
    if nearest > FAR_KM:
        far = f"{by_road[0].code}, {nearest:,.0f} km away by road"
        return (
            f"Nothing else near passes: {train}, or {far}."
            if train
            else f"Nothing else near passes: the nearest is {far}."
        )
    return None
