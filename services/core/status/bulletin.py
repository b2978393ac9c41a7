"""A crossing with everything that is posted at it, ready to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.core.crossings import Crossing, HoursVersion, Local, Mode, Side, is_open
from services.core.crossings.hours_syntax import parts_of
from services.core.notices import Announced, bears_on


@dataclass(frozen=True, slots=True)
class Bulletin:
    """`locals` is where and by which calendar the hours of each side are read."""

    crossing: Crossing
    announced: tuple[Announced, ...]
    locals: Mapping[Side, Local]

    @property
    def code(self) -> str:
        return self.crossing.code

    @property
    def holidays(self) -> Mapping[Side, frozenset[date]]:
        """The public holidays of each side's state."""
        return {side: local.holidays for side, local in self.locals.items()}

    def local_date(self, side: Side, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.locals[side].zone)).date()

    def within(self, rule: str, side: Side, at: datetime) -> bool | None:
        """Whether a rule is open at the post of a side; None where it cannot be read there."""
        return is_open(rule, self.locals[side], at) if self.can_read(rule, side) else None

    def can_read(self, rule: str, side: Side) -> bool:
        """False for sunrise and sunset at a crossing that no source places."""
        return self.locals[side].position is not None or not any(part.needs_sun for part in parts_of(rule))

    def hours_version(self, side: Side, mode: Mode, day: date) -> HoursVersion | None:
        """The hours of a side that count for a mode on a local day; None where nobody has said any.

        Of versions of one day, one that names the mode goes before one for all.
        """
        versions = [
            version
            for version in self.crossing.posts[side].hours
            if version.valid_from <= day and (not version.modes or mode in version.modes)
        ]
        return max(versions, key=lambda version: (version.valid_from, bool(version.modes)), default=None)


def bulletin_for(
    crossing: Crossing, effects: Iterable[Announced], holidays: Mapping[Side, frozenset[date]]
) -> Bulletin:
    """The bulletin of one crossing out of all that is announced.

    The sun is reckoned where the post is, and where no source places a post, at the other side's post:
    they lie within two kilometres or so of each other.
    """
    places = {side: post.located.position for side, post in crossing.posts.items() if post.located}
    anywhere = next(iter(places.values()), None)
    return Bulletin(
        crossing=crossing,
        announced=tuple(one for one in effects if bears_on(one.effect, crossing)),
        locals={
            side: Local(post.timezone, places.get(side, anywhere), holidays.get(side, frozenset()))
            for side, post in crossing.posts.items()
        },
    )
