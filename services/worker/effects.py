"""What each kind of promise means.

An effect is prepared first, which may take seconds and holds no transaction, and recorded afterwards in
the transaction that also marks the promise as kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.worker.tasks import advisories, housekeeping, roads
from services.worker.tasks.kinds import Prepare


@dataclass(frozen=True, slots=True)
class Effect:
    """`covers_all`: doing it once keeps every promise of this kind that was made before it began."""

    prepare: Prepare
    covers_all: bool = False


EFFECTS: Mapping[str, Effect] = {
    "advisories.recompute": Effect(advisories.recompute, covers_all=True),
    "roads.ask": Effect(roads.ask, covers_all=True),
    "outbox.tidy": Effect(housekeeping.tidy, covers_all=True),
    "worker.beat": Effect(housekeeping.beat, covers_all=True),
}
