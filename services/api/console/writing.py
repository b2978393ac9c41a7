"""Writing a notice: a draft that is kept as it is, whole or not, until it is announced or given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.api.console import forms, views
from services.api.console.forms import Form, Written
from services.api.console.sent import Sent, SentDep
from services.api.console.telling import ConsoleRoute, data, desk, done, wants_data
from services.api.console.visiting import Acting, Visit, VisitDep
from services.api.console.words import CONSOLE
from services.api.pages.telling import TASHKENT
from services.core import notices, previews
from services.core.crossings import Goods, Side
from services.core.errors import Invalid
from services.core.notices import End, NoticeDraft, NoticeText, State, What
from services.core.previews import Subject
from services.core.text import Language

OURS = ("authority", "cause", "publish_from", "publish_until", "alternatives")
SEVERAL = ("text.", "effect.", "source.")


def routes(base: str) -> APIRouter:
    """The same for the real border and for the one to practise on."""
    router = APIRouter(prefix=f"{base}/drafts", include_in_schema=False, route_class=ConsoleRoute)
    router.get("/new")(new)
    router.post("")(begin)
    router.get("/{draft_id}")(one)
    router.post("/{draft_id}")(save)
    router.post("/{draft_id}/discard")(discard)
    return router


def new(visit: VisitDep, crossing: Annotated[str | None, Query(max_length=60)] = None) -> Response:
    """An empty form; nothing is kept before something is written."""
    with visit.acting() as acting:
        return _form(visit, acting, _empty(visit, acting, crossing), None)


def begin(visit: VisitDep, sent: SentDep) -> Response:
    """Keep the first words."""
    form = _changed(visit, sent)
    with visit.acting() as acting:
        draft = notices.begin(acting.work, acting.actor, form)
    return _kept(visit, sent, draft)


def one(visit: VisitDep, draft_id: str, check: bool = False) -> Response:
    """One's own, to go on writing; with `check` saying what is still missing."""
    with visit.acting() as acting:
        draft = notices.draft(acting.work, acting.actor, draft_id)
        if draft.state != State.DRAFT or draft.author != acting.actor.name:
            return done(visit, f"{visit.base}/drafts/{draft.id}/preview")
        return _form(visit, acting, form_of(draft), draft, check=check or draft.note is not None)


def save(visit: VisitDep, draft_id: str, sent: SentDep) -> Response:
    """Keep what is written by now."""
    version, form = sent.number("version"), _changed(visit, sent)
    with visit.acting() as acting:
        draft = notices.save(acting.work, acting.actor, draft_id, form, version=version)
    return _kept(visit, sent, draft)


def discard(visit: VisitDep, draft_id: str, sent: SentDep) -> Response:
    with visit.acting() as acting:
        notices.discard(acting.work, acting.actor, draft_id, version=sent.number("version"))
    return done(visit, visit.base)


def _kept(visit: Visit, sent: Sent, draft: NoticeDraft) -> Response:
    here = f"{visit.base}/drafts/{draft.id}"
    if wants_data(visit.request):
        return data({"location": here, "version": draft.version})
    do = sent.one("do")
    return done(visit, {"preview": f"{here}/preview", None: here}.get(do, f"{here}#{_place(sent)}"))


def _place(sent: Sent) -> str:
    """Where on the page somebody was."""
    do, _, number = (sent.one("do") or "").partition(":")
    return {"another": number, "without": number.partition(".")[0], "suggest": "texts"}.get(do, "draft")


def _changed(visit: Visit, sent: Sent) -> Written:
    """What was written, with what its author asked to have done to it."""
    form: Written = {
        name: list(values) for name, values in sent.fields.items() if name in OURS or name.startswith(SEVERAL)
    }
    do, _, which = (sent.one("do") or "").partition(":")
    if do == "another" and which in ("effect", "source"):
        return forms.with_another(form, which)
    if do == "without":
        kind, _, number = which.partition(".")
        if kind in ("effect", "source") and number.isdigit():
            return forms.without(form, kind, int(number))
    if do == "suggest":
        return _with_suggestions(visit, form)
    return form


def _with_suggestions(visit: Visit, form: Form) -> Written:
    """The form with words in every language in which there are none yet, and with the ways round if none are
    named; as it was where its effects cannot be understood yet."""
    changed: Written = {name: list(values) for name, values in form.items()}
    without_texts = {name: values for name, values in form.items() if not name.startswith("text.")}
    placeholder = {f"text.{Language.ENGLISH}.headline": ["?"]}
    read = forms.read({**without_texts, **placeholder})
    if read.fields is None:
        return changed
    with visit.acting() as acting:
        official = acting.actor.official
    current = visit.current
    try:
        subject = Subject.of(
            current.board.inputs,
            read.fields,
            visit.now,
            side=Side(official.country),
            speaks_for=official.crossings,
        )
    except Invalid:  # more rules than can be looked through: what is written is kept all the same
        return changed
    suggested = previews.suggested_alternatives(subject, current.roads)
    for language, text in previews.suggested_texts(subject, suggested).items():
        written = _as_form(language, text)
        changed |= {name: words for name, words in written.items() if not forms.one(form, name)}
    if not form.get("alternatives") and suggested.codes:
        changed["alternatives"] = list(suggested.codes)
    return changed


def _as_form(language: Language, text: NoticeText) -> Written:
    found = {f"text.{language}.headline": [text.headline]}
    return found | ({f"text.{language}.body": [text.body]} if text.body else {})


def _empty(visit: Visit, acting: Acting, crossing: str | None) -> Form:
    """What most notices begin as: something is shut from now on until somebody says otherwise."""
    official = acting.actor.official
    only = official.crossings if len(official.crossings) == 1 else []
    return {
        "authority": [official.authority],
        "effect.0.what": [What.CLOSED],
        "effect.0.crossings": [crossing] if crossing else only,
        "effect.0.start": [f"{visit.now.astimezone(TASHKENT):%Y-%m-%dT%H:%M}"],
        "effect.0.end_is": [End.OPEN],
    }


def _form(
    visit: Visit, acting: Acting, form: Form, draft: NoticeDraft | None, *, check: bool = False
) -> Response:
    faults: Mapping[str, str] = forms.read(form).faults if check else {}
    return desk(
        visit,
        acting,
        "draft.html",
        here="write",
        draft=draft,
        faults=faults,
        unplaced=_unplaced(faults),
        **_values(visit, acting, form),
    )


def _values(visit: Visit, acting: Acting, form: Form) -> dict[str, Any]:
    catalogue = visit.current.board.catalogue
    return {
        "one": lambda name: forms.one(form, name) or "",
        "ticked": lambda name, value: value in (form.get(name) or ()),
        "some": lambda name: bool(form.get(name)),
        "goods": [(one, CONSOLE(f"goods.{one}")) for one in Goods],
        "effects": forms.numbers(form, "effect"),
        "sources": forms.numbers(form, "source"),
        "crossings": views.own(catalogue, acting.actor),
        "others": views.named(catalogue),
        "whole_border": not acting.actor.official.crossings,
        "languages": tuple(Language),
        "missing": [one for one in Language if not forms.one(form, f"text.{one}.headline")],
    }


def _unplaced(faults: Mapping[str, str]) -> Sequence[str]:
    """What is wrong with no one field, or with one that the page does not show."""
    shown = ("authority", "cause", "publish_from", "publish_until", "text.", "effect.", "source.")
    return [message for field, message in faults.items() if not field.startswith(shown)]


def form_of(draft: NoticeDraft) -> Form:
    """What its author wrote; of one that a program has submitted, what that said."""
    if draft.form is not None:
        return draft.form
    return forms.written(draft.document) if draft.document else {}


def written_in(draft: NoticeDraft) -> notices.NoticeFields:
    """What a draft says by the hand of its author. Raises Invalid where that is nothing whole."""
    read = forms.read(form_of(draft))
    if read.fields is None:
        field, message = next(iter(read.faults.items()))
        raise Invalid(message, field=field)
    return read.fields
