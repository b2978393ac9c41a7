"""Worlds to ask about: a crossing, what was announced, who asks and when. From a seed, always the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import sunrise, sunset

from services.core.crossings import Crossing, Direction, Goods, HoursVersion, Kind, Mode, Side, Traveller
from services.core.crossings.documents import AccessVersion, ModeVersion
from services.core.notices import Effect, End, Revision, What
from services.core.places import Position
from tests.status import made, real

T = TypeVar("T")

FIRST, LAST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
CLOCKS_CHANGE = datetime(2024, 2, 29, 18, tzinfo=UTC)
"""From here on the clocks of Almaty show an hour less: 23:00 to 24:00 of the leap day comes twice."""
LEAP_DAYS = (date(2024, 2, 29), date(2024, 3, 1), date(2028, 2, 29), date(2016, 2, 29))
NUDGES = tuple(
    sign * step
    for step in (timedelta(microseconds=1), timedelta(seconds=1), timedelta(minutes=1))
    for sign in (1, -1)
)
TIMES = ("08:00-18:00", "09:00-12:00,13:00-19:30", "22:00-06:00", "20:00-04:30", "06:15-23:59", "00:00-24:00")
WEEKDAYS = ("Mo-Fr", "Sa,Su", "We", "Fr-Mo", "Mo-Su")
MONTHS = ("Apr-Oct", "Nov-Mar", "Feb-Feb", "Dec-Jan")
COUNTRIES = ("UZ", "KZ", "TJ", "RU")
MASSES_T = (2.0, 3.5, 20.0)
SAID_MASSES_T = (None, None, None, 1.9, 2.0, 3.5, 3.6, 20.0, 20.5)


@dataclass(frozen=True)
class World:
    """Something to ask about, with the instants at which its answers may change."""

    crossing: Crossing
    revisions: tuple[Revision, ...]
    as_of: datetime
    holidays: Mapping[Side, frozenset[date]]


def a_world(random: Random) -> World:
    """A made-up crossing or a real one; made-up notices, with or without what was really announced."""
    if random.random() < 0.75:
        record: tuple[Revision, ...] = ()
        crossing, holidays = _a_crossing(random), _some_holidays(random)
    else:
        crossing = random.choice(sorted(real.crossings().values(), key=lambda one: one.code))
        record, holidays = tuple(real.revisions()), real.holidays()
    revisions = (*record, *_revisions(random, crossing))
    tellings = [revision.published_at for revision in revisions]
    late = not tellings or random.random() < 0.6
    as_of = LAST if late else random.choice(tellings) + random.choice((timedelta(0), *NUDGES))
    return World(crossing, revisions, as_of, holidays)


def travellers(random: Random, world: World, number: int) -> list[Traveller]:
    """Mostly of a mode that the crossing is for; each thing about them is said, or it is not."""
    return [_a_traveller(random, world.crossing.kind) for _ in range(number)]


def instants(random: Random, world: World, number: int) -> list[datetime]:
    """Most of them near something that may change an answer: what was announced, a date, a time of day."""
    announced = sorted(set(_announced(world))) or [CLOCKS_CHANGE]
    midnights = sorted(set(_midnights(world.crossing)))
    of_the_day = sorted(set(_of_the_day(random, world)))
    return [
        random.choice(turns) + random.choice((timedelta(0), timedelta(0), *NUDGES))
        if (turns := random.choice((announced, midnights, of_the_day, None)))
        else FIRST + timedelta(microseconds=random.randrange((LAST - FIRST) // timedelta(microseconds=1)))
        for _ in range(number)
    ]


def _a_traveller(random: Random, kind: Kind) -> Traveller:
    modes = list(Mode) if random.random() < 0.03 else [mode for mode in Mode if mode.kind is kind]
    return Traveller(
        mode=random.choice(modes),
        direction=random.choice(list(Direction)),
        citizenship=_perhaps(random, 0.9, lambda: random.choice(COUNTRIES)),
        vehicle_mass_t=random.choice(SAID_MASSES_T),
        plate=_perhaps(random, 0.5, lambda: random.choice(COUNTRIES)),
        goods=_perhaps(random, 0.8, lambda: random.choice(list(Goods))),
        transit=random.choice((None, True, True, False, False)),
    )


def _a_crossing(random: Random) -> Crossing:
    """Each thing is plain more often than not, so that the others have a say."""
    kind = Kind.RAIL if random.random() < 0.15 else Kind.ROAD
    place = Position(lat=random.uniform(40, 46), lon=random.uniform(55, 70))
    places = {side: _perhaps(random, 0.5, lambda: place) for side in Side}
    return made.crossing(
        kind=kind,
        opened=_perhaps(random, 0.2, lambda: _a_day(random)),
        open_hours={side: _hours_versions(random, kind) for side in Side},
        modes=_mode_versions(random, kind) if random.random() < 0.3 else None,
        access=_access_versions(random) if random.random() < 0.3 else None,
        zones={Side.UZ: "Asia/Tashkent", Side.KZ: random.choice(("Asia/Almaty", "Asia/Aqtau"))},
        places=places,
    )


def _hours_versions(random: Random, kind: Kind) -> list[HoursVersion]:
    if random.random() < 0.65:
        return [made.hours("24/7")]
    found: dict[tuple[date, tuple[Mode, ...]], HoursVersion] = {}
    for _ in range(random.randrange(4)):
        modes = tuple(_some(random, [mode for mode in Mode if mode.kind is kind], 0.4))
        since = _since(random)
        rules = [_a_rule(random) for _ in range(random.choice((1, 1, 1, 2, 3)))]
        if len(rules) > 1 and random.random() < 0.4:
            rules = rules[:1] * 2
        if not any(set(modes) & set(others) or modes == others for day, others in found if day == since):
            found[since, modes] = made.hours(*rules, since=since, modes=modes)
    return list(found.values())


def _mode_versions(random: Random, kind: Kind) -> list[ModeVersion]:
    return [
        made.takes([mode], *random.choice(((True,), (True, True), (False,), (True, False), ())), since=since)
        for mode in Mode
        if mode.kind is kind
        for since in sorted({_since(random) for _ in range(random.choice((0, 1, 1, 2, 3)))})
    ]


def _access_versions(random: Random) -> list[AccessVersion]:
    days = sorted({_since(random) for _ in range(random.choice((0, 1, 1, 2)))})
    return [made.passes(*_accounts(random), since=day) for day in days]


def _accounts(random: Random) -> list[dict[str, Any]]:
    accounts = [
        {
            "citizens": tuple(_some(random, COUNTRIES, 0.4)),
            "plates": tuple(_some(random, COUNTRIES, 0.3)),
            "commercial_goods": random.random() < 0.7,
        }
        for _ in range(random.choice((1, 1, 2, 3)))
    ]
    return accounts[:1] * 2 if len(accounts) == 2 and random.random() < 0.3 else accounts


def _revisions(random: Random, crossing: Crossing) -> list[Revision]:
    found: list[Revision] = []
    starts = [_an_instant(random)]
    for number in range(random.choice((0, 1, 1, 1, 2, 2, 3, 5))):
        told = _an_instant(random)
        effects = _effects(random, crossing, told, starts)
        for revision in range(1, random.choice((1, 1, 2, 3)) + 1):
            withdrawn = revision > 1 and random.random() < 0.4
            kind = "withdrawn" if withdrawn else "amended" if revision > 1 else "published"
            if kind == "amended":
                effects = _effects(random, crossing, told, starts)
            found.append(
                made.notice(*effects, told=told, notice_id=f"n{number}", revision=revision, kind=kind)
            )
            if withdrawn:
                break
            told += timedelta(hours=random.randrange(1, random.choice((10, 300, 5000))))
    return found


def _effects(random: Random, crossing: Crossing, told: datetime, starts: list[datetime]) -> list[Effect]:
    return [_an_effect(random, crossing, told, starts) for _ in range(random.choice((1, 1, 2, 3)))]


def _an_effect(random: Random, crossing: Crossing, told: datetime, starts: list[datetime]) -> Effect:
    """It may begin when it is told, some months off, or together with another one of `starts`."""
    what = random.choice((*What, What.CLOSED, What.CLOSED, What.REOPENED, What.REOPENED, What.REOPENED))
    near = told + timedelta(hours=random.randrange(-4000, 4000))
    start = random.choice((told, near, _an_instant(random), *random.sample(starts, 1) * 2))
    starts.append(start)
    ends = random.choice(list(End))
    return made.effect(
        what,
        start,
        None if ends is End.OPEN else start + timedelta(minutes=random.choice((1, 600, 40_000, 400_000))),
        end_is=ends,
        recurs=_perhaps(random, 0.25, lambda: _a_rule(random)),
        rule=_a_rule(random) if what is What.HOURS else None,
        share=random.choice((None, 0.0, 0.5, 0.5)) if what is What.RESTRICTED else None,
        **_a_selector(random, crossing),
    )


def _a_selector(random: Random, crossing: Crossing) -> dict[str, Any]:
    """Most conditions are not made, so that together they still mean somebody."""
    over, up_to = random.sample(MASSES_T, 2)
    masses: list[dict[str, Any]] = [{"mass_over_t": over}, {"mass_up_to_t": over}]
    masses.append({"mass_over_t": min(over, up_to), "mass_up_to_t": max(over, up_to)})
    fields: dict[str, Any] = {
        "crossings": random.choice(((), (crossing.code,), (crossing.code, "another"), ("another",))),
        "sides": random.choice(((), (Side.UZ,), (Side.KZ,), tuple(Side))),
        "modes": tuple(_some(random, list(Mode), 0.6)),
        "directions": tuple(_some(random, list(Direction), 0.5)),
        "citizens": tuple(_some(random, COUNTRIES, 0.5)),
        "citizens_except": tuple(_some(random, COUNTRIES, 0.5)),
        "goods": tuple(_some(random, list(Goods), 0.5)),
        "transit": random.choice((True, False)),
    }
    odds = {"crossings": 0.6, "sides": 0.4, "modes": 0.35, "directions": 0.25}
    chosen = {name: value for name, value in fields.items() if random.random() < odds.get(name, 0.12)}
    return chosen | (random.choice(masses) if random.random() < 0.15 else {})


def _a_rule(random: Random) -> str:
    return random.choice(
        (
            lambda: "24/7",
            lambda: "sunrise-sunset",
            lambda: random.choice(TIMES),
            lambda: f"{random.choice(WEEKDAYS)} {random.choice(TIMES)}",
            lambda: f"{random.choice(MONTHS)} {random.choice(TIMES)}",
            lambda: f"{random.choice(MONTHS)} {random.choice(WEEKDAYS)} {random.choice(TIMES)}",
            lambda: f"Apr-Oct {random.choice(TIMES)}; Nov-Mar {random.choice(TIMES)}",
            lambda: f"Mo-Fr {random.choice(TIMES)}; Sa {random.choice(TIMES)}; PH off",
            lambda: f"{random.choice(TIMES)}; PH off",
            lambda: "24/7; We 12:00-13:00 off",
        )
    )()


def _announced(world: World) -> Iterator[datetime]:
    for revision in world.revisions:
        if not revision.concerns(world.crossing.code):
            continue
        yield revision.published_at
        for effect in revision.notice.effects:
            yield from filter(None, (effect.window.start, effect.window.end))


def _midnights(crossing: Crossing) -> Iterator[datetime]:
    """The beginning of every version of the catalogue by both clocks, and the change of the clocks."""
    yield CLOCKS_CHANGE
    yield CLOCKS_CHANGE + timedelta(hours=1)
    for post in crossing.posts.values():
        zone = ZoneInfo(post.timezone)
        for day in (*_days(crossing), *LEAP_DAYS):
            yield datetime.combine(day, time(), zone).astimezone(UTC)


def _of_the_day(random: Random, world: World) -> Iterator[datetime]:
    """Times of rules, and of the sun, on a few days."""
    days = [random.choice(LEAP_DAYS), *(_a_day(random) for _ in range(4))]
    clocks = sorted(set(_clocks(world)) | {time(0), time(23, 30)})
    for post in world.crossing.posts.values():
        zone = ZoneInfo(post.timezone)
        for day in days:
            yield from (datetime.combine(day, clock, zone).astimezone(UTC) for clock in clocks)
            if post.located:
                yield from _twilights(post.located.position, day)


def _twilights(position: Position, day: date) -> Iterator[datetime]:
    """A few minutes on both sides of sunrise and sunset; on some days astral finds none."""
    observer = Observer(position.lat, position.lon)
    for event in (sunrise, sunset):
        with suppress(ValueError):
            at = event(observer, day)
            yield from (at + timedelta(minutes=away) for away in (-3, 3))


def _days(crossing: Crossing) -> Iterator[date]:
    yield from filter(None, (crossing.opened,))
    for post in crossing.posts.values():
        yield from (version.valid_from for version in post.hours)
    yield from (version.valid_from for version in crossing.modes)
    yield from (version.valid_from for version in crossing.access)


def _clocks(world: World) -> Iterator[time]:
    """Every time of day in a rule of the world."""
    posts = world.crossing.posts.values()
    rules = [account.rule for post in posts for version in post.hours for account in version.accounts]
    for revision in world.revisions:
        for effect in revision.notice.effects:
            rules += filter(None, (effect.hours, effect.window.recurs))
    for rule in rules:
        for word in rule.replace(",", " ").replace("-", " ").replace(";", " ").split():
            if ":" in word and word != "24:00":
                yield time.fromisoformat(word)


def _since(random: Random) -> date:
    return made.LONG_AGO if random.random() < 0.4 else _a_day(random)


def _a_day(random: Random) -> date:
    if random.random() < 0.2:
        return random.choice(LEAP_DAYS)
    return FIRST.date() + timedelta(days=random.randrange((LAST - FIRST).days))


def _an_instant(random: Random) -> datetime:
    """To the second, as people announce; a quarter of them about the day of the two clocks."""
    if random.random() < 0.25:
        return CLOCKS_CHANGE + timedelta(minutes=random.randrange(-3000, 3000))
    return FIRST + timedelta(seconds=random.randrange((LAST - FIRST) // timedelta(seconds=1)))


def _some_holidays(random: Random) -> dict[Side, frozenset[date]]:
    days = [_a_day(random) for _ in range(30)]
    return {side: frozenset(random.sample(days, 15)) for side in Side}


def _some(random: Random, things: Sequence[T], share: float) -> list[T]:
    return [thing for thing in things if random.random() < share]


def _perhaps(random: Random, share: float, value: Callable[[], T]) -> T | None:
    return value() if random.random() < share else None
