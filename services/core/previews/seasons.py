"""Changes of hours that are due with the season and not yet confirmed.

Hours in spring and summer and in autumn and winter are set by the border representatives, year by year. In
May 2023 nobody had ordered the change, and trucks stood for days. What is due is known from three things: a
change on record (`seasons.toml`), a rule that itself names its dates, and versions that come back every year.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.core.crossings import Confidence, Crossing, HoursVersion, Kind, Side
from services.core.crossings.documents import Source
from services.core.crossings.hours_syntax import parts_of
from services.core.notices import Announced, What, sides
from services.core.status import Bulletin
from services.core.text import Line, Record

NEAR = timedelta(days=14)
"""So long before the customary day officials are told."""
PAST = timedelta(days=60)
"""And so long after it, if nothing was confirmed."""
CONFIRMS = timedelta(days=60)
"""Hours that began so long before the customary day, or later, are this season's."""
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


class Change(Record):
    """A change of hours that is on record."""

    to: Line
    sides: Annotated[tuple[Side, ...], Field(min_length=1)]
    kind: Kind
    wanted: date
    came: date
    source: str
    confidence: Confidence
    note: Line | None = None


class Seasons(Record):
    sources: dict[str, Source]
    changes: tuple[Change, ...]

    @model_validator(mode="after")
    def _names_its_sources(self) -> Self:
        if unknown := {change.source for change in self.changes} - self.sources.keys():
            raise ValueError(f"sources: no source is called {', '.join(sorted(unknown))}")
        return self


@cache
def seasons() -> Seasons:
    file = Path(__file__).with_suffix(".toml")
    return Seasons.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Due:
    """A change of the hours of one post. `customary` is the local day, of this year, on which it is expected;
    `source` says where that is from, and `message` why."""

    code: str
    side: Side
    customary: date
    source: Source
    message: str


def hours_due(bulletin: Bulletin, at: datetime) -> tuple[Due, ...]:
    """What is due at one crossing, a fortnight before the customary day until two months after it, unless
    hours that begin with the season were stated or announced since. One for each post at most."""
    found = []
    for side in Side:
        today = bulletin.local_date(side, at)
        due = [one for one in _expected(bulletin.crossing, side, today) if not _confirmed(bulletin, one, at)]
        found += due[:1]
    return tuple(found)


def _expected(crossing: Crossing, side: Side, today: date) -> Iterator[Due]:
    """What is customary near this day, by the surest evidence first."""
    near = [today - PAST + number * A_DAY for number in range((PAST + NEAR).days + 1)]
    for version, before in _versions(crossing, side, today):
        for account in version.accounts:
            for day in near:
                if _turns(account.rule, day):
                    message = f"by their own words ({account.rule}) the hours change on {day}"
                    yield Due(crossing.code, side, day, crossing.sources[account.source], _sentence(message))
        if before:
            account = before.accounts[0]
            for day in _anniversaries(before.valid_from, near):
                if day > version.valid_from:
                    message = f"the hours changed to {account.rule} on {before.valid_from}, and back since"
                    yield Due(crossing.code, side, day, crossing.sources[account.source], _sentence(message))
    for change in seasons().changes:
        if crossing.kind is change.kind and side in change.sides:
            for day in _anniversaries(change.wanted, near):
                message = (
                    f"in {change.wanted.year} the {change.to} hours were wanted from {change.wanted} on and "
                    f"came on {change.came}"
                )
                yield Due(crossing.code, side, day, seasons().sources[change.source], _sentence(message))


def _sentence(evidence: str) -> str:
    return (
        f"Hours with the season are set by the border representatives of both sides, and {evidence}. No "
        "version confirms them for this season yet."
    )


def _versions(
    crossing: Crossing, side: Side, today: date
) -> Iterator[tuple[HoursVersion, HoursVersion | None]]:
    """The version that counts for each set of modes, and the one before where that has come back before: of
    A, B, A the B."""
    by_modes: dict[tuple[str, ...], list[HoursVersion]] = {}
    for version in sorted(crossing.posts[side].hours, key=lambda version: version.valid_from):
        if version.valid_from <= today:
            by_modes.setdefault(tuple(version.modes), []).append(version)
    for versions in by_modes.values():
        *_, other, last = (None, *versions)
        returns = len(versions) > 2 and _rules(versions[-3]) == _rules(last) != _rules(versions[-2])
        yield last, other if returns else None


def _rules(version: HoursVersion) -> frozenset[str]:
    return frozenset(account.rule for account in version.accounts)


def _turns(rule: str, day: date) -> bool:
    """Whether other parts of a rule count from this day on than on the same weekday before: a season begins,
    not a weekend or a holiday."""
    named, before, a_day_before = (
        tuple(part.days.has(on, frozenset()) for part in parts_of(rule))
        for on in (day, day - A_WEEK, day - A_DAY)
    )
    since_yesterday = tuple(part.days.has(day - A_DAY - A_WEEK, frozenset()) for part in parts_of(rule))
    return named != before and a_day_before == since_yesterday


def _anniversaries(first: date, days: list[date]) -> list[date]:
    """Of some days those on which it is a year or more since another."""
    return [day for day in days if day.year > first.year and (day.month, day.day) == (first.month, first.day)]


def _confirmed(bulletin: Bulletin, due: Due, at: datetime) -> bool:
    """Whether hours of that post have been stated or announced that began with the season."""
    since = due.customary - CONFIRMS
    stated = (version.valid_from for version in bulletin.crossing.posts[due.side].hours)
    told = (
        bulletin.local_date(due.side, one.effect.window.start)
        for one in bulletin.announced
        if _sets_hours(one, due.side, at)
    )
    return any(day >= since for day in (*stated, *told))


def _sets_hours(one: Announced, side: Side, at: datetime) -> bool:
    withdrawn = one.cut_off is not None and one.cut_off <= at
    return one.effect.what is What.HOURS and side in sides(one.effect.selector) and not withdrawn
