"""The one task: keep a promise. What that means stands in the row, not in the message."""

from functools import cache

from celery import shared_task

from services.core.settings import Settings
from services.core.work import Edge
from services.worker.fulfilment import fulfil


@cache
def edge() -> Edge:
    """One for each worker process, opened after the fork."""
    return Edge.to(Settings().database)


@shared_task(name="outbox.fulfil")
def fulfil_promise(promise_id: int) -> None:
    """Keep promise `promise_id`. Safe to run twice, late, or at the same time as somebody else."""
    fulfil(edge(), Settings(), promise_id, by="worker")
