"""Instants, stretches of time, waits, hours and names, as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.api.pages.words import Words
from services.core.advisories import Wait
from services.core.crossings import Crossing, Side
from services.core.text import Language, in_language

TASHKENT = ZoneInfo("Asia/Tashkent")
"""The clock of the pages: that of every post but, before March 2024, some Kazakh ones."""

LITTLE_MINUTES = 3
"""A shorter wait is none to speak of."""

HOURS_FROM = 90
"""So many minutes are told as hours."""

A_WHOLE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Name:
    """A name and the language that it is in, which need not be the one asked for."""

    text: str
    language: Language

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Pair:
    """A crossing's name: those of its two posts."""

    uz: Name
    kz: Name

    def __str__(self) -> str:
        return f"{self.uz} – {self.kz}"


@dataclass(frozen=True, slots=True)
class Telling:
    """Says things in `words`, with names in `language`, to somebody who reads at `now`."""

    words: Words
    language: Language
    now: datetime

    def name(self, names: Mapping[Language, str], otherwise: str = "?") -> Name:
        text = in_language(dict(names), self.language)
        if text is None:
            return Name(otherwise, Language.ENGLISH)
        order = (self.language, *Language)
        return Name(text, next(language for language in order if names.get(language) == text))

    def pair(self, crossing: Crossing) -> Pair:
        uz, kz = (self.name(crossing.posts[side].named.names) for side in (Side.UZ, Side.KZ))
        return Pair(uz, kz)

    def clock(self, at: datetime) -> str:
        return f"{at.astimezone(TASHKENT):%H:%M}"

    def when(self, at: datetime) -> str:
        """`today 18:00`, or with its day where it is farther off."""
        local, today = at.astimezone(TASHKENT), self.now.astimezone(TASHKENT).date()
        near = {0: "day.today", 1: "day.tomorrow", -1: "day.yesterday"}.get((local.date() - today).days)
        key = near or ("day.near" if abs(local.date() - today) < timedelta(days=180) else "day.far")
        return self.words(key, time=self.clock(at), **self._day(local.date()))

    def at(self, at: datetime) -> str:
        """Day, date and hour in full."""
        return self.words("date.long", time=self.clock(at), **self._day(at.astimezone(TASHKENT).date()))

    def dated(self, day: date | datetime) -> str:
        on = day.astimezone(TASHKENT).date() if isinstance(day, datetime) else day
        return self.words("date", **self._day(on))

    def month(self, on: date) -> str:
        return self.words("date.month", **self._day(on))

    def weekday(self, on: date) -> str:
        """Weekday, day and month."""
        return self.words("date.short", **self._day(on))

    def tick(self, at: datetime) -> str:
        """What stands at an axis: the hour, and at midnight the day that begins."""
        local = at.astimezone(TASHKENT)
        return self.clock(at) if local.time() != time() else self.words(f"weekday.{local.weekday()}")

    def moment(self, at: datetime) -> str:
        """A date; with the hour unless that is midnight, which is how a bare date is kept."""
        local = at.astimezone(TASHKENT)
        if local.time() == time():
            return self.dated(local)
        return self.words("day.far", time=self.clock(at), **self._day(local.date()))

    def _day(self, on: date) -> dict[str, object]:
        weekday, month = self.words(f"weekday.{on.weekday()}"), self.words(f"month.{on.month}")
        return {"weekday": weekday, "day": on.day, "month": month, "year": on.year}

    def span(self, minutes: float) -> str:
        """A stretch of time, no finer than anybody could know it."""
        rounded = _rounded(minutes)
        hours, rest = divmod(rounded, 60)
        if rounded < HOURS_FROM:
            return self.words("span.minutes", minutes=rounded)
        if rounded < 48 * 60:
            key = "span.hours-minutes" if rest else "span.hours"
            return self.words(key, hours=hours, minutes=f"{rest:02}")
        return self.words("span.days", days=f"{rounded / 60 / 24:g}")

    def wait(self, wait: Wait, *, usual: bool) -> str:
        """`about 40 min (20–90 min)`; of usual figures the range alone, for a median would look measured."""
        if wait.p50 is None:
            return self.words("wait.endless")
        about = self.words("wait.about", median=self.span(wait.p50))
        if _rounded(wait.p50) < LITTLE_MINUTES:
            about = self.words("wait.little")
        between = self._between(wait)
        if between is None:
            return about
        return between if usual else f"{about} ({between})"

    def _between(self, wait: Wait) -> str | None:
        """What eight cases of ten lie between; None where that is no more than the median says."""
        low, high = _rounded(wait.p10 or 0), None if wait.p90 is None else _rounded(wait.p90)
        if high is None:
            return self.words("wait.range.open", low=self.span(low))
        if low < LITTLE_MINUTES:
            return self.words("wait.range.up-to", high=self.span(high)) if high >= LITTLE_MINUTES else None
        if low == high:
            return None
        shown = str(low) if high < HOURS_FROM else self.span(low)
        return self.words("wait.range", low=shown, high=self.span(high))

    def road(self, minutes: float, km: float, *, approximate: bool) -> str:
        return self.words(
            "road.about" if approximate else "road.to", km=f"{km:,.0f}", span=self.span(minutes)
        )

    def rules(self, rules: Iterable[str]) -> str:
        """Opening hours in plain words; a rule for which there are none as it is written."""
        return f" {self.words('rule.or')} ".join(dict.fromkeys(map(self._rule, rules)))

    def _rule(self, rule: str) -> str:
        key = f"rule.{rule}"
        return self.words(key) if key in self.words else rule.replace("-", "–")

    def countries(self, codes: Iterable[str]) -> str:
        return f" {self.words('and')} ".join(map(self.country, codes))

    def country(self, code: str) -> str:
        key = f"country.{code}"
        return self.words(key) if key in self.words else code


def _rounded(minutes: float) -> int:
    """To minutes, five of them, ten, an hour or half a day: the longer, the coarser."""
    for below, step in ((10, 1), (120, 5), (12 * 60, 10), (48 * 60, 60)):
        if minutes < below:
            return round(minutes / step) * step
    return round(minutes / 720) * 720


def local_midnight_after(at: datetime) -> datetime:
    """When `today` becomes `yesterday`."""
    tomorrow = at.astimezone(TASHKENT).date() + A_WHOLE_DAY
    return datetime.combine(tomorrow, time(), TASHKENT)


def web_address(written: str | None) -> str | None:
    """What may stand behind a link: an address of the web, and nothing else that a browser would run."""
    return written if written and written.startswith(("https://", "http://")) else None
