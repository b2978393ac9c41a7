"""Checking the ledger from outside."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from services.cli import evidence
from services.cli.edge import opened, refused
from services.core import crossings, ledger, notices, observations, signing
from services.core.ledger import Verdict
from services.core.notices import UNREADABLE, Audit
from services.core.signing import Heartbeat, KeySet
from services.core.spans import DISTANT_FUTURE

RECORDED = (crossings, notices, observations, signing)
"""What the ledger vouches for."""

HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


def verify(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="A log, signed notices or both, as the API gives them. None: the database."),
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(help="otkel-keys.json kept from earlier: whom signatures must be by.")
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(help="`SEQ:HASH` or a heartbeat's file, from earlier: finds out a ledger cut short."),
    ] = None,
) -> None:
    """Check that no entry of the ledger, and nothing that it vouches for, was changed, removed or put in
    afterwards; files need no database, and end with 2 where anything is wrong."""
    try:
        heartbeat, noted, pinned = _given(keys, head)
        if files:
            _tell(evidence.examine(evidence.read(files), pinned, heartbeat, noted))
            return
    except evidence.Unreadable as error:
        typer.echo(f"otkel: cannot be read: {error}", err=True)
        raise typer.Exit(2) from None
    with opened() as edge, edge.reading() as session:
        found = examined(session, noted, pinned, heartbeat)
    if found.fault:
        raise refused(f"the ledger is not what it was: {found.fault}")
    typer.echo(f"{found.entries} entries, unbroken. Head: {found.entries}:{found.head}")


def examined(
    session: Session,
    noted: tuple[int, str] | None = None,
    pinned: KeySet | None = None,
    heartbeat: Heartbeat | None = None,
) -> Verdict:
    """The ledger, everything recorded held against it, and every signature."""
    try:
        found = ledger.verify(ledger.entries(session), head=noted)
        faults = (found.fault or slice_.first_forged(session) for slice_ in RECORDED)
        fault = next(filter(None, faults), None) or _signatures(session, pinned, heartbeat)
        return replace(found, fault=fault)
    except UNREADABLE as error:  # nothing that we write is unreadable
        return Verdict(0, ledger.GENESIS, f"a record cannot be read: {str(error).splitlines()[0]}")


def _signatures(session: Session, pinned: KeySet | None, heartbeat: Heartbeat | None) -> str | None:
    audit = Audit(pinned)
    found = audit.log(notices.log(session, now=DISTANT_FUTURE))
    faults = [*found.faults, *(audit.heartbeat(heartbeat) if heartbeat else ())]
    return faults[0] if faults else None


def _tell(report: evidence.Report) -> None:
    for sentence in report.genuine:
        typer.echo(f"genuine: {sentence}")
    for sentence in report.faults:
        typer.echo(f"FALSE: {sentence}")
    for sentence in report.remarks:
        typer.echo(f"note: {sentence}")
    if report.faults:
        raise typer.Exit(2)


def _given(
    keys: Path | None, head: str | None
) -> tuple[Heartbeat | None, tuple[int, str] | None, KeySet | None]:
    """A heartbeat, the head that was noted, and the keys that are pinned."""
    pinned = evidence.read_keys(keys) if keys else None
    if head is None:
        return None, None, pinned
    if written := HEAD.fullmatch(head):
        return None, (int(written[1]), written[2]), pinned
    if not Path(head).is_file():
        raise refused("--head: must be `SEQ:HASH` as `otkel verify` prints it, or a heartbeat's file")
    heartbeat = evidence.read_heartbeat(Path(head))
    return heartbeat, heartbeat.ledger.noted, pinned
