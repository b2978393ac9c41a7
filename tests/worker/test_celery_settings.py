"""Each setting keeps a fault short that was met, or that Celery documents; the reason stands beside it."""

import ast
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from services.core.database import ROOT
from services.core.settings import Settings
from services.worker.app import HARD_LIMIT_SECONDS, SOFT_LIMIT_SECONDS, create_app
from services.worker.relay import LEASE
from tests.processes import free_port

SETTINGS: dict[str, tuple[Any, str]] = {
    "task_publish_retry": (
        False,
        "the row in the outbox is the retry; a publisher that waits blocks the relay",
    ),
    "broker_connection_timeout": (1, "a broker that is away is given up after a second"),
    "broker_connection_retry_on_startup": (True, "a worker may start before its broker"),
    "broker_connection_max_retries": (None, "a worker waits for its broker for ever, not a hundred times"),
    "task_acks_late": (False, "a lost hint is given again by the lease; redelivery would only double it"),
    "task_reject_on_worker_lost": (None, "the same: redelivery is the relay's"),
    "worker_prefetch_multiplier": (1, "what a dying worker has prefetched is lost until the lease ends"),
    "task_ignore_result": (True, "results are rows"),
    "result_backend": (None, "results are rows"),
    "task_serializer": ("json", "nothing but JSON is ever unpacked"),
    "accept_content": (["json"], "nothing but JSON is ever unpacked, whoever has sent it"),
    "worker_enable_remote_control": (False, "nobody commands a worker through the broker"),
    "beat_schedule": ({}, "periodic work is promised in the database, once a period"),
    "task_always_eager": (False, "a hint is sent, not done by whoever sends it"),
    "task_soft_time_limit": (SOFT_LIMIT_SECONDS, "a computation that hangs is ended"),
    "task_time_limit": (HARD_LIMIT_SECONDS, "and killed if it does not end"),
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=None, redis_url=f"redis://127.0.0.1:{free_port()}/0")


@pytest.fixture
def app(settings: Settings) -> Celery:
    return create_app(settings)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_keeps_its_fault_short(app: Celery, name: str) -> None:
    wanted, reason = SETTINGS[name]
    assert app.conf[name] == wanted, reason


def test_a_worker_is_renewed_before_it_has_grown(app: Celery) -> None:
    assert app.conf.worker_max_tasks_per_child == 1000
    assert app.conf.worker_max_memory_per_child == 500_000  # kilobytes


def test_a_frozen_redis_is_given_up_after_seconds(app: Celery) -> None:
    options = app.conf.broker_transport_options
    assert options["socket_timeout"] <= 5
    assert options["socket_connect_timeout"] <= 1
    assert options["health_check_interval"] <= 5
    assert options["retry_on_timeout"] is False
    assert options["socket_keepalive"] is True


A_RETRY = 10.0
"""Seconds: far less than the tries of Celery's own would take, far more than a loaded machine does."""


def test_a_publisher_without_a_broker_fails_at_once(app: Celery) -> None:
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(OperationalError):
            app.send_task("outbox.fulfil", (1,), retry=False)
        assert time.monotonic() - began < A_RETRY


def test_without_redis_hints_are_files_that_are_looked_for_ten_times_a_second(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"redis_url": None}))
    assert app.conf.broker_url == "filesystem://localhost//"
    options = app.conf.broker_transport_options
    assert options["polling_interval"] == 0.1
    assert (
        options["data_folder_in"]
        == options["data_folder_out"]
        == str(settings.data_dir / "broker" / "messages")
    )


def test_a_lease_ends_long_before_a_task_that_hangs() -> None:
    assert timedelta(seconds=SOFT_LIMIT_SECONDS) > 2 * LEASE
    assert HARD_LIMIT_SECONDS > SOFT_LIMIT_SECONDS


def test_the_only_task_is_to_keep_a_promise(app: Celery) -> None:
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert ours == {"outbox.fulfil"}


SENDING = {"delay", "apply_async", "send_task", "signature", "retry"}


def test_only_the_relay_sends_tasks() -> None:
    """What is sent by anybody else is promised nowhere and lost with the broker."""
    sending = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "services").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SENDING
    }
    assert sending == {"services/worker/relay.py"}
