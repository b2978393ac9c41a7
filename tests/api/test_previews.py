"""Officials over HTTP: what a notice would do, before it is published."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.api.previewing import ONE_AT_A_TIME
from services.core.crossings import Side
from services.core.notices import Effect, NoticeFields, Selector, What, Window
from services.core.text import Language
from tests.api.service import Headers, Service, let_in, the_real_border
from tests.makers import ALFA, BRAVO, NOON, a_closure, a_notice, as_asked

NEWS = Effect(what=What.INFORMATION, selector=Selector(crossings=(ALFA,)), window=Window(start=NOON))
"""Moves nobody, so that nothing is reckoned."""
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
GISHTKOPRIK, NAVOIY = "gishtkoprik-zhibek-zholy", "navoiy-kaplanbek"


def previewed(
    service: Service, who: Headers, fields: NoticeFields | dict[str, Any], **query: str
) -> httpx.Response:
    body = fields if isinstance(fields, dict) else as_asked(fields)
    return service.ask("POST", "/v1/notices/preview", headers=who, json=body, params=query)


def seen(service: Service, who: Headers, fields: NoticeFields, **query: str) -> Any:
    reply = previewed(service, who, fields, **query)
    assert reply.status_code == 200, reply.text
    return reply.json()


def refused(reply: httpx.Response, status: int, kind: str) -> None:
    assert (reply.status_code, reply.json()["type"]) == (status, f"urn:otkel:problem:{kind}")
    assert reply.headers["content-type"] == "application/problem+json"


def codes(body: Any) -> set[str]:
    return {finding["code"] for finding in body["findings"]}


@pytest.fixture(scope="module")
def real(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The real border with its history."""
    service = the_real_border(sqlite_template, tmp_path_factory.mktemp("real"))
    yield service
    service.close()


def test_a_preview_writes_nothing(service: Service, aziza: Headers) -> None:
    before = service.rows()
    body = seen(service, aziza, a_notice(a_closure(ALFA, start=SOON)))
    assert service.rows() == before
    assert service.body("/v1/notices")["items"] == []
    assert {"findings", "suggestions", "shut_out", "spill_over", "texts", "hours_due"} <= set(body)


def test_only_officials_preview(service: Service) -> None:
    refused(previewed(service, {}, a_notice()), 401, "unidentified")


def test_what_is_no_notice_is_refused_by_its_field(service: Service, aziza: Headers) -> None:
    closure = as_asked(a_notice(a_closure(ALFA, start=SOON, end=SOON + timedelta(days=1))))
    closure["effects"][0]["window"]["end"] = SOON.isoformat()
    reply = previewed(service, aziza, closure)
    refused(reply, 422, "invalid")
    assert reply.json()["errors"][0]["field"] == "effects.0.window.end"


def test_what_publishing_would_refuse_is_found(service: Service, aziza: Headers) -> None:
    theirs = a_notice(a_closure("nowhere", start=SOON, sides=(Side.KZ,)))
    findings = seen(service, aziza, theirs)["findings"]
    stopping = {finding["code"] for finding in findings if finding["severity"] == "stop"}
    assert stopping == {"unknown-crossing", "other-side"}
    assert {"code", "severity", "field", "message", "about"} == set(findings[0])


def test_whoever_has_one_crossing_is_told_that_the_others_are_not_theirs(service: Service) -> None:
    elsewhere = NEWS.model_copy(update={"selector": Selector(crossings=(BRAVO,))})
    bakhyt = let_in(service.edge, "Bakhyt", Side.KZ, (BRAVO,))
    assert "not-yours" in codes(seen(service, bakhyt, a_notice(NEWS)))
    assert "not-yours" not in codes(seen(service, bakhyt, a_notice(elsewhere)))


def test_freight_reads_what_will_be_listed(service: Service, aziza: Headers) -> None:
    fields = a_notice(NEWS, alternatives=(BRAVO,))
    freight = seen(service, aziza, fields)["texts"]["freight"]
    published = service.publish(fields, aziza, "k").json()
    decided_then = {"id", "published_at", "recorded_at", "emergency", "reason"}
    assert freight["id"] is None
    for name in set(published) - decided_then:
        assert freight[name] == published[name], name


def test_the_same_notice_again_is_found_and_an_amendment_of_it_is_not(
    service: Service, aziza: Headers
) -> None:
    fields = a_notice(NEWS)
    notice_id = service.publish(fields, aziza, "k").json()["id"]
    service.look()
    assert "similar-in-force" in codes(seen(service, aziza, fields))
    assert "similar-in-force" not in codes(seen(service, aziza, fields, amends=notice_id))
    freight = seen(service, aziza, fields, amends=notice_id)["texts"]["freight"]
    assert (freight["id"], freight["revision"], freight["state"]) == (notice_id, 2, "amended")


def test_what_nobody_published_cannot_be_amended(service: Service, aziza: Headers) -> None:
    fields = a_notice(NEWS)
    refused(previewed(service, aziza, fields, amends="nothing"), 404, "not-found")


def test_a_language_that_nobody_wrote_is_shown_as_missing(service: Service, aziza: Headers) -> None:
    texts = seen(service, aziza, a_notice(NEWS))["texts"]
    missing = {language for language, text in texts["traveller"].items() if text["missing"]}
    assert missing == set(Language) - {Language.ENGLISH}
    assert texts["traveller"]["kk"]["headline"] == "Closed for repairs"
    assert {language for language, sms in texts["sms"].items() if sms is None} == missing
    assert texts["sms"]["en"]["segments"] == [texts["sms"]["en"]["text"]]


def test_travellers_read_what_the_page_of_notices_will_say(service: Service, aziza: Headers) -> None:
    fields = a_notice(NEWS, headline="Alfa is being repaired", alternatives=(BRAVO,))
    told = seen(service, aziza, fields)["texts"]["traveller"]["en"]
    service.publish(fields, aziza, "k")
    page = service.get("/notices").text
    assert told["headline"] in page
    assert all(part in page for effect in told["effects"] for part in effect.split(" · "))
    assert told["alternatives"] == ["Bravo – Balkhash"]


def test_words_are_suggested_in_every_language_and_can_be_published_as_they_are(
    service: Service, aziza: Headers
) -> None:
    words = seen(service, aziza, a_notice(NEWS))["suggestions"]["notice_texts"]
    assert list(words) == list(Language)
    assert words["en"] == {
        "headline": "Alfa – Alma: information from 10.03.2026 12:00",
        "body": "From 10.03.2026 12:00.",
    }
    suggested = a_notice(NEWS, texts=words)
    assert service.publish(suggested, aziza, "k").json()["texts"] == words
    found = seen(service, aziza, suggested)["findings"]
    assert not {one["code"] for one in found} & {"language-missing", "body-missing"}


def test_one_at_a_time_and_the_next_is_asked_to_come_back(service: Service, aziza: Headers) -> None:
    fields = a_notice(NEWS)
    with ONE_AT_A_TIME:
        reply = previewed(service, aziza, fields)
    refused(reply, 503, "unavailable")
    assert int(reply.headers["retry-after"]) > 0
    assert previewed(service, aziza, fields).status_code == 200


def test_a_notice_that_cannot_be_previewed_leaves_room_for_the_next(service: Service, aziza: Headers) -> None:
    fields = a_notice(NEWS)
    for _ in range(3):
        assert previewed(service, aziza, fields, amends="nothing").status_code == 404
    assert previewed(service, aziza, fields).status_code == 200


def test_readers_are_answered_while_a_preview_is_reckoned(real: Service) -> None:
    dilnoza = let_in(real.edge, "Dilnoza")
    closure = a_notice(a_closure(NAVOIY, start=SOON, end=SOON + timedelta(days=3)))
    with ThreadPoolExecutor(1) as pool:
        preview = pool.submit(previewed, real, dilnoza, closure)
        answered = 0
        while not preview.done():
            assert real.get("/v1/crossings").status_code == 200
            answered += 1
    assert preview.result().status_code == 200
    assert answered > 1


def test_the_real_border_is_reckoned_with_and_without_the_notice(real: Service) -> None:
    kamila = let_in(real.edge, "Kamila")
    closure = a_notice(a_closure(NAVOIY, start=SOON, end=SOON + timedelta(days=3)))
    body = seen(real, kamila, closure)
    assert {one["crossing"] for one in body["shut_out"]} == {NAVOIY}
    assert body["spill_over"]["basis"] == "prior"
    filled = {one["crossing"] for one in body["spill_over"]["items"] if one["fills_by"] > 0}
    assert "yallama-konysbayev" in filled
    assert NAVOIY not in filled
    for one in body["spill_over"]["items"]:
        coming = one["coming_24h"]["with_notice"]
        assert (coming["units"] is None) is ("capacity-unknown" in one["doubts"])
        if one["doubts"] and one["wait_minutes"]["with_notice"]:
            assert one["wait_minutes"]["with_notice"]["p50"] is None
    assert set(body["suggestions"]["texts"]) == set(Language)
    assert "yallama-konysbayev" in body["suggestions"]["alternatives"]
