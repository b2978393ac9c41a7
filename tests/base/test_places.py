"""Positions and distances."""

from __future__ import annotations

from math import cos, pi, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.core.places import EARTH_RADIUS_KM, Position, great_circle_km

POSITIONS = st.builds(
    Position, lat=st.floats(min_value=-90, max_value=90), lon=st.floats(min_value=-180, max_value=180)
)
HALF_ROUND = pi * EARTH_RADIUS_KM
POLES = Position(lat=90, lon=0), Position(lat=-90, lon=0)


def place(lat: float, lon: float) -> Position:
    return Position(lat=lat, lon=lon)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (place(0, 0), place(0, 1), HALF_ROUND / 180),
        (place(0, 0), place(1, 0), HALF_ROUND / 180),
        (place(60, 10), place(60, 10), 0),
        (POLES[0], POLES[1], HALF_ROUND),
        (place(0, -90), place(0, 90), HALF_ROUND),
        (place(10, 179.5), place(10, -179.5), HALF_ROUND / 180 * cos(radians(10))),
        (place(90, 0), place(0, 77), HALF_ROUND / 2),
    ],
)
def test_distances_that_can_be_reckoned_by_hand(one: Position, other: Position, km: float) -> None:
    assert great_circle_km(one, other) == pytest.approx(km, rel=1e-4, abs=1e-9)


def test_tashkent_and_almaty_are_as_far_apart_as_every_atlas_says() -> None:
    tashkent, almaty = place(41.311, 69.280), place(43.238, 76.945)
    assert great_circle_km(tashkent, almaty) == pytest.approx(665, abs=10)


@given(POSITIONS, POSITIONS)
def test_a_distance_is_the_same_there_and_back_and_at_most_half_way_round(
    one: Position, other: Position
) -> None:
    there = great_circle_km(one, other)
    assert there == pytest.approx(great_circle_km(other, one), abs=1e-6)
    assert 0 <= there <= HALF_ROUND + 1e-6


@given(POSITIONS, POSITIONS, POSITIONS)
def test_a_way_round_is_no_shorter(a: Position, b: Position, c: Position) -> None:
    assert great_circle_km(a, c) <= great_circle_km(a, b) + great_circle_km(b, c) + 1e-3


@given(POSITIONS)
def test_the_opposite_of_a_place_is_half_way_round(one: Position) -> None:
    opposite = place(-one.lat, one.lon - 180 if one.lon > 0 else one.lon + 180)
    assert great_circle_km(one, opposite) == pytest.approx(HALF_ROUND, rel=1e-6)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(90.1, 0), (-90.1, 0), (0, 180.1), (0, -180.1), (float("nan"), 0), (0, float("nan")), (float("inf"), 0)],
)
def test_what_is_on_no_map_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(ValidationError):
        Position(lat=lat, lon=lon)


def test_a_position_takes_nothing_else() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Position.model_validate({"lat": 1, "lon": 2, "altitude": 3})
