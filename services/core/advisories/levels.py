"""When a wait becomes an advisory, and when it stops being one.

A level is entered as soon as it is more likely than not that the wait reaches its threshold. It is left
with more care, or it would flap around the threshold: the wait must more likely than not be below three
quarters of it, this must have lasted a while, and somebody must have said something new or time have passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.core.advisories.documents import Level

EXIT_RATIO = 0.75
MORE_LIKELY_THAN_NOT = 0.5
HOLD = timedelta(minutes=45)
WITHOUT_NEWS = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Exceeded:
    """Probabilities that the wait of somebody who joins now reaches each threshold, and the exit from it."""

    entering: Sequence[float]
    leaving: Sequence[float]


@dataclass(frozen=True, slots=True)
class Held:
    """A level, since when it holds, and since when it could be left."""

    level: Level
    since: datetime
    leaving_since: datetime | None = None


def next_level(before: Held | None, exceeded: Exceeded, at: datetime, *, news: bool) -> Held:
    """The level at `at`. `news`: something was observed or announced here since it could first be left."""
    entered = _entered(exceeded)
    if before is None:
        return Held(entered, at)
    if entered.rank >= before.level.rank:
        return Held(entered, before.since if entered is before.level else at)
    if exceeded.leaving[before.level.rank - 1] >= MORE_LIKELY_THAN_NOT:
        return Held(before.level, before.since)
    leaving_since = before.leaving_since or at
    lasted = at - leaving_since
    if lasted >= HOLD and (news or lasted >= WITHOUT_NEWS):
        return Held(_fallen_to(before.level, entered, exceeded), at)
    return Held(before.level, before.since, leaving_since)


def _fallen_to(level: Level, entered: Level, exceeded: Exceeded) -> Level:
    """The highest level on the way down that is not left yet: each is left with the same care."""
    between = list(Level)[entered.rank + 1 : level.rank]
    kept = [one for one in between if exceeded.leaving[one.rank - 1] >= MORE_LIKELY_THAN_NOT]
    return kept[-1] if kept else entered


def _entered(exceeded: Exceeded) -> Level:
    reached = [probability >= MORE_LIKELY_THAN_NOT for probability in exceeded.entering]
    return list(Level)[max((number for number, yes in enumerate(reached, start=1) if yes), default=0)]
