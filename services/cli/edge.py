"""What the commands share: the settings, the database that they name, and errors as one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from services.core import congestion
from services.core.errors import OtkelError
from services.core.settings import Settings
from services.core.signing import Keyring
from services.core.work import Edge


@contextmanager
def opened() -> Iterator[Edge]:
    """An edge to the database; whatever goes wrong within ends the command as `refusing` says."""
    with refusing():
        found = settings()
        edge = Edge.to(found.database, keys=Keyring(found.keys_folder))
        try:
            yield edge
        finally:
            edge.close()


def settings() -> Settings:
    """What the environment sets, and a directory to keep data in."""
    found = assuming()
    try:
        found.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(f"{found.data_dir} cannot keep data: {error.strerror}") from error
    return found


def assuming() -> Settings:
    """What the environment sets, with the assumptions that it names for whatever this process computes."""
    try:
        found = Settings()
    except ValidationError as error:
        fault = error.errors()[0]
        raise refused(f"OTKEL_{'.'.join(map(str, fault['loc'])).upper()}: {fault['msg']}") from error
    try:
        congestion.assume(congestion.Assumptions.read(found.assumptions_dir))
    except OtkelError as error:
        raise refused(f"OTKEL_ASSUMPTIONS_DIR: {error}") from error
    return found


@contextmanager
def refusing() -> Iterator[None]:
    """Whatever the domain or the database refuses ends the command with one line and code 1."""
    try:
        yield
    except OtkelError as error:
        raise refused(str(error)) from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise refused(
            f"the database does not answer as it should ({reason}); was `otkel migrate` run?"
        ) from error
    except UnicodeError as error:
        raise refused("what was given is not text in UTF-8") from error


def refused(message: str) -> typer.Exit:
    typer.echo(f"otkel: {' '.join(message.splitlines())}", err=True)
    return typer.Exit(1)
