"""The `otkel` command called in this process, and what is made of its output."""

from __future__ import annotations

from collections.abc import Callable

from typer.testing import CliRunner, Result

from services.cli.main import app

Otkel = Callable[..., Result]


def run(env: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(app, words, env={"OTKEL_REDIS_URL": None, **env})


def well(result: Result) -> str:
    """What was printed by a command that went well."""
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return result.stdout


def refused(result: Result) -> str:
    """The one line that a refused command leaves."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("otkel: ")
    return line.removeprefix("otkel: ")
