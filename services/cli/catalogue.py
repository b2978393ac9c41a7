"""Bringing the schema, the catalogue and the history of the border into the database."""

import typer

from services.cli import signing
from services.cli.edge import opened, refused, refusing, settings
from services.core import crossings, notices
from services.core.database import migrate as migrate_database


def migrate() -> None:
    """Bring the database's schema to the newest revision, and make the service's first key."""
    from alembic.util import CommandError  # only whoever migrates pays for loading it

    with refusing():
        try:
            migrate_database(settings().database)
        except CommandError as error:
            raise refused(f"the database has another schema than this release knows: {error}") from error
    with opened() as edge:
        signing.prepare(edge)


def load() -> None:
    """Load the catalogue and the history of the border. Loading twice changes nothing the second time."""
    with opened() as edge:
        signing.prepare(edge)
        with edge.work() as work:
            versions, revisions = crossings.load(work, crossings.catalogue()), notices.load_history(work)
    typer.echo(f"{len(versions)} new crossing versions, {len(revisions)} new notice revisions")
