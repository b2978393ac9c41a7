"""Checking the ledger from outside."""

from typing import Annotated

import typer

from services.cli.edge import opened, refused
from services.core import ledger, notices


def verify(
    head: Annotated[
        str | None, typer.Option(help="`SEQ:HASH` noted earlier: finds out a ledger that was cut short.")
    ] = None,
) -> None:
    """Check that no entry of the ledger, and no notice, was changed, removed or put in afterwards."""
    noted = _noted(head)
    with opened() as edge, edge.reading() as session:
        found = ledger.verify(ledger.entries(session), head=noted)
        fault = found.fault or notices.first_forged(session)
    if fault:
        raise refused(f"the ledger is not what it was: {fault}")
    typer.echo(f"{found.entries} entries, unbroken. Head: {found.entries}:{found.head}")


def _noted(head: str | None) -> tuple[int, str] | None:
    if head is None:
        return None
    seq, _, digest = head.partition(":")
    if not seq.isdigit() or len(digest) != 64:
        raise refused("--head: must be `SEQ:HASH` as `otkel verify` prints it")
    return int(seq), digest
