"""The page that says how good the forecasts have been, mode by mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from services.api.pages import gauges
from services.api.pages.view import View
from services.core.accuracy import (
    PROMISED,
    YARDSTICKS,
    Comparison,
    Grade,
    Queue,
    fewest_targets,
    graded,
    recent,
)
from services.core.advisories import scored_hours
from services.core.crossings import Mode


def grades(view: View) -> tuple[dict[str, Any], datetime]:
    """How good the forecasts of every mode were, all crossings together."""
    tallies = recent(view.asking.board.inputs.tallies, view.asking.now.astimezone(UTC).date())
    return {
        **view.common("/accuracy", "/v1/accuracy"),
        "yardsticks": YARDSTICKS,
        "promised": _percent(PROMISED),
        "fewest": fewest_targets(),
        "gauge": gauges.FRAME,
        "ahead": {hours: _ahead(view, hours) for hours in scored_hours()},
        "graded": [_of(view, mode, list(those)) for mode, those in groupby(graded(tallies), key=_mode)],
    }, view.until(())


def _mode(grade: Grade) -> Mode | Queue:
    return grade.mode


def _of(view: View, mode: Mode | Queue, those: Sequence[Grade]) -> dict[str, Any]:
    """One mode: how much was compared, two charts of what is known well enough, and every figure."""
    known = [one for one in those if one.enough]
    return {
        "mode": mode,
        "icon": Mode.TRUCK if mode is Queue.BOOKED_TRUCKS else mode,
        "since": view.telling.month(min(one.sums.month for one in those)),
        "targets": max(one.sums.targets for one in those),
        "summary": tuple(_summary(view, known)),
        "coverage": gauges.coverage(known) if known else None,
        "skill": gauges.skill(known),
        "rows": [_row(view, one) for one in those],
    }


def _summary(view: View, known: Sequence[Grade]) -> Iterator[str]:
    """What the charts show, in sentences."""
    covered = sorted({_percent(one.coverage) for one in known if one.coverage is not None})
    if not covered:
        return
    key = "accuracy.covered" if len(covered) == 1 else "accuracy.covered.between"
    yield view.words(key, low=covered[0], high=covered[-1], promised=_percent(PROMISED))
    for key, one in (("accuracy.off", known[0]), ("accuracy.off.later", known[-1])):
        if one is known[0] or len(known) > 1:
            yield view.words(
                key, error=view.telling.span(one.error or 0), ahead=_ahead(view, one.horizon_hours)
            )


def _ahead(view: View, hours: int) -> str:
    return view.words("span.hours", hours=hours) if hours <= 24 else view.telling.span(hours * 60)


def _row(view: View, one: Grade) -> dict[str, Any]:
    shares = (one.coverage, one.below, one.above)
    return {
        "ahead": _ahead(view, one.horizon_hours),
        "targets": one.sums.targets,
        "shares": [view.words("percent", number=_percent(share)) for share in shares if share is not None],
        "error": view.telling.span(one.error) if one.error is not None else None,
        "against": [_compared(view, one.against(yardstick)) for yardstick in YARDSTICKS],
    }


def _compared(view: View, one: Comparison) -> str:
    """Our error and that of the naive forecast on the same waits."""
    if one.theirs is None or one.ours is None:
        return view.words("accuracy.few")
    return view.words(
        "accuracy.instead", ours=view.telling.span(one.ours), theirs=view.telling.span(one.theirs)
    )


def _percent(share: float) -> int:
    return round(100 * share)
