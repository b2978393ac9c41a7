"""What a notice goes through, from the first word of a draft to its end."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from services.core.errors import Conflict


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    """It waits for a second person."""
    DISCARDED = "discarded"
    PUBLISHED = "published"
    AMENDED = "amended"
    WITHDRAWN = "withdrawn"
    """It should not have been said, or no longer holds: its effects end at that instant."""
    ENDED = "ended"
    """What it announced is over, by the word of an official."""


class Step(StrEnum):
    SUBMIT = "submit"
    RETURN = "return"
    DISCARD = "discard"
    PUBLISH = "publish"
    AMEND = "amend"
    WITHDRAW = "withdraw"
    END = "end"


TRANSITIONS: Mapping[tuple[State, Step], State] = {
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Step.PUBLISH): State.PUBLISHED,
    (State.DRAFT, Step.DISCARD): State.DISCARDED,
    (State.SUBMITTED, Step.PUBLISH): State.PUBLISHED,
    (State.SUBMITTED, Step.RETURN): State.DRAFT,
    (State.SUBMITTED, Step.DISCARD): State.DISCARDED,
    (State.PUBLISHED, Step.AMEND): State.AMENDED,
    (State.PUBLISHED, Step.WITHDRAW): State.WITHDRAWN,
    (State.PUBLISHED, Step.END): State.ENDED,
    (State.AMENDED, Step.AMEND): State.AMENDED,
    (State.AMENDED, Step.WITHDRAW): State.WITHDRAWN,
    (State.AMENDED, Step.END): State.ENDED,
}
"""Everything else is refused."""


def after(state: State, step: Step) -> State:
    """Raises Conflict."""
    if (state, step) not in TRANSITIONS:
        raise Conflict(f"what is {state} cannot be {PARTICIPLES[step]}")
    return TRANSITIONS[state, step]


PARTICIPLES: Mapping[Step, str] = {
    Step.SUBMIT: "submitted",
    Step.RETURN: "returned",
    Step.DISCARD: "discarded",
    Step.PUBLISH: "published",
    Step.AMEND: "amended",
    Step.WITHDRAW: "withdrawn",
    Step.END: "ended",
}
