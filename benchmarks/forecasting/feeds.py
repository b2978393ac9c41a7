"""Recorded feeds of waits, read from whatever CSV files there are.

Three layouts are understood, gzipped or not: *wide*, a time column and a column `place|lane` per lane;
*long*, a row per reading with columns of the instant, the crossing, the lane or class of vehicle, and the
wait; and *single*, a time column and one column of waits. A feed whose stale repeats are marked by a second
wide file (its name holds `fresh` where this one's holds `wait_min`) is read without them.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from services.core.congestion.grid import Array
from services.core.congestion.series import Clock

INSTANT = re.compile(r"^(t|time|timestamp|t_local|t_utc|\w*_at|\w*_utc|datetime|date)$")
RECEIVED = ("scraped_at", "received_at", "fetched_at", "logged_at")
UPDATED = re.compile(r"(source_)?updated(_utc|_at)?$|observed_at$")
CROSSING = re.compile(r"^(crossing|place|port|post|checkpoint|border)(_?(id|code|name))?$")
LANE = re.compile(r"(lane|class|vehicle|mode|type|category|direction|traffic)", re.IGNORECASE)
WAIT = re.compile(r"(wait|delay).*(_min|minutes|_m)?$|^minutes$", re.IGNORECASE)
NOT_A_WAIT = re.compile(r"waiting$|count|per_hour", re.IGNORECASE)
MOST_CLASSES = 12
"""A column with more different entries does not name a kind of lane."""
LONGEST = 480.0
"""Minutes; longer ones on boards of minutes are misprints."""
FEWEST = 200
"""Readings of a lane below which it is not scored."""
ZONES = {"baja": "America/Tijuana", "us_mexico": "America/Chicago", "pl_ua": "Europe/Warsaw"}
"""Where feeds whose names hold a word are from; along one border the zones change their clocks together. The
instants of other feeds are taken as they are written."""


class Unreadable(Exception):
    """Why a file is not a feed of waits."""


@dataclass(frozen=True)
class Feed:
    """Readings (B, L) in minutes at B instants (minutes since 1970), nan where there is none; instants
    ascend."""

    name: str
    lanes: tuple[str, ...]
    minutes: Array
    waits: Array

    @property
    def gap(self) -> float:
        """Median minutes between two readings of a lane."""
        gaps = [np.diff(self.minutes[np.isfinite(column)]) for column in self.waits.T]
        return float(np.median(np.concatenate(gaps)))

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """That of the place and UTC; only the latter where the place is not known."""
        zones = [Clock(ZoneInfo(zone)) for word, zone in ZONES.items() if word in self.name]
        return (*zones[:1], Clock())

    def between(self, first: int, last: int) -> Feed:
        rows = (self.minutes >= first) & (self.minutes < last)
        return Feed(self.name, self.lanes, self.minutes[rows], self.waits[rows])

    def only(self, columns: Sequence[int]) -> Feed:
        kept = self.waits[:, list(columns)]
        some = np.isfinite(kept).any(axis=1)
        return Feed(self.name, tuple(self.lanes[c] for c in columns), self.minutes[some], kept[some])


def read_feed(file: Path) -> Feed:
    """Raises Unreadable with the reason."""
    try:
        rows = _rows(file)
    except (OSError, EOFError, csv.Error) as error:
        raise Unreadable(str(error)) from error
    body = [row for row in rows[1:] if len(row) == len(rows[0])]
    if len(body) < FEWEST:
        raise Unreadable(f"only {len(body)} rows as long as the head")
    head = rows[0]
    layout = _layout(head)
    lanes, minutes, waits = layout(head, body)
    stem = file.name.removesuffix(".gz").removesuffix(".csv")
    if layout is _wide:
        _drop_stale(file, head, minutes, waits)
    waits[waits < 0] = np.nan
    known = waits[np.isfinite(waits)]
    if known.size and np.quantile(known, 0.9) <= LONGEST:
        waits[waits > LONGEST] = np.nan
    order = np.argsort(minutes, kind="stable")
    feed = Feed(stem, tuple(lanes), minutes[order], waits[order])
    worth = [c for c in range(len(lanes)) if _worth_scoring(feed.waits[:, c], feed.minutes)]
    if not worth:
        raise Unreadable(f"no lane has {FEWEST} readings that differ")
    return feed.only(worth)


def _rows(file: Path) -> list[list[str]]:
    open_ = gzip.open if file.suffix == ".gz" else open
    with open_(file, "rt", encoding="utf-8", errors="replace", newline="") as lines:
        return list(csv.reader(lines))


def _worth_scoring(column: Array, minutes: Array) -> bool:
    """Enough readings all along, and not the same wait half of the time."""
    known = column[np.isfinite(column)]
    if len(known) < FEWEST:
        return False
    spread = np.ptp(minutes[np.isfinite(column)])
    _, counts = np.unique(known, return_counts=True)
    return bool(spread > 0.5 * np.ptp(minutes) and counts.max() < 0.5 * len(known))


Layout = Callable[[list[str], list[list[str]]], tuple[list[str], Array, Array]]


def _layout(head: list[str]) -> Layout:
    if len(head) > 1 and INSTANT.match(head[0]) and all("|" in name for name in head[1:]):
        return _wide
    if len(head) == 2 and INSTANT.match(head[0]) and WAIT.search(head[1]):
        return _single
    return _long


def _wide(head: list[str], body: list[list[str]]) -> tuple[list[str], Array, Array]:
    minutes = np.array([minute_of(row[0]) for row in body])
    return head[1:], minutes, np.array([[_number(cell) for cell in row[1:]] for row in body])


def _single(head: list[str], body: list[list[str]]) -> tuple[list[str], Array, Array]:
    minutes = np.array([minute_of(row[0]) for row in body])
    return [f"{head[1]}|"], minutes, np.array([[_number(row[1])] for row in body])


def _long(head: list[str], body: list[list[str]]) -> tuple[list[str], Array, Array]:
    waits = [i for i, name in enumerate(head) if WAIT.search(name) and not NOT_A_WAIT.search(name)]
    crossings = [i for i, name in enumerate(head) if CROSSING.match(name)]
    instants = _instants(head, body)
    if not waits or instants is None or not crossings:
        raise Unreadable(f"cannot tell instant, crossing and wait among {', '.join(head[:12])}")
    waits = [i for i in waits if "min" in head[i]] or waits[:1]
    classes = [
        i
        for i, name in enumerate(head)
        if i not in {*waits, crossings[0]} and LANE.search(name) and not NOT_A_WAIT.search(name)
        if len({row[i] for row in body}) <= MOST_CLASSES
    ]
    names = ["|".join(row[i] for i in (crossings[0], *classes)) for row in body]
    lanes = sorted({f"{name}|{head[i]}" for name in names for i in waits})
    places = {name: number for number, name in enumerate(lanes)}
    minutes, rows = np.unique(instants, return_inverse=True)
    table = np.full((len(minutes), len(lanes)), np.nan)
    for n, row in enumerate(body):
        for i in waits:
            table[rows[n], places[f"{names[n]}|{head[i]}"]] = _number(row[i]) * _minutes_in(head[i])
    return lanes, minutes, table


def _instants(head: list[str], body: list[list[str]]) -> Array | None:
    """Of the column that says when the source was updated, or else when it was read."""
    columns = [i for i, name in enumerate(head) if INSTANT.match(name)]
    for i in sorted(columns, key=lambda i: (head[i] in RECEIVED, not UPDATED.search(head[i]))):
        try:
            return np.array([minute_of(row[i]) for row in body])
        except Unreadable:
            continue
    return None


def _minutes_in(name: str) -> float:
    if re.search(r"_s$|sec", name):
        return 1 / 60
    return 60.0 if re.search(r"_h$|hour", name) else 1.0


def _drop_stale(file: Path, head: list[str], minutes: Array, waits: Array) -> None:
    """Where a file of freshness lies beside, readings that only repeat an older one are taken out."""
    for other in sorted(file.parent.glob("*fresh*.csv*")):
        if re.sub("fresh", "", other.name) != re.sub("wait_min", "", file.name):
            continue
        rows = _rows(other)
        fresh = {minute_of(row[0]): row for row in rows[1:]}
        if rows[0] == head:
            for n, minute in enumerate(minutes):
                row = fresh.get(int(minute))
                if row is not None:
                    waits[n, [cell not in ("1", "1.0") for cell in row[1:]]] = np.nan


def minute_of(text: str) -> int:
    """Minutes since 1970-01-01; a time without an offset counts as if in UTC."""
    try:
        instant = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise Unreadable(f"{text!r} is not an instant") from error
    return int((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()) // 60


def _number(text: str) -> float:
    try:
        return float(text) if text else float("nan")
    except ValueError:
        return float("nan")
