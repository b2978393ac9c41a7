"""The two halves of an effect."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from services.core.outbox import Promise
from services.core.settings import Settings
from services.core.work import Edge, Work

Record: TypeAlias = Callable[[Work], None]
"""Writes what was prepared, in the transaction that marks the promise as kept."""

Prepare: TypeAlias = Callable[[Edge, Settings, datetime, Sequence[Promise]], Record]
"""Reads and computes what keeps these promises, without holding a transaction."""
