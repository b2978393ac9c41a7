"""Assumptions of one's own, for tests."""

from collections.abc import Callable, Mapping

from services.core.congestion import Assumptions

Own = Callable[..., Assumptions]
"""Writes a file of a folder, `engine.toml` if not said, and lets this process assume what the folder says."""


def said(values: Mapping[str, object]) -> str:
    """Statements as TOML, by table and field, such as `levels.exit_ratio`."""
    tables: dict[str, list[str]] = {}
    for path, value in values.items():
        table, field = path.split(".")
        written = str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')
        line = f'{field} = {{ value = {written}, source = "prior", note = "a test" }}'
        tables.setdefault(table, []).append(line)
    return "".join("\n".join((f"[{table}]", *lines, "")) for table, lines in tables.items())
