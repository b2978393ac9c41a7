"""Text as people may give it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.core.text import Body, Language, Line, Record, in_language, printable

LINE: TypeAdapter[str] = TypeAdapter(Line)
BODY: TypeAdapter[str] = TypeAdapter(Body)


@pytest.mark.parametrize(
    "text",
    [
        "Gʻishtkoʻprik",
        "Жібек жолы",
        "Dawıt-Ata",
        "a\u200cb",
        "क्\u200dष",
        "«Tazhen» – 24/7",
        "🚧",
        "two\nlines",
    ],
)
def test_the_languages_of_the_border_are_taken_as_they_are_written(text: str) -> None:
    assert printable(text) == text


def test_what_looks_the_same_is_made_the_same() -> None:
    assert printable("Й") == "Й" == unicodedata.normalize("NFC", "Й")


@pytest.mark.parametrize(
    "character",
    [
        *("\0", "\t", "\r", "\x1b", "\x7f", "\x85", "\u00ad", "\u200b", "\u202e", "\u2066", "\ufeff"),
        *("\u2028", "\u2029", "\ud800", "\ue000", "\U000e0041"),
    ],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_what_cannot_be_seen_or_breaks_the_page_is_refused_by_its_number(character: str) -> None:
    with pytest.raises(ValueError, match=rf"cannot be shown: U\+{ord(character):04X}"):
        printable(f"Shut{character} until noon")


@given(st.text())
def test_text_that_was_taken_is_taken_again_unchanged_and_can_be_stored(text: str) -> None:
    try:
        shown = printable(text)
    except ValueError:
        return
    assert printable(shown) == shown
    assert "\0" not in shown
    assert shown.encode("utf-8").decode("utf-8") == shown


@pytest.mark.parametrize(
    ("text", "taken"), [(" Shut ", "Shut"), ("x" * 300, "x" * 300), ("и\u0306", "й"), ("\u00a0Shut", "Shut")]
)
def test_a_line_is_stripped_and_normal(text: str, taken: str) -> None:
    assert LINE.validate_python(text) == taken


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "at least 1 character"),
        ("   ", "at least 1 character"),
        ("x" * 301, "at most 300 characters"),
        ("\u0958" * 300, "at most 300 characters long in normal form C"),
        ("Shut\nOpen", "must be one line"),
        ("\u200d", "shows nothing"),
        ("\u200c \u200d", "shows nothing"),
        ("Shut\u202e", "cannot be shown"),
    ],
)
def test_a_line_that_is_none_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        LINE.validate_python(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "at least 1 character"),
        ("x" * 8001, "at most 8000 characters"),
        ("\u0958" * 8000, "at most 8000 characters long"),
        ("\u200d\n\u200d", "shows nothing"),
        ("a\u2028b", "cannot be shown"),
    ],
)
def test_a_body_that_is_none_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        BODY.validate_python(text)


def test_a_body_may_have_lines() -> None:
    assert BODY.validate_python(" First.\n\nSecond. ") == "First.\n\nSecond."


UZ, CYRL, KK, RU, EN = Language


@pytest.mark.parametrize(
    ("told", "asked", "found"),
    [
        ((UZ, CYRL, KK, RU, EN), KK, KK),
        ((CYRL, RU, EN), UZ, CYRL),
        ((RU, EN), UZ, RU),
        ((UZ, RU, EN), CYRL, UZ),
        ((RU, EN), CYRL, RU),
        ((UZ, RU, EN), KK, RU),
        ((UZ, EN), KK, UZ),
        ((UZ, EN), RU, UZ),
        ((KK, RU), EN, KK),
        ((EN,), UZ, EN),
        ((), EN, None),
    ],
)
def test_a_missing_language_is_stood_in_for_by_the_nearest_that_is_there(
    told: tuple[Language, ...], asked: Language, found: Language | None
) -> None:
    texts = {language: str(language) for language in told}
    assert in_language(texts, asked) == (None if found is None else str(found))


def test_a_record_is_frozen_takes_no_field_too_many_and_no_number_that_is_none() -> None:
    class Measured(Record):
        minutes: float

    with pytest.raises(ValidationError, match="Extra inputs"):
        Measured.model_validate({"minutes": 1, "hours": 2})
    for number in (float("nan"), float("inf")):
        with pytest.raises(ValidationError, match="finite"):
            Measured(minutes=number)
    with pytest.raises(ValidationError, match="frozen"):
        Measured(minutes=1).minutes = 2  # type: ignore[misc]
