"""Keeping what a run has left to the next one."""

from __future__ import annotations

from services.core import advisories
from services.core.advisories import Checkpoint, Memory
from services.core.alternatives.advising import Advice
from services.core.work import Work


def remember(work: Work, advice: Advice) -> None:
    """Keep the states and the memory of a run; what others have kept who knew more stays."""
    run = advice.run
    for at, state in advice.states.items():
        made = Checkpoint(
            component=run.component,
            at=at,
            ledger_seq=run.ledger_seq,
            engine=run.engine,
            state=advisories.packed(state),
        )
        advisories.keep_checkpoint(work, made)
    if advice.memory is not None:
        advisories.keep_memory(
            work,
            Memory(
                component=run.component,
                ledger_seq=run.ledger_seq,
                engine=run.engine,
                state=advisories.packed(advice.memory),
            ),
        )
