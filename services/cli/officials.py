"""Letting officials in."""

from typing import Annotated

import typer

from services.cli.edge import opened, refused
from services.core import access, crossings
from services.core.access import Right, Role
from services.core.crossings import Side

official = typer.Typer(help="Officials who may post notices.", no_args_is_help=True)
key = typer.Typer(help="The keys by which officials are known.", no_args_is_help=True)


@official.command("add")
def add(
    name: Annotated[str, typer.Argument(help="As the ledger will name them; unique.")],
    country: Annotated[Side, typer.Option(help="The side they speak for.")],
    authority: Annotated[str, typer.Option(help="The office, as travellers know it.")] = "",
    crossing: Annotated[
        list[str] | None, typer.Option(help="A crossing's code; repeat for several. None: all crossings.")
    ] = None,
    role: Annotated[
        list[Role] | None, typer.Option(help="What they may do; repeat for several. None: write and approve.")
    ] = None,
) -> None:
    """Let an official in and print their first key. It is shown once; only its hash is kept.

    The key has every right of theirs that a key may have.
    """
    with opened() as edge, edge.work() as work:
        unknown = set(crossing or []) - crossings.known_codes(work.session)
        if unknown:
            raise refused(f"--crossing: no crossing is called {', '.join(sorted(unknown))}")
        access.add_official(
            work,
            name=name,
            authority=authority or name,
            country=country,
            crossings=crossing or [],
            roles=role or (Role.AUTHOR, Role.APPROVER),
        )
        written = access.issue_key(work, name)
    typer.echo(str(written))


@official.command("disable")
def disable(name: Annotated[str, typer.Argument(help="The official's name.")]) -> None:
    """Nothing that they hold opens anything from now on. What they announced stays announced."""
    with opened() as edge, edge.work() as work:
        access.disable(work, name)


@key.command("new")
def new(
    name: Annotated[str, typer.Argument(help="The official's name.")],
    scope: Annotated[
        list[Right] | None, typer.Option(help="A right of the key; repeat for several. None: all of theirs.")
    ] = None,
) -> None:
    """Print another key for an official. The ones before stay valid until they are revoked or expire."""
    with opened() as edge, edge.work() as work:
        written = access.issue_key(work, name, scope)
    typer.echo(str(written))


@key.command("revoke")
def revoke(key_id: Annotated[str, typer.Argument(help="The part after `otkel_`, eight characters.")]) -> None:
    """Make a key worthless at once."""
    with opened() as edge, edge.work() as work:
        access.revoke_key(work, key_id)
