"""The public holidays of the two states, from the dated table beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from services.core.crossings.words import Side
from services.core.text import Record, Translations

YEARS = range(2015, 2029)
"""The years that the table tells of. For others it names no holidays, which does not mean there are none."""


class HolidayKind(StrEnum):
    FIXED = "fixed"
    """On the same date every year."""
    LUNAR = "lunar"
    """An Eid."""
    OBSERVED = "observed"
    """A working day that stands in for a holiday which falls on a weekend."""
    DECREE = "decree"
    """Given, or moved from another day, by a decision for that year."""


class Holiday(Record):
    """One reason why a local day is a public day off; a day may have two."""

    day: date
    kind: HolidayKind
    names: Translations
    """In English and in the language of the state."""
    estimated: bool = False
    """Reckoned, and not yet announced when the table was made; it may come a day earlier or later."""
    instead_of: date | None = None
    """The day off that is worked in exchange."""


@cache
def days(side: Side) -> frozenset[date]:
    """Every public day off of the state, estimated ones too."""
    return frozenset(_by_day(side))


def on(side: Side, day: date) -> tuple[Holiday, ...]:
    """Why the day is a public day off in the state; empty if it is none."""
    return _by_day(side).get(day, ())


@cache
def _by_day(side: Side) -> Mapping[date, tuple[Holiday, ...]]:
    found: dict[date, tuple[Holiday, ...]] = {}
    for entry in _table()[side]:
        holiday = Holiday.model_validate(entry)
        found[holiday.day] = (*found.get(holiday.day, ()), holiday)
    return found


@cache
def _table() -> dict[str, list[dict[str, object]]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
