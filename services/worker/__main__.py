"""`python -m services.worker relay` or `python -m services.worker worker POOL CONCURRENCY`."""

import logging
import signal
import sys
import threading
import warnings

from celery.exceptions import SecurityWarning

from services.core.settings import Settings
from services.core.work import Edge
from services.worker.app import create_app
from services.worker.relay import Relay


def relay() -> None:
    """Hand out promises that are due, and keep those that nobody else keeps, until told to stop."""
    logging.basicConfig(level=logging.WARNING, format="relay: %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings = Settings()
    edge = Edge.to(settings.database)
    Relay(edge, settings, create_app(settings)).run(stop)
    edge.close()


def worker(pool: str, concurrency: str) -> None:
    """A Celery worker. Told to stop, it finishes what it has begun; the rest the relay hints again."""
    warnings.filterwarnings("ignore", category=SecurityWarning)  # nothing but JSON is ever unpacked
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING")
    create_app().worker_main(["--quiet", "worker", f"--pool={pool}", f"--concurrency={concurrency}", *quiet])


if __name__ == "__main__":
    kind, *rest = sys.argv[1:]
    if kind == "relay":
        relay()
    else:
        worker(*rest)
