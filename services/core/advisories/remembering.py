"""Keeping what the engine knows between two runs, so that a fresh process goes on where another stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete
from sqlmodel import Session, col, select

from services.core.advisories.tables import Checkpoint, Memory
from services.core.database import insert_into
from services.core.work import Work


def packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Named arrays as bytes; the same arrays give the same bytes."""
    file = BytesIO()
    np.savez_compressed(file, allow_pickle=False, **{name: arrays[name] for name in sorted(arrays)})
    return file.getvalue()


def unpacked(state: bytes) -> dict[str, NDArray[Any]]:
    with np.load(BytesIO(state), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def checkpoints(session: Session, component: str, engine: str) -> Sequence[Checkpoint]:
    """Those that this engine can go on from, newest first."""
    return session.exec(
        select(Checkpoint)
        .where(Checkpoint.component == component, Checkpoint.engine == engine)
        .order_by(col(Checkpoint.at).desc())
    ).all()


def memory(session: Session, component: str, engine: str) -> Memory | None:
    return session.exec(select(Memory).where(Memory.component == component, Memory.engine == engine)).first()


def keep_checkpoint(work: Work, made: Checkpoint) -> None:
    """Put it in the place of one of the same instant, unless that knew more."""
    _put(work, Checkpoint, made, ["component", "at"])


def keep_memory(work: Work, made: Memory) -> None:
    """Put it in the place of the one before, unless that knew more."""
    _put(work, Memory, made, ["component"])


def forget_checkpoints(work: Work, *, before: datetime) -> None:
    work.session.connection().execute(delete(Checkpoint).where(col(Checkpoint.at) < before))


def _put(
    work: Work, table: type[Checkpoint] | type[Memory], made: Checkpoint | Memory, key: Sequence[str]
) -> None:
    connection, values = work.session.connection(), made.model_dump()
    insert = insert_into(connection, table).values(**values)
    changed = {name: value for name, value in values.items() if name not in key}
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=key,
            set_=changed,
            where=(col(table.ledger_seq) <= made.ledger_seq) | (col(table.engine) != made.engine),
        )
    )
