"""The keys by which the service signs."""

from pathlib import Path

import typer

from services.cli.edge import opened, settings
from services.core import signing as keys
from services.core.work import Edge

signing = typer.Typer(help="The service's own keys.", no_args_is_help=True)


def prepare(edge: Edge, folder: Path) -> None:
    """Have a key to sign with, in the folder: made if there never was one."""
    with edge.work() as work:
        keys.prepare(work, keys.Keyring(folder))


@signing.command("new")
def new() -> None:
    """Make a key that signs from now on. The one before stays live, those before it are retired."""
    keyring = keys.Keyring(settings().keys_folder)
    with opened() as edge, edge.work() as work:
        made, retired = keys.rotate(work, keyring)
    for key in retired:
        keyring.destroy(key)
    typer.echo(f"{made} signs from now on; its file is in {keyring.folder}")
    for key in retired:
        typer.echo(f"{key} is retired; what it signed stays verifiable")


@signing.command("list")
def listed() -> None:
    """The keys, newest first: id, state, and whether the file is here."""
    keyring = keys.Keyring(settings().keys_folder)
    with opened() as edge, edge.reading() as session:
        known = keys.keys(session)
    for row in known:
        state = f"retired {row.retired_at:%Y-%m-%d}" if row.retired_at else "live"
        here = "here" if keyring.holds([row.id]) else "not here"
        typer.echo(f"{row.id}  published {row.published_at:%Y-%m-%d}  {state}  {here}")
