"""Short messages are counted as the networks count them.

Limits and the alphabet: 3GPP TS 23.038 (default alphabet and extension table, 160 septets or 70 units) and
TS 23.040 (a header of six octets leaves 153 septets or 67 units).
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.previews import Alphabet, counted
from services.core.previews.sms import BASIC, EXTENSION


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "segments"),
    [
        ("", Alphabet.GSM7, 0, 1),
        ("a" * 160, Alphabet.GSM7, 160, 1),
        ("a" * 161, Alphabet.GSM7, 161, 2),
        ("a" * 306, Alphabet.GSM7, 306, 2),
        ("a" * 307, Alphabet.GSM7, 307, 3),
        ("a" * 459, Alphabet.GSM7, 459, 3),
        ("a" * 460, Alphabet.GSM7, 460, 4),
        ("€" * 80, Alphabet.GSM7, 160, 1),
        ("€" * 81, Alphabet.GSM7, 162, 2),
        ("a" * 152 + "€" + "a" * 10, Alphabet.GSM7, 164, 2),
        ("ж" * 70, Alphabet.UCS2, 70, 1),
        ("ж" * 71, Alphabet.UCS2, 71, 2),
        ("ж" * 134, Alphabet.UCS2, 134, 2),
        ("ж" * 135, Alphabet.UCS2, 135, 3),
        ("a" * 70 + "ж", Alphabet.UCS2, 71, 2),
        ("🚚" * 35, Alphabet.UCS2, 70, 1),
        ("🚚" * 36, Alphabet.UCS2, 72, 2),
        ("🚚" * 67, Alphabet.UCS2, 134, 3),  # 33 lorries to a message of 67 units: none is cut in two
        ("Ωñ¿", Alphabet.GSM7, 3, 1),
        ("ç", Alphabet.UCS2, 1, 1),  # the table has the capital only
    ],
)
def test_a_message_is_cut_where_the_standard_cuts_it(
    text: str, alphabet: Alphabet, units: int, segments: int
) -> None:
    sms = counted(text)
    assert (sms.alphabet, sms.units, len(sms.segments)) == (alphabet, units, segments)


def test_the_alphabet_has_as_many_letters_as_the_standard_says() -> None:
    assert len(BASIC) == len(set(BASIC)) == 127  # 128 places, one of them the escape
    assert len(EXTENSION) == len(set(EXTENSION)) == 10


def test_a_letter_of_two_septets_is_not_cut_in_two() -> None:
    first, second = counted("a" * 152 + "€" + "a" * 10).segments
    assert (first, second) == ("a" * 152, "€" + "a" * 10)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Gʻishtkoʻprik yopiq", "G'ishtko'prik yopiq"),
        ("Malik – Syrdarya “shut”…", 'Malik - Syrdarya "shut"...'),
    ],
)
def test_uzbek_and_english_marks_are_made_plain_so_that_they_fit_into_seven_bits(
    written: str, sent: str
) -> None:
    assert (counted(written).text, counted(written).alphabet) == (sent, Alphabet.GSM7)


def test_what_does_not_fit_into_seven_bits_is_sent_as_it_was_written() -> None:
    assert counted("«Жібек жолы» – жабық").text == "«Жібек жолы» – жабық"


@given(st.text(alphabet=st.sampled_from(BASIC + EXTENSION + "жқ🚚ʻ–«"), max_size=700))
def test_no_letter_is_lost_and_no_message_is_too_long(text: str) -> None:
    sms = counted(text)
    most = sms.alphabet.alone if len(sms.segments) == 1 else sms.alphabet.of_several
    assert "".join(sms.segments) == sms.text
    for segment in sms.segments:
        units = sum(
            (2 if one in EXTENSION else 1) if sms.alphabet is Alphabet.GSM7 else 1 + (ord(one) > 0xFFFF)
            for one in segment
        )
        assert units <= most
