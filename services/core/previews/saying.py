"""What the linter says of words and figures: languages, bodies, shares and delays that are not given."""

from __future__ import annotations

from collections.abc import Iterator

from services.core.notices import What
from services.core.previews.findings import Finding, note, warn
from services.core.previews.subject import Subject
from services.core.text import Language

IN_ENGLISH = {
    Language.UZBEK: "Uzbek in Latin letters",
    Language.UZBEK_CYRILLIC: "Uzbek in Cyrillic letters",
    Language.KAZAKH: "Kazakh",
    Language.RUSSIAN: "Russian",
    Language.ENGLISH: "English",
}

OTHER_SCRIPT = {Language.UZBEK: Language.UZBEK_CYRILLIC, Language.UZBEK_CYRILLIC: Language.UZBEK}


def saying(subject: Subject) -> Iterator[Finding]:
    texts = subject.fields.texts
    for language in Language:
        text = texts.get(language)
        if text is None:
            yield _missing(subject, language)
        elif text.body is None and any(other.body for other in texts.values()):
            yield note(
                "body-missing",
                f"texts.{language}.body",
                f"In {IN_ENGLISH[language]} only the headline is told, in other languages more.",
                language,
            )
    for number, effect in enumerate(subject.fields.effects):
        if effect.what is What.RESTRICTED and effect.capacity_share is None:
            yield note(
                "capacity-unsaid",
                f"effects.{number}.capacity_share",
                "Nobody says how far it is limited, so it is told as not confirmed: give the share that is "
                "left, if it is known.",
            )
        if effect.what is What.DELAY and effect.delay_minutes is None:
            yield note(
                "delay-unsaid",
                f"effects.{number}.delay_minutes",
                "Nobody says how long the delay is: give the minutes, if they are known.",
            )


def _missing(subject: Subject, language: Language) -> Finding:
    """The other script of Uzbek can stand in; another language is no help to many."""
    field, other = f"texts.{language}", OTHER_SCRIPT.get(language)
    missing = f"There is no text in {IN_ENGLISH[language]}"
    if other in subject.fields.texts:
        message = f"{missing}; its readers are shown the one in {IN_ENGLISH[other]}."
        return note("language-missing", field, message, language)
    return warn("language-missing", field, f"{missing}.", language)
