"""Writing: whatever a notice can say the form can hold, and nothing that was written is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.console import forms
from services.core import notices
from services.core.crossings import Direction, Goods, Mode
from services.core.notices import Effect, End, NoticeFields, What
from services.core.text import Language
from tests.api.service import Service
from tests.console.desk import EVERYWHERE, Desk, a_form, at_the_desk
from tests.makers import ALFA, BRAVO, CHARLIE, TASHKENT
from tests.pages.reading import Element

HISTORY = [
    pytest.param(revision.notice, id=f"{event.slug}-{number}")
    for event in notices.events().values()
    for number, revision in enumerate(event.revisions, start=1)
]


def on_no_side(fields: NoticeFields) -> NoticeFields:
    """As its author writes it: the side is theirs."""
    return fields.model_copy(
        update={
            "effects": tuple(
                effect.model_copy(update={"selector": effect.selector.model_copy(update={"sides": ()})})
                for effect in fields.effects
            )
        }
    )


@pytest.mark.parametrize("fields", HISTORY)
def test_every_real_notice_can_be_written_as_it_was_published(fields: NoticeFields) -> None:
    read = forms.read(forms.written(fields))
    assert (read.fields, read.faults) == (on_no_side(fields), {})


START = datetime(2026, 3, 1, tzinfo=TASHKENT)
INSTANTS = st.integers(0, 10**8).map(lambda seconds: START + timedelta(seconds=seconds))
FIGURES = st.floats(0, 5000, allow_nan=False)
LINES = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x4FF, exclude_categories=["C", "Z"]), min_size=1
)
SOURCES: st.SearchStrategy[Any] = st.builds(dict, title=LINES, confidence=st.sampled_from("ABC"))
COUNTRIES = st.lists(st.sampled_from(["UZ", "KZ", "TJ", "KG"]), unique=True, max_size=2)


def several(values: Any) -> Any:
    return st.lists(st.sampled_from(list(values)), unique=True, max_size=3)


@st.composite
def windows(draw: st.DrawFn) -> dict[str, Any]:
    end_is, start = draw(st.sampled_from(End)), draw(INSTANTS)
    window: dict[str, Any] = {"start": start, "end_is": end_is}
    if end_is is not End.OPEN:
        window["end"] = start + timedelta(minutes=draw(st.integers(1, 500_000)))
    if draw(st.booleans()):
        window["recurs"] = draw(st.sampled_from(["24/7", "Mo-Fr 22:00-06:00", "08:00-18:00"]))
    return window


@st.composite
def effects(draw: st.DrawFn) -> dict[str, Any]:
    what = draw(st.sampled_from(What))
    effect: dict[str, Any] = {"what": what, "window": draw(windows())}
    selector = {
        "crossings": draw(several([ALFA, BRAVO, CHARLIE])),
        "modes": draw(several(Mode)),
        "directions": draw(several(Direction)),
        "goods": draw(several(Goods)),
        "citizens": draw(COUNTRIES),
        "citizens_except": draw(COUNTRIES),
        "transit": draw(st.sampled_from([None, True, False])),
        "mass_over_t": draw(st.none() | FIGURES),
    }
    if what is What.RESTRICTED and draw(st.booleans()):
        effect["capacity_share"] = draw(st.floats(0, 1))
    if what is What.HOURS:
        effect["hours"] = "08:00-20:00"
    if what is What.DELAY and draw(st.booleans()):
        effect["delay_minutes"] = draw(FIGURES)
    return {**effect, "selector": selector}


@st.composite
def announcements(draw: st.DrawFn) -> NoticeFields:
    headlines: st.SearchStrategy[Any] = st.builds(dict, headline=LINES)
    texts = draw(st.dictionaries(st.sampled_from(Language), headlines, min_size=1))
    return NoticeFields.model_validate(
        {
            "authority": draw(LINES),
            "cause": draw(st.none() | LINES),
            "effects": draw(st.lists(effects(), min_size=1, max_size=3)),
            "texts": texts,
            "publish_from": draw(st.none() | INSTANTS),
            "alternatives": draw(several([ALFA, BRAVO])),
            "sources": draw(
                st.lists(st.builds(dict, title=LINES, confidence=st.sampled_from("ABC")), max_size=2)
            ),
        }
    )


@given(announcements())
def test_whatever_a_notice_says_the_form_says_back(fields: NoticeFields) -> None:
    read = forms.read(forms.written(fields))
    assert (read.faults, read.fields) == ({}, fields)


@given(st.dictionaries(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=3), max_size=20))
def test_no_form_breaks_the_reader(form: dict[str, list[str]]) -> None:
    read = forms.read(form)
    assert (read.fields is None) is bool(read.faults)


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"authority": None}, "authority"),
    ({"effect.0.what": None}, "effect.0.what"),
    ({"effect.0.start": "soon"}, "effect.0.start"),
    ({"effect.0.start": None}, "effect.0.start"),
    ({"effect.0.end_is": "announced"}, "effect.0.end_is"),
    ({"effect.0.end_is": "known", "effect.0.end": "2020-01-01T00:00"}, "effect.0.end"),
    ({"effect.0.recurs": "sometimes"}, "effect.0.recurs"),
    ({"effect.0.what": "restricted", "effect.0.capacity_percent": "120"}, "effect.0.capacity_percent"),
    ({"effect.0.what": "restricted", "effect.0.capacity_percent": "half"}, "effect.0.capacity_percent"),
    ({"effect.0.what": "hours"}, "effect.0.hours"),
    ({"effect.0.what": "delay", "effect.0.delay_minutes": "-1"}, "effect.0.delay_minutes"),
    ({"effect.0.citizens": "UZ, Kazakhstan"}, "effect.0.citizens"),
    ({"effect.0.modes": "horse"}, "effect.0.modes"),
    ({"text.en.headline": None, "text.ru.headline": None}, "text"),
    ({"text.en.headline": None, "text.en.body": "Only this"}, "text.en.headline"),
    ({"source.0.url": "x"}, "source.0.title"),
]


@pytest.mark.parametrize(("changes", "field"), FAULTS)
def test_what_cannot_be_taken_is_said_at_its_field(changes: dict[str, Any], field: str) -> None:
    form = {name: [value] for name, value in a_form(**changes).items()}
    assert field in forms.read(form).faults


def test_figures_are_written_as_people_write_them() -> None:
    form = {name: [value] for name, value in a_form().items()}
    form |= {"effect.0.what": ["restricted"], "effect.0.capacity_percent": ["12,5"]}
    fields = forms.read(form).fields
    assert fields is not None
    assert fields.effects[0].capacity_share == 0.125


def test_a_figure_left_over_from_another_choice_does_not_count() -> None:
    form = {name: [value] for name, value in a_form().items()}
    form |= {
        "effect.0.capacity_percent": ["50"],
        "effect.0.hours": ["24/7"],
        "effect.0.end": ["2091-01-01T00:00"],
    }
    fields = forms.read(form).fields
    assert fields is not None
    assert fields.effects[0] == Effect.model_validate(
        {
            "what": "closed",
            "selector": {"crossings": [ALFA]},
            "window": {"start": datetime(2090, 3, 10, 12, tzinfo=TASHKENT)},
        }
    )


def test_another_effect_begins_as_the_one_before_and_can_be_left_out_again() -> None:
    form = {name: [value] for name, value in a_form().items()}
    longer = forms.with_another(form, "effect")
    assert forms.numbers(longer, "effect") == [0, 1]
    assert longer["effect.1.crossings"] == [ALFA]
    assert forms.without(longer, "effect", 0)["effect.1.what"] == ["closed"]
    assert forms.numbers(forms.without(longer, "effect", 0), "effect") == [1]
    for _ in range(60):
        longer = forms.with_another(longer, "effect")
    assert len(forms.numbers(longer, "effect")) == forms.MOST_EFFECTS


def test_what_is_written_is_kept_half_done_or_not(aziza: Desk) -> None:
    draft, _ = aziza.draft({"effect.0.what": "restricted", "text.kk.headline": "Жа", "effect.0.start": "so"})
    shown = aziza.page(f"/drafts/{draft}")
    assert shown.one("input", name="text.kk.headline")["value"] == "Жа"
    assert shown.one("input", name="effect.0.start")["value"] == "so"
    assert "checked" in shown.one("input", name="effect.0.what", value="restricted").attributes
    assert "Жа" in aziza.page().words


def test_a_half_written_notice_is_not_published_but_shown_with_what_is_missing(aziza: Desk) -> None:
    draft, version = aziza.draft(a_form(**{"effect.0.start": None}))
    reply = aziza.get(f"/drafts/{draft}/preview")
    assert reply.headers["location"].startswith(f"/console/drafts/{draft}?check=true")
    shown = aziza.page(f"/drafts/{draft}", check="true")
    assert shown.one("input", name="effect.0.start")["aria-invalid"] == "true"
    fields = {"version": version, "step": "publish", "confirm": "ALFA"}
    assert aziza.post(f"/drafts/{draft}/sign", fields).status_code == 422
    assert aziza.post(f"/drafts/{draft}/publish", fields).status_code == 422


def test_of_two_windows_the_older_one_does_not_overwrite_the_newer(aziza: Desk) -> None:
    draft, version = aziza.draft(a_form())
    first = aziza.post(f"/drafts/{draft}", a_form(**{"text.en.headline": "First"}, version=version))
    assert first.json()["version"] == version + 1
    second = aziza.post(f"/drafts/{draft}", a_form(**{"text.en.headline": "Second"}, version=version))
    assert second.status_code == 412
    shown = aziza.page(f"/drafts/{draft}").one("input", name="text.en.headline")
    assert shown["value"] == "First"


def test_others_do_not_see_what_is_not_submitted(aziza: Desk, jasur: Desk) -> None:
    draft, version = aziza.draft(a_form())
    assert jasur.get(f"/drafts/{draft}").status_code == 404
    assert jasur.get(f"/drafts/{draft}/preview").status_code == 404
    assert jasur.post(f"/drafts/{draft}", a_form(version=version)).status_code == 404


def test_a_draft_that_is_given_up_is_gone_from_today(aziza: Desk) -> None:
    draft, version = aziza.draft(a_form(**{"text.en.headline": "Given up"}))
    assert "Given up" in aziza.page().words
    assert aziza.post(f"/drafts/{draft}/discard", version=version).status_code == 200
    assert "Given up" not in aziza.page().words


def test_without_a_script_buttons_do_the_same(aziza: Desk) -> None:
    kept = aziza.send("/drafts", {**a_form(), "version": 0, "do": "another:effect"})
    assert kept.status_code == 303
    draft = kept.headers["location"].partition("#")[0].rsplit("/", 1)[1]
    shown = aziza.page(f"/drafts/{draft}")
    assert len(shown.all("fieldset", cls="effect")) == 2
    version = shown.one("form", id="draft").one("input", name="version")["value"]
    fewer = {**a_form(), "effect.1.what": "delay", "version": version, "do": "without:effect.0"}
    assert aziza.send(f"/drafts/{draft}", fewer).status_code == 303
    assert len(aziza.page(f"/drafts/{draft}").all("fieldset", cls="effect")) == 1


def test_words_are_suggested_where_there_are_none_and_left_where_there_are(aziza: Desk) -> None:
    kept = aziza.send("/drafts", {**a_form(), "version": 0, "do": "suggest"})
    draft = kept.headers["location"].partition("#")[0].rsplit("/", 1)[1]
    shown = aziza.page(f"/drafts/{draft}")
    headlines = {
        language: shown.one("input", name=f"text.{language}.headline")["value"] for language in Language
    }
    assert headlines[Language.ENGLISH] == "Alfa is shut"
    assert headlines[Language.RUSSIAN] == "Альфа закрыта"
    assert all(headlines.values())
    assert "missing" not in shown.one("section", id="texts").words


def test_with_more_rules_than_can_be_looked_through_nothing_is_suggested_or_lost(aziza: Desk) -> None:
    form = a_form(**{"effect.0.recurs": "08:00-18:00"})
    for number in range(1, 10):
        form |= {name.replace("effect.0", f"effect.{number}"): value for name, value in form.items()}
    kept = aziza.send("/drafts", {**form, "version": 0, "do": "suggest"})
    assert kept.status_code == 303
    shown = aziza.page(kept.headers["location"].partition("#")[0].removeprefix("/console"))
    assert shown.one("input", name="effect.9.recurs")["value"] == "08:00-18:00"


def test_a_text_without_a_headline_keeps_its_text(aziza: Desk) -> None:
    form = a_form(**{"text.ru.headline": "", "text.ru.body": "Мост закрыт"})
    kept = aziza.send("/drafts", {**form, "version": 0, "do": "suggest"})
    shown = aziza.page(kept.headers["location"].partition("#")[0].removeprefix("/console"))
    assert shown.one("textarea", name="text.ru.body").words == "Мост закрыт"
    assert shown.one("input", name="text.ru.headline")["value"]


def would_send(shown: Element) -> dict[str, list[str]]:
    """What a browser sends of the form that it shows."""
    found: dict[str, list[str]] = {}
    form = shown.one("form", id="draft")
    for field in (*form.all("input"), *form.all("textarea")):
        ticks = field.get("type") in ("checkbox", "radio")
        if field.get("name") and (not ticks or field.get("checked") is not None):
            value = field.words if field.tag == "textarea" else field.get("value")
            found.setdefault(field["name"], []).append(value or "")
    return found


@pytest.mark.parametrize("narrow", [*Goods, None])
def test_what_is_amended_untouched_says_the_same(aziza: Desk, narrow: Goods | None) -> None:
    selected = {"goods": list(Goods), "modes": list(Mode), "directions": list(Direction)}
    if narrow:
        selected["goods"] = [narrow]
    written = a_form(
        **{f"effect.0.{name}": values for name, values in selected.items()},
        **{"effect.0.citizens": "UZ, TJ", "effect.0.mass_over_t": "3.5", "effect.0.transit": "no"},
        **{"effect.0.end_is": "announced", "effect.0.end": "2090-03-11T12:00", "effect.0.recurs": "24/7"},
    )
    draft, _ = aziza.draft(written)
    shown = aziza.page(f"/drafts/{draft}")
    assert forms.read(would_send(shown)).fields == forms.read(as_lists(written)).fields is not None


def as_lists(form: dict[str, Any]) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in form.items()}


@pytest.mark.parametrize("end_is", ["known", "announced"])
def test_an_end_that_is_said_to_be_given_and_is_not_is_asked_for_at_its_place(
    aziza: Desk, end_is: str
) -> None:
    sent = aziza.send("/drafts", {**a_form(), "effect.0.end_is": end_is, "version": 0, "do": "preview"})
    place = sent.headers["location"].removeprefix("/console").removesuffix("/preview")
    shown = aziza.page(place, check="true")
    assert [one for one in shown.one("fieldset", cls="effect").all(cls="fault") if one.words]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"effect.0.what": "restricted", "effect.0.capacity_percent": "120"}, "capacity_percent", "0 to 100"),
        (
            {"effect.0.what": "restricted", "effect.0.capacity_percent": "half"},
            "capacity_percent",
            "0 to 100",
        ),
        ({"effect.0.what": "delay", "effect.0.delay_minutes": "-1"}, "delay_minutes", "number of minutes"),
        ({"effect.0.citizens": "Uzbeks"}, "citizens", "two letters"),
        ({"effect.0.mass_over_t": "heavy"}, "mass_over_t", "number of tonnes"),
        ({"effect.0.start": ""}, "start", "is needed"),
        (
            {"text.en.headline": "", "text.ru.headline": "", "text.en.body": ""},
            "text",
            "in one language at least",
        ),
        ({"effect.0.mass_over_t": "5", "effect.0.mass_up_to_t": "3"}, "mass_up_to_t", "nobody is meant"),
    ],
)
def test_what_is_wrong_is_said_in_the_forms_own_units(changes: dict[str, str], field: str, said: str) -> None:
    faults = forms.read(as_lists(a_form() | changes)).faults
    assert [message for name, message in faults.items() if name.endswith(field) and said in message]


def test_a_new_form_is_nearly_a_notice(console: Service) -> None:
    desk = at_the_desk(console, "Of Alfa alone", crossings=(ALFA,))
    shown = desk.page("/drafts/new")
    assert "checked" in shown.one("input", name="effect.0.crossings", value=ALFA).attributes
    assert [one["value"] for one in shown.all("input", name="effect.0.crossings")] == [ALFA]
    assert shown.one("input", name="authority")["value"] == "Customs Committee"
    assert shown.one("input", name="effect.0.start")["value"]


def test_a_notice_of_fifty_effects_fits_into_a_form(aziza: Desk) -> None:
    form = a_form()
    for number in range(1, 50):
        form |= {
            name.replace("effect.0", f"effect.{number}"): value
            for name, value in a_form().items()
            if name.startswith("effect.0")
        }
    form |= {f"text.{language}.body": "ғ" * 8000 for language in Language}
    assert aziza.draft(form)
    assert aziza.draft({**EVERYWHERE})
