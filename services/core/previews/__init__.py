"""A notice before it is published: what is wrong with it, what it would do, and what people would read."""

from services.core.previews.findings import Finding, Severity
from services.core.previews.linting import lint
from services.core.previews.previewing import Preview, preview
from services.core.previews.seasons import Due, hours_due
from services.core.previews.shutting import ShutOut
from services.core.previews.sms import Alphabet, Sms, counted
from services.core.previews.spilling import Figure, Spill
from services.core.previews.subject import UNPUBLISHED, Subject
from services.core.previews.suggesting import Suggested, Suggestions, suggested_alternatives
from services.core.previews.texts import ShortMessage, TextIn, texts
from services.core.previews.wording import notice_texts, suggested_texts

__all__ = [
    "UNPUBLISHED",
    "Alphabet",
    "Due",
    "Figure",
    "Finding",
    "Preview",
    "Severity",
    "ShortMessage",
    "ShutOut",
    "Sms",
    "Spill",
    "Subject",
    "Suggested",
    "Suggestions",
    "TextIn",
    "counted",
    "hours_due",
    "lint",
    "notice_texts",
    "preview",
    "suggested_alternatives",
    "suggested_texts",
    "texts",
]
