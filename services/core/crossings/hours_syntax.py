"""The language of opening hours: that part of OSM's `opening_hours` which two careful readers read alike.

The syntax is OSM's (https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification). What can be read in
two ways, or says neither open nor closed, is refused with a sentence that tells what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from opening_hours import validate

from services.core.crossings.hours_days import Days, days_named

DAY = 24 * 60
_LONGEST_SUN_OFFSET = 3 * 60
"""Our limit; up to 60 degrees north it leaves the moment on its own side of noon and near its day."""
_LONGEST_NIGHT = 18 * 60
"""Our limit, by the sun of the equinox: a night may end, or begin, at noon. The end of a longer one could
be carried past its start by the season."""
_LATEST_END = 48 * 60
"""OSM's."""

_TIME = r"\d{1,2}:[0-5]\d"
_SUN = r"(?:sunrise|sunset)"
_MOMENT = rf"(?:{_TIME}|{_SUN}|\({_SUN}[+-]{_TIME}\))"
_STRETCH = rf"{_MOMENT}-{_MOMENT}"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII | re.IGNORECASE)


_COMMENT = re.compile('"[^"]+"')
_ANY_COMMENT = '"..."'
_TIME_OR_STATE_ENDS = "".join(
    f"(?<={end})|" for end in (r":\d\d", r"\)", "rise", "set", "open", "off", "closed")
)
_ADDITION = _pattern(rf'(?:{_TIME_OR_STATE_ENDS}(?<=")) ?, (?!{_STRETCH})')
_PART = _pattern(
    rf"(?P<days>.*?)"
    rf"(?P<times>(?:^| )(?:24/7|{_STRETCH}(?: ?, ?{_STRETCH})*))?"
    rf"(?P<state>(?:^| )(?:open|off|closed)(?P<comment> ?{_ANY_COMMENT})?)?"
)
_TWO_MOMENTS = _pattern(rf"({_MOMENT})-({_MOMENT})")
_REFUSED = (
    (
        _pattern(r"\|\|"),
        "'||' (otherwise) does not say what holds when: write each case as a rule of its own",
    ),
    (_pattern(r"\bunknown\b"), "'unknown' is neither open nor closed: leave those hours out"),
    (_pattern(rf"(?:{_TIME}|{_SUN}|\))\+(?!\d)"), "an open end ('+') does not say when it closes"),
    (_pattern(r"\bSH\b"), "school holidays ('SH') are not known here: give their dates"),
    (_pattern(r"\b(?:dawn|dusk)\b"), "dawn and dusk are not taken: use the sun, as in (sunrise-00:30)"),
    (_pattern(r"(?<!\b24)/|/(?!7\b)"), "steps ('/') are not taken: list the times or days"),
)


class Sun(Enum):
    """What the sun does, and when it does it on a day with twelve hours of light: minutes after midnight."""

    RISE = 6 * 60
    SET = 18 * 60


@dataclass(frozen=True, slots=True)
class Moment:
    """Minutes after midnight; with a `sun`, minutes after what it does that day."""

    minutes: int
    sun: Sun | None = None

    @property
    def usual(self) -> int:
        """Minutes after midnight on a day with twelve hours of light."""
        return self.minutes + (self.sun.value if self.sun else 0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one time to another, which is of the next day if it is `overnight`.

    That is decided once, by the sun of the equinox: `17:30-sunset` is empty on a day with an earlier sunset,
    it does not turn into a night and a day.
    """

    start: Moment
    end: Moment
    overnight: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two separators: on which days, when, and whether it opens or closes."""

    days: Days
    stretches: tuple[Stretch, ...]
    """None at all: the whole day."""
    opens: bool
    adds: bool
    """After a comma: it joins what earlier parts open on the day. After a semicolon it replaces that."""

    @property
    def needs_sun(self) -> bool:
        return any(moment.sun for stretch in self.stretches for moment in (stretch.start, stretch.end))


@lru_cache(maxsize=1024)
def parts_of(rule: str) -> tuple[Part, ...]:
    """What the rule says, part by part; ValueError with a sentence for whoever wrote it."""
    text = _COMMENT.sub(_ANY_COMMENT, rule)
    for pattern, sentence in _REFUSED:
        if pattern.search(text):
            raise ValueError(sentence)
    parts = tuple(_parts(text))
    _check_order(parts)
    if not validate(text):
        raise ValueError(f"cannot read {rule!r} as opening hours")
    return parts


def _parts(text: str) -> Iterator[Part]:
    for sequence in text.split(";"):
        for position, part in enumerate(_ADDITION.split(sequence.strip())):
            yield _part(part.strip(), adds=position > 0)


def _part(text: str, *, adds: bool) -> Part:
    if not text:
        raise ValueError("there is nothing between two separators, or after the last")
    found = _PART.fullmatch(text)
    if found is None or _ANY_COMMENT in found["days"]:
        raise ValueError(f"cannot read {text!r}; a comment may only follow open, off or closed")
    days, times, state = (found[group] or "" for group in ("days", "times", "state"))
    if times.strip() == "24/7" and days:
        raise ValueError(f"24/7 stands alone: write '{days} 00:00-24:00'")
    return Part(
        days=days_named(days),
        stretches=tuple(_stretch(*ends) for ends in _TWO_MOMENTS.findall(times)),
        opens=not state.strip().lower().startswith(("off", "closed")),
        adds=adds,
    )


def _stretch(start_text: str, end_text: str) -> Stretch:
    start, end = _moment(start_text), _moment(end_text)
    text = f"{start_text}-{end_text}"
    if start.usual >= DAY:
        raise ValueError(f"{text}: a day ends at 24:00; a later start belongs to the next day")
    if end.usual > _LATEST_END:
        raise ValueError(f"{text}: nothing ends after 48:00")
    if start == end:
        raise ValueError(f"{text} starts when it ends: write 00:00-24:00 for a whole day")
    overnight = end.usual <= start.usual
    if overnight and (start.sun or end.sun) and end.usual + DAY - start.usual > _LONGEST_NIGHT:
        raise ValueError(f"{text}: with the sun as it goes through the year this may be either day or night")
    return Stretch(start, end, overnight)


def _moment(text: str) -> Moment:
    clock = re.search(_TIME, text)
    hours, minutes = map(int, clock.group().split(":")) if clock else (0, 0)
    time = hours * 60 + minutes
    sun = next((sun for sun in Sun if f"sun{sun.name.lower()}" in text.lower()), None)
    if sun and time > _LONGEST_SUN_OFFSET:
        raise ValueError(f"{text}: at most {_LONGEST_SUN_OFFSET // 60} hours before or after the sun")
    return Moment(-time if "-" in text else time, sun)


def _check_order(parts: tuple[Part, ...]) -> None:
    """Refuses what is lost on its writer: hours that a later part replaces altogether."""
    for part in parts[1:]:
        if part.opens and not part.adds and part.days.every:
            raise ValueError("a part that names no days replaces all before it: join it with a comma instead")
    if not parts[0].opens and not parts[0].days.every and any(part.opens for part in parts):
        raise ValueError("put what is closed after what is open: a later part replaces an earlier one")
