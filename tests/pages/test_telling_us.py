"""Travellers tell on the page of a crossing how long they waited: without a script, without a name, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.api.pages.witness import AGO, WAITS
from services.core import observations
from services.core.crossings import Mode, Side, catalogue
from services.core.observations import Bound, Kind, Reported, Reporter
from services.core.observations.actions import MOST_OF_ONE_TRAVELLER
from services.core.text import Language, in_language
from services.core.work import Work
from tests.api.service import Headers, Service
from tests.makers import an_observation, an_official
from tests.pages.reading import Element, page

YALLAMA = "/crossings/yallama-konysbayev"
CAR = {"mode": "car", "direction": "to-kz"}
WAITED = {**CAR, "kind": "wait", "waited": "90", "ago": "0"}
STUCK = {**CAR, "kind": "not-moving"}
OURS = {"Origin": "http://otkel"}


def tell(
    service: Service, said: dict[str, str], path: str = YALLAMA, headers: Headers | None = None
) -> httpx.Response:
    """What a browser does with the form of a page."""
    return service.post(path, headers or OURS, data=said)


def told(service: Service) -> Sequence[Reported]:
    """Every report that is on record, oldest first."""
    with service.edge.reading() as session:
        return observations.since(session, datetime.now(UTC) - timedelta(days=2))


def back(service: Service, reply: httpx.Response) -> Element:
    """The page to which somebody is sent who has told."""
    assert reply.status_code == 303, reply.text
    assert reply.headers["cache-control"] == "no-store"
    return page(service.get(reply.headers["location"].partition("#")[0]))


def section(shown: Element, which: str) -> Element:
    (found,) = [one for one in shown.all("section") if one.get("aria-labelledby") == which]
    return found


@pytest.mark.parametrize("code", list(catalogue()))
def test_every_crossing_has_a_form_for_what_it_takes(border: Service, code: str) -> None:
    form = section(page(border.get(f"/crossings/{code}")), "tell").one("form", method="post")
    offered = {Mode(one["value"]) for one in form.all("input", name="mode")}
    assert offered
    assert {mode.kind for mode in offered} == {catalogue()[code].kind}
    assert len([one for one in form.all("input", name="mode") if "checked" in one.attributes]) == 1
    assert [one["value"] for one in form.all("button")] == ["wait", "moving", "not-moving"]
    assert form.one("input", name="visit")["value"] == ""


def test_the_form_is_filled_in_as_the_page_was_asked(border: Service) -> None:
    form = section(page(border.get(YALLAMA, mode="truck", direction="to-uz")), "tell").one("form")
    checked = {one["name"]: one["value"] for one in form.all("input") if "checked" in one.attributes}
    assert checked == {"mode": "truck", "direction": "to-uz"}


def test_a_wait_is_that_at_both_posts_and_the_page_thanks_and_shows_it(own_border: Service) -> None:
    before = datetime.now(UTC)
    shown = back(own_border, tell(own_border, WAITED))
    (report,) = told(own_border)
    assert (report.by, report.fields.kind) == (Reporter.TRAVELLER, Kind.WAIT)
    assert (report.fields.wait_minutes, report.fields.side, report.fields.bound) == (90, None, None)
    assert before <= report.fields.observed_at <= datetime.now(UTC)
    assert section(shown, "tell").one("p", role="status").words.startswith("Thank you.")
    (line,) = section(shown, "sightings").all("li")
    assert line.words.startswith("waited 1 h 30 min, both posts together")
    assert line.words.endswith("by a traveller")


@pytest.mark.parametrize(("direction", "side"), [("to-kz", Side.UZ), ("to-uz", Side.KZ)])
@pytest.mark.parametrize(
    ("kind", "words"), [("moving", "the queue moves"), ("not-moving", "the queue stands still")]
)
def test_whether_the_queue_moves_is_told_of_the_post_that_one_leaves(
    own_border: Service, direction: str, side: Side, kind: str, words: str
) -> None:
    shown = back(own_border, tell(own_border, {**CAR, "direction": direction, "kind": kind, "waited": ""}))
    (report,) = told(own_border)
    assert (report.fields.kind, report.fields.side) == (Kind(kind), side)
    assert section(shown, "sightings").one("li").words.startswith(words)


def test_who_is_through_since_a_while_tells_when_and_the_longest_wait_is_at_least_that(
    own_border: Service,
) -> None:
    shown = back(own_border, tell(own_border, {**WAITED, "waited": str(WAITS[-1]), "ago": "240"}))
    (report,) = told(own_border)
    assert report.fields.bound is Bound.AT_LEAST
    assert (
        timedelta(0)
        <= datetime.now(UTC) - timedelta(hours=4) - report.fields.observed_at
        < timedelta(minutes=1)
    )
    assert "waited at least 3 days" in section(shown, "sightings").words


@pytest.mark.parametrize("visit", ["", "w0rd"], ids=["without a script", "with one"])
@pytest.mark.parametrize("said", [WAITED, STUCK], ids=["wait", "queue"])
def test_telling_twice_counts_once_and_the_page_says_so(
    own_border: Service, said: dict[str, str], visit: str
) -> None:
    first, second = (tell(own_border, {**said, "visit": visit}) for _ in range(2))
    assert "Thank you." in section(back(own_border, first), "tell").one("p", role="status").words
    assert "it counts once" in section(back(own_border, second), "tell").one("p", role="status").words
    assert len(told(own_border)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({**WAITED, "visit": "a"}, {**WAITED, "visit": "b"}),
        ({**WAITED, "visit": "a"}, {**WAITED, "visit": "a", "waited": "60"}),
        (WAITED, {**WAITED, "waited": "60"}),
        (WAITED, {**WAITED, "ago": "60"}),
        (WAITED, {**WAITED, "direction": "to-uz"}),
        (STUCK, {**STUCK, "kind": "moving"}),
    ],
)
def test_another_visit_or_another_word_is_another_story(
    own_border: Service, one: dict[str, str], other: dict[str, str]
) -> None:
    for said in (one, other):
        assert "told=1" in tell(own_border, said).headers["location"]
    assert len(told(own_border)) == 2


def test_the_page_after_telling_is_kept_like_any_other(own_border: Service) -> None:
    path = tell(own_border, WAITED).headers["location"].partition("#")[0]
    first, second = own_border.get(path), own_border.get(path)
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert all("told=" not in one["href"] for one in page(first).all("a"))


def test_a_report_shows_at_once_on_a_page_that_was_kept(own_border: Service) -> None:
    assert "Reported in the last day" not in own_border.get(YALLAMA, **CAR).text
    tell(own_border, WAITED)
    assert "Reported in the last day" in own_border.get(YALLAMA, **CAR).text


def test_somebody_is_sent_back_to_the_lane_they_told_of_with_all_else_they_had_asked(
    own_border: Service,
) -> None:
    asked = {"mode": "car", "direction": "to-kz", "citizenship": "UZ", "lang": "kk"}
    said = {"mode": "truck", "direction": "to-uz", "kind": "moving"}
    location = tell(own_border, said, f"{YALLAMA}?{urlencode(asked)}").headers["location"]
    assert location == f"{YALLAMA}?mode=truck&direction=to-uz&citizenship=UZ&lang=kk&told=1#tell"


@pytest.mark.parametrize("language", Language)
def test_telling_works_in_every_language(own_border: Service, language: Language) -> None:
    form = section(page(own_border.get(YALLAMA, **CAR, lang=language)), "tell").one("form")
    reply = tell(own_border, WAITED, f"{YALLAMA}{form['action'].partition('#')[0]}")
    names = section(back(own_border, reply), "posts").one("h3", id="post-uz").words
    assert str(in_language(catalogue()["yallama-konysbayev"].posts[Side.UZ].named.names, language)) in names


WRONG = [
    ({**WAITED, "waited": ""}, "waited", "Choose how long you waited."),
    ({**WAITED, "waited": "17"}, "waited", "Choose how long you waited."),
    ({**WAITED, "ago": "-5"}, "ago", "Choose when you were through."),
    ({**WAITED, "direction": "up"}, "direction", "Choose to Kazakhstan or to Uzbekistan."),
    ({**WAITED, "mode": "passenger-train"}, "mode", "Choose one of these ways to travel."),
    ({**WAITED, "kind": "count"}, "kind", "Use one of the buttons of this form."),
    ({}, "kind", "Use one of the buttons of this form."),
]


@pytest.mark.parametrize(("said", "field", "sentence"), WRONG)
def test_what_cannot_be_taken_is_told_in_words_beside_its_field(
    border: Service, said: dict[str, str], field: str, sentence: str
) -> None:
    reply = tell(border, {**said, "visit": "w0rd"})
    form = section(page(reply, 422), "tell")
    assert form.one("p", id=f"fault-tell-{field}").words == sentence
    assert reply.headers["cache-control"] == "no-store"
    assert form.one("input", name="visit")["value"] == "w0rd"
    assert told(border) == []


def test_what_was_chosen_is_there_to_be_sent_again(border: Service) -> None:
    form = section(page(tell(border, {**WAITED, "mode": "truck", "ago": "5"}), 422), "tell")
    chosen = [one["value"] for one in form.all("option") if "selected" in one.attributes]
    checked = [one["value"] for one in form.all("input") if "checked" in one.attributes]
    assert (chosen, checked) == (["90"], ["to-kz", "truck"])


def test_more_than_enough_is_declined_with_thanks(own_border: Service) -> None:
    for number in range(MOST_OF_ONE_TRAVELLER):
        assert tell(own_border, {**WAITED, "visit": str(number)}).status_code == 303
    reply = tell(own_border, {**WAITED, "visit": "more"})
    assert "Thank you; please come back later." in section(page(reply, 429), "tell").words
    assert int(reply.headers["retry-after"]) > 0
    assert len(told(own_border)) == MOST_OF_ONE_TRAVELLER


def test_when_nothing_can_be_written_the_page_says_so_and_keeps_what_was_chosen(own_border: Service) -> None:
    Path(own_border.settings.database.removeprefix("sqlite:///")).unlink()
    reply = tell(own_border, {**WAITED, "visit": "w0rd"})
    form = section(page(reply, 503), "tell")
    assert "Our records cannot be reached." in form.words
    assert form.one("input", name="visit")["value"] == "w0rd"
    assert [
        one["value"]
        for one in form.one("select", name="waited").all("option")
        if "selected" in one.attributes
    ] == ["90"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://otkel"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://example.org"},
        {"Origin": "http://otkel.example.org"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ],
)
def test_no_other_site_can_make_a_browser_tell(border: Service, headers: Headers) -> None:
    reply = tell(border, WAITED, headers=headers)
    assert page(reply, 403).one("h1").words == "This was not sent from our page"
    assert told(border) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://otkel"},
        {"Origin": "https://otkel"},
        {"User-Agent": "a script of somebody's own"},
    ],
)
def test_our_own_pages_can(own_border: Service, headers: Headers) -> None:
    assert tell(own_border, WAITED, headers=headers).status_code == 303


def test_of_a_crossing_that_does_not_exist_nobody_can_tell(border: Service) -> None:
    assert page(tell(border, WAITED, "/crossings/nowhere"), 404)
    assert told(border) == []


def measured(work: Work, by: Reporter) -> None:
    """A count at the Uzbek post, by an official or a traveller."""
    fields = an_observation(crossing="yallama-konysbayev", kind=Kind.COUNT, queue=1400, observed_at=work.now)
    if by is Reporter.OFFICIAL:
        observations.report(work, an_official(work)[0], fields, idempotency_key="k")
    else:
        observations.tell(work, "c0ffee", fields, idempotency_key="k")


@pytest.mark.parametrize(
    ("by", "words"), [(Reporter.OFFICIAL, "by an official"), (Reporter.TRAVELLER, "by a traveller")]
)
def test_a_report_says_what_it_is_and_from_whom(own_border: Service, by: Reporter, words: str) -> None:
    with own_border.edge.work() as work:
        measured(work, by)
    own_border.look()
    line = section(page(own_border.get(YALLAMA, **CAR)), "sightings").one("li").words
    assert line.startswith("1,400 in the queue, Uzbek post")
    assert line.endswith(words)
    others = page(own_border.get(YALLAMA, mode="truck", direction="to-kz"))
    assert "sightings" not in {one.get("aria-labelledby") for one in others.all("section")}


def test_a_page_about_another_hour_asks_and_shows_nothing_of_now(own_border: Service) -> None:
    tell(own_border, WAITED)
    shown = page(own_border.get(YALLAMA, **CAR, at="2026-01-15T12:00"))
    assert not {"tell", "sightings"} & {one.get("aria-labelledby") for one in shown.all("section")}
    assert "#tell" not in {one["href"] for one in shown.all("a")}


@pytest.mark.parametrize(("field", "choices"), [("waited", WAITS), ("ago", AGO)])
def test_every_choice_can_be_told(own_border: Service, field: str, choices: Sequence[int]) -> None:
    form = section(page(own_border.get(YALLAMA, **CAR)), "tell")
    offered = [one["value"] for one in form.one("select", name=field).all("option") if one["value"]]
    assert offered == [str(one) for one in choices]
    for extreme in (offered[0], offered[-1]):
        assert tell(own_border, {**WAITED, field: extreme}).status_code == 303


GUESSES = st.one_of(
    st.text(max_size=20), st.sampled_from([*Mode, *Kind, "to-kz", "to-uz", "90", "0", "60", "4320"])
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.dictionaries(
        st.sampled_from(["mode", "direction", "kind", "waited", "ago", "visit"]), GUESSES, max_size=6
    )
    | st.binary(max_size=60)
)
def test_whatever_is_sent_there_is_an_answer(own_border: Service, said: dict[str, str] | bytes) -> None:
    body = said if isinstance(said, bytes) else urlencode(said, errors="replace").encode()
    reply = own_border.post(YALLAMA, OURS, content=body)
    assert reply.status_code in (303, 422, 429), reply.text
    if reply.status_code != 303:
        page(reply, reply.status_code)
