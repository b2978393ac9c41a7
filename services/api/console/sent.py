"""What a form of the console has sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from services.core.errors import Invalid

MOST_FIELDS = 3000
"""More than a notice with the most effects there can be has."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Lists of words by the names of the fields; a field without any word is not there."""

    fields: Mapping[str, Sequence[str]]

    def one(self, name: str) -> str | None:
        """The last word of a field."""
        values = self.fields.get(name)
        return values[-1].strip() or None if values else None

    def secret(self, name: str) -> str:
        """The same to the letter."""
        values = self.fields.get(name)
        return values[-1] if values else ""

    def needed(self, name: str, message: str = "is needed") -> str:
        """Raises Invalid."""
        if (value := self.one(name)) is None:
            raise Invalid(message, field=name)
        return value

    def number(self, name: str) -> int:
        """A whole number, such as the version of what was read. Raises Invalid."""
        value = self.needed(name)
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise Invalid("must be a whole number", field=name)
        return int(value)

    def answer(self) -> tuple[str, dict[str, Any]] | None:
        """The ceremony and what the device said to it; None where no device was asked. Raises Invalid."""
        ceremony, said = self.one("ceremony"), self.one("credential")
        if ceremony is None or said is None:
            return None
        try:
            credential = json.loads(said)
        except (ValueError, RecursionError):
            credential = None
        if not isinstance(credential, dict):
            raise Invalid("must be what the device said, as JSON", field="credential")
        return ceremony, credential


async def _sent(request: Request) -> Sent:
    written = (await request.body()).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(written, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Invalid(f"a form has at most {MOST_FIELDS} fields", field="form") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return Sent(fields)


SentDep = Annotated[Sent, Depends(_sent)]
