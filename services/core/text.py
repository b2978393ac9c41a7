"""Text as people may give it: normalised, printable, bounded. And the languages it is given in."""

import string
import unicodedata
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


class Language(StrEnum):
    """BCP 47 tags of the languages of the border, in the order in which they stand in for each other."""

    UZBEK = "uz-Latn"
    UZBEK_CYRILLIC = "uz-Cyrl"
    KAZAKH = "kk"
    RUSSIAN = "ru"
    ENGLISH = "en"


JOINERS = "\u200c\u200d"
"""They shape the letters beside them and show nothing themselves."""

NEVER_SHOWN = ("Cs", "Co", "Zl", "Zp")
"""Unicode categories: lone surrogates, private letters, line and paragraph separators."""

LONGEST_LINE, LONGEST_BODY = 300, 8000
"""Characters; our limits."""


def printable(text: str) -> str:
    """Normal form C with no control characters but line feeds and joiners; ValueError for anything else.

    NUL and lone surrogates cannot be stored by PostgreSQL; other controls and directional overrides
    can make a notice look like another one, and separators break its lines where nobody expects it.
    """
    for character in "" if text.isprintable() else text:
        category = unicodedata.category(character)
        if category in NEVER_SHOWN or (category in ("Cc", "Cf") and character not in "\n" + JOINERS):
            raise ValueError(f"holds a character that cannot be shown: U+{ord(character):04X}")
    return unicodedata.normalize("NFC", text)


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError("must be one line")
    return _shown(text, LONGEST_LINE)


def _running(text: str) -> str:
    return _shown(text, LONGEST_BODY)


def _shown(text: str, longest: int) -> str:
    """Printable, and something to see; normal form C may be longer than what was given."""
    normal = printable(text)
    if not normal.strip(JOINERS + string.whitespace):
        raise ValueError("shows nothing")
    if len(normal) > longest:
        raise ValueError(f"must be at most {longest} characters long in normal form C")
    return normal


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_LINE),
    AfterValidator(_one_line),
]
"""One line of text of at most 300 characters."""

Body = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_BODY),
    AfterValidator(_running),
]
"""Running text of at most 8,000 characters."""

Translations = dict[Language, Line]
"""The same line in several languages; a missing one is missing, never machine-made."""


class Record(BaseModel):
    """A value that is read from a file, a request or a JSON column: frozen, and no field too many."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def in_language(translations: Translations, language: Language) -> str | None:
    """The text in `language`, else in the nearest language that people here read too, else None."""
    order = {
        Language.UZBEK: (Language.UZBEK_CYRILLIC, Language.RUSSIAN),
        Language.UZBEK_CYRILLIC: (Language.UZBEK, Language.RUSSIAN),
        Language.KAZAKH: (Language.RUSSIAN,),
        Language.RUSSIAN: (),
        Language.ENGLISH: (),
    }
    for candidate in (language, *order[language], *Language):
        if candidate in translations:
            return translations[candidate]
    return None
