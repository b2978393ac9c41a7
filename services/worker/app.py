"""The Celery application.

Celery carries hints, never promises: a hint says "row n of the outbox is due", and if it is lost the
relay gives another. So nothing here tries to make the broker reliable; every setting keeps a fault short.
"""

from __future__ import annotations

from typing import Any

from celery import Celery

from services.core import congestion
from services.core.settings import Settings

SOFT_LIMIT_SECONDS = 60
HARD_LIMIT_SECONDS = 90


def create_app(settings: Settings | None = None) -> Celery:
    settings = settings or Settings()
    congestion.assume(congestion.Assumptions.read(settings.assumptions_dir))
    app = Celery("otkel", include=["services.worker.tasks.outbox"])
    app.conf.update(
        broker_url=settings.redis_url or "filesystem://localhost//",
        broker_transport_options=_redis() if settings.redis_url else _files(settings),
        # A publisher without a broker gives up at once: the relay tries again, and then does it itself.
        task_publish_retry=False,
        broker_connection_timeout=1,
        # A worker without a broker waits for it, however long that takes.
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # Losing a hint costs a lease of seconds; redelivering one costs duplicates. So: acknowledge early.
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        # Results are rows, not messages.
        task_ignore_result=True,
        result_backend=None,
        # Nothing but JSON is ever unpacked.
        task_serializer="json",
        accept_content=["json"],
        task_soft_time_limit=SOFT_LIMIT_SECONDS,
        task_time_limit=HARD_LIMIT_SECONDS,
        worker_max_tasks_per_child=1000,
        worker_max_memory_per_child=500_000,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        task_default_queue="otkel",
    )
    return app


def _redis() -> dict[str, Any]:
    """A frozen Redis is given up after seconds, not after a minute."""
    return {
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        "socket_keepalive": True,
        "health_check_interval": 5,
        "retry_on_timeout": False,
        "max_retries": 0,  # of kombu's own before it publishes: it would sleep two seconds first
    }


def _files(settings: Settings) -> dict[str, Any]:
    """Messages as files in the data directory. The default of looking once a second would be slow."""
    folder = settings.data_dir / "broker"
    for name in ("messages", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.1,
    }


app = create_app()
