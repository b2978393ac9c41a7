"""Every crossing judged for one question: may I pass, until when, how long is the wait, how far is it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.api.answering import FORECASTS_MOVE, LONGEST, Asking
from services.api.pages.asked import Asked
from services.core import status
from services.core.advisories import Basis, Level, Wait
from services.core.alternatives import Alternative, Ranking, RoadLeg, Way, alternatives
from services.core.crossings import Crossing, Mode, Traveller, Verdict
from services.core.spans import Span

SIGHT = timedelta(days=7)
"""How far the pages look ahead hour by hour."""

CONGESTED = frozenset({Level.CONGESTED, Level.SEVERE})


@dataclass(frozen=True, slots=True)
class Turn:
    """When the verdict changes, to what, and by which reasons."""

    at: datetime
    verdict: Verdict
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """One crossing for one traveller at `at`, which is the hour of arriving where the way there is known.

    `turn` is the next change of the verdict, `opening` and `closing` when it is next surely open or shut;
    None where nothing known brings them. `level` is how busy it is now, None for an answer about another
    hour. `never`: it does not take the mode at all.
    """

    crossing: Crossing
    traveller: Traveller
    at: datetime
    status: status.Status
    turn: Turn | None
    opening: datetime | None
    closing: datetime | None
    wait: Wait | None
    basis: Basis | None
    level: Level | None
    never: bool = False
    leg: RoadLeg | None = None

    @property
    def code(self) -> str:
        return self.crossing.code

    @property
    def verdict(self) -> Verdict:
        return self.status.verdict

    @property
    def shuts_first(self) -> bool:
        """Whether it is more likely than not that it shuts before the traveller's turn comes."""
        if self.wait is None or self.closing is None:
            return False
        return self.wait.p50 is None or self.at + timedelta(minutes=self.wait.p50) >= self.closing

    @property
    def congested(self) -> bool:
        return self.verdict is not Verdict.CLOSED and self.level in CONGESTED


@dataclass(frozen=True, slots=True)
class Answer:
    """Every crossing of the catalogue, in four heaps; the first in the order in which to try them."""

    open: tuple[Judged, ...]
    unconfirmed: tuple[Judged, ...]
    closed: tuple[Judged, ...]
    never: tuple[Judged, ...]

    def __iter__(self) -> Iterator[Judged]:
        yield from (*self.open, *self.unconfirmed, *self.closed, *self.never)


def answer(asking: Asking, asked: Asked) -> Answer:
    """What the front page shows."""
    way = Way(None, asked.origin, asked.destination)
    at = asked.at or asking.now
    ranking = _ranked(asking, asked, asked.traveller, way)
    judged = [*_passing(asking, asked, ranking), *_refused(asking, asked, ranking, at)]
    if asked.origin is None:
        judged.sort(key=lambda one: _by_wait(one, asked.traveller))
    else:
        judged[len(ranking.items) :] = sorted(judged[len(ranking.items) :], key=_by_road)
    other_kind = asking.board.catalogue.keys() - {one.code for one in judged}
    judged += [judge(asking, asked, code, asked.traveller, at) for code in sorted(other_kind)]

    def heap(verdict: Verdict) -> tuple[Judged, ...]:
        return tuple(one for one in judged if one.verdict is verdict and not one.never)

    never = tuple(one for one in judged if one.never)
    return Answer(heap(Verdict.OPEN), heap(Verdict.UNCONFIRMED), heap(Verdict.CLOSED), never)


def judge(asking: Asking, asked: Asked, code: str, traveller: Traveller, at: datetime) -> Judged:
    """One crossing at one instant, the way there aside. Raises NotFound."""
    bulletin = asking.board.bulletin(code)
    here = status.status(bulletin, traveller, at)
    turn, opening, closing = _ahead(bulletin, traveller, at, here)
    advisory = asking.board.advisory(code, traveller)
    expected = asking.board.expected(code, traveller, at) if here.verdict is not Verdict.CLOSED else None
    return Judged(
        crossing=bulletin.crossing,
        traveller=traveller,
        at=at,
        status=here,
        turn=turn,
        opening=opening,
        closing=closing,
        wait=expected.wait if expected else None,
        basis=advisory.basis if advisory else None,
        level=advisory.level if expected and advisory and asked.at is None else None,
        never=status.admission(bulletin, traveller, at) is Verdict.CLOSED,
    )


def _passing(asking: Asking, asked: Asked, ranking: Ranking) -> Iterator[Judged]:
    for item in ranking.items:
        found = judge(asking, asked, item.code, replace(asked.traveller, mode=item.mode), item.arrive_at)
        yield replace(found, leg=leg_of(item) if asked.origin else None)


def _refused(asking: Asking, asked: Asked, ranking: Ranking, at: datetime) -> Iterator[Judged]:
    for refused in ranking.refused:
        leg = approach(asking, asked, refused.code, refused.mode)
        arrive_at = at + timedelta(minutes=leg.minutes) if leg else at
        found = judge(asking, asked, refused.code, replace(asked.traveller, mode=refused.mode), arrive_at)
        yield replace(found, leg=leg)


def approach(asking: Asking, asked: Asked, code: str, mode: Mode) -> RoadLeg | None:
    """The way there; None without an origin, and to a post without a place."""
    side = asked.traveller.direction.exit_side
    if asked.origin is None or not asking.current.roads.reaches(code, side):
        return None
    return asking.current.roads.minutes(asked.origin, code, side, mode)


def leg_of(item: Alternative) -> RoadLeg:
    return RoadLeg(item.road_minutes, item.road_km, item.approximate)


def _ahead(
    bulletin: status.Bulletin, traveller: Traveller, at: datetime, here: status.Status
) -> tuple[Turn | None, datetime | None, datetime | None]:
    """The next change, sure opening and closing; hour by hour for a week, then what is known to come once.

    What stays unconfirmed for a week is left at that: no notice makes it sure by itself.
    """
    segments = status.timeline(bulletin, traveller, Span(at, at + SIGHT))[1:]
    if segments:
        turn = _turn(segments[0].span.start, segments[0].status)
        return turn, _first(segments, Verdict.OPEN), _first(segments, Verdict.CLOSED)
    if here.verdict is Verdict.UNCONFIRMED:
        return None, None, None
    change = status.next_change(bulletin, traveller, at)
    if change is None:
        return None, None, None
    turn = _turn(change[0], status.status(bulletin, traveller, change[0]))
    opens, closes = (
        turn.at if turn.verdict is verdict else None for verdict in (Verdict.OPEN, Verdict.CLOSED)
    )
    return turn, opens, closes


def _first(segments: Sequence[status.Segment], verdict: Verdict) -> datetime | None:
    return next((one.span.start for one in segments if one.status.verdict is verdict), None)


def _turn(at: datetime, then: status.Status) -> Turn:
    return Turn(at, then.verdict, tuple(reason.code for reason in then.reasons))


_ORDER = (Level.NORMAL, Level.BUSY, None, Level.CONGESTED, Level.SEVERE)
"""What is not known stands between what is known to be good and what is known to be bad."""


def _by_road(judged: Judged) -> tuple[float, str]:
    return judged.leg.minutes if judged.leg else float("inf"), judged.code


def _by_wait(judged: Judged, asked: Traveller) -> tuple[bool, int, float, str, str]:
    """Own mode first, then how busy it is, then where it lies."""
    minutes = judged.wait.p50 if judged.wait and judged.wait.p50 is not None else float("inf")
    level = _ORDER.index(judged.level)
    return judged.traveller.mode is not asked.mode, level, minutes, judged.crossing.cluster, judged.code


def elsewhere(asking: Asking, asked: Asked, judged: Judged) -> Ranking:
    """The other crossings instead of this one, from where the traveller is, or from here."""
    return _ranked(asking, asked, judged.traveller, Way(judged.code, asked.origin, asked.destination))


def by_train(asking: Asking, asked: Asked, judged: Judged) -> Alternative | None:
    """The nearest train for somebody who can leave the vehicle behind."""
    on_foot = replace(asked.traveller, mode=Mode.PASSENGER_TRAIN, vehicle_mass_t=None, plate=None)
    ranking = _ranked(asking, asked, on_foot, Way(judged.code, asked.origin))
    return next(iter(ranking.items), None)


def _ranked(asking: Asking, asked: Asked, traveller: Traveller, way: Way) -> Ranking:
    """What is as good as the best takes turns in standing first, about as often as a page is made anew."""
    turn = asking.within(LONGEST if asked.at else FORECASTS_MOVE)
    at = asked.at or asking.now
    return alternatives(asking.board, asking.current.roads, traveller, at, way, turn=turn)
