"""Sunrise and sunset as the clocks on the ground show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from math import degrees

from astral import SunDirection
from astral.julian import julianday, julianday_to_juliancentury
from astral.sun import eq_of_time, hour_angle, sun_declination

from services.core.crossings.clocks import zone_named
from services.core.places import Position

FARTHEST_FROM_THE_EQUATOR = 60.0
"""Degrees of latitude up to which the sun rises and sets on every day of the year, with room to spare."""
_ZENITH = 90 + 50 / 60
"""Degrees from overhead to the middle of the sun when its upper edge touches the horizon: half its breadth
and the bending of light by air, 0.833 degrees in all (NOAA, https://gml.noaa.gov/grad/solcalc/calcdetails.html).
"""
_ROUNDS = 3  # each brings the error down by a factor of some hundred; the first is off by a minute or two


@dataclass(frozen=True, slots=True)
class Daylight:
    """Minutes after local midnight, to the nearest minute."""

    sunrise: int
    sunset: int


@lru_cache(maxsize=8192)
def daylight(position: Position, zone: str, day: date) -> Daylight:
    """When the upper edge of the sun meets a flat horizon on a local day, by the clocks of the zone.

    Hills are not known to it. Raises ValueError beyond 60 degrees of latitude, where the sun may stay away.
    """
    if abs(position.lat) > FARTHEST_FROM_THE_EQUATOR:
        raise ValueError(
            f"the sun is not reckoned beyond {FARTHEST_FROM_THE_EQUATOR:.0f} degrees of latitude"
        )
    return Daylight(
        sunrise=_minute(_meets_horizon(position, day, SunDirection.RISING), zone, day),
        sunset=_minute(_meets_horizon(position, day, SunDirection.SETTING), zone, day),
    )


def _meets_horizon(position: Position, day: date, direction: SunDirection) -> datetime:
    """The rise before, or the setting after, the solar noon of the day.

    `astral.sun.sunrise` itself is not used: it finds none on a day near which the sun rises at 00:00 UTC,
    such as 26 May 2024 at 05:00 in Tashkent.
    """
    minutes = 720 - 4 * position.lon
    for _ in range(_ROUNDS):
        century = julianday_to_juliancentury(julianday(day) + minutes / 1440)
        angle = degrees(hour_angle(position.lat, sun_declination(century), _ZENITH, direction))
        minutes = 720 - 4 * (position.lon + angle) - eq_of_time(century)
    return datetime.combine(day, time.min, UTC) + timedelta(minutes=minutes)


def _minute(at: datetime, zone: str, day: date) -> int:
    clock = at.astimezone(zone_named(zone)).replace(tzinfo=None)
    return round((clock - datetime.combine(day, time.min)) / timedelta(minutes=1))
