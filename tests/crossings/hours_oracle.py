"""A second reading of opening hours, slow and plain, to hold the engine against.

A rule is made as a value, not as text. The value renders itself in OSM's syntax, and answers by brute force,
in sets of minutes, when it is open. Only `disagreement` and what it calls touch the engine; nothing in here
touches the library that the engine uses.

    python -m tests.crossings.hours_oracle --rules 2000 --seed 7
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random

from services.core.crossings.hours import Local, check_rule, is_open, open_spans
from services.core.places import Position
from services.core.spans import Span
from tests.counts import at_least_one

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
FIRST, LAST = datetime(2023, 12, 30, tzinfo=UTC), datetime(2025, 1, 3, tzinfo=UTC)
"""The year with a 29 February in which Kazakhstan changed its clocks, and a little on both sides."""
SUN_DOUBT = 4
"""Minutes around a sunrise or sunset of which the oracle, with its simpler astronomy, does not judge."""


@dataclass(frozen=True)
class Place:
    """A zone with what its clocks did in 2024: hours ahead of UTC, until and from an instant."""

    zone: str
    position: Position
    before: int
    change: datetime
    after: int

    def ahead(self, at: datetime) -> int:
        return self.before if at < self.change else self.after


ONE_ZONE = datetime(2024, 2, 29, 18, tzinfo=UTC)  # 1 March 00:00 at UTC+6
PLACES = (
    Place("Asia/Tashkent", Position(lat=40.791736, lon=68.58289), 5, ONE_ZONE, 5),
    Place("Asia/Almaty", Position(lat=42.32, lon=69.59), 6, ONE_ZONE, 5),
    Place("Asia/Aqtau", Position(lat=43.65, lon=51.16), 5, ONE_ZONE, 5),
)


@dataclass(frozen=True)
class Clock:
    """A time of day: a number of minutes, or an event of the sun and minutes after it."""

    minutes: int
    event: str = ""

    def __str__(self) -> str:
        sign = "-" if self.minutes < 0 else "+"
        shown = f"{abs(self.minutes) // 60:02}:{abs(self.minutes) % 60:02}"
        if not self.event:
            return shown
        return f"({self.event}{sign}{shown})" if self.minutes else self.event

    def on(self, day: date, place: Place) -> float:
        """Minutes after midnight of the day."""
        return self.minutes + (sun(day, place)[self.event == "sunset"] if self.event else 0)


@dataclass(frozen=True)
class Hours:
    start: Clock
    end: Clock
    overnight: bool = False

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"

    def minutes(self, day: date, place: Place, slack: int) -> set[int]:
        """Minutes after midnight of the day; `slack` widens the ends that hang on the sun."""
        start = self.start.on(day, place) - (slack if self.start.event else 0)
        end = self.end.on(day, place) + (slack if self.end.event else 0)
        if self.overnight:
            end = self.end.on(day + timedelta(days=1), place) + (slack if self.end.event else 0) + 1440
        return set(range(max(0, math.floor(start)), math.floor(end)))


@dataclass(frozen=True)
class Days:
    """Which days; what is None or empty does not narrow."""

    months: tuple[int, int] | None = None
    between: tuple[tuple[int, int], tuple[int, int]] | None = None
    dates: tuple[date, date] | None = None
    years: tuple[int, ...] = ()
    weeks: tuple[int, int] | None = None
    easter: int | None = None
    weekdays: tuple[int, ...] = ()
    nth: tuple[int, int] | None = None
    holidays: bool = False

    def __str__(self) -> str:
        return " ".join(filter(None, (self._dates(), self._weekdays(), "PH" if self.holidays else "")))

    def _dates(self) -> str:
        if self.months:
            return "-".join(dict.fromkeys(MONTHS[month - 1] for month in self.months))
        if self.between:
            return "-".join(f"{MONTHS[month - 1]} {day}" for month, day in self.between)
        if self.dates:
            return "-".join(
                f"{day.year} {MONTHS[day.month - 1]} {day.day}" for day in dict.fromkeys(self.dates)
            )
        if self.weeks:
            return f"week {self.weeks[0]}-{self.weeks[1]}"
        if self.easter is not None:
            return f"easter {self.easter:+} days" if self.easter else "easter"
        return ",".join(map(str, self.years))

    def _weekdays(self) -> str:
        if self.nth:
            return f"{WEEKDAYS[self.nth[0]]}[{self.nth[1]}]"
        return ",".join(WEEKDAYS[weekday] for weekday in self.weekdays)

    def has(self, day: date, holidays: frozenset[date]) -> bool:
        return all(self._conditions(day, holidays))

    def _conditions(self, day: date, holidays: frozenset[date]) -> Iterator[bool]:
        if self.months:
            yield around(self.months[:1], (day.month,), self.months[1:])
        if self.between:
            yield around(self.between[0], (day.month, day.day), self.between[1])
        if self.dates:
            yield self.dates[0] <= day <= self.dates[1]
        if self.weeks:
            yield self.weeks[0] <= int(day.strftime("%V")) <= self.weeks[1]
        if self.easter is not None:
            yield day == easter(day.year) + timedelta(days=self.easter)
        if self.years:
            yield day.year in self.years
        if self.weekdays:
            yield day.weekday() in self.weekdays
        if self.nth:
            yield day.weekday() == self.nth[0] and self.nth[1] in (nth_of(day), nth_of_last(day))
        if self.holidays:
            yield day in holidays


@dataclass(frozen=True)
class Clause:
    days: Days
    hours: tuple[Hours, ...] = ()
    closes: bool = False
    joins: bool = False
    says_so: str = ""

    def __str__(self) -> str:
        times = ",".join(map(str, self.hours))
        return " ".join(filter(None, (str(self.days), times, self.says_so))) or "24/7"

    def minutes(self, day: date, place: Place, holidays: frozenset[date], slack: int) -> set[int]:
        if not self.days.has(day, holidays):
            return set()
        if not self.hours:
            return set(range(1440))
        return set().union(*(hours.minutes(day, place, slack) for hours in self.hours))


@dataclass(frozen=True)
class Rule:
    clauses: tuple[Clause, ...]
    holidays: frozenset[date] = field(default_factory=frozenset)

    def __str__(self) -> str:
        first, *rest = self.clauses
        return str(first) + "".join(f"{',' if clause.joins else ';'} {clause}" for clause in rest)

    def open_minutes(self, day: date, place: Place, slack: int) -> set[int]:
        """Minutes of the day at which it is open for sure (negative slack) or at all (positive)."""
        opened: set[int] = set()
        for began in (day - timedelta(days=1), day):
            shift = 0 if began == day else -1440
            for position in self._in_force(began):
                clause = self.clauses[position]
                minutes = {m + shift for m in clause.minutes(began, place, self.holidays, slack)}
                opened |= minutes - self._closed_after(position, day, place, -slack)
        return opened & set(range(1440))

    def _in_force(self, day: date) -> list[int]:
        """The clauses that open on a day: the last that stands for itself, and those that join it."""
        openers = [n for n, c in enumerate(self.clauses) if not c.closes and c.days.has(day, self.holidays)]
        lasts = [n for n in openers if not self.clauses[n].joins]
        return [n for n in openers if not lasts or n >= lasts[-1]]

    def _closed_after(self, position: int, day: date, place: Place, slack: int) -> set[int]:
        closed: set[int] = set()
        for clause in self.clauses[position + 1 :]:
            if clause.closes:
                closed |= clause.minutes(day, place, self.holidays, slack)
                before = clause.minutes(day - timedelta(days=1), place, self.holidays, slack)
                closed |= {minute - 1440 for minute in before}
        return closed


def around(first: tuple[int, ...], value: tuple[int, ...], last: tuple[int, ...]) -> bool:
    """Whether a value lies from first to last on a wheel such as the months of the year."""
    return first <= value <= last if first <= last else value >= first or value <= last


def nth_of(day: date) -> int:
    return (day.day + 6) // 7


def nth_of_last(day: date) -> int:
    length = ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day
    return -((length - day.day) // 7 + 1)


def easter(year: int) -> date:
    """Gregorian Easter by the anonymous method of 1876 (Meeus, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    month, day = divmod(h + k - 7 * ((a + 11 * h + 22 * k) // 451) + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=4096)
def sun(day: date, place: Place) -> tuple[float, float]:
    """Sunrise and sunset in minutes of the wall clock, by the short equation, good to a few minutes."""
    n = (day - date(2000, 1, 1)).days - place.position.lon / 360
    anomaly = math.radians((357.5291 + 0.98560028 * n) % 360)
    centre = 1.9148 * math.sin(anomaly) + 0.02 * math.sin(2 * anomaly) + 0.0003 * math.sin(3 * anomaly)
    longitude = math.radians((math.degrees(anomaly) + centre + 180 + 102.9372) % 360)
    noon = n + 0.0053 * math.sin(anomaly) - 0.0069 * math.sin(2 * longitude)
    declination = math.asin(math.sin(longitude) * math.sin(math.radians(23.44)))
    latitude = math.radians(place.position.lat)
    cosine = math.sin(math.radians(-0.833)) - math.sin(latitude) * math.sin(declination)
    half = math.degrees(math.acos(cosine / (math.cos(latitude) * math.cos(declination)))) / 360
    start = datetime(2000, 1, 1, 12, tzinfo=UTC)
    return _clock(start + timedelta(days=noon - half), day, place), _clock(
        start + timedelta(days=noon + half), day, place
    )


def _clock(at: datetime, day: date, place: Place) -> float:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return (at - midnight) / timedelta(minutes=1) + 60 * place.ahead(at)


def expected(rule: Rule, place: Place) -> bytes:
    """For every minute from FIRST to LAST: 1 open, 0 closed, 2 too near to a sunrise or sunset to tell."""
    rows: dict[date, bytes] = {}
    minutes = bytearray()
    for hour in range((LAST - FIRST) // timedelta(hours=1)):
        at = FIRST + timedelta(hours=hour)
        local = at + timedelta(hours=place.ahead(at))
        day = local.date()
        if day not in rows:
            surely, perhaps = (rule.open_minutes(day, place, slack) for slack in (-SUN_DOUBT, SUN_DOUBT))
            rows[day] = bytes(1 if m in surely else 2 if m in perhaps else 0 for m in range(1440))
        minutes += rows[day][local.hour * 60 : local.hour * 60 + 60]
    return bytes(minutes)


def found(rule: str, local: Local) -> bytes:
    """The same from the engine: 1 open, 0 closed."""
    minutes = bytearray((LAST - FIRST) // timedelta(minutes=1))
    for span in open_spans(rule, local, Span(FIRST, LAST)):
        start, end = ((at - FIRST) // timedelta(minutes=1) for at in (span.start, span.until))
        minutes[start:end] = b"\1" * (end - start)
    return bytes(minutes)


def disagreement(rule: Rule, place: Place) -> str | None:
    """The first minute at which the engine and the oracle, or the two answers of the engine, differ."""
    text, local = str(rule), Local(place.zone, place.position, rule.holidays)
    if check_rule(text) != text:
        return f"{text!r} was kept as {check_rule(text)!r}"
    theirs, ours = expected(rule, place), found(text, local)
    edges = {n for n in range(1, len(ours)) if ours[n] != ours[n - 1]} if 1 in ours else set()
    for n, (wanted, got) in enumerate(zip(theirs, ours, strict=True)):
        if wanted != 2 and wanted != got:
            return f"{text!r} in {place.zone} at {FIRST + timedelta(minutes=n)}: {bool(wanted)} expected"
    for n in edges | {edge - 1 for edge in edges} | set(range(0, len(ours), 997)):
        at = FIRST + timedelta(minutes=n, seconds=n % 60)
        if is_open(text, local, at) != bool(ours[n]):
            return f"{text!r} in {place.zone} at {at}: is_open and open_spans differ"
    return None


def a_rule(random: Random) -> Rule:
    """One to four clauses that the engine takes, with holidays on which something depends."""
    clauses = [_clause(random, first=True)]
    while len(clauses) < 4 and random.random() < 0.55:
        clauses.append(_clause(random, first=False, after=clauses[-1]))
    holidays = {date(2024, 1, 1) + timedelta(days=random.randrange(366)) for _ in range(12)}
    return Rule(tuple(clauses), frozenset(holidays | {date(2024, 2, 29), date(2024, 3, 1)}))


def _clause(random: Random, *, first: bool, after: Clause | None = None) -> Clause:
    closes = not first and random.random() < 0.4
    joins = after is not None and bool(after.hours or after.says_so) and random.random() < 0.3
    bare = (first and random.random() < 0.4) or (joins and random.random() < 0.2)
    days = Days() if bare else _days(random, first=first)
    hours = tuple(_hours(random) for _ in range(random.choice((0, 1, 1, 1, 2))))
    if bare and joins and not closes and not hours:
        hours = (_hours(random),)
    if bare and joins and hours:  # after a comma, hours without days would belong to the clause before
        days = Days(months=(1, 12))
    states = ("off", 'off "works; until ||"', "closed") if closes else ("", "", "open", 'open "ring, wait"')
    return Clause(days, hours, closes, joins, random.choice(states))


def _days(random: Random, *, first: bool) -> Days:
    month, other = random.randint(1, 12), random.randint(1, 12)
    start = date(2023, 12, 25) + timedelta(days=random.randrange(370))
    weekdays = tuple(sorted(random.sample(range(7), random.randint(1, 4)))) if random.random() < 0.5 else ()
    kind = random.randrange(8)
    if kind == 0:
        return Days(months=(month, other), weekdays=weekdays)
    if kind == 1:
        ends = ((month, random.randint(1, 28)), (other, random.randint(1, 28)))
        return Days(between=random.choice((ends, ((2, 29), ends[1]), (ends[0], (2, 29)))), weekdays=weekdays)
    if kind == 2:
        return Days(
            dates=(start, start + timedelta(days=random.choice((0, 0, 3, 40, 200)))), weekdays=weekdays
        )
    if kind == 3:
        return Days(years=random.choice(((2024,), (2023, 2025))), weekdays=weekdays)
    if kind == 4:
        week = random.randint(1, 52)
        return Days(weeks=(week, random.randint(week, 52)), weekdays=weekdays)
    if kind == 5:
        return Days(easter=random.randint(-60, 60))
    if kind == 6:
        return Days(nth=(random.randrange(7), random.choice((1, 2, 3, 4, 5, -1, -2, -5))))
    if first:
        return Days(weekdays=weekdays or (random.randrange(7),))
    return Days(months=random.choice((None, (month, other))), holidays=True)


def _hours(random: Random) -> Hours:
    morning, evening = random.randrange(0, 720, 5), random.randrange(725, 1440, 5)
    after = random.choice((0, 0, 30, -45, 180, -180, 7))
    rise, set_ = Clock(after, "sunrise"), Clock(random.choice((0, after)), "sunset")
    return random.choice(
        (
            Hours(Clock(morning), Clock(evening)),
            Hours(Clock(morning), Clock(random.choice((1440, 1500, 2880)))),
            Hours(Clock(evening), Clock(morning), overnight=True),
            Hours(Clock(1320), Clock(360), overnight=True),
            Hours(rise, set_),
            Hours(set_, rise, overnight=True),
            Hours(Clock(random.randrange(900, 1440, 5)), rise, overnight=True),
            Hours(set_, Clock(random.randrange(0, 545, 5)), overnight=True),
            Hours(Clock(random.randrange(360, 880, 5)), set_),
            Hours(rise, Clock(random.randrange(545, 1440, 5))),
        )
    )


def main() -> None:
    """Compares the two readings of many rules in every place; ends with an error at the first difference."""
    arguments = argparse.ArgumentParser(description=main.__doc__)
    arguments.add_argument("--rules", type=at_least_one, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    random = Random(asked.seed)
    for _ in range(asked.rules):
        rule = a_rule(random)
        for place in PLACES:
            if difference := disagreement(rule, place):
                raise SystemExit(difference)
    print(f"{asked.rules} rules agree in {len(PLACES)} places, minute by minute, {FIRST:%F} to {LAST:%F}")


if __name__ == "__main__":
    main()
