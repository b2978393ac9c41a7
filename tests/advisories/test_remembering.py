"""What the engine knows survives its process, and newer knowledge is never replaced by older."""

from __future__ import annotations

import numpy as np
import pytest

from services.core import advisories
from services.core.advisories import Checkpoint, Memory
from services.core.work import Work
from tests.makers import DAY, NOON

ARRAYS = {
    "b": np.arange(6, dtype=np.float32).reshape(2, 3),
    "a": np.array([True, False]),
    "Jo‘l": np.array(["x"]),
}


def a_checkpoint(days: int = 0, seq: int = 5, engine: str = "2", state: bytes = b"x") -> Checkpoint:
    return Checkpoint(component="alfa", at=NOON + days * DAY, ledger_seq=seq, engine=engine, state=state)


def test_arrays_come_back_as_they_were_and_the_same_arrays_are_the_same_bytes() -> None:
    state = advisories.packed(ARRAYS)
    assert state == advisories.packed(dict(reversed(ARRAYS.items())))
    back = advisories.unpacked(state)
    assert set(back) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert back[name].dtype == array.dtype
        assert np.array_equal(back[name], array)


def test_checkpoints_come_newest_first_and_only_those_of_the_same_engine(work: Work) -> None:
    for made in (a_checkpoint(0), a_checkpoint(2), a_checkpoint(1, engine="1")):
        advisories.keep_checkpoint(work, made)
    found = advisories.checkpoints(work.session, "alfa", "2")
    assert [(one.at - NOON) // DAY for one in found] == [2, 0]
    assert list(advisories.checkpoints(work.session, "bravo", "2")) == []


@pytest.mark.parametrize(
    ("seq", "engine", "kept"), [(6, "2", b"new"), (5, "2", b"new"), (4, "2", b"x"), (4, "3", b"new")]
)
def test_a_checkpoint_is_replaced_unless_it_knew_more_or_is_of_another_engine(
    work: Work, seq: int, engine: str, kept: bytes
) -> None:
    advisories.keep_checkpoint(work, a_checkpoint())
    advisories.keep_checkpoint(work, a_checkpoint(seq=seq, engine=engine, state=b"new"))
    work.session.expire_all()
    row = work.session.get_one(Checkpoint, ("alfa", NOON))
    assert row.state == kept


def test_memory_is_one_row_and_never_goes_back(work: Work) -> None:
    for seq, state in ((3, b"3"), (5, b"5"), (4, b"4")):
        made = Memory(component="alfa", ledger_seq=seq, engine="2", state=state)
        advisories.keep_memory(work, made)
    work.session.expire_all()
    found = advisories.memory(work.session, "alfa", "2")
    assert found is not None
    assert (found.ledger_seq, found.state) == (5, b"5")
    assert advisories.memory(work.session, "alfa", "1") is None


def test_old_checkpoints_are_forgotten(work: Work) -> None:
    for days in range(3):
        advisories.keep_checkpoint(work, a_checkpoint(days))
    advisories.forget_checkpoints(work, before=NOON + DAY)
    assert len(advisories.checkpoints(work.session, "alfa", "2")) == 2
