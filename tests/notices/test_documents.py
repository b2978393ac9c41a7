"""What a notice may say, and the sentences for whoever says it wrong."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from services.core.notices import Effect, End, NoticeFields, Selector, What, Window
from services.core.text import Language

NOON, ONE = "2026-03-10T12:00:00+05:00", "2026-03-10T13:00:00+05:00"
WINDOW = {"start": NOON}
FIELDS: dict[str, Any] = {
    "authority": "Customs",
    "effects": [{"what": "closed", "window": WINDOW}],
    "texts": {"en": {"headline": "Shut"}},
}


def fault(model: type[Effect | NoticeFields | Selector | Window], document: dict[str, Any]) -> str:
    """What is said of the first fault, with the place of it; empty if there is none."""
    try:
        model.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        return ": ".join((".".join(str(part) for part in first["loc"]), first["msg"]))
    return ""


@pytest.mark.parametrize(
    "window",
    [
        {},
        {"end": ONE, "end_is": "known"},
        {"end": ONE, "end_is": "announced"},
        {"end_is": "open"},
        {"recurs": "Mo-Fr 22:00-06:00"},
        {"start": "1991-09-01T00:00:00Z"},
        {"end": "2099-12-31T23:59:59Z", "end_is": "known"},
    ],
)
def test_a_window_has_an_end_exactly_if_it_says_what_kind_of_end(window: dict[str, Any]) -> None:
    assert fault(Window, {**WINDOW, **window}) == ""


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        ({"end": ONE}, "end_is: an open end has no date"),
        ({"end_is": "known"}, "end_is: an open end has no date, any other end has one"),
        ({"end_is": "announced"}, "end_is:"),
        ({"end": NOON, "end_is": "known"}, "end: a window must end after it starts"),
        ({"end": "2026-03-10T06:59:59Z", "end_is": "known"}, "end: a window must end after it starts"),
        ({"start": "2026-03-10T12:00:00"}, "start: Input should have timezone info"),
        ({"end": "9999-12-31T23:59:59-05:00", "end_is": "known"}, "end: Value error, must lie in the years"),
        ({"start": "0001-01-01T00:00:00+05:00"}, "start: Value error, must lie in the years 1991 to 2099"),
        ({"recurs": "sometimes"}, "recurs: Value error, cannot read"),
        ({"until": ONE}, "until: Extra inputs"),
    ],
)
def test_a_window_that_cannot_be_is_refused_with_a_sentence(window: dict[str, Any], sentence: str) -> None:
    assert sentence in fault(Window, {**WINDOW, **window})


@pytest.mark.parametrize(
    ("selector", "sentence"),
    [
        ({"citizens": ["uz"]}, "citizens.0: String should match pattern"),
        ({"crossings": ["Yallama!"]}, "crossings.0: String should match pattern"),
        ({"modes": ["horse"]}, "modes.0: Input should be"),
        ({"mass_over_t": -1}, "mass_over_t: Input should be greater than or equal to 0"),
        ({"mass_up_to_t": 0}, "mass_up_to_t: Input should be greater than 0"),
        ({"mass_over_t": float("nan")}, "mass_over_t: Input should be"),
        ({"mass_over_t": 3.5, "mass_up_to_t": 3.5}, "mass_up_to_t: must be above mass_over_t"),
        ({"mass_over_t": 12, "mass_up_to_t": 3.5}, "or nobody is meant"),
    ],
)
def test_a_selector_that_means_nobody_is_refused(selector: dict[str, Any], sentence: str) -> None:
    assert sentence in fault(Selector, selector)


def test_a_selector_may_mean_a_class_of_mass() -> None:
    assert fault(Selector, {"mass_over_t": 3.5, "mass_up_to_t": 12}) == ""


@pytest.mark.parametrize(
    ("effect", "sentence"),
    [
        ({"what": "closed"}, ""),
        ({"what": "restricted"}, ""),
        ({"what": "restricted", "capacity_share": 0.5}, ""),
        ({"what": "hours", "hours": "08:00-18:00"}, ""),
        ({"what": "delay"}, ""),
        ({"what": "delay", "delay_minutes": 90}, ""),
        ({"what": "hours"}, "hours: needed with hours"),
        ({"what": "closed", "hours": "24/7"}, "hours: has no meaning with closed"),
        ({"what": "closed", "capacity_share": 0.5}, "capacity_share: has no meaning with closed"),
        ({"what": "information", "delay_minutes": 1}, "delay_minutes: has no meaning with information"),
        ({"what": "restricted", "capacity_share": 1.1}, "capacity_share: Input should be less than"),
        ({"what": "restricted", "capacity_share": -0.1}, "capacity_share: Input should be greater"),
        ({"what": "delay", "delay_minutes": 14 * 24 * 60 + 1}, "delay_minutes: Input should be less"),
        ({"what": "hours", "hours": "08:00+"}, "hours: Value error, an open end"),
    ],
)
def test_an_effect_says_what_it_needs_and_no_more(effect: dict[str, Any], sentence: str) -> None:
    found = fault(Effect, {"window": WINDOW, **effect})
    assert sentence in found
    assert bool(found) is bool(sentence)


@pytest.mark.parametrize("what", What)
def test_every_effect_means_everybody_on_both_sides_unless_it_says_less(what: What) -> None:
    needed = {"hours": "24/7"} if what is What.HOURS else {}
    effect = Effect.model_validate({"what": what, "window": WINDOW, **needed})
    assert effect.selector == Selector()
    assert effect.window.end_is is End.OPEN


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, ""),
        ({"effects": []}, "effects: Tuple should have at least 1"),
        ({"effects": FIELDS["effects"] * 51}, "effects: Tuple should have at most 50"),
        ({"texts": {}}, "texts: Dictionary should have at least 1"),
        ({"texts": {"de": {"headline": "Zu"}}}, "texts.de.[key]: Input should be"),
        ({"texts": {"en": {"headline": " "}}}, "texts.en.headline: String should have at least 1"),
        ({"texts": {"en": {"headline": "\u200d"}}}, "texts.en.headline: Value error, shows nothing"),
        ({"texts": {"en": {"headline": "Shut\nOpen"}}}, "texts.en.headline: Value error, must be one line"),
        ({"authority": "Cus\u202etoms"}, "authority: Value error, holds a character"),
        ({"publish_from": NOON, "publish_until": ONE}, ""),
        ({"publish_from": ONE, "publish_until": NOON}, "publish_until: must come after publish_from"),
        ({"publish_from": NOON, "publish_until": NOON}, "publish_until: must come after publish_from"),
        ({"publish_from": "9999-12-31T23:59:59-05:00"}, "publish_from: Value error, must lie in the years"),
        ({"alternatives": ["no such code"]}, "alternatives.0: String should match pattern"),
        ({"sources": [{"title": "A page", "confidence": "D"}]}, "sources.0.confidence: Input should be"),
        ({"secret": 1}, "secret: Extra inputs are not permitted"),
    ],
)
def test_a_notice_is_refused_with_the_field_at_fault(change: dict[str, Any], sentence: str) -> None:
    found = fault(NoticeFields, {**FIELDS, **change})
    assert sentence in found
    assert bool(found) is bool(sentence)


def test_a_notice_is_the_same_after_a_way_through_json() -> None:
    notice = NoticeFields.model_validate({**FIELDS, "publish_from": NOON})
    assert NoticeFields.model_validate_json(notice.model_dump_json(exclude_defaults=True)) == notice
    assert notice.texts[Language.ENGLISH].headline == "Shut"


def test_a_notice_cannot_be_changed() -> None:
    notice = NoticeFields.model_validate(FIELDS)
    with pytest.raises(ValidationError, match="frozen"):
        notice.authority = "Somebody else"  # type: ignore[misc]
