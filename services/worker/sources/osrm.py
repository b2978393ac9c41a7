"""Road times from an OSRM server (its `table` service)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx

from services.core.errors import Unavailable
from services.core.places import Position

TIMEOUT_SECONDS = 20.0
MOST_POINTS = 90
"""OSRM refuses tables larger than 100 points unless told otherwise."""


def table(
    client: httpx.Client, url: str, origins: Sequence[Position], destinations: Sequence[Position]
) -> list[list[tuple[float, float] | None]]:
    """Minutes and kilometres from every origin to every destination; None where there is no road.

    Raises Unavailable if the server does not answer as OSRM does.
    """
    points = [*origins, *destinations]
    if len(points) > MOST_POINTS:
        raise ValueError(f"at most {MOST_POINTS} points at once")
    path = ";".join(f"{point.lon:.6f},{point.lat:.6f}" for point in points)
    split = len(origins)
    try:
        answer = client.get(
            f"{url.rstrip('/')}/table/v1/driving/{path}",
            params={
                "sources": ";".join(str(index) for index in range(split)),
                "destinations": ";".join(str(index) for index in range(split, len(points))),
                "annotations": "duration,distance",
            },
            timeout=TIMEOUT_SECONDS,
        )
        answer.raise_for_status()
        return _read(answer.json())
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise Unavailable(f"the OSRM server did not answer: {error}") from error


def _read(body: dict[str, Any]) -> list[list[tuple[float, float] | None]]:
    if body["code"] != "Ok":
        raise ValueError(f"OSRM answered {body['code']!r}")
    return [
        [
            (seconds / 60, metres / 1000) if seconds is not None and metres is not None else None
            for seconds, metres in zip(times, lengths, strict=True)
        ]
        for times, lengths in zip(body["durations"], body["distances"], strict=True)
    ]
