"""The ways round that a notice could name: by mode, in the form in which real notices name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from services.core.alternatives import Roads, Unreached
from services.core.alternatives.ranking import LEAVES_THE_ROAD
from services.core.crossings import Kind, Mode, Verdict
from services.core.notices.naming import name_of
from services.core.previews.phrases import PHRASES, sentence
from services.core.previews.subject import Part, Subject
from services.core.spans import Span, Spans, intersection
from services.core.text import Language

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Suggested:
    """A crossing that takes those of a mode while they are shut out elsewhere: by `takes`, their own mode or
    the train; `always` if at every hour. `road_minutes` from the nearest crossing that is shut to them; None
    where no road is known."""

    code: str
    takes: Mode
    always: bool
    road_minutes: float | None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """`by_mode` has every mode that is shut out, with nothing for those to whom nothing is surely open. The
    nearest first, railways last."""

    by_mode: Mapping[Mode, tuple[Suggested, ...]]
    texts: Mapping[Language, str]

    @property
    def codes(self) -> tuple[str, ...]:
        """For the field `alternatives`."""
        return tuple(dict.fromkeys(one.code for found in self.by_mode.values() for one in found))


def suggested_alternatives(subject: Subject, roads: Roads) -> Suggestions:
    """For every mode that the notice shuts out, the crossings open to it then; and sentences for its text."""
    by_mode = {
        mode: tuple(sorted(_suggested(subject, roads, mode, parts), key=_order))
        for mode, parts in subject.shut_modes.items()
    }
    told = any(by_mode.values())
    texts = {language: by_modes(subject, by_mode, language) for language in Language} if told else {}
    return Suggestions(by_mode, texts)


def named(subject: Subject) -> Mapping[Mode, Sequence[Suggested]]:
    """Of the alternatives that the notice names those that are open, for every mode that it shuts out."""
    order = {code: place for place, code in enumerate(subject.fields.alternatives)}
    return {
        mode: sorted(
            (one for one in _suggested(subject, None, mode, parts) if one.code in order),
            key=lambda one: order[one.code],
        )
        for mode, parts in subject.shut_modes.items()
    }


def stand_ins(subject: Subject, mode: Mode) -> Iterator[tuple[str, Mode]]:
    """Crossings that could do for a mode, with the mode in which they would be used."""
    for code, crossing in subject.after.catalogue.items():
        if crossing.kind is mode.kind:
            yield code, mode
        elif crossing.kind is Kind.RAIL and mode in LEAVES_THE_ROAD:
            yield code, Mode.PASSENGER_TRAIN


def passing(subject: Subject, code: str, parts: Sequence[Part]) -> bool:
    """Whether a crossing takes whom all of these shut out, at some hour of the first day."""
    return all(_open_hours(subject, code, part) for part in parts)


def _open_hours(subject: Subject, code: str, part: Part) -> Spans:
    """When on the first day on which a part shuts people out another crossing is open to them."""
    takes = dict(stand_ins(subject, part.traveller.mode)).get(code)
    if takes is None:
        return ()
    traveller = replace(part.traveller, mode=takes)
    found = subject.then.when(code, traveller, _first_day(subject, part), Verdict.OPEN)
    return intersection(found, subject.shut[part])


def _first_day(subject: Subject, part: Part) -> Span:
    shut = subject.shut[part]
    return Span(shut[0].start, min(shut[-1].until, shut[0].start + A_DAY))


def _suggested(
    subject: Subject, roads: Roads | None, mode: Mode, parts: Sequence[Part]
) -> Iterator[Suggested]:
    for code, takes in stand_ins(subject, mode):
        if not passing(subject, code, parts):
            continue
        always = all(
            _lasting(_open_hours(subject, code, part))
            >= _lasting(intersection((_first_day(subject, part),), subject.shut[part]))
            for part in parts
        )
        yield Suggested(code, takes, always, _nearest(roads, code, parts))


def _lasting(spans: Spans) -> timedelta:
    return sum((one.until - one.start for one in spans), timedelta())


def _nearest(roads: Roads | None, code: str, parts: Sequence[Part]) -> float | None:
    if roads is None:
        return None
    found = []
    for part in parts:
        try:
            side = part.traveller.direction.exit_side
            found.append(roads.between(part.code, code, side, part.traveller.mode).minutes)
        except Unreached:
            continue
    return min(found, default=None)


def _order(one: Suggested) -> tuple[bool, float, str]:
    far = float("inf") if one.road_minutes is None else one.road_minutes
    return one.takes.kind is Kind.RAIL, far, one.code


def by_modes(subject: Subject, by_mode: Mapping[Mode, Sequence[Suggested]], language: Language) -> str:
    """`Cars and buses: A, B; trucks: C; by train: D.`"""
    phrases = PHRASES[language]
    together: dict[str, list[Mode]] = {}
    for mode, found in by_mode.items():
        if own := _names(subject, [one for one in found if one.takes is mode], language):
            together.setdefault(own, []).append(mode)
    clauses = [
        f"{phrases.together([phrases.to[mode] for mode in modes])}: {names}"
        for names, modes in together.items()
    ]
    trains = (one for mode, found in by_mode.items() for one in found if one.takes is not mode)
    if names := _names(subject, trains, language):
        clauses.append(f"{phrases.train}: {names}")
    return sentence("; ".join(clauses))


def _names(subject: Subject, found: Iterable[Suggested], language: Language) -> str:
    catalogue = subject.after.catalogue
    told = (
        name_of(catalogue[one.code], language, subject.side, catalogue)
        + ("" if one.always else f" ({PHRASES[language].part_time})")
        for one in found
    )
    return ", ".join(dict.fromkeys(told))
