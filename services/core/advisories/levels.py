"""When a wait becomes an advisory, and when it stops being one.

A level is entered as soon as it is likely that the wait reaches its threshold. It is left with more care,
or it would flap around the threshold: the wait must no longer be likely to reach an exit well below it, this
must have lasted a while, and somebody must have said something new or time have passed. How likely, how far
below and how long is in `congestion/engine.toml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.core.advisories.documents import Level
from services.core.congestion import assumed


def likely(probability: float) -> bool:
    """Whether something of this probability is held to be so."""
    return probability >= assumed().engine.levels.likely_probability.value


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
    if likely(exceeded.leaving[before.level.rank - 1]):
        return Held(before.level, before.since)
    leaving_since = before.leaving_since or at
    lasted = at - leaving_since
    of = assumed().engine.levels
    hold, without_news = (
        timedelta(minutes=of.hold_minutes.value),
        timedelta(hours=of.without_news_hours.value),
    )
    if lasted >= hold and (news or lasted >= without_news):
        return Held(_fallen_to(before.level, entered, exceeded), at)
    return Held(before.level, before.since, leaving_since)


def _fallen_to(level: Level, entered: Level, exceeded: Exceeded) -> Level:
    """The highest level on the way down that is not left yet: each is left with the same care."""
    between = list(Level)[entered.rank + 1 : level.rank]
    kept = [one for one in between if likely(exceeded.leaving[one.rank - 1])]
    return kept[-1] if kept else entered


def _entered(exceeded: Exceeded) -> Level:
    reached = [likely(probability) for probability in exceeded.entering]
    return list(Level)[max((number for number, yes in enumerate(reached, start=1) if yes), default=0)]
