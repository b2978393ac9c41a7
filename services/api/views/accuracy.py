"""How good past forecasts were, as it is shown to whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from services.api.answering import LONGEST, Asking
from services.api.questions import AccuracyAsked
from services.core.accuracy import MONTHS, Grade, fewest_targets, graded, recent
from services.core.errors import Invalid

EXPLAINED: Mapping[str, str] = {
    "forecast": "P10, P50 and P90 of the wait, as they were published `horizon_hours` before the target",
    "targets": "waits that officials and travellers reported, each compared once at every horizon",
    "truck-booked": "a mode of its own: the wait from booking until called, at the instant at which whoever "
    "booked was told it; never among the waits at the posts",
    "mean_absolute_error_minutes": "mean |observed - P50|; under `against` that of the naive forecast, and "
    "as `ours_minutes` ours on the same targets",
    "skill": "1 - ours / theirs: above 0 our forecast was nearer, below 0 the naive one",
    "persistence": "the last wait known when the forecast was published",
    "last_week": "the wait a week before the target, within half an hour",
    "usual": "the median of the waits known then at that hour of the week, over twelve weeks",
}


def explained() -> Mapping[str, str]:
    """What the fields of an answer mean, in the answer itself."""
    window = f"the last {MONTHS} months; figures of fewer than {fewest_targets()} targets are null"
    return {**EXPLAINED, "window": window}


def chosen(asking: Asking, asked: AccuracyAsked) -> Sequence[Grade]:
    """The grades asked for: by mode and horizon, of one crossing by lane. Raises Invalid."""
    if asked.crossing is not None and asked.crossing not in asking.board.catalogue:
        raise Invalid(f"no crossing is called {asked.crossing!r}", field="crossing")
    tallies = recent(asking.board.inputs.tallies, asking.now.astimezone(UTC).date())
    apart = asked.crossing is not None
    return graded(
        filter(asked.chooses, tallies), by_crossing=apart, by_direction=apart or asked.direction is not None
    )


def note(asking: Asking, grades: Sequence[Grade]) -> str | None:
    """Why there is nothing to see."""
    if grades:
        return None
    if not asking.board.inputs.tallies:
        return "nobody has reported a wait yet that a forecast could be compared with"
    return f"in the last {MONTHS} months nobody has reported such a wait that was forecast"


def holds_until(asking: Asking) -> datetime:
    """Until the board moves or a month leaves the window."""
    month = asking.now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    next_month = (month + timedelta(days=32)).replace(day=1)
    return min(asking.within(LONGEST), next_month)
