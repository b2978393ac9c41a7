"""Notices as people read them: which are in force, which are past, and what each does to whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from urllib.parse import quote

from services.api.pages.asked import Asked
from services.api.pages.disagreeing import Contradicted
from services.api.pages.effects import what_told, when_told
from services.api.pages.telling import Name, Pair, Telling, web_address
from services.core.board import Board
from services.core.crossings import Direction, Mode, Side, Traveller, Verdict
from services.core.notices import Effect, Revision, What, bears_on
from services.core.status import Bulletin, Phase, admission, standing

NEWS = timedelta(days=30)
"""How long something that only informs, and was given no end, is called in force."""

BINDING = frozenset({What.CLOSED, What.RESTRICTED, What.HOURS})

LIGHT_TRUCK_T = 3.0
"""Any mass under the line from which a truck is heavy: some notices concern these only."""


@dataclass(frozen=True, slots=True)
class EffectTold:
    what: str
    crossings: tuple[tuple[Pair, str], ...]
    whom: tuple[str, ...]
    when: str


@dataclass(frozen=True, slots=True)
class SourceTold:
    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class NoticeTold:
    id: str
    headline: Name
    body: Name | None
    authority: str
    cause: str | None
    told: str
    reason: str | None
    effects: tuple[EffectTold, ...]
    alternatives: tuple[tuple[Pair, str], ...]
    sources: tuple[SourceTold, ...]
    contradicted: tuple[Contradicted, ...]


@dataclass(frozen=True, slots=True)
class Heaps:
    """Notices by what they mean now, newest first."""

    in_force: tuple[Revision, ...]
    lapsed: tuple[Revision, ...]
    coming: tuple[Revision, ...]
    past: tuple[Revision, ...]


def heaps(board: Board, at: datetime, code: str | None = None) -> Heaps:
    """Every notice in one heap, or every one that bears on one crossing. Raises NotFound.

    An announced end that has passed puts a notice with those of which nobody has confirmed anything.
    """
    bulletins = [board.bulletin(code)] if code else list(board.bulletins.values())
    bearing = _bearing(bulletins, at)
    found: dict[str, list[Revision]] = {"in_force": [], "lapsed": [], "coming": [], "past": []}
    for revision in reversed(board.revisions):
        effects = revision.notice.effects
        if not any(bears_on(effect, one.crossing) for effect in effects for one in bulletins):
            continue
        found[_heap(revision, bearing.get(revision.ref, set()), at)].append(revision)
    return Heaps(**{name: tuple(revisions) for name, revisions in found.items()})


def _bearing(bulletins: Iterable[Bulletin], at: datetime) -> dict[str, set[tuple[What, Phase]]]:
    """What every notice's effects still do to anybody whom a crossing takes, by the notice's revision."""
    found: dict[str, set[tuple[What, Phase]]] = {}
    for bulletin, traveller, side in product(bulletins, _everybody(), Side):
        if admission(bulletin, traveller, at) is not Verdict.CLOSED:
            for one in standing(bulletin, side, traveller, at):
                found.setdefault(one.ref, set()).add((one.effect.what, one.phase))
    return found


def _everybody() -> Iterator[Traveller]:
    for direction, mode in product(Direction, Mode):
        yield Traveller(mode, direction)
        if mode is Mode.TRUCK:
            yield Traveller(mode, direction, vehicle_mass_t=LIGHT_TRUCK_T)


def _heap(revision: Revision, does: set[tuple[What, Phase]], at: datetime) -> str:
    if revision.over:
        return "past"
    if any(what in BINDING and phase is Phase.ACTIVE for what, phase in does):
        return "in_force"
    windows = [effect.window for effect in revision.notice.effects]
    if any(effect.window.recurs for effect in revision.notice.effects) and revision.bites(at):
        return "in_force"
    if any(what is What.CLOSED and phase is Phase.LAPSED for what, phase in does):
        return "lapsed"
    if all(window.start > at for window in windows):
        return "coming"
    bites = any(window.start <= at < (window.end or window.start + NEWS) for window in windows)
    return "in_force" if bites else "past"


@dataclass(frozen=True, slots=True)
class Telegraph:
    """Tells notices in the words of a page."""

    telling: Telling
    asked: Asked
    board: Board
    contradicted: Mapping[str, Sequence[Contradicted]] = field(default_factory=dict)
    """By the revision of a notice."""

    def told(self, revisions: Iterable[Revision]) -> list[NoticeTold]:
        return [self._notice(revision) for revision in revisions]

    def _notice(self, revision: Revision) -> NoticeTold:
        notice, words = revision.notice, self.telling.words
        headlines = {language: text.headline for language, text in notice.texts.items()}
        bodies = {language: text.body for language, text in notice.texts.items() if text.body}
        told = words("notice.published", at=self.telling.at(revision.published_at))
        if revision.revision > 1:
            at = self.telling.at(revision.published_at)
            told = words("notice.revised", revision=revision.revision, at=at)
        if revision.over:
            told = words(f"notice.{revision.kind}", at=self.telling.at(revision.published_at))
        return NoticeTold(
            id=revision.notice_id,
            headline=self.telling.name(headlines, notice.authority),
            body=self.telling.name(bodies) if bodies else None,
            authority=notice.authority,
            cause=notice.cause,
            told=told,
            reason=revision.reason if revision.revision > 1 else None,
            effects=tuple(self._effect(effect) for effect in notice.effects),
            alternatives=self._crossings(notice.alternatives),
            sources=tuple(SourceTold(source.title, web_address(source.url)) for source in notice.sources),
            contradicted=tuple(self.contradicted.get(revision.ref, ())),
        )

    def _crossings(self, codes: Sequence[str]) -> tuple[tuple[Pair, str], ...]:
        catalogue, query = self.board.catalogue, self.asked.query()
        return tuple(
            (self.telling.pair(catalogue[code]), f"/crossings/{quote(code)}{query}")
            for code in codes
            if code in catalogue
        )

    def _effect(self, effect: Effect) -> EffectTold:
        return EffectTold(
            what=what_told(self.telling, effect),
            crossings=self._crossings(effect.selector.crossings),
            whom=tuple(self._whom(effect)),
            when=when_told(self.telling, effect.window, self.telling.now),
        )

    def _whom(self, effect: Effect) -> Iterator[str]:
        words, selector = self.telling.words, effect.selector
        yield from (words(f"side.{side}") for side in selector.sides)
        if selector.modes:
            those = ", ".join(words(f"those.{mode}") for mode in selector.modes)
            yield words("effect.modes", those=those)
        yield from (words(f"direction.{direction}") for direction in selector.directions)
        if selector.mass_up_to_t is not None:
            yield words("effect.up-to", tonnes=f"{selector.mass_up_to_t:g}")
        if selector.mass_over_t is not None:
            yield words("effect.over", tonnes=f"{selector.mass_over_t:g}")
        for key, countries in (
            ("citizens", selector.citizens),
            ("citizens-except", selector.citizens_except),
        ):
            if countries:
                yield words(f"effect.{key}", countries=self.telling.countries(countries))
        yield from (words(f"effect.{goods}") for goods in selector.goods)
