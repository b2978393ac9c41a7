"""Crossings as GeoJSON (RFC 7946): longitude first, WGS 84."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.api.formats.json import envelope
from services.api.keeper import Current

MEDIA_TYPE = "application/geo+json"


def collection(current: Current, until: datetime, items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        **envelope(current, until),
        "features": [_feature(item) for item in items],
    }


def _feature(item: dict[str, Any]) -> dict[str, Any]:
    """A crossing lies where a source puts one of its posts; a crossing that nobody places has no geometry."""
    position = next((post["position"] for post in item["posts"].values() if post["position"]), None)
    point = {"type": "Point", "coordinates": [position["lon"], position["lat"]]} if position else None
    return {"type": "Feature", "id": item["code"], "geometry": point, "properties": item}
