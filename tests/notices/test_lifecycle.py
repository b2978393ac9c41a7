from __future__ import annotations

from itertools import product

import pytest

from services.core.errors import Conflict
from services.core.notices.lifecycle import TRANSITIONS, State, Step, after

ALLOWED = {
    State.DRAFT: {Step.SUBMIT, Step.PUBLISH, Step.DISCARD},
    State.SUBMITTED: {Step.PUBLISH, Step.RETURN, Step.DISCARD},
    State.PUBLISHED: {Step.AMEND, Step.WITHDRAW, Step.END},
    State.AMENDED: {Step.AMEND, Step.WITHDRAW, Step.END},
}


@pytest.mark.parametrize(("state", "step"), list(product(State, Step)))
def test_a_notice_takes_these_steps_and_no_others(state: State, step: Step) -> None:
    if step in ALLOWED.get(state, ()):
        assert after(state, step) is TRANSITIONS[state, step]
        return
    with pytest.raises(Conflict, match=f"what is {state} cannot be "):
        after(state, step)


def test_nothing_follows_an_end() -> None:
    last = {state for state in State if not any(begin is state for begin, _ in TRANSITIONS)}
    assert last == {State.DISCARDED, State.WITHDRAWN, State.ENDED}
