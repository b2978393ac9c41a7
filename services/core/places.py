"""Positions on the ground and distances between them."""

from math import asin, cos, radians, sin, sqrt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class Position(BaseModel):
    """A point in WGS 84 degrees."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lat: Latitude
    lon: Longitude


def great_circle_km(a: Position, b: Position) -> float:
    """Distance along the surface of a sphere, by the haversine formula; within 0.5 % of the ellipsoid."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(half))
