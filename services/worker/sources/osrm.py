"""Road times from an OSRM server (its `table` service)."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from math import isfinite
from typing import Any

import httpx

from services.core.errors import Unavailable
from services.core.places import Position

TIMEOUT_SECONDS = 20.0
MOST_POINTS = 90
"""OSRM refuses tables larger than 100 points unless told otherwise."""
LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes. A table of 90 points is about a hundredth of that."""


def table(
    client: httpx.Client,
    url: str,
    origins: Sequence[Position],
    destinations: Sequence[Position],
    *,
    timeout: float = TIMEOUT_SECONDS,
) -> list[list[tuple[float, float] | None]]:
    """Minutes and kilometres from every origin to every destination; None where there is no road.

    Raises Unavailable if the server does not answer as OSRM does, and whole within `timeout` seconds.
    """
    points = [*origins, *destinations]
    if len(points) > MOST_POINTS:
        raise ValueError(f"at most {MOST_POINTS} points at once")
    path = ";".join(f"{point.lon:.6f},{point.lat:.6f}" for point in points)
    split = len(origins)
    asked = {
        "sources": ";".join(str(index) for index in range(split)),
        "destinations": ";".join(str(index) for index in range(split, len(points))),
        "annotations": "duration,distance",
    }
    try:
        body = _fetch(client, f"{url.rstrip('/')}/table/v1/driving/{path}", asked, timeout)
        return _read(json.loads(body), len(origins), len(destinations))
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise Unavailable(f"the OSRM server did not answer: {error}") from error


def _fetch(client: httpx.Client, url: str, asked: dict[str, str], timeout: float) -> bytes:
    """httpx limits each read; a server that sends a byte now and then would never be given up."""
    deadline, body = time.monotonic() + timeout, bytearray()
    with client.stream("GET", url, params=asked, timeout=timeout) as answer:
        answer.raise_for_status()
        for part in answer.iter_bytes():
            body += part
            if time.monotonic() > deadline or len(body) > LARGEST_ANSWER:
                raise ValueError("it says too much, or too slowly")
    return bytes(body)


def _read(body: dict[str, Any], rows: int, columns: int) -> list[list[tuple[float, float] | None]]:
    if body["code"] != "Ok":
        raise ValueError(f"OSRM answered {body['code']!r}")
    durations, distances = body["durations"], body["distances"]
    if {len(durations), len(distances)} != {rows} or {len(row) for row in durations} != {columns}:
        raise ValueError(f"a table of {rows} by {columns} was asked for")
    return [
        [_leg(seconds, metres) for seconds, metres in zip(times, lengths, strict=True)]
        for times, lengths in zip(durations, distances, strict=True)
    ]


def _leg(seconds: float | None, metres: float | None) -> tuple[float, float] | None:
    if seconds is None or metres is None:
        return None
    if not (isfinite(seconds) and isfinite(metres) and seconds >= 0 and metres >= 0):
        raise ValueError(f"no drive takes {seconds} s over {metres} m")
    return seconds / 60, metres / 1000
