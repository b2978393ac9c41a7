"""What each kind of promise means.

An effect is prepared first, which may take seconds and holds no transaction, and recorded afterwards in
the transaction that also marks the promise as kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from services.worker.tasks import advisories, housekeeping, roads
from services.worker.tasks.kinds import Prepare


class Covers(Enum):
    """Which promises that were made before it began an effect keeps when it is done once."""

    KIND = auto()
    """All of its kind."""
    SAME = auto()
    """Those of its kind with the same payload."""


@dataclass(frozen=True, slots=True)
class Effect:
    prepare: Prepare
    covers: Covers = Covers.KIND


EFFECTS: Mapping[str, Effect] = {
    "advisories.recompute": Effect(advisories.recompute),
    "advisories.component": Effect(advisories.component, Covers.SAME),
    "roads.ask": Effect(roads.ask),
    "outbox.tidy": Effect(housekeeping.tidy),
    "worker.beat": Effect(housekeeping.beat),
}
