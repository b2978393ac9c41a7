"""What one side says to a traveller: whether it is shut and until when, at what hours, what share is left.

A notice is the word of the side that it names, and of both where it names none. Only what surely concerns the
traveller and surely holds is taken at its word: what depends on something not said contradicts nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.core.crossings import Side, Traveller
from services.core.notices import Announced, Effect, End, Revision, What, selects, sides
from services.core.spans import DISTANT_FUTURE
from services.core.status.announcements import Bearing, Phase, Standing, left_standing, spoken
from services.core.status.bulletin import Bulletin
from services.core.text import Language


@dataclass(frozen=True, slots=True)
class Word:
    """One effect as the word of a side. `until` and `end_is` are what it says of its end; who ended a notice
    has made its end known.

    `passed`: that end has come. Of a known end this says that it is over, of an announced one nothing.
    """

    announced: Announced
    heard: Revision
    until: datetime | None
    end_is: End
    passed: bool

    @property
    def notice(self) -> str:
        """The notice's revision."""
        return self.announced.revision.ref

    @property
    def authority(self) -> str:
        return self.announced.revision.notice.authority

    @property
    def headlines(self) -> Mapping[Language, str]:
        """As the notice was headed at the instant asked about."""
        return {language: text.headline for language, text in self.heard.notice.texts.items()}

    @property
    def effect(self) -> Effect:
        return self.announced.effect

    @property
    def what(self) -> What:
        return self.effect.what

    @property
    def since(self) -> datetime:
        return self.effect.window.start

    @property
    def opens(self) -> datetime | None:
        """When nothing shuts it any more by this word; None where it does not say."""
        return self.since if self.what is What.REOPENED else self.until

    @property
    def is_open(self) -> bool:
        """Whether by this word nothing shuts it now."""
        return self.what is What.REOPENED or (self.passed and self.end_is is End.KNOWN)

    @property
    def rank(self) -> tuple[datetime, int]:
        """As of a bearing."""
        return self.since, self.announced.order

    @property
    def lasts(self) -> tuple[bool, datetime, tuple[datetime, int]]:
        """By which the last of several closures is found; those for some hours of the day end first."""
        return self.effect.window.recurs is None, self.until or DISTANT_FUTURE, self.rank

    @property
    def first_said(self) -> datetime:
        """When it was said first as it now is; a later revision may have left it as it was."""
        said = (one.published_at for one in self.announced.told if self.effect in one.notice.effects)
        return min(said, default=self.announced.revision.published_at)


@dataclass(frozen=True, slots=True)
class Voice:
    """All that one side says at an instant. `hours` and `share` are the words that count of several."""

    shut: tuple[Word, ...]
    """What holds it shut."""
    overruled: tuple[Word, ...]
    """What it shut and never reopened itself: a notice of the other side has, in an effect naming no side."""
    lapsed: tuple[Word, ...]
    """What held it shut until an announced end that has passed."""
    opened: tuple[Word, ...]
    """What says that it is open again: reopenings, and closures that are over."""
    is_free: bool
    """Whether nothing of it shuts, or may shut."""
    hours: Word | None
    share: Word | None


def shuts(effect: Effect) -> bool:
    return effect.what is What.CLOSED or (effect.what is What.RESTRICTED and effect.capacity_share == 0)


def voice(bulletin: Bulletin, side: Side, traveller: Traveller, at: datetime) -> Voice:
    said = spoken(bulletin, side, traveller, at)
    stands = left_standing(said)
    sure = [bearing for bearing in stands if bearing.standing is Standing.CERTAIN]
    overruled = list(_overruled(said, stands, side))
    shares = [bearing for bearing in _active(sure) if bearing.effect.capacity_share]
    return Voice(
        shut=_words((one for one in _active(sure) if shuts(one.effect)), at),
        overruled=_words(overruled, at),
        lapsed=_words((one for one in sure if one.phase is Phase.LAPSED and shuts(one.effect)), at),
        opened=(
            *_words((one for one in _active(sure) if one.effect.what is What.REOPENED), at),
            *_over(bulletin, side, traveller, at),
        ),
        is_free=not overruled and not any(shuts(one.effect) for one in stands),
        hours=_hours(stands, at),
        share=_word(min(shares, key=lambda one: one.effect.capacity_share or 1), at) if shares else None,
    )


def _active(bearings: Iterable[Bearing]) -> Iterator[Bearing]:
    return (bearing for bearing in bearings if bearing.phase is Phase.ACTIVE)


def _words(bearings: Iterable[Bearing], at: datetime) -> tuple[Word, ...]:
    return tuple(_word(bearing, at) for bearing in bearings)


def _word(bearing: Bearing, at: datetime) -> Word:
    window = bearing.effect.window
    lapsed = bearing.phase is Phase.LAPSED
    return Word(bearing.announced, heard(bearing.announced, at), window.end, window.end_is, lapsed)


def heard(announced: Announced, at: datetime) -> Revision:
    """Which revision of the notice had been told at an instant; before it was told, the first."""
    told = [revision for revision in announced.told if revision.published_at <= at]
    return (told[-1:] or [*announced.told[:1], announced.revision])[0]


def _hours(stands: list[Bearing], at: datetime) -> Word | None:
    """Those that began last count, if anything does for sure."""
    changed = [bearing for bearing in stands if bearing.effect.what is What.HOURS]
    if not changed or changed[-1].standing is not Standing.CERTAIN or changed[-1].phase is Phase.LAPSED:
        return None
    return _word(changed[-1], at)


def _overruled(said: list[Bearing], stands: list[Bearing], side: Side) -> Iterator[Bearing]:
    left = {bearing.announced.order for bearing in stands}
    reopenings = [bearing for bearing in stands if bearing.effect.what is What.REOPENED]
    for bearing in _active(said):
        own = shuts(bearing.effect) and side in bearing.effect.selector.sides
        if not own or bearing.standing is not Standing.CERTAIN or bearing.announced.order in left:
            continue
        later = [one.announced for one in reopenings if one.rank > bearing.rank]
        if all(_of_the_other_side(one, side) for one in later):
            yield bearing


def _of_the_other_side(announced: Announced, side: Side) -> bool:
    """Whether an effect that names no side is of a notice that elsewhere speaks for the other side alone."""
    named = {one for effect in announced.revision.notice.effects for one in effect.selector.sides}
    return not announced.effect.selector.sides and bool(named) and side not in named


def _over(bulletin: Bulletin, side: Side, traveller: Traveller, at: datetime) -> Iterator[Word]:
    """Closures whose known end has passed, and those of notices that were ended. What shut for some hours of
    the day is left out: when that is over, the other hours are as they were."""
    for one in bulletin.announced:
        effect, end = one.effect, _known_end(one)
        if end is None or not effect.window.start < end <= at or effect.window.recurs or not shuts(effect):
            continue
        if side in sides(effect.selector) and selects(effect.selector, traveller):
            yield Word(one, heard(one, at), end, End.KNOWN, passed=True)


def _known_end(announced: Announced) -> datetime | None:
    """When it is over by its authority's own word; None for what was taken back, which was never said."""
    window, cut_off = announced.effect.window, announced.cut_off
    end = window.end if window.end_is is End.KNOWN else None
    if cut_off is None or (end is not None and end <= cut_off):
        return end
    return cut_off if announced.revision.kind == "ended" else None
