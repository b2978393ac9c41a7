"""Where the notices of the two sides contradict each other, an answer carries both, attributed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.api.formats.json import instant
from services.core.crossings import Side
from services.core.notices import Effect, End, Selector, What, Window
from tests.api.service import Headers, Service, let_in
from tests.makers import ALFA, BRAVO, DAY, HOUR, NOON, a_closure, a_notice

CAR = {"mode": "car", "direction": "to-kz"}
AT_NOON = {**CAR, "at": NOON.isoformat()}


@pytest.fixture
def dana(service: Service) -> Headers:
    """An official who speaks for the Kazakh side of every crossing."""
    return let_in(service.edge, "Dana", Side.KZ)


def a_reopening(*codes: str, start: datetime, end: datetime | None = None) -> Effect:
    ends = End.KNOWN if end else End.OPEN
    return Effect(
        what=What.REOPENED,
        selector=Selector(crossings=codes),
        window=Window(start=start, end=end, end_is=ends),
    )


def other_hours(rule: str) -> Effect:
    window = Window(start=NOON - DAY)
    return Effect(what=What.HOURS, selector=Selector(crossings=(ALFA,)), window=window, hours=rule)


def limited(share: float) -> Effect:
    window = Window(start=NOON - DAY)
    selector = Selector(crossings=(ALFA,))
    return Effect(what=What.RESTRICTED, selector=selector, window=window, capacity_share=share)


def publish(service: Service, who: Headers, *effects: Effect, **fields: Any) -> str:
    reply = service.publish(a_notice(*effects, **fields), who, "k")
    assert reply.status_code == 201, reply.text
    return str(reply.json()["id"])


def disagreement(service: Service, code: str = ALFA, **asked: str) -> Any:
    return service.body(f"/v1/crossings/{code}", **{**AT_NOON, **asked})["disagreement"]


def test_one_side_holds_shut_what_the_other_reopened(service: Service, aziza: Headers, dana: Headers) -> None:
    closure = a_closure(ALFA, start=NOON - DAY, end=NOON + DAY, end_is=End.ANNOUNCED)
    uz = publish(service, aziza, closure, authority="Customs of Uzbekistan")
    kz = publish(
        service,
        dana,
        a_reopening(ALFA, start=NOON - HOUR),
        authority="Border Service of Kazakhstan",
        texts={"en": {"headline": "Open again"}, "ru": {"headline": "Снова открыт"}},
    )
    told = [
        {
            "about": "shut",
            "sides": {
                "uz": {
                    "notice": f"{uz}/1",
                    "authority": "Customs of Uzbekistan",
                    "headline": "Closed for repairs",
                    "what": "closed",
                    "since": "2026-03-09T12:00:00+05:00",
                    "until": "2026-03-11T12:00:00+05:00",
                    "end_is": "announced",
                },
                "kz": {
                    "notice": f"{kz}/1",
                    "authority": "Border Service of Kazakhstan",
                    "headline": "Open again",
                    "what": "reopened",
                    "since": "2026-03-10T11:00:00+05:00",
                    "until": None,
                    "end_is": "open",
                },
            },
        }
    ]
    one = service.body(f"/v1/crossings/{ALFA}", **AT_NOON)
    assert (one["status"], one["disagreement"]) == ("closed", told)
    listed = {
        item["code"]: item["disagreement"] for item in service.body("/v1/crossings", **AT_NOON)["items"]
    }
    assert {code for code, found in listed.items() if found} == {ALFA}
    assert listed[ALFA] == told
    lanes = service.body(f"/v1/crossings/{ALFA}", at=NOON.isoformat())["lanes"]
    assert [lane["disagreement"] for lane in lanes] == [told] * 8
    (feature, *_) = service.get("/v1/crossings", {"Accept": "application/geo+json"}, **AT_NOON).json()[
        "features"
    ]
    assert feature["properties"]["disagreement"] == told
    assert disagreement(service, lang="ru")[0]["sides"]["kz"]["headline"] == "Снова открыт"


def test_both_hold_it_shut_and_say_until_when(service: Service, aziza: Headers, dana: Headers) -> None:
    publish(service, aziza, a_closure(ALFA, start=NOON - DAY, end=NOON - HOUR, end_is=End.ANNOUNCED))
    publish(service, dana, a_closure(ALFA, start=NOON - DAY))
    (found,) = disagreement(service)
    ends = {side: (word["until"], word["end_is"]) for side, word in found["sides"].items()}
    assert found["about"] == "end"
    assert ends == {"uz": ("2026-03-10T11:00:00+05:00", "announced"), "kz": (None, "open")}


def test_other_hours_and_shares_are_told_with_the_hours_and_shares(
    service: Service, aziza: Headers, dana: Headers
) -> None:
    publish(service, aziza, other_hours("08:00-18:00"), limited(0.5))
    publish(service, dana, other_hours("24/7"), limited(0.25))
    hours, capacity = disagreement(service)
    assert (hours["about"], capacity["about"]) == ("hours", "capacity")
    assert {side: word["hours"] for side, word in hours["sides"].items()} == {
        "uz": "08:00-18:00",
        "kz": "24/7",
    }
    assert {side: word["capacity_share"] for side, word in capacity["sides"].items()} == {
        "uz": 0.5,
        "kz": 0.25,
    }


def test_an_ended_notice_is_the_word_of_its_side_that_it_is_over(
    service: Service, aziza: Headers, dana: Headers
) -> None:
    now = datetime.now(UTC)
    closure = a_closure(BRAVO, start=now - HOUR, end=now + 30 * DAY, end_is=End.ANNOUNCED)
    publish(service, aziza, closure)
    kz = publish(service, dana, closure)
    assert disagreement(service, BRAVO, at=(now + HOUR).isoformat()) == []
    tag = service.get(f"/v1/notices/{kz}").headers["etag"]
    ended = service.post(f"/v1/notices/{kz}/end", {**dana, "Idempotency-Key": "over", "If-Match": tag})
    assert ended.status_code == 200, ended.text
    (found,) = disagreement(service, BRAVO, at=(now + HOUR).isoformat())
    assert found["about"] == "shut"
    assert (found["sides"]["kz"]["notice"], found["sides"]["kz"]["end_is"]) == (f"{kz}/2", "known")


def test_an_answer_is_kept_no_longer_than_the_sides_contradict_each_other(
    service: Service, aziza: Headers, dana: Headers
) -> None:
    """The status stays as it is when the reopening is over: only what the sides say changes."""
    now = datetime.now(UTC)
    over = now + timedelta(seconds=90)
    publish(service, aziza, a_closure(ALFA, start=now - HOUR))
    publish(service, dana, a_reopening(ALFA, start=now - HOUR / 2, end=over))
    reply = service.body(f"/v1/crossings/{ALFA}", **CAR)
    assert [one["about"] for one in reply["disagreement"]] == ["shut"]
    assert datetime.fromisoformat(reply["valid_until"]) <= over
    assert reply["next_change"] is None
    assert disagreement(service, at=instant(over)) == []


def test_the_list_of_notices_says_nothing_of_it(service: Service, aziza: Headers, dana: Headers) -> None:
    """Whom two notices contradict each other to is a question of the crossing and the traveller."""
    publish(service, aziza, a_closure(ALFA, start=NOON - DAY))
    publish(service, dana, a_reopening(ALFA, start=NOON - HOUR))
    assert not [item for item in service.body("/v1/notices")["items"] if "disagreement" in item]
