"""What travellers tell on the page of a crossing: the form, how it is read, and how it counts once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from services.api.formats import json
from services.api.pages.asked import Fault
from services.api.pages.view import View
from services.core import observations
from services.core.crossings import Crossing, Direction, Mode
from services.core.observations import Bound, Kind, ObservationFields, Reported
from services.core.work import Work

KINDS = (Kind.WAIT, Kind.MOVING, Kind.NOT_MOVING)
"""What the buttons of the form say."""

WAITS = (5, 15, 30, 45, 60, 90, 120, 180, 240, 300, 360, 480, 600, 720, 1080, 1440, 2160, 2880, 4320)
"""Minutes between which one chooses; the last is meant with everything above it."""

AGO = (0, 60, 120, 240, 480, 960)
"""Minutes since one was through, to choose from."""

LONGEST_VISIT = 64

SAME_STORY = timedelta(minutes=10)
"""Where a browser runs no script, the same words of a contributor are the same story for so long."""


@dataclass(frozen=True, slots=True)
class Story:
    """The form as it was filled in; what of it cannot be taken; and what it says where all can."""

    written: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, Fault] = field(default_factory=dict)
    fields: ObservationFields | None = None

    @property
    def visit(self) -> str:
        """A word that a script on the page made up; empty where none did."""
        word = self.written.get("visit", "")
        return word if word.isascii() and word.isalnum() and len(word) <= LONGEST_VISIT else ""

    def refused(self, key: str) -> Story:
        """The same, which could not be taken as a whole."""
        return replace(self, faults={"form": Fault(key)})


UNTOLD = Story()


def heard(crossing: Crossing, posted: Mapping[str, str], now: datetime) -> Story:
    """What the form says of a crossing.

    A wait is that at both posts together, ended when one was through. Whether the queue moves is seen
    from within it, before the post of the country that one leaves.
    """
    direction, mode, kind, waited, ago = (
        posted.get(name, "") for name in ("direction", "mode", "kind", "waited", "ago")
    )
    is_wait = kind == Kind.WAIT
    found = {
        "direction": direction in list(Direction),
        "mode": mode in modes(crossing),
        "kind": kind in KINDS,
        "waited": not is_wait or waited in map(str, WAITS),
        "ago": not is_wait or (ago or "0") in map(str, AGO),
    }
    faults = {name: Fault(f"fault.{name}") for name, good in found.items() if not good}
    if faults:
        return Story(posted, faults)
    said: dict[str, Any] = {"side": Direction(direction).exit_side, "observed_at": now}
    if is_wait:
        bound = Bound.AT_LEAST if int(waited) == WAITS[-1] else None
        observed_at = now - timedelta(minutes=int(ago or "0"))
        said = {"observed_at": observed_at, "wait_minutes": float(waited), "bound": bound}
    fields = ObservationFields(
        crossing=crossing.code, direction=Direction(direction), mode=Mode(mode), kind=Kind(kind), **said
    )
    return Story(posted, fields=fields)


def modes(crossing: Crossing) -> Sequence[Mode]:
    """With what people come who can tell of it."""
    return tuple(dict.fromkeys(mode for _, mode in json.lanes(crossing)))


def tell(work: Work, contributor: str, story: Story, known: Iterable[Reported]) -> bool:
    """Record it, and say whether it is new. `known` are reports of the last day. Raises TooMany.

    Who taps twice or sends again says the same on the same visit, which counts once. Where no script made
    up a word for the visit, the same words of a contributor count once within `SAME_STORY`.
    """
    assert story.fields is not None, "only what could be taken is told"
    if not story.visit and _told_lately(contributor, story.fields, known):
        return False
    visit = story.visit or str(work.now.timestamp() // SAME_STORY.total_seconds())
    said = (visit, story.written.get("ago", ""), _words(story.fields))
    key = sha256(" ".join(said).encode()).hexdigest()
    try:
        return not observations.tell(work, contributor, story.fields, idempotency_key=key).repeated
    except observations.KeyReused:  # the same words a moment later
        return False


def _told_lately(contributor: str, fields: ObservationFields, known: Iterable[Reported]) -> bool:
    return any(
        one.source == f"traveller:{contributor}"
        and abs(one.fields.observed_at - fields.observed_at) < SAME_STORY
        and _words(one.fields) == _words(fields)
        for one in known
    )


def _words(fields: ObservationFields) -> str:
    """What was said, whenever it was."""
    return fields.model_dump_json(exclude={"observed_at"})


def thanks(view: View, fields: ObservationFields, *, anew: bool) -> str:
    """Where somebody is sent who has told: the page of the crossing, for the lane that they told of."""
    page = f"/crossings/{quote(fields.crossing)}"
    query = view.asked.query(mode=fields.mode, direction=fields.direction, at=None)
    return f"{page}{query}&told={'1' if anew else 'again'}#tell"


def form(view: View, crossing: Crossing, story: Story) -> dict[str, Any] | None:
    """The form as it is shown, and the word of thanks to who comes back from it; not beside another hour."""
    if view.asked.at and not story.faults:
        return None
    offered, traveller, told = modes(crossing), view.asked.traveller, view.asked.written.get("told", "")
    own = traveller.mode if traveller.mode in offered else offered[0]
    return {
        "action": f"{view.asked.query(at=None)}#tell",
        "story": story,
        "thanks": {"1": "tell.thanks", "again": "tell.thanks.again"}.get(told) if not story.faults else None,
        "modes": offered,
        "mode": story.written.get("mode", own),
        "direction": story.written.get("direction", traveller.direction),
        "waits": [(minutes, _waited(view, minutes)) for minutes in WAITS],
        "ago": [(minutes, _ago(view, minutes)) for minutes in AGO],
    }


def _waited(view: View, minutes: int) -> str:
    span = view.telling.span
    if minutes == WAITS[0]:
        return view.words("tell.waited.least", span=span(2 * minutes))
    return view.words("tell.waited.most", span=span(minutes)) if minutes == WAITS[-1] else span(minutes)


def _ago(view: View, minutes: int) -> str:
    key = "tell.ago.some" if minutes else "tell.ago.now"
    return view.words(key, span=view.telling.span(minutes))
