"""A notice as the fields of a form, and back again: whatever a notice can say, the form can hold.

A form is lists of words by name, as a browser sends them: `effect.0.end` is the end of the first effect.
Times are Tashkent time, the clock of both sides since March 2024.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from pydantic import ValidationError

from services.api.pages.telling import TASHKENT
from services.api.problems import faults_of
from services.core.notices import Effect, End, NoticeFields
from services.core.text import Language

Form: TypeAlias = Mapping[str, Sequence[str]]
Written: TypeAlias = dict[str, list[str]]

MOST_EFFECTS, MOST_SOURCES = 50, 20

SELECTED = ("crossings", "modes", "directions", "goods")
"""Parts of a selector that are ticked."""
LISTED = ("citizens", "citizens_except")
"""Parts of a selector that are written with commas between."""
TRANSIT = {"yes": True, "no": False}

RENAMED = {
    "effects": "effect",
    "texts": "text",
    "sources": "source",
    "capacity_share": "capacity_percent",
}
INNER = frozenset({"selector", "window"})
"""Levels of a notice that the form does not have."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a form says; None with the faults by the form's own names where it says nothing whole."""

    fields: NoticeFields | None
    faults: Mapping[str, str]


def read(form: Form) -> Read:
    """The notice that was written. Its effects are on no side: an official speaks for their own."""
    try:
        return Read(NoticeFields.model_validate(dict(_document(form))), {})
    except ValidationError as error:
        return Read(None, dict(_plainly(named(field), message) for field, message in faults_of(error)))


OF_THE_TYPE = ("Input should", "String should", "Dictionary should", "Tuple should", "Field required")
"""How messages begin that speak to programmers."""

WANTED = {
    "capacity_percent": "must be a number from 0 to 100",
    "citizens": "must be two letters each, such as UZ, KZ",
    "citizens_except": "must be two letters each, such as UZ, KZ",
    "delay_minutes": "must be a number of minutes",
    "mass_over_t": "must be a number of tonnes",
    "mass_up_to_t": "must be a number of tonnes",
    "text": "is needed in one language at least",
}


def _plainly(field: str, message: str) -> tuple[str, str]:
    if not message.startswith(OF_THE_TYPE):
        return field, message
    of_field = WANTED.get(field.rpartition(".")[2])
    return field, of_field or ("is needed" if message == "Field required" else message)


def written(fields: NoticeFields) -> Written:
    """A form that says this notice; sides apart, for whoever writes it has but one."""
    form: Written = {"authority": [fields.authority]}
    _put(form, "cause", fields.cause)
    _put(form, "publish_from", _clock(fields.publish_from))
    _put(form, "publish_until", _clock(fields.publish_until))
    _put(form, "alternatives", *fields.alternatives)
    for language, text in fields.texts.items():
        _put(form, f"text.{language}.headline", text.headline)
        _put(form, f"text.{language}.body", text.body)
    for number, source in enumerate(fields.sources):
        for name in ("title", "url", "confidence"):
            _put(form, f"source.{number}.{name}", getattr(source, name))
    for number, effect in enumerate(fields.effects):
        for name, values in _effect_written(effect):
            _put(form, f"effect.{number}.{name}", *values)
    return form


def one(form: Form, name: str) -> str | None:
    """What a field holds that can hold one thing; None where that is nothing."""
    values = form.get(name) or ()
    return (values[-1].strip() or None) if values else None


def numbers(form: Form, kind: str) -> list[int]:
    """Of which effects or sources the form speaks, in their order."""
    found = {name.split(".")[1] for name in form if name.startswith(f"{kind}.") and name.count(".") == 2}
    return sorted(
        int(number) for number in found if number.isascii() and number.isdigit() and len(number) < 4
    )


def with_another(form: Form, kind: str) -> Written:
    """The form with one more effect or source; the most there can be stay the most. A new effect starts as
    the one before it: who announces several mostly changes one thing from one to the next."""
    taken = numbers(form, kind)
    most = MOST_EFFECTS if kind == "effect" else MOST_SOURCES
    changed: Written = {name: list(values) for name, values in form.items()}
    if len(taken) >= most:
        return changed
    new, last = (taken[-1] + 1, taken[-1]) if taken else (0, None)
    if kind == "effect" and last is not None:
        prefix = f"effect.{last}."
        for name in [name for name in form if name.startswith(prefix)]:
            changed[f"effect.{new}.{name.removeprefix(prefix)}"] = list(form[name])
    else:
        changed[f"{kind}.{new}.{'what' if kind == 'effect' else 'title'}"] = [""]
    return changed


def without(form: Form, kind: str, number: int) -> Written:
    """The form without one of its effects or sources."""
    prefix = f"{kind}.{number}."
    return {name: list(values) for name, values in form.items() if not name.startswith(prefix)}


def _document(form: Form) -> Iterator[tuple[str, Any]]:
    for name in ("authority", "cause"):
        if value := one(form, name):
            yield name, value
    for name in ("publish_from", "publish_until"):
        if value := one(form, name):
            yield name, _instant(value)
    yield "alternatives", _several(form, "alternatives")
    yield "texts", dict(_texts(form))
    yield "sources", [dict(_source(form, number)) for number in numbers(form, "source")]
    yield "effects", [_effect(form, number) for number in numbers(form, "effect")]


def _texts(form: Form) -> Iterator[tuple[str, dict[str, str]]]:
    for language in Language:
        said = {name: one(form, f"text.{language}.{name}") for name in ("headline", "body")}
        if given := {name: value for name, value in said.items() if value}:
            yield language, given


def _source(form: Form, number: int) -> Iterator[tuple[str, str]]:
    for name in ("title", "url", "confidence"):
        if value := one(form, f"source.{number}.{name}"):
            yield name, value


def _effect(form: Form, number: int) -> dict[str, Any]:
    at = f"effect.{number}"
    selector: dict[str, Any] = {name: _several(form, f"{at}.{name}") for name in SELECTED}
    for name in LISTED:
        countries = (one(form, f"{at}.{name}") or "").replace(",", " ").split()
        selector[name] = [country.upper() for country in countries]
    for name in ("mass_over_t", "mass_up_to_t"):
        if value := one(form, f"{at}.{name}"):
            selector[name] = _number(value)
    if transit := one(form, f"{at}.transit"):
        selector["transit"] = TRANSIT.get(transit, transit)
    end_is = one(form, f"{at}.end_is")
    window: dict[str, Any] = {"end_is": end_is or End.OPEN}
    if start := one(form, f"{at}.start"):
        window["start"] = _instant(start)
    if (end := one(form, f"{at}.end")) and end_is != End.OPEN:
        window["end"] = _instant(end)
    if recurs := one(form, f"{at}.recurs"):
        window["recurs"] = recurs
    effect: dict[str, Any] = {"selector": selector, "window": window}
    if what := one(form, f"{at}.what"):
        effect["what"] = what
    return effect | dict(_figures(form, at, what))


FIGURES = {
    "restricted": "capacity_percent",
    "hours": "hours",
    "delay": "delay_minutes",
}
"""The figure that goes with each kind of effect. One that is left over from another kind is not sent on: the
form has shown it away."""


def _figures(form: Form, at: str, what: str | None) -> Iterator[tuple[str, Any]]:
    name = FIGURES.get(what or "")
    value = one(form, f"{at}.{name}") if name else None
    if value is None:
        return
    if name == "capacity_percent":
        yield "capacity_share", _share(value)
    elif name:
        yield name, value if name == "hours" else _number(value)


def _effect_written(effect: Effect) -> Iterator[tuple[str, Sequence[str | None]]]:
    selector, window = effect.selector, effect.window
    yield "what", [effect.what]
    for name in SELECTED:
        yield name, [*getattr(selector, name)]
    for name in LISTED:
        yield name, [", ".join(getattr(selector, name))]
    for name in ("mass_over_t", "mass_up_to_t"):
        yield name, [_figure(getattr(selector, name))]
    said = {value: name for name, value in TRANSIT.items()}
    yield "transit", [said.get(selector.transit) if selector.transit is not None else None]
    yield "start", [_clock(window.start)]
    yield "end", [_clock(window.end)]
    yield "end_is", [window.end_is]
    yield "recurs", [window.recurs]
    yield "hours", [effect.hours]
    yield "delay_minutes", [_figure(effect.delay_minutes)]
    share = effect.capacity_share
    yield "capacity_percent", [None if share is None else _percent(share)]


def _percent(share: float) -> str:
    """In decimals, so that it gives the same share again."""
    return f"{(Decimal(repr(share)) * 100).normalize():f}"


def _share(percent: str) -> float | str:
    try:
        return float(Decimal(percent.replace(",", ".")) / 100)
    except (ArithmeticError, ValueError):
        return percent


def _several(form: Form, name: str) -> list[str]:
    return [value for value in form.get(name) or () if value]


def _put(form: Written, name: str, *values: str | None) -> None:
    if given := [str(value) for value in values if value]:
        form[name] = given


def _figure(value: float | None) -> str | None:
    return None if value is None else repr(float(value)).removesuffix(".0")


def _number(written: str) -> float | str:
    """A number as people here write it, with a comma or a point; what is none stays what was written."""
    try:
        return float(written.replace(",", "."))
    except ValueError:
        return written


def _clock(at: datetime | None) -> str | None:
    """As a field of a form takes it: minutes, and seconds where there are some."""
    if at is None:
        return None
    local = at.astimezone(TASHKENT).replace(tzinfo=None)
    whole = not local.second and not local.microsecond
    return local.isoformat(timespec="minutes" if whole else "auto")


def _instant(written: str) -> datetime | str:
    """Tashkent time; what is no time stays what was written."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return written
    return at if at.tzinfo else at.replace(tzinfo=TASHKENT)


def named(field: str) -> str:
    """The form's name of a dotted path into a notice."""
    parts = [RENAMED.get(part, part) for part in field.split(".") if part not in INNER]
    if len(parts) > 3 and parts[0] == "effect":  # a place in a list: the list is one field here
        parts = parts[:3]
    return "alternatives" if parts[0] == "alternatives" else ".".join(parts)
