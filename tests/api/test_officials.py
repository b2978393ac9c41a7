"""Officials over HTTP: who may say what, once, and on top of what they have read."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

import httpx
import pytest
from sqlmodel import select

from services.core import access, ledger, notices
from services.core.access import KEY_LIFE, Official, WrittenKey
from services.core.crossings import Side
from services.core.notices import NoticeRevision, What
from services.core.observations.actions import MOST_OF_ONE_TRAVELLER
from services.core.text import Language
from tests.api.service import Headers, Service, bearer, let_in
from tests.api.test_bad_input import check_problem
from tests.makers import ALFA, BRAVO, LATE, NOON, a_closure, a_notice, an_observation, an_official, as_asked

CAR = {"mode": "car", "direction": "to-kz"}
LONG_AGO = datetime.now(UTC) - KEY_LIFE


def keyed(who: Headers, key: str = "k", **more: str) -> Headers:
    return {**who, "Idempotency-Key": key, **more}


def reading(reply: httpx.Response) -> Headers:
    """The header that says which revision was read."""
    return {"If-Match": reply.headers["etag"]}


def amend(
    service: Service, published: httpx.Response, who: Headers, headline: str, **more: Any
) -> httpx.Response:
    headers = {"Otkel-Emergency": LATE, **who}
    fields = as_asked(a_notice(headline=headline, **more))
    return service.ask("PUT", published.headers["location"], headers=headers, json=fields)


def withdraw(service: Service, published: httpx.Response, who: Headers, **body: Any) -> httpx.Response:
    return service.post(f"{published.headers['location']}/withdraw", who, json=body)


def stored(service: Service) -> list[NoticeRevision]:
    with service.edge.reading() as session:
        return list(notices.revisions(session))


def no_key(_service: Service) -> Headers:
    return {}


def another_scheme(service: Service) -> Headers:
    return {"Authorization": let_in(service.edge)["Authorization"].replace("Bearer", "Basic")}


def nothing_after_the_scheme(_service: Service) -> Headers:
    return {"Authorization": "Bearer"}


def in_the_wrong_place(service: Service) -> Headers:
    return {"X-Api-Key": let_in(service.edge)["Authorization"]}


def unknown(_service: Service) -> Headers:
    return bearer(WrittenKey.new())


def somebody_elses_secret(service: Service) -> Headers:
    with service.edge.work() as work:
        _, key = an_official(work)
    return bearer(WrittenKey(key.id, WrittenKey.new().secret))


def damaged(service: Service) -> Headers:
    written = let_in(service.edge)["Authorization"]
    return {"Authorization": written[:-1] + ("0" if written[-1] != "0" else "1")}


def cut_short(service: Service) -> Headers:
    return {"Authorization": let_in(service.edge)["Authorization"][:-9]}


def nonsense(_service: Service) -> Headers:
    return bearer("otkel__" + "_")


def with_nul(_service: Service) -> Headers:
    key = WrittenKey("\0" * 8, "\0" * 43)
    return bearer(f"otkel_{key.id}_{key.secret}_{crc32((key.id + key.secret).encode()):08x}")


def expired(service: Service) -> Headers:
    with service.edge.work(now=LONG_AGO) as work:
        return bearer(an_official(work)[1])


def revoked(service: Service) -> Headers:
    with service.edge.work() as work:
        _, key = an_official(work)
        access.revoke_key(work, key.id)
        return bearer(key)


def disabled(service: Service) -> Headers:
    with service.edge.work() as work:
        _, key = an_official(work)
        access.disable(work, "Aziza")
        return bearer(key)


UNSENT = [no_key, another_scheme, nothing_after_the_scheme, in_the_wrong_place]
BAD = [
    *(unknown, somebody_elses_secret, damaged, cut_short, nonsense, with_nul),
    *(expired, revoked, disabled),
]
ACTS: list[tuple[str, str, Any]] = [
    ("POST", "/v1/notices", as_asked(a_notice())),
    ("PUT", "/v1/notices/any", as_asked(a_notice())),
    ("POST", "/v1/notices/any/withdraw", {}),
    ("POST", "/v1/observations", as_asked(an_observation())),
]


@pytest.mark.parametrize("whose", [*UNSENT, *BAD], ids=lambda it: it.__name__)
def test_nobody_changes_anything_without_a_good_key(
    service: Service, whose: Callable[[Service], Headers]
) -> None:
    headers = keyed(whose(service), **{"If-Match": '"1"'})
    before = service.rows()
    for method, path, body in ACTS:
        if path == "/v1/observations" and "Authorization" not in headers:
            continue  # whoever shows no key at all reports as a traveller
        reply = service.ask(method, path, headers=headers, json=body)
        assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
        words = "send your key as `Authorization: Bearer otkel_…`"
        if whose in BAD:
            words = "this key is not known, has expired or was revoked"
        assert check_problem(reply) == {
            "type": "urn:otkel:problem:unidentified",
            "title": "A valid key is needed",
            "status": 401,
            "detail": words,
        }
    assert service.rows() == before


def test_a_key_works_for_a_year_and_while_another_is_new(service: Service) -> None:
    with service.edge.work(now=LONG_AGO + timedelta(hours=1)) as work:
        _, old = an_official(work)
    with service.edge.work() as work:
        new = access.issue_key(work, "Aziza")
    for number, key in enumerate((old, new)):
        assert service.publish(a_notice(), bearer(key), str(number)).status_code == 201


def test_reading_needs_no_key_and_minds_no_bad_one(service: Service) -> None:
    for path in ("/v1/crossings", "/v1/notices", "/v1/advisories", "/readyz"):
        assert service.get(path, unknown(service)).status_code == 200


def test_sides_that_are_not_said_become_the_officials_own(service: Service) -> None:
    for side in Side:
        reply = service.publish(a_notice(), let_in(service.edge, f"of {side}", side), "k")
        assert reply.json()["effects"][0]["selector"]["sides"] == [side]


@pytest.mark.parametrize("sides", [(Side.KZ,), (Side.UZ, Side.KZ)])
def test_nobody_speaks_for_the_other_side(service: Service, sides: tuple[Side, ...]) -> None:
    aziza, before = let_in(service.edge), service.rows()
    fields = a_notice(a_closure(ALFA), a_closure(BRAVO, sides=sides))
    reply = service.publish(fields, aziza, "k")
    assert reply.status_code == 403
    assert check_problem(reply)["detail"] == "effects.1: you speak for the uz side only"
    assert service.rows()["notice_revision"] == before["notice_revision"]


@pytest.mark.parametrize(
    ("codes", "status"),
    [((ALFA,), 201), ((ALFA, ALFA), 201), ((BRAVO,), 403), ((ALFA, BRAVO), 403), ((), 403)],
)
def test_an_official_speaks_for_the_crossings_that_were_assigned(
    service: Service, codes: tuple[str, ...], status: int
) -> None:
    guard = let_in(service.edge, "guard", Side.UZ, (ALFA,))
    assert service.publish(a_notice(a_closure(*codes)), guard, "k").status_code == status
    assert len(stored(service)) == (status == 201)


def test_a_notice_of_one_side_is_changed_by_that_side_only(service: Service) -> None:
    aziza, bolat = let_in(service.edge), let_in(service.edge, "Bolat", Side.KZ)
    guard = let_in(service.edge, "guard", Side.UZ, (BRAVO,))
    published = service.publish(a_notice(), aziza, "k")
    for name, who in (("Bolat", bolat), ("guard", guard)):
        headers = keyed(who, name, **reading(published))
        assert amend(service, published, headers, "Mine now").status_code == 403
        assert withdraw(service, published, headers).status_code == 403
    assert [row.kind for row in stored(service)] == ["published"]
    colleague = keyed(let_in(service.edge, "Colleague"), **reading(published))
    assert amend(service, published, colleague, "Ours").status_code == 200


def test_what_the_record_says_of_both_sides_neither_takes_back_alone(service: Service) -> None:
    with service.edge.work() as work:
        notices.load_history(work)
    service.look()
    of_both = next(
        item
        for item in service.body("/v1/notices")["items"]
        if any(not effect["selector"]["sides"] for effect in item["effects"])
    )
    aziza = keyed(let_in(service.edge), **{"If-Match": f'"{of_both["revision"]}"'})
    reply = service.post(f"/v1/notices/{of_both['id']}/withdraw", aziza)
    assert reply.status_code == 403


def test_a_wide_notice_waits_once_however_often_it_is_sent(service: Service) -> None:
    aziza = keyed(let_in(service.edge), **{"Idempotency-Key": "wide"})
    first = service.post("/v1/notices", aziza, json=as_asked(a_notice(a_closure())))
    rows = service.rows()
    again = service.post("/v1/notices", aziza, json=as_asked(a_notice(a_closure())))
    assert (first.status_code, again.status_code, again.content) == (202, 202, first.content)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert service.rows() == rows


def test_the_same_request_again_has_the_same_reply_and_changes_nothing(service: Service) -> None:
    aziza = let_in(service.edge)
    first = service.publish(a_notice(), aziza, "k")
    rows = service.rows()
    again = service.publish(a_notice(), aziza, "k")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    unlike = {"idempotent-replayed"}
    assert {k: v for k, v in again.headers.items() if k not in unlike} == dict(first.headers.items())
    assert service.rows() == rows


def test_the_same_amendment_and_withdrawal_again_have_the_same_reply(service: Service) -> None:
    aziza = let_in(service.edge)
    published = service.publish(a_notice(), aziza, "1")
    changed = [amend(service, published, keyed(aziza, "2", **reading(published)), "Again") for _ in range(2)]
    taken_back = [withdraw(service, published, keyed(aziza, "3", **reading(changed[0]))) for _ in range(2)]
    for first, again in (changed, taken_back):
        assert (
            (again.status_code, again.content) == (first.status_code, first.content) == (200, first.content)
        )
        assert again.headers["idempotent-replayed"] == "true"
    late = service.publish(a_notice(), aziza, "1")
    assert (late.status_code, late.content) == (201, published.content)
    assert [row.kind for row in stored(service)] == ["published", "amended", "withdrawn"]


def test_a_key_that_was_used_for_another_request_is_refused(service: Service) -> None:
    aziza = let_in(service.edge)
    published = service.publish(a_notice(), aziza, "k")
    rows = service.rows()
    again = keyed(aziza, "k", **reading(published))
    for reply in (
        service.publish(a_notice(headline="Something else"), aziza, "k"),
        amend(service, published, again, "Closed for repairs"),
        withdraw(service, published, again),
    ):
        assert (reply.status_code, check_problem(reply)["type"]) == (
            422,
            "urn:otkel:problem:idempotency-key-reused",
        )
    assert service.rows() == rows


def test_another_reason_is_another_request(service: Service) -> None:
    aziza = let_in(service.edge)
    published = service.publish(a_notice(), aziza, "1")
    headers = keyed(aziza, "2", **reading(published))
    assert withdraw(service, published, headers, reason="Done").status_code == 200
    assert withdraw(service, published, headers, reason="A mistake").status_code == 422
    assert withdraw(service, published, headers, reason="Done").status_code == 200


def test_one_key_from_many_at_once_is_one_revision(service: Service) -> None:
    aziza = let_in(service.edge)
    with ThreadPoolExecutor(12) as pool:
        replies = list(pool.map(lambda _: service.publish(a_notice(), aziza, "k"), range(12)))
    assert {(reply.status_code, reply.content) for reply in replies} == {(201, replies[0].content)}
    assert sum("idempotent-replayed" not in reply.headers for reply in replies) == 1
    assert len(stored(service)) == 1


def test_one_revision_is_amended_by_one_of_many_at_once(service: Service) -> None:
    aziza = let_in(service.edge)
    published = service.publish(a_notice(), aziza, "k")

    def change(number: int) -> int:
        headers = keyed(aziza, f"try {number}", **reading(published))
        return amend(service, published, headers, f"By {number}").status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(change, range(8))) == [200] + [412] * 7
    assert [row.revision for row in stored(service)] == [1, 2]


def test_two_officials_may_choose_the_same_key(service: Service) -> None:
    replies = [
        service.publish(a_notice(), let_in(service.edge, name, side), "k")
        for name, side in (("Aziza", Side.UZ), ("Bolat", Side.KZ), ("Botir", Side.UZ))
    ]
    assert [reply.status_code for reply in replies] == [201] * 3
    assert len({reply.json()["id"] for reply in replies}) == 3


def test_an_amendment_is_made_on_top_of_what_was_read(service: Service) -> None:
    aziza = let_in(service.edge)
    published = service.publish(a_notice(), aziza, "1")
    path = published.headers["location"]
    unread = service.ask("PUT", path, headers=keyed(aziza, "2"), json=as_asked(a_notice()))
    assert (unread.status_code, unread.json()["field"]) == (428, "If-Match")
    first = amend(service, published, keyed(aziza, "3", **{"If-Match": 'W/"1"'}), "Second")
    assert (first.status_code, first.headers["etag"], first.json()["state"]) == (200, '"2"', "amended")
    late = amend(service, published, keyed(aziza, "4", **{"If-Match": '"1"'}), "Third")
    assert (late.status_code, check_problem(late)["type"]) == (412, "urn:otkel:problem:outdated")
    assert amend(service, published, keyed(aziza, "5", **{"If-Match": "2"}), "Third").status_code == 200
    assert service.get(path).headers["etag"] == '"3"'
    headlines = [
        row.document.texts[language].headline for row in stored(service) for language in row.document.texts
    ]
    assert headlines == ["Closed for repairs", "Second", "Third"]


def test_what_was_withdrawn_stays_withdrawn(service: Service) -> None:
    aziza = let_in(service.edge)
    published = service.publish(a_notice(a_closure(ALFA, start=NOON)), aziza, "1")
    assert service.body(f"/v1/crossings/{ALFA}", **CAR)["status"] == "closed"
    gone = withdraw(service, published, keyed(aziza, "2", **reading(published)), reason="A mistake")
    assert (gone.json()["state"], gone.json()["reason"], gone.headers["etag"]) == (
        "withdrawn",
        "A mistake",
        '"2"',
    )
    assert service.body(f"/v1/crossings/{ALFA}", **CAR)["status"] == "open"
    for reply in (
        withdraw(service, published, keyed(aziza, "3", **reading(gone))),
        amend(service, published, keyed(aziza, "4", **reading(gone)), "Back again"),
    ):
        assert (reply.status_code, check_problem(reply)["type"]) == (409, "urn:otkel:problem:conflict")
    assert [item["state"] for item in service.body("/v1/notices")["items"]] == ["withdrawn"]


@pytest.mark.parametrize(("act", "said"), [("withdraw", "Withdrawn"), ("end", "Ended")])
def test_what_is_taken_back_or_over_is_told_so_in_every_language(
    service: Service, act: str, said: str
) -> None:
    aziza = let_in(service.edge)
    published = service.publish(a_notice(a_closure(ALFA, start=NOON)), aziza, "1")
    path = published.headers["location"]
    gone = service.post(f"{path}/{act}", keyed(aziza, "2", **reading(published))).json()
    assert set(gone["texts"]) == set(Language)
    assert gone["texts"]["en"]["headline"] == f"{said}: Closed for repairs"
    assert "(Alfa – Alma)" in gone["texts"]["en"]["body"]
    assert "(Alfa (рус.) – Alma (рус.))" in gone["texts"]["ru"]["body"]
    unlike = {"texts", "revision", "state", "published_at", "recorded_at", "reason", "emergency"}
    for name in set(gone) - unlike:
        assert gone[name] == published.json()[name], name
    (listed,) = service.body("/v1/notices")["items"]
    assert listed["texts"] == gone["texts"]
    page = service.get("/notices").text
    assert f"{said}: Closed for repairs" in page
    assert f"{said.lower()} " in page
    assert service.body(f"/v1/crossings/{ALFA}", **CAR)["status"] == "open"
    before = service.body(f"/v1/crossings/{ALFA}", **CAR, at=NOON.isoformat())
    assert [reason["text"] for reason in before["reasons"]] == ["Closed for repairs"]


@pytest.mark.parametrize("act", ["withdraw", "end"])
def test_an_official_may_take_it_back_in_their_own_words(service: Service, act: str) -> None:
    aziza = let_in(service.edge)
    published = service.publish(a_notice(), aziza, "1")
    path, headers = f"{published.headers['location']}/{act}", keyed(aziza, "2", **reading(published))
    own = {"headline": "This was wrong", "body": "Alfa is open."}
    gone = service.post(path, headers, json={"reason": "A mistake", "texts": {"en": own}})
    assert gone.json()["texts"]["en"] == own
    assert set(gone.json()["texts"]) == set(Language)
    again = service.post(path, headers, json={"reason": "A mistake", "texts": {"en": own}})
    assert (again.status_code, again.content) == (200, gone.content)
    for texts in ({}, {"kk": own}):
        reply = service.post(path, headers, json={"reason": "A mistake", "texts": texts})
        assert check_problem(reply)["type"] == "urn:otkel:problem:idempotency-key-reused"


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"en": {"headline": " "}}, "texts.en.headline"),
        ({"en": {"headline": "x" * 301}}, "texts.en.headline"),
        ({"en": {"body": "Alone"}}, "texts.en.headline"),
    ],
)
def test_words_that_nobody_could_read_take_nothing_back(
    service: Service, texts: dict[str, Any], field: str
) -> None:
    aziza = let_in(service.edge)
    published = service.publish(a_notice(), aziza, "1")
    reply = withdraw(service, published, keyed(aziza, "2", **reading(published)), texts=texts)
    assert (reply.status_code, check_problem(reply)["errors"][0]["field"]) == (422, field)
    assert [row.kind for row in stored(service)] == ["published"]


def test_a_withdrawal_needs_no_body(service: Service) -> None:
    aziza = let_in(service.edge)
    published = service.publish(a_notice(), aziza, "1")
    path = f"{published.headers['location']}/withdraw"
    unread = service.post(path, keyed(aziza, "2"))
    assert (unread.status_code, unread.json()["field"]) == (428, "If-Match")
    reply = service.post(path, keyed(aziza, "2", **reading(published)))
    assert (reply.status_code, reply.json()["reason"]) == (200, None)


def test_a_reason_comes_in_any_script(service: Service) -> None:
    aziza = let_in(service.edge)
    published = service.publish(a_notice(), aziza, "1")
    headers = [
        (name.encode(), value.encode()) for name, value in keyed(aziza, "2", **reading(published)).items()
    ]
    headers.append((b"otkel-reason", "Ish tugadi. Жұмыс бітті".encode()))
    reply = service.ask(
        "PUT", published.headers["location"], headers=headers, json=as_asked(a_notice(headline="Open"))
    )
    assert reply.json()["reason"] == "Ish tugadi. Жұмыс бітті"


@pytest.mark.parametrize("act", ["amend", "withdraw"])
def test_a_notice_that_does_not_exist_cannot_be_changed(service: Service, act: str) -> None:
    headers = keyed(let_in(service.edge), **{"If-Match": '"1"'})
    if act == "amend":
        reply = service.ask("PUT", "/v1/notices/none", headers=headers, json=as_asked(a_notice()))
    else:
        reply = service.post("/v1/notices/none/withdraw", headers)
    assert (reply.status_code, reply.json()["detail"]) == (404, "there is no notice 'none'")


def report(service: Service, who: Headers, **fields: Any) -> httpx.Response:
    return service.post("/v1/observations", who, json=as_asked(an_observation(**fields)))


def test_an_observation_is_taken_once_and_shown_as_it_was_given(service: Service) -> None:
    aziza = keyed(let_in(service.edge))
    seen = {"observed_at": datetime.now(UTC), "method": "by eye"}
    first = report(service, aziza, **seen)
    shown = first.json()
    assert first.status_code == 201
    assert datetime.fromisoformat(shown.pop("received_at")) <= datetime.now(UTC)
    assert shown.pop("id")
    assert shown == as_asked(an_observation(**seen))
    again = report(service, aziza, **seen)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert service.body(f"/v1/crossings/{ALFA}/outlook", **CAR)["reports"] == [
        {**shown, "reported_by": "official"}
    ]
    assert service.rows()["observation"] == 1


def test_without_a_key_an_observation_is_a_travellers(service: Service) -> None:
    reply = report(service, keyed({}), side=None, observed_at=datetime.now(UTC))
    assert (reply.status_code, reply.headers["cache-control"]) == (201, "no-store")
    assert "source" not in reply.json()
    (shown,) = service.body(f"/v1/crossings/{ALFA}/outlook", **CAR)["reports"]
    assert shown["reported_by"] == "traveller"


def test_who_reports_too_much_is_told_when_to_come_again(service: Service) -> None:
    for number in range(MOST_OF_ONE_TRAVELLER):
        assert report(service, keyed({}, str(number)), observed_at=datetime.now(UTC)).status_code == 201
    reply = report(service, keyed({}, "one more"), observed_at=datetime.now(UTC))
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "600")
    assert check_problem(reply)["type"] == "urn:otkel:problem:too-many"


def test_an_observation_under_a_used_key_is_refused(service: Service) -> None:
    aziza = keyed(let_in(service.edge))
    report(service, aziza)
    reply = report(service, aziza, wait_minutes=41.0)
    assert (reply.status_code, check_problem(reply)["type"]) == (
        422,
        "urn:otkel:problem:idempotency-key-reused",
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"side": Side.KZ}, "side: you speak for the uz side only"),
        ({"crossing": BRAVO}, f"crossing: you speak for these crossings only: {ALFA}"),
    ],
)
def test_an_official_reports_what_was_seen_on_their_own_side_of_their_own_crossings(
    service: Service, fields: dict[str, Any], words: str
) -> None:
    guard = keyed(let_in(service.edge, "guard", Side.UZ, (ALFA,)))
    reply = report(service, guard, **fields)
    assert (reply.status_code, check_problem(reply)["detail"]) == (403, words)
    assert service.rows()["observation"] == 0


def test_every_act_is_in_the_ledger_and_nothing_that_was_refused(service: Service) -> None:
    aziza = let_in(service.edge)
    published = service.publish(a_notice(), aziza, "1")
    service.publish(a_notice(a_closure(ALFA, sides=(Side.KZ,))), aziza, "2")
    amend(service, published, keyed(aziza, "3", **reading(published)), "Second")
    report(service, keyed(aziza, "4"))
    with service.edge.reading() as session:
        official = session.exec(select(Official)).one()
        actions = [(entry.actor, entry.action) for entry in ledger.entries(session)]
    author = f"official:{official.id}"
    assert actions[-3:] == [
        (author, "notices.published"),
        (author, "notices.amended"),
        (author, "observations.report"),
    ]


def test_what_an_official_announces_can_reopen_what_was_closed(service: Service) -> None:
    aziza = let_in(service.edge)
    service.publish(a_notice(a_closure(ALFA)), aziza, "1")
    reopened = a_closure(ALFA, start=NOON + timedelta(hours=2)).model_copy(update={"what": What.REOPENED})
    service.publish(a_notice(reopened, headline="Open again"), aziza, "2")
    seen = [
        service.body(f"/v1/crossings/{ALFA}", **CAR, at=(NOON + timedelta(hours=hours)).isoformat())["status"]
        for hours in (1, 2)
    ]
    assert seen == ["closed", "open"]
