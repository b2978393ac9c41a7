"""A short message as the network counts it: letters in 7 bits where they all have some, else in 16.

The alphabet is that of 3GPP TS 23.038 (GSM 03.38), section 6.2.1, with its extension table, whose letters
take two septets. A message is one of 160 septets or 70 sixteen-bit units, or several of 153 or 67, as each of
several spends six octets on saying which one it is (TS 23.040, section 9.2.3.24).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"

ALIKE = str.maketrans(
    {
        **dict.fromkeys("ʻʼ‘’ʹ′`´", "'"),
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("–—‑−", "-"),
        "…": "...",
        "\u00a0": " ",
        "\u202f": " ",
    }
)
"""Marks that mean no more than the plain ones, with which Uzbek in Latin letters fits into 7 bits."""


class Alphabet(StrEnum):
    GSM7 = "gsm-7"
    UCS2 = "ucs-2"

    @property
    def alone(self) -> int:
        return 160 if self is Alphabet.GSM7 else 70

    @property
    def of_several(self) -> int:
        return 153 if self is Alphabet.GSM7 else 67


@dataclass(frozen=True, slots=True)
class Sms:
    """`units` are septets or 16-bit units; `segments` are what each message of it says, together the text."""

    text: str
    alphabet: Alphabet
    units: int
    segments: tuple[str, ...]


def counted(text: str) -> Sms:
    """A text as it would be sent, with plain marks where that makes it fit into 7 bits."""
    plain = text.translate(ALIKE)
    if all(letter in BASIC or letter in EXTENSION for letter in plain):
        return _cut(plain, Alphabet.GSM7)
    return _cut(text, Alphabet.UCS2)


def _cut(text: str, alphabet: Alphabet) -> Sms:
    units = sum(_units(letter, alphabet) for letter in text)
    segments = (text,) if units <= alphabet.alone else tuple(_several(text, alphabet))
    return Sms(text, alphabet, units, segments)


def _units(letter: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.GSM7:
        return 2 if letter in EXTENSION else 1
    return len(letter.encode("utf-16-be")) // 2


def _several(text: str, alphabet: Alphabet) -> Iterator[str]:
    """No letter is cut: one of two units that does not fit any more begins the next message."""
    segment, room = "", alphabet.of_several
    for letter in text:
        units = _units(letter, alphabet)
        if units > room:
            yield segment
            segment, room = "", alphabet.of_several
        segment, room = segment + letter, room - units
    yield segment
