"""Files that somebody has kept: what they are, and what they prove. No database is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from services.core import notices
from services.core.notices import Audit, Findings, Shown, SignedNotice
from services.core.signing import Heartbeat, KeySet

_LINES: TypeAdapter[list[Shown]] = TypeAdapter(list[Shown])


class Unreadable(ValueError):
    """A file that is none of what can be checked, in words."""


@dataclass(slots=True)
class Evidence:
    lines: list[Shown] | None = None
    notices: list[SignedNotice] = field(default_factory=list)
    keys: list[KeySet] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """Sentences on what is genuine, on what is not, and on what the files cannot tell."""

    genuine: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(files: Sequence[Path]) -> Evidence:
    """Raises Unreadable."""
    found = Evidence()
    for file in files:
        try:
            _sort(_parsed(file), found)
        except notices.UNREADABLE as error:
            raise Unreadable(f"{file}: {_in_a_line(error)}") from None
    return found


def read_keys(file: Path) -> KeySet:
    """Raises Unreadable."""
    try:
        return KeySet.model_validate_json(json.dumps(_only(_parsed(file))), strict=True)
    except notices.UNREADABLE as error:
        raise Unreadable(f"{file}: {_in_a_line(error)}") from None


def read_heartbeat(file: Path) -> Heartbeat:
    """Raises Unreadable."""
    try:
        return Heartbeat.model_validate_json(json.dumps(_only(_parsed(file))), strict=True)
    except notices.UNREADABLE as error:
        raise Unreadable(f"{file}: {_in_a_line(error)}") from None


def examine(
    found: Evidence,
    pinned: KeySet | None = None,
    heartbeat: Heartbeat | None = None,
    noted: tuple[int, str] | None = None,
) -> Report:
    """Hold everything against everything else."""
    report, audit = Report(), Audit(pinned)
    head = heartbeat.ledger.noted if heartbeat else noted
    if found.lines is not None:
        _tell_log(report, audit.log(found.lines, noted=head), noted=head)
        if heartbeat is None and noted is None:
            report.remarks.append("no head was given: a log that was cut short would not show it")
    for one in found.notices:
        _tell_notice(report, one, audit.notice(one), in_log=found.lines is not None)
    if heartbeat is not None:
        if faults := audit.heartbeat(heartbeat, found.notices):
            report.faults += faults
        else:
            report.genuine.append(f"heartbeat of {heartbeat.at}")
    for served in found.keys:
        report.faults += audit.keys(served)
    source = "pinned by --keys" if pinned else "the files' own, which prove only that they belong together"
    report.remarks.append(f"the keys were {source}")
    return report


def _tell_log(report: Report, found: Findings, *, noted: tuple[int, str] | None) -> None:
    _tell(report, found)
    if not found.faults:
        held = f", and has entry {noted[0]} as it was noted" if noted else ""
        report.genuine.append(
            f"log: {found.head[0]} entries, unbroken from the first to {found.head[0]}:{found.head[1]}{held}"
            f"; {_counted(found)}"
        )


def _tell_notice(report: Report, notice: SignedNotice, found: Findings, *, in_log: bool) -> None:
    _tell(report, found)
    if not found.faults:
        where = "; the log has all of it" if in_log else ""
        report.genuine.append(f"notice {notice.notice}: {_counted(found)}{where}")


def _tell(report: Report, found: Findings) -> None:
    report.faults += found.faults
    for line in found.withheld:
        again = "" if line.withheld_until > _now() else ": fetch it again"
        report.remarks.append(f"entry {line.seq} was withheld until {line.withheld_until}{again}")


def _counted(found: Findings) -> str:
    by_device = f", {found.by_device} of them by their author's own device too" if found.by_device else ""
    before = f", {found.unsigned} from before it had a key" if found.unsigned else ""
    return f"{found.signed} revisions signed by the service{by_device}{before}"


def _parsed(file: Path) -> list[Any]:
    """One JSON text, or one on each line. A name that comes twice in an object is refused: readers differ on
    which of the two counts."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(error.strerror) from None
    try:
        return [_json(text)]
    except json.JSONDecodeError:
        return [_json(line) for line in text.splitlines() if line.strip()]


def _json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_once_each)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice in an object")
    return found


def _only(parsed: list[Any]) -> Any:
    if len(parsed) != 1:
        raise ValueError("must be one JSON text")
    return parsed[0]


def _sort(parsed: list[Any], found: Evidence) -> None:
    if not parsed:
        raise ValueError("is empty")
    first = parsed[0]
    if len(parsed) == 1 and isinstance(first, dict) and "revisions" in first:
        found.notices.append(SignedNotice.model_validate_json(json.dumps(first), strict=True))
    elif len(parsed) == 1 and isinstance(first, dict) and "keys" in first:
        found.keys.append(KeySet.model_validate_json(json.dumps(first), strict=True))
    else:
        lines = json.dumps([line for part in parsed for line in _lines(part)])
        found.lines = [*(found.lines or ()), *_LINES.validate_json(lines, strict=True)]


def _lines(part: Any) -> Iterator[Any]:
    """A line by itself, a list of them, or a page of the API."""
    if isinstance(part, dict) and "items" in part:
        yield from part["items"]
    elif isinstance(part, list):
        yield from part
    elif isinstance(part, dict):
        yield part
    else:
        raise ValueError("is neither a log nor a signed notice")


def _in_a_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
