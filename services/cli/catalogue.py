"""Bringing the schema, the catalogue and the history of the border into the database."""

import typer

from services.cli.edge import opened
from services.core import crossings, notices
from services.core.database import migrate as migrate_database
from services.core.settings import Settings


def migrate() -> None:
    """Bring the database's schema to the newest revision."""
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate_database(settings.database)


def load() -> None:
    """Load the catalogue and the history of the border. Loading twice changes nothing the second time."""
    with opened() as edge, edge.work() as work:
        versions = crossings.load(work, crossings.catalogue())
        revisions = notices.load_history(work)
    typer.echo(f"{len(versions)} new crossing versions, {len(revisions)} new notice revisions")
