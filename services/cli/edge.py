"""What the commands share: the database that the settings name, and errors as one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.exc import OperationalError

from services.core.errors import OtkelError
from services.core.settings import Settings
from services.core.work import Edge


@contextmanager
def opened() -> Iterator[Edge]:
    """An edge to the database; whatever the domain refuses ends the command with one line and code 1."""
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    edge = Edge.to(settings.database)
    try:
        yield edge
    except OtkelError as error:
        raise refused(str(error)) from error
    except OperationalError as error:
        reason = str(error.orig).splitlines()[0]
        raise refused(
            f"the database does not answer as it should ({reason}); was `otkel migrate` run?"
        ) from error
    finally:
        edge.close()


def refused(message: str) -> typer.Exit:
    typer.echo(f"otkel: {message}", err=True)
    return typer.Exit(1)
