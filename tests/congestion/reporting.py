"""Reports to test with: a count of the exit post unless a test says otherwise."""

from typing import Any

from services.core.congestion.evidence import Evidence
from services.core.congestion.sources import FigureKind, Sources

SOURCES = Sources.read()


def figure(value: float, step: int, kind: str = "official-count", **changes: Any) -> Evidence:
    """A figure as the registry takes one that was rounded."""
    entry = SOURCES.figures[kind]
    low, high = entry.interval(value)
    return between(low, high, step, kind, **changes)


def between(low: float, high: float, step: int, kind: str = "official-count", **changes: Any) -> Evidence:
    entry: FigureKind = SOURCES.figures[kind]
    fields: dict[str, Any] = {"lane": 0, "key": f"{kind} at {step}", "source": "post", "stage": 0} | changes
    return Evidence(step=step, kind=entry, low=low, high=high, **fields)


def signal(kind: str, step: int, **changes: Any) -> Evidence:
    fields: dict[str, Any] = {"lane": 0, "key": f"{kind} at {step}", "source": "post"} | changes
    return Evidence(step=step, kind=SOURCES.signals[kind], **fields)
