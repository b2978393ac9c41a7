"""Letting officials in."""

from typing import Annotated

import typer

from services.cli.edge import opened, refused, settings
from services.core import access, crossings
from services.core.access import Official, Right, Role
from services.core.crossings import Side
from services.core.work import Work

official = typer.Typer(help="Officials who may post notices.", no_args_is_help=True)
key = typer.Typer(help="The keys by which officials are known.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="As colleagues will read it; unique.")]
Authority = Annotated[str, typer.Option(help="The office, as travellers know it.")]
Crossings = Annotated[
    list[str] | None, typer.Option(help="A crossing's code; repeat for several. None: all crossings.")
]
Roles = Annotated[
    list[Role] | None, typer.Option(help="What they may do; repeat for several. None: write and approve.")
]


@official.command("add")
def add(
    name: Name,
    country: Annotated[Side, typer.Option(help="The side they speak for.")],
    authority: Authority = "",
    crossing: Crossings = None,
    role: Roles = None,
) -> None:
    """Let an official in and print their first key, for a machine. It is shown once; only its hash is kept.

    The key has every right of theirs that a key may have.
    """
    with opened() as edge, edge.work() as work:
        _let_in(work, name, country, authority, crossing or [], role or [])
        written = access.issue_key(work, name)
    typer.echo(str(written))


@official.command("invite")
def invite(
    name: Name,
    country: Annotated[Side | None, typer.Option(help="The side they speak for; of somebody new.")] = None,
    authority: Authority = "",
    crossing: Crossings = None,
    role: Roles = None,
) -> None:
    """Print a link by which an official makes a passkey and signs in to the console: somebody new, whom this
    lets in, or one who is known and has lost their passkeys.

    It is shown once and counts once, within a day. The first two administrators of a state come in this way;
    they let in the others at the console.
    """
    with opened() as edge, edge.work() as work:
        if country is None:
            known = access.named(work, name)
        else:
            known = _let_in(work, name, country, authority, crossing or [], role or [])
        token = access.invitations.invite(work, known, actor="system")
    typer.echo(f"{settings().console_origin}/console/welcome#{token}")


def _let_in(
    work: Work, name: str, country: Side, authority: str, codes: list[str], roles: list[Role]
) -> Official:
    unknown = set(codes) - crossings.known_codes(work.session)
    if unknown:
        raise refused(f"--crossing: no crossing is called {', '.join(sorted(unknown))}")
    return access.add_official(
        work,
        name=name,
        authority=authority or name,
        country=country,
        crossings=codes,
        roles=roles or (Role.AUTHOR, Role.APPROVER),
    )


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
