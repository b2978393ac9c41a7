"""Past events run again: what this service would have said, knowing only what had been told by then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from services.core.advisories import Advisory
from services.core.alternatives.advising import foresee
from services.core.alternatives.ranking import alternatives
from services.core.alternatives.roads import Roads
from services.core.alternatives.times import roads_for
from services.core.alternatives.ways import Ranking, Way
from services.core.board import Board, inputs_from_files
from services.core.crossings import Crossing, Direction, Mode, Traveller, Verdict
from services.core.notices import Event
from services.core.notices.chronicle import Gold

ASKED_IN = (Mode.PEDESTRIAN, Mode.CAR, Mode.BUS, Mode.TRUCK, Mode.PASSENGER_TRAIN)
NOON = timedelta(hours=12)
TASHKENT = ZoneInfo("Asia/Tashkent")
USUALLY = "UZ"
"""The citizenship asked for where an advice does not say for whom it was meant."""


@dataclass(frozen=True, slots=True)
class Question:
    """One traveller at one instant. `gold` is what the authorities advised, where they did."""

    traveller: Traveller
    at: datetime
    instead_of: str | None
    gold: Gold | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`verdicts` is the status of every crossing; `ranking` says where else than the one that was meant.

    `missed` are crossings that the authorities named and we did not; `wrong` those we should not have named.
    """

    question: Question
    verdicts: Mapping[str, Verdict]
    ranking: Ranking
    advisories: Sequence[Advisory]
    missed: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def passes(self) -> list[str]:
        return [code for code, verdict in self.verdicts.items() if verdict is Verdict.OPEN]


@dataclass(frozen=True, slots=True)
class Replay:
    event: Event
    answers: tuple[Answer, ...]

    @property
    def agrees(self) -> bool:
        """Whether everything that the authorities advised came out."""
        return not any(answer.missed or answer.wrong for answer in self.answers)


def replay(event: Event, catalogue: Mapping[str, Crossing], history: Sequence[Event]) -> Replay:
    """Ask what the gold labels ask, or where an event has none, for every mode at noon of its first day."""
    known, roads = [*(one for one in history if one.slug != event.slug), event], roads_for(catalogue)
    boards: dict[datetime, Board] = {}
    answers = []
    for question in _questions(event, catalogue):
        if question.at not in boards:
            inputs = inputs_from_files(catalogue, known, question.at)
            boards[question.at] = foresee(inputs, {}, question.at)
        answers.append(_answered(boards[question.at], roads, question))
    return Replay(event, tuple(answers))


def _questions(event: Event, catalogue: Mapping[str, Crossing]) -> Iterator[Question]:
    if not event.gold:
        yield from _usual_questions(event, catalogue)
    for gold in event.gold:
        modes = gold.modes if not gold.rail_mode else (*gold.modes, gold.rail_mode)
        for at, mode, direction, meant in product(
            gold.at, dict.fromkeys(modes), gold.directions or tuple(Direction), gold.instead_of or (None,)
        ):
            citizen = gold.citizens[0] if gold.citizens else USUALLY
            traveller = Traveller(mode, direction, citizen, vehicle_mass_t=gold.vehicle_mass_t)
            yield Question(traveller, at, meant, gold)


def _usual_questions(event: Event, catalogue: Mapping[str, Crossing]) -> Iterator[Question]:
    effects = event.revisions[0].notice.effects
    named = list(dict.fromkeys(code for effect in effects for code in effect.selector.crossings))
    day = max(event.starts, event.told).astimezone(TASHKENT)
    noon = day.replace(hour=0, minute=0, second=0, microsecond=0) + NOON
    at = noon if noon >= day else noon + timedelta(days=1)
    for code, mode, direction in product(named or catalogue, ASKED_IN, Direction):
        if mode.kind is catalogue[code].kind:
            yield Question(Traveller(mode, direction, USUALLY), at, code)


def _answered(board: Board, roads: Roads, question: Question) -> Answer:
    traveller, at, gold = question.traveller, question.at, question.gold
    verdicts = {
        code: board.status(code, traveller, at).verdict
        for code, crossing in board.catalogue.items()
        if crossing.kind is traveller.mode.kind
    }
    way = Way(instead_of=question.instead_of)
    ranking = alternatives(board, roads, traveller, at, way)
    named = {code for code, verdict in verdicts.items() if verdict is Verdict.OPEN}
    must = () if gold is None else gold.rail if traveller.mode is gold.rail_mode else gold.must
    must_not = () if gold is None or traveller.mode is gold.rail_mode else gold.must_not
    if question.instead_of is not None:
        open_there = (one.code for one in ranking.items if one.verdict is Verdict.OPEN)
        named = {*open_there, *(named & {question.instead_of})}
    return Answer(
        question=question,
        verdicts=verdicts,
        ranking=ranking,
        advisories=[
            advisory
            for advisory in board.advisories.values()
            if (advisory.mode, advisory.direction) == (traveller.mode, traveller.direction)
        ],
        missed=tuple(code for code in must if code not in named),
        wrong=tuple(code for code in must_not if code in named),
    )
