"""The parts of a sentence about an effect, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from services.core.crossings import Mode
from services.core.notices import Effect, End, Selector, What
from services.core.previews.hours import in_words
from services.core.previews.kazakh import endings
from services.core.previews.phrases import PHRASES
from services.core.previews.words import WORDS, Words
from services.core.text import Language

TASHKENT = ZoneInfo("Asia/Tashkent")

WEIGHED = frozenset({Mode.CAR, Mode.BUS, Mode.TRUCK})
"""Whom a limit of mass can mean."""

OF_ONE_SIDE = frozenset({What.HOURS, What.REOPENED})
"""What a state says of its own post only: the other may keep it shut."""

GOES_ON = frozenset({What.CLOSED, What.RESTRICTED, What.DELAY})
"""What everybody asks the end of."""

Crowd: TypeAlias = tuple[tuple[Mode, ...], float | None, float | None]
"""Modes, over how many tonnes, and up to how many."""

EVERYBODY: Crowd = ((), None, None)


@dataclass(frozen=True, slots=True)
class Teller:
    language: Language

    @property
    def words(self) -> Words:
        return WORDS[self.language]

    def sentence(
        self, what: What, where: str, whom: str, conditions: Sequence[str], when: str, *, several: bool
    ) -> str:
        """Without a full stop. `several` crossings are spoken of in the plural."""
        words = self.words
        of_several = words.of_several.get(what) if several else None
        told = (of_several or words.said[what]).format(
            whom=words.whom_for.format(whom) if whom else "", to=words.to.format(whom) if whom else ""
        )
        if conditions:
            told = f"{told} ({'; '.join(conditions)})"
        return words.sentence.format(where=where, what=told, when=when)

    def whom(self, crowds: Sequence[Crowd]) -> str:
        """Empty for everybody."""
        if EVERYBODY in crowds:
            return ""
        those = [self._weighed(mode, crowd) for crowd in crowds for mode in _meant(crowd)]
        return PHRASES[self.language].together(list(dict.fromkeys(those)))

    def _weighed(self, mode: Mode | None, crowd: Crowd) -> str:
        """None: a vehicle of any mode."""
        _, over, up_to = crowd
        those = self.words.whom[mode] if mode else self.words.vehicles
        if mode and mode not in WEIGHED:
            return those
        for limit, tonnes in ((self.words.over, over), (self.words.up_to, up_to)):
            if tonnes is not None:
                those = limit.format(whom=those, tonnes=f"{tonnes:g}".replace(".", self.words.decimal))
        return those

    def conditions(self, effect: Effect) -> Iterator[str]:
        """How far, at which times, and who else must be meant."""
        yield from self._how_far(effect)
        if effect.window.recurs:
            yield in_words(effect.window.recurs, self.language, recurs=True)
        yield from self._of_whom(effect.selector)
        if effect.what in OF_ONE_SIDE and len(set(effect.selector.sides)) == 1:
            yield self.words.sides[effect.selector.sides[0]]

    def _how_far(self, effect: Effect) -> Iterator[str]:
        if effect.capacity_share is not None:
            yield self.words.share.format(f"{effect.capacity_share:.0%}".removesuffix("%"))
        if effect.hours is not None:
            yield in_words(effect.hours, self.language)
        if effect.delay_minutes is not None:
            yield self.words.about.format(self._lasting(effect.delay_minutes))

    def _lasting(self, minutes: float) -> str:
        hours, rest = divmod(round(minutes), 60)
        told = [self.words.hours.format(hours)] if hours else []
        if rest or not hours:
            told.append(self.words.minutes.format(rest))
        return " ".join(told)

    def _of_whom(self, selector: Selector) -> Iterator[str]:
        words = self.words
        if len(set(selector.directions)) == 1:
            yield words.directions[selector.directions[0]]
        if selector.citizens:
            yield words.citizens.format(self._countries(selector.citizens))
        if selector.citizens_except:
            yield words.citizens_except.format(self._countries(selector.citizens_except))
        if selector.goods:
            yield ", ".join(words.goods[one] for one in selector.goods)
        if selector.transit is not None:
            yield words.transit[selector.transit]

    def _countries(self, codes: Iterable[str]) -> str:
        return ", ".join(self.words.countries.get(code, code) for code in codes)

    def since(self, effect: Effect) -> str:
        return self.words.since.format_map(_times(start=effect.window.start))

    def when(self, effect: Effect) -> str:
        window = effect.window
        if window.end is None:
            return self.since(effect)
        told = self.words.announced if window.end_is is End.ANNOUNCED else self.words.known
        return told.format_map(_times(start=window.start, end=window.end))

    def unended(self, effect: Effect) -> str:
        """What follows a sentence of which everybody asks when it ends."""
        asked = effect.what in GOES_ON and effect.window.end is None
        return f"; {self.words.unended}" if asked else ""


def _meant(crowd: Crowd) -> Sequence[Mode | None]:
    """The modes as `selects` has them: a limit of mass means no trains, and people on foot are over none."""
    modes, over, up_to = crowd
    if over is None and up_to is None:
        return modes
    on_foot = [Mode.PEDESTRIAN] if over is None else []
    if not modes:
        return [*on_foot, None]
    return [mode for mode in modes if mode in WEIGHED or mode in on_foot] or modes


def _times(**instants: datetime) -> Mapping[str, str]:
    """What stands in the gaps of `since`, `known` and `announced`. Always with the hour: until a day may mean
    with it or without it."""
    times = {}
    for name, at in instants.items():
        local = at.astimezone(TASHKENT)
        times[name] = f"{local:%d.%m.%Y %H:%M}"
        times[f"{name}_from"], times[f"{name}_to"] = endings(local.minute)
    return times
