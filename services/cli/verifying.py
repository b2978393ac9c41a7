"""Checking the ledger from outside."""

import re
from dataclasses import replace
from typing import Annotated

import typer
from sqlmodel import Session

from services.cli.edge import opened, refused
from services.core import crossings, ledger, notices, observations
from services.core.ledger import Verdict

RECORDED = (crossings, notices, observations)
"""What has a fingerprint in the ledger."""

HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


def verify(
    head: Annotated[
        str | None, typer.Option(help="`SEQ:HASH` noted earlier: finds out a ledger that was cut short.")
    ] = None,
) -> None:
    """Check that no entry of the ledger, and nothing that it vouches for, was changed, removed or put in
    afterwards."""
    noted = _noted(head)
    with opened() as edge, edge.reading() as session:
        found = examined(session, noted)
    if found.fault:
        raise refused(f"the ledger is not what it was: {found.fault}")
    typer.echo(f"{found.entries} entries, unbroken. Head: {found.entries}:{found.head}")


def examined(session: Session, noted: tuple[int, str] | None = None) -> Verdict:
    """The ledger, and everything recorded held against it."""
    try:
        found = ledger.verify(ledger.entries(session), head=noted)
        faults = (found.fault or slice_.first_forged(session) for slice_ in RECORDED)
        return replace(found, fault=next(filter(None, faults), None))
    except (ValueError, TypeError, KeyError) as error:  # nothing that we write is unreadable
        return Verdict(0, ledger.GENESIS, f"a record cannot be read: {str(error).splitlines()[0]}")


def _noted(head: str | None) -> tuple[int, str] | None:
    if head is None:
        return None
    if not (written := HEAD.fullmatch(head)):
        raise refused("--head: must be `SEQ:HASH` as `otkel verify` prints it")
    return int(written[1]), written[2]
