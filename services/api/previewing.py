"""Reckoning what a notice would do, for whoever asks: an official's program, or the console."""

from __future__ import annotations

import threading

from services.api.keeper import Current
from services.core import previews
from services.core.errors import Unavailable
from services.core.previews import Preview, Subject

ONE_AT_A_TIME = threading.BoundedSemaphore(1)
"""A preview reckons for some seconds, and a process has readers to answer meanwhile."""

PATIENCE_SECONDS = 3


def previewed(subject: Subject, current: Current) -> Preview:
    """Raises Unavailable where others ask at the same time."""
    if not ONE_AT_A_TIME.acquire(timeout=PATIENCE_SECONDS):
        raise Unavailable("others are previewing their notices: try again in a moment")
    try:
        return previews.preview(subject, current.roads)
    finally:
        ONE_AT_A_TIME.release()
