"""A notice in the words of every language of the border: a suggestion that an official reads and changes.

As real notices have it, the headline says where, what, to whom and from when, and the body until when, and
which ways round there are. Nothing is left unsaid that would make it wider than it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

from services.core.crossings import Crossing
from services.core.notices import Effect, NoticeText
from services.core.notices.naming import LEFT_OUT, fitting, listed, names_of
from services.core.previews.phrases import capitalised
from services.core.previews.subject import Subject
from services.core.previews.suggesting import Suggestions, by_modes, named
from services.core.previews.telling import OF_ONE_SIDE, Crowd, Teller
from services.core.previews.texts import foremost
from services.core.text import LONGEST_BODY, LONGEST_LINE, Language


@dataclass(frozen=True, slots=True)
class Said:
    """What one sentence says: effects that differ only in their crossings, modes and limits of mass.

    No `codes`: the whole border.
    """

    effect: Effect
    codes: tuple[str, ...]
    crowds: tuple[Crowd, ...]


def suggested_texts(subject: Subject, suggestions: Suggestions) -> Mapping[Language, NoticeText]:
    """Headline and body in every language, with the ways round that the notice names, or else with those that
    are suggested."""
    ways = named(subject) if subject.fields.alternatives else suggestions.by_mode
    told = {language: by_modes(subject, ways, language) for language in Language if any(ways.values())}
    return notice_texts(subject.fields.effects, subject.after.catalogue, told)


def notice_texts(
    effects: Iterable[Effect], catalogue: Mapping[str, Crossing], ways: Mapping[Language, str]
) -> Mapping[Language, NoticeText]:
    """The same of effects alone. `ways` are sentences about the ways round."""
    said = list(_said(effects))
    return {language: _text(said, Teller(language), catalogue, ways.get(language)) for language in Language}


def _said(effects: Iterable[Effect]) -> Iterator[Said]:
    crowds: dict[Effect, dict[Crowd, None]] = {}
    for effect in effects:
        selector = effect.selector
        crowd = (selector.modes, selector.mass_over_t, selector.mass_up_to_t)
        sides = selector.sides if effect.what in OF_ONE_SIDE else ()
        alike = _with(effect, modes=(), mass_over_t=None, mass_up_to_t=None, sides=sides)
        crowds.setdefault(alike, {})[crowd] = None
    places: dict[tuple[Effect, tuple[Crowd, ...]], list[tuple[str, ...]]] = {}
    for effect, those in crowds.items():
        codes = effect.selector.crossings
        places.setdefault((_with(effect, crossings=()), tuple(those)), []).append(codes)
    for (effect, of), chosen in places.items():
        yield Said(effect, tuple(code for codes in chosen for code in codes) if all(chosen) else (), of)


def _with(effect: Effect, **selected: object) -> Effect:
    return effect.model_copy(update={"selector": effect.selector.model_copy(update=selected)})


@dataclass(frozen=True, slots=True)
class Sentence:
    """What stands in a sentence, in the words of `teller`; `whom` is empty for everybody."""

    said: Said
    teller: Teller
    names: Sequence[str]
    whom: str
    conditions: Sequence[str]

    @classmethod
    def of(cls, said: Said, teller: Teller, catalogue: Mapping[str, Crossing]) -> Sentence:
        names = names_of(said.codes, teller.language, catalogue)
        return cls(said, teller, names, teller.whom(said.crowds), [*teller.conditions(said.effect)])

    def told(self, when: str, most: int) -> str:
        """With at most so many names, and without a full stop."""
        several = len(set(self.said.codes)) != 1
        what, where = self.said.effect.what, listed(self.names, most)
        told = self.teller.sentence(what, where, self.whom, self.conditions, when, several=several)
        return told if self.said.codes else capitalised(told)

    def in_full(self) -> str:
        effect = self.said.effect
        return f"{self.told(self.teller.when(effect), len(self.names))}{self.teller.unended(effect)}."

    def headline(self) -> str:
        """Without what has no room: first names of crossings, then conditions, then whom."""
        cut = replace(self, conditions=self.conditions and [LEFT_OUT])
        shorter = (self, cut, replace(cut, whom=self.whom and LEFT_OUT))
        since = self.teller.since(self.said.effect)
        return next(
            told
            for least, one in product((1, 0), shorter)
            if (told := fitting(partial(one.told, since), least, len(self.names), LONGEST_LINE))
        )


def _text(
    said: Sequence[Said], teller: Teller, catalogue: Mapping[str, Crossing], ways: str | None
) -> NoticeText:
    sentences = [Sentence.of(one, teller, catalogue) for one in said]
    first = min(sentences, key=lambda one: foremost(one.said.effect))
    headline, effect = first.headline(), first.said.effect
    told = [one.in_full() for one in sentences]
    if len(said) == 1 and headline == first.told(teller.since(effect), len(first.names)):
        told = [f"{capitalised(teller.when(effect))}{teller.unended(effect)}."]
    return NoticeText(headline=headline, body=_body([*told, *([ways] if ways else [])]))


def _body(sentences: Iterable[str]) -> str:
    """As many sentences as have room."""
    body = ""
    for sentence in sentences:
        longer = f"{body} {sentence}".strip()
        if len(longer) > LONGEST_BODY - len(LEFT_OUT) - 1:
            return f"{body} {LEFT_OUT}".strip()
        body = longer
    return body
