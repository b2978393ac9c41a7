"""What the linter has to say of a notice before it is published."""

from __future__ import annotations

from enum import StrEnum

from services.core.text import Record


class Severity(StrEnum):
    STOP = "stop"
    """It can never be right: publishing refuses it."""
    WARN = "warn"
    """Real notices have been like this, and travellers stood before shut posts for it."""
    NOTE = "note"
    """Worth a second look."""


class Finding(Record):
    """`code` is stable and made for machines, `message` is for the official. `field` is a dotted path into
    the notice, such as `effects.0.window.end`; `about` names what it is about: codes of crossings, modes,
    dates, or references of other notices."""

    code: str
    severity: Severity
    field: str
    message: str
    about: tuple[str, ...] = ()


def stop(code: str, field: str, message: str, *about: str) -> Finding:
    return Finding(code=code, severity=Severity.STOP, field=field, message=message, about=about)


def warn(code: str, field: str, message: str, *about: str) -> Finding:
    return Finding(code=code, severity=Severity.WARN, field=field, message=message, about=about)


def note(code: str, field: str, message: str, *about: str) -> Finding:
    return Finding(code=code, severity=Severity.NOTE, field=field, message=message, about=about)
