from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import astral
import astral.sun
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.crossings.clocks import pieces, wall_clock
from services.core.crossings.sun import daylight
from services.core.places import Position
from services.core.spans import Span

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
HOUR = timedelta(hours=1)
WEEK = 7 * 24 * 3600


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("zone", "window", "offsets"),
    [
        ("Asia/Tashkent", Span(utc(2015, 1, 1), utc(2028, 1, 1)), [(utc(2015, 1, 1), 5 * HOUR)]),
        ("Asia/Aqtau", Span(utc(2024, 1, 1), utc(2025, 1, 1)), [(utc(2024, 1, 1), 5 * HOUR)]),
        (
            "Asia/Almaty",
            Span(utc(2024, 1, 1), utc(2025, 1, 1)),
            [(utc(2024, 1, 1), 6 * HOUR), (utc(2024, 2, 29, 18), 5 * HOUR)],
        ),
        (
            "Asia/Qyzylorda",
            Span(utc(2018, 1, 1), utc(2019, 1, 1)),
            [(utc(2018, 1, 1), 6 * HOUR), (utc(2018, 12, 20, 18), 5 * HOUR)],
        ),
    ],
)
def test_the_clocks_of_the_border_change_when_the_law_says(
    zone: str, window: Span, offsets: list[tuple[datetime, timedelta]]
) -> None:
    """https://astanatimes.com/2024/01/kazakhstan-switches-to-utc05-00-time-zone-from-march-1/ for 2024."""
    assert [(piece.span.start, piece.offset) for piece in pieces(zone, window)] == offsets


def test_a_change_belongs_to_the_piece_that_begins_with_it() -> None:
    change = utc(2024, 2, 29, 18)
    assert [p.offset for p in pieces("Asia/Almaty", Span(change, change + HOUR))] == [5 * HOUR]
    assert [p.offset for p in pieces("Asia/Almaty", Span(change - HOUR, change))] == [6 * HOUR]


def test_a_change_on_the_first_instant_of_a_year_is_found() -> None:
    """Lisbon left its solar time, 36 minutes and 45 seconds behind Greenwich, with the year 1911."""
    found = pieces("Europe/Lisbon", Span(utc(1911, 12, 1), utc(1912, 2, 1)))
    behind = -timedelta(minutes=36, seconds=45)
    assert [(p.span.start, p.offset) for p in found] == [
        (utc(1911, 12, 1), behind),
        (utc(1912, 1, 1), timedelta(0)),
    ]


@given(
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    length=st.timedeltas(timedelta(seconds=1), timedelta(days=800)),
    share=st.floats(0, 0.99),
)
def test_pieces_cover_the_window_and_hold_one_offset_each(
    zone: str, start: datetime, length: timedelta, share: float
) -> None:
    window = Span(start, start + length)
    found = pieces(zone, window)
    assert (found[0].span.start, found[-1].span.end) == (window.start, window.end)
    assert all(a.span.end == b.span.start and a.offset != b.offset for a, b in pairwise(found))
    at = start + length * share
    (piece,) = [piece for piece in found if at in piece.span]
    assert at.astimezone(ZoneInfo(zone)).utcoffset() == piece.offset
    last = piece.span.until - timedelta(microseconds=1)
    assert last.astimezone(ZoneInfo(zone)).utcoffset() == piece.offset


def test_no_zone_changes_its_clocks_twice_within_six_days() -> None:
    """On this rests that one look a day finds every change."""
    for zone in ZONES:
        changes = [at for at, old, new in changes_in_tzdata(zone) if old != new]
        gaps = [later - earlier for earlier, later in pairwise(changes)]
        assert min(gaps, default=WEEK) > WEEK - 24 * 3600, zone


def changes_in_tzdata(zone: str) -> Iterator[tuple[int, int, int]]:
    """Each listed instant (seconds since 1970) with the offsets before and after; the format is RFC 9636."""
    data = files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
    utc_flags, standard_flags, leaps, times, types, letters = struct.unpack(">6l", data[20:44])
    second = 44 + 5 * times + 6 * types + letters + 8 * leaps + standard_flags + utc_flags
    *_, times, types, letters = struct.unpack(">6l", data[second + 20 : second + 44])
    start = second + 44
    instants = struct.unpack(f">{times}q", data[start : start + 8 * times])
    kinds = data[start + 8 * times : start + 9 * times]
    table = data[start + 9 * times : start + 9 * times + 6 * types]
    offsets = [struct.unpack(">l", table[6 * n : 6 * n + 4])[0] for n in range(types)]
    old = offsets[0]
    for at, kind in zip(instants, kinds, strict=True):
        yield at, old, offsets[kind]
        old = offsets[kind]


@pytest.mark.parametrize("zone", ["Asia/Tashkent", "Asia/Samarkand", "Asia/Almaty", "Asia/Aqtau"])
def test_the_pieces_of_our_zones_are_those_of_the_time_zone_database(zone: str) -> None:
    window = Span(utc(1990, 1, 1), utc(2030, 1, 1))
    changes = [datetime.fromtimestamp(at, UTC) for at, old, new in changes_in_tzdata(zone) if old != new]
    assert [p.span.start for p in pieces(zone, window)[1:]] == [at for at in changes if at in window]


def test_a_window_without_an_end_has_no_pieces() -> None:
    with pytest.raises(ValueError, match="without an end"):
        pieces("Asia/Tashkent", Span(utc(2026, 1, 1)))


def test_the_wall_clock_of_an_instant_without_an_offset_is_not_guessed() -> None:
    assert wall_clock("Asia/Almaty", utc(2024, 2, 29, 18)).isoformat() == "2024-02-29T23:00:00+05:00"
    with pytest.raises(ValueError, match="needs an offset"):
        wall_clock("Asia/Almaty", datetime(2024, 2, 29, 18))  # noqa: DTZ001


MALIK = Position(lat=40.791736, lon=68.58289)


@pytest.mark.parametrize(
    ("day", "sunrise", "sunset"),
    [("2025-12-21", 7 * 60 + 46, 17 * 60 + 1), ("2025-06-21", 4 * 60 + 54, 20 * 60 + 1)],
)
def test_the_sun_at_malik(day: str, sunrise: int, sunset: int) -> None:
    light = daylight(MALIK, "Asia/Tashkent", date.fromisoformat(day))
    assert (light.sunrise, light.sunset) == (sunrise, sunset)


def test_the_sun_keeps_its_pace_through_the_years_and_agrees_with_astral() -> None:
    """Astral has no sunrise for a day near which it falls on 00:00 UTC: some day each May in Tashkent."""
    zone, missing = ZoneInfo("Asia/Tashkent"), 0
    for day in (date(2024, 1, 1) + timedelta(days=n) for n in range(3 * 365)):
        light, next_light = (daylight(MALIK, zone.key, day + timedelta(days=n)) for n in (0, 1))
        assert abs(light.sunrise - next_light.sunrise) <= 2
        assert abs(light.sunset - next_light.sunset) <= 2
        try:
            theirs = astral.sun.sunrise(astral.Observer(MALIK.lat, MALIK.lon), day, tzinfo=zone)
        except ValueError:
            missing += 1
        else:
            assert abs(theirs.hour * 60 + theirs.minute + theirs.second / 60 - light.sunrise) < 2
    assert missing > 0


def test_a_day_on_which_the_clocks_change_has_its_sunrise_by_the_new_time() -> None:
    shymkent = Position(lat=42.32, lon=69.59)
    before, after = (daylight(shymkent, "Asia/Almaty", day) for day in (date(2024, 2, 29), date(2024, 3, 1)))
    assert 58 <= before.sunrise - after.sunrise <= 63
