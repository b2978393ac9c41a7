"""A notice that is not published, on the board as it is and on the board as it would then be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import product

from services.core.board import Board, BoardInputs, compile_board
from services.core.congestion import typical
from services.core.crossings import Direction, Mode, Side, Traveller, Verdict
from services.core.errors import Conflict, Invalid, NotFound
from services.core.notices import Effect, NoticeFields, Revision, What, selects
from services.core.notices.naming import name_of
from services.core.spans import Span, Spans, intersection, union
from services.core.status import Segment, admission, timeline
from services.core.text import Language

UNPUBLISHED = "preview"
"""Stands for the id of a notice that has none yet."""

BINDING = frozenset({What.CLOSED, What.RESTRICTED, What.HOURS})
"""What an effect can be that keeps people out."""

A_WEEK = timedelta(days=7)
"""How much of an effect is looked at: after a week hours and recurrences come again."""

MOST_RULES = 8
"""Of hours and recurrence: so many on the whole border take some seconds."""

SIDE_OF = {Side.UZ: "Uzbek side", Side.KZ: "Kazakh side"}

OTHERS = ("KZ", "TJ", "KG", "TM", "RU", "DE")
"""Citizens to ask for where an effect leaves out those of Uzbekistan."""


@dataclass(frozen=True, slots=True)
class Part:
    """One effect at one crossing for one mode and direction, with whom it means there."""

    number: int
    effect: Effect
    code: str
    traveller: Traveller

    @property
    def is_typical(self) -> bool:
        """Whether whom it means are those who are counted."""
        return self.traveller == typical((self.code, self.traveller.direction, self.traveller.mode))


class Timelines:
    """What a board says of travellers, each asked for once."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._known: dict[tuple[str, Traveller, Span], Sequence[Segment]] = {}

    def of(self, code: str, traveller: Traveller, span: Span) -> Sequence[Segment]:
        question = code, traveller, span
        if question not in self._known:
            self._known[question] = timeline(self._board.bulletin(code), traveller, span)
        return self._known[question]

    def when(self, code: str, traveller: Traveller, span: Span, *verdicts: Verdict) -> Spans:
        """When the answer is one of these."""
        segments = self.of(code, traveller, span)
        return union(segment.span for segment in segments if segment.status.verdict in verdicts)


@dataclass(frozen=True)
class Subject:
    """`given` is the notice as the official wrote it, `fields` the same on their own side. Without `side` it
    speaks for whom it says. `speaks_for` empty: every crossing. `before` and `after` are compiled for the
    instant when it would be told, `revision` is what would then be recorded."""

    given: NoticeFields
    fields: NoticeFields
    at: datetime
    side: Side | None
    speaks_for: tuple[str, ...]
    before: Board
    after: Board
    revision: Revision
    amended: Revision | None

    @classmethod
    def of(
        cls,
        inputs: BoardInputs,
        given: NoticeFields,
        at: datetime,
        *,
        side: Side | None = None,
        speaks_for: Sequence[str] = (),
        amends: str | None = None,
    ) -> Subject:
        """`amends` is the id of the notice that this would say differently. Raises NotFound, or Conflict
        where that is over, or Invalid for more rules than can be looked through."""
        _check_rules(given)
        told_at = max(at, given.publish_from or at)
        amended = _amended(inputs, amends) if amends else None
        fields = given if side is None else _on(given, side)
        revision = Revision(
            notice_id=amended.notice_id if amended else UNPUBLISHED,
            revision=amended.revision + 1 if amended else 1,
            kind="amended" if amended else "published",
            published_at=told_at,
            recorded_at=at,
            notice=fields,
        )
        return cls(
            given=given,
            fields=fields,
            at=at,
            side=side,
            speaks_for=tuple(speaks_for),
            before=compile_board(inputs, told_at),
            after=board_with(inputs, revision),
            revision=revision,
            amended=amended,
        )

    def codes(self, effect: Effect) -> list[str]:
        """The crossings that an effect names, as far as we know them; without any, all."""
        known = self.after.catalogue
        return [code for code in effect.selector.crossings or known if code in known]

    def called(self, code: str) -> str:
        """A crossing by its name, as officials read it; one that nobody knows by its code."""
        known = self.after.catalogue
        return name_of(known[code], Language.ENGLISH, None, known) if code in known else code

    def ahead(self, effect: Effect, longest: timedelta = A_WEEK) -> Span | None:
        """What is still to come of an effect's window, at most so much of it; None if it is over."""
        begin = max(effect.window.start, self.at)
        until = min(begin + longest, effect.window.end or begin + longest)
        return Span(begin, until) if begin < until else None

    @cached_property
    def now(self) -> Timelines:
        return Timelines(self.before)

    @cached_property
    def then(self) -> Timelines:
        return Timelines(self.after)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Every effect where the crossing may take the mode, or nobody says that it does not."""
        found = []
        for number, effect in enumerate(self.fields.effects):
            selector, at = effect.selector, max(effect.window.start, self.at)
            for code, direction, mode in product(
                self.codes(effect), selector.directions or Direction, selector.modes or Mode
            ):
                traveller = meant(effect, code, direction, mode)
                if admission(self.after.bulletin(code), traveller, at) is not Verdict.CLOSED:
                    found.append(Part(number, effect, code, traveller))
        return tuple(found)

    @cached_property
    def shut(self) -> Mapping[Part, Spans]:
        """The parts that shut out whom they mean, who might pass before; and when in the week ahead."""
        found = {part: self._shut(part) for part in self.parts}
        return {part: spans for part, spans in found.items() if spans}

    @cached_property
    def shut_modes(self) -> Mapping[Mode, Sequence[Part]]:
        """The same by mode."""
        modes: dict[Mode, list[Part]] = {}
        for part in self.shut:
            modes.setdefault(part.traveller.mode, []).append(part)
        return modes

    def _shut(self, part: Part) -> Spans:
        span = self.ahead(part.effect)
        if span is None or part.effect.what not in BINDING:
            return ()
        lane = part.code, part.traveller, span
        before = self.now.when(*lane, Verdict.OPEN, Verdict.UNCONFIRMED)
        return intersection(before, self.then.when(*lane, Verdict.CLOSED))


def _check_rules(given: NoticeFields) -> None:
    """Every rule adds instants at which every other is asked."""
    rules = sum(bool(effect.window.recurs) + bool(effect.hours) for effect in given.effects)
    if rules > MOST_RULES:
        raise Invalid(f"at most {MOST_RULES} rules of hours can be previewed at a time", field="effects")


def board_with(inputs: BoardInputs, revision: Revision) -> Board:
    """The board on which a revision has been told."""
    told = inputs.model_copy(update={"revisions": (*inputs.revisions, revision)})
    return compile_board(told, revision.published_at)


def meant(effect: Effect, code: str, direction: Direction, mode: Mode) -> Traveller:
    """Whom an effect means at a lane: those whom its queue is mostly made of, if they are meant."""
    usual, selector = typical((code, direction, mode)), effect.selector
    if selects(selector, usual):
        return usual
    citizen = usual.citizenship
    if selector.citizens:
        citizen = selector.citizens[0]
    elif citizen in selector.citizens_except:
        citizen = next((one for one in OTHERS if one not in selector.citizens_except), None)
    mass = usual.vehicle_mass_t
    if selector.mass_up_to_t is not None:
        mass = selector.mass_up_to_t
    elif selector.mass_over_t is not None and mode is not Mode.PEDESTRIAN:
        mass = max(mass or 0, selector.mass_over_t + 1)
    return replace(
        usual,
        citizenship=citizen,
        plate=citizen,
        vehicle_mass_t=mass,
        goods=selector.goods[0] if selector.goods else usual.goods,
        transit=usual.transit if selector.transit is None else selector.transit,
    )


def _amended(inputs: BoardInputs, notice_id: str) -> Revision:
    """The newest, even if it is told later."""
    newest = max(
        (one for one in inputs.revisions if one.notice_id == notice_id),
        key=lambda one: one.revision,
        default=None,
    )
    if newest is None:
        raise NotFound(f"there is no notice {notice_id!r}")
    if newest.over:
        raise Conflict("the notice is over; announce a new one")
    return newest


def _on(fields: NoticeFields, side: Side) -> NoticeFields:
    """The notice as it is recorded: every effect that names no side is on the official's own."""
    effects = tuple(
        effect
        if effect.selector.sides
        else effect.model_copy(update={"selector": effect.selector.model_copy(update={"sides": (side,)})})
        for effect in fields.effects
    )
    return fields.model_copy(update={"effects": effects})
