"""Bringing the schema, the catalogue and the history of the border into the database; and beside it, what
there is to practise on. The real border comes first: whatever fails with the other, it is done."""

from contextlib import closing

import typer

from services.cli import signing
from services.cli.edge import opened, refused, refusing, settings
from services.core import crossings, notices, practice
from services.core.database import migrate as migrate_database
from services.core.settings import Settings
from services.core.signing import Keyring
from services.core.work import Edge


def migrate() -> None:
    """Bring the database's schema to the newest revision, and make the service's first key; the same for the
    practice border."""
    with refusing():
        found = settings()
        _migrate(found.database)
        with opened() as edge:
            signing.prepare(edge, found.keys_folder)
        _migrate(found.practice_database)
        with closing(_practice(found)) as edge:
            signing.prepare(edge, found.practice_keys_folder)


def load() -> None:
    """Load the catalogue and the history of the border, and the crossings to practise on. Loading twice
    changes nothing the second time."""
    found = settings()
    with opened() as edge:
        signing.prepare(edge, found.keys_folder)
        with edge.work() as work:
            versions, revisions = crossings.load(work, crossings.catalogue()), notices.load_history(work)
    with refusing(), closing(_practice(found)) as edge:
        signing.prepare(edge, found.practice_keys_folder)
        with edge.work() as work:
            practice.load(work)
    typer.echo(f"{len(versions)} new crossing versions, {len(revisions)} new notice revisions")


def _migrate(url: str) -> None:
    from alembic.util import CommandError  # only whoever migrates pays for loading it

    try:
        migrate_database(url)
    except CommandError as error:
        raise refused(f"the database has another schema than this release knows: {error}") from error


def _practice(found: Settings) -> Edge:
    return Edge.to(found.practice_database, keys=Keyring(found.practice_keys_folder))
