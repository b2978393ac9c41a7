"""Text as people may give it: normalised, printable, bounded. And the languages it is given in."""

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


def printable(text: str) -> str:
    """Normal form C with no control characters but line breaks; raises ValueError for anything else.

    NUL and lone surrogates cannot be stored by PostgreSQL; other controls and directional overrides
    can make a notice look like another one.
    """
    for character in text:
        category = unicodedata.category(character)
        if category in ("Cs", "Co") or (category in ("Cc", "Cf") and character not in "\n\u200c\u200d"):
            raise ValueError(f"holds a character that cannot be shown: U+{ord(character):04X}")
    return unicodedata.normalize("NFC", text)


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(printable),
]
"""One line of text of at most 300 characters."""

Body = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=8000),
    AfterValidator(printable),
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
