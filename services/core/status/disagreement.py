"""Where the two sides contradict each other, and what each of them says. No side wins: the status is the
strictest of both, and beside it stands this.

It is no contradiction that one side is shut and the other says nothing, that the hours of the catalogue
differ, or that notices concern different travellers. A notice does not contradict itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.core.crossings import Side, Traveller, Verdict
from services.core.crossings.hours_syntax import Moment, Part, Stretch, parts_of
from services.core.notices import Announced, Effect, What, selects, sides
from services.core.spans import DISTANT_FUTURE
from services.core.status.bulletin import Bulletin
from services.core.status.rules import admission
from services.core.status.voices import Voice, Word, voice

ALIKE = timedelta(hours=1)
"""Ends no further apart are the same: the clocks of the two sides differed by as much until March 2024, and
notices seldom say by which they reckon."""

ALL_DAY = (Stretch(Moment(0), Moment(24 * 60), overnight=False),)
"""As 24/7 does, which has no stretches."""


class About(StrEnum):
    SHUT = "shut"
    """One side holds it shut, and by the word of the other it is open again."""
    END = "end"
    """Both shut it, and do not agree until when: now, or since the announced end of one has passed."""
    HOURS = "hours"
    """Both announced hours, and not the same."""
    CAPACITY = "capacity"
    """Both say what share of the usual capacity is left, and not the same."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    about: About
    uz: Word
    kz: Word

    def of(self, side: Side) -> Word:
        return self.uz if side is Side.UZ else self.kz


def disagreements(bulletin: Bulletin, traveller: Traveller, at: datetime) -> tuple[Disagreement, ...]:
    """Every contradiction that a traveller meets at `at` (aware), at most one of a kind. Pure.

    Changes only at instants that `changes_at` gives.
    """
    if not any(meeting(bulletin, at, traveller)) or admission(bulletin, traveller, at) is Verdict.CLOSED:
        return ()
    uz, kz = (voice(bulletin, side, traveller, at) for side in (Side.UZ, Side.KZ))
    return tuple(_between(uz, kz))


def meeting(
    bulletin: Bulletin, at: datetime, traveller: Traveller | None = None
) -> Iterator[tuple[Announced, Announced]]:
    """Effects in force, each with one of another notice that it could contradict: for this traveller, or for
    anybody. At most crossings there are none, and nothing else need be asked."""
    begun = [one for one in bulletin.announced if one.effect.window.start <= at and _weighs(one.effect)]
    for one in begun:
        if _in_force(one, at) and _may_mean(one, traveller):
            yield from ((one, other) for other in begun if _meets(one, other) and _may_mean(other, traveller))


def _may_mean(one: Announced, traveller: Traveller | None) -> bool:
    return traveller is None or selects(one.effect.selector, traveller) is not False


def _weighs(effect: Effect) -> bool:
    if effect.what is What.RESTRICTED:
        return effect.capacity_share is not None
    return effect.what in (What.CLOSED, What.HOURS, What.REOPENED)


def _in_force(one: Announced, at: datetime) -> bool:
    end = one.effect.window.end
    return (
        one.effect.what is not What.REOPENED
        and (end is None or at < end)
        and (one.cut_off is None or at < one.cut_off)
    )


def _meets(one: Announced, other: Announced) -> bool:
    """Whether the other, of another notice and not of the same sides, was not over before this one began."""
    start = one.effect.window.start
    return (
        other.revision.notice_id != one.revision.notice_id
        and (other.cut_off is None or start < other.cut_off)
        and (other.effect.window.end is None or start < other.effect.window.end)
        and set(sides(other.effect.selector)) != set(sides(one.effect.selector))
        and not _reopened_before(one, other)
    )


def _reopened_before(one: Announced, other: Announced) -> bool:
    """Whether the other is a reopening that began before this did, and was last told before this ever was."""
    first_told = (one.told[0] if one.told else one.revision).published_at
    return (
        other.effect.what is What.REOPENED
        and other.effect.window.start < one.effect.window.start
        and other.revision.published_at < first_told
    )


def _between(uz: Voice, kz: Voice) -> Iterator[Disagreement]:
    if words := _shut_and_open(uz, kz):
        yield Disagreement(About.SHUT, *words)
    elif words := _shut_and_open(kz, uz):
        yield Disagreement(About.SHUT, *reversed(words))
    elif words := _until(uz, kz):
        yield Disagreement(About.END, *words)
    elif words := _until(kz, uz):
        yield Disagreement(About.END, *reversed(words))
    if uz.hours and kz.hours and _of_two(uz.hours, kz.hours) and _rule(uz.hours) != _rule(kz.hours):
        yield Disagreement(About.HOURS, uz.hours, kz.hours)
    if uz.share and kz.share and _of_two(uz.share, kz.share) and _share(uz.share) != _share(kz.share):
        yield Disagreement(About.CAPACITY, uz.share, kz.share)


def _shut_and_open(shut: Voice, free: Voice) -> tuple[Word, Word] | None:
    """The closure of one side that lasts longest of those that the other side's last word denies."""
    if not free.is_free:
        return None
    pairs = [
        (closure, opened)
        for closure in (*shut.shut, *shut.overruled)
        for opened in free.opened
        if _apart(closure, opened) and _denies(opened, closure)
    ]
    return max(pairs, key=lambda pair: (pair[0].lasts, pair[1].opens, pair[1].rank), default=None)


def _denies(opened: Word, closure: Word) -> bool:
    """A reopening that began or was said after the closure; a closure that was over after the other began."""
    if opened.what is What.REOPENED:
        return opened.rank > closure.rank or opened.first_said > closure.first_said
    assert opened.until is not None
    return opened.until > closure.since and closure.effect.window.recurs is None


def _until(shut: Voice, other: Voice) -> tuple[Word, Word] | None:
    """What shuts longest on each side; where all announced ends of a side have passed, the last of them."""
    closure = max(shut.shut, key=lambda word: word.lasts, default=None)
    theirs = max(other.shut or other.lapsed, key=lambda word: word.lasts, default=None)
    if closure is None or theirs is None or not _apart(closure, theirs):
        return None
    alike = closure.effect.window.recurs == theirs.effect.window.recurs
    return (closure, theirs) if alike and (theirs.until or DISTANT_FUTURE) > closure.since else None


def _apart(one: Word, other: Word) -> bool:
    """Whether two notices tell of different hours at which it opens, or only one of them tells of any."""
    if not _of_two(one, other):
        return False
    if one.opens is None or other.opens is None:
        return one.opens is not other.opens
    return abs(one.opens - other.opens) > ALIKE


def _of_two(one: Word, other: Word) -> bool:
    return one.announced.revision.notice_id != other.announced.revision.notice_id


def _rule(word: Word) -> tuple[Part, ...]:
    """What the hours say, however they are spelled."""
    parts = parts_of(word.effect.hours or "")
    return tuple(replace(part, stretches=()) if part.stretches == ALL_DAY else part for part in parts)


def _share(word: Word) -> float | None:
    return word.effect.capacity_share
