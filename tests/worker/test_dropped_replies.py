"""Between the commit and the reply: what was recorded and never acknowledged is asked for again."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.core import ledger, notices, outbox
from tests.chaos import counting
from tests.chaos.counting import Records
from tests.chaos.household import Household
from tests.makers import a_closure, a_notice, as_asked
from tests.worker.dropping import Dropper, dropper

STARTS = datetime.now(UTC)

DROPS = 24
REPORT = {
    "crossing": "navoiy-kaplanbek",
    "direction": "to-kz",
    "mode": "car",
    "side": "uz",
    "kind": "count",
    "observed_at": "2026-03-10T12:00:00+05:00",
    "queue": 40,
}


class Stubborn:
    """An official who repeats each act, under its key, until a reply comes."""

    def __init__(self, url: str, key: str) -> None:
        self.http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=10, trust_env=False
        )

    def act(self, method: str, path: str, key: str, body: Any = None, revision: int | None = None) -> Any:
        headers = {"Idempotency-Key": key} | ({"If-Match": f'"{revision}"'} if revision else {})
        while True:
            try:
                reply = self.http.request(method, path, headers=headers, json=body)
            except httpx.TransportError:
                continue
            assert reply.status_code in (200, 201), reply.text
            assert reply.headers["idempotent-replayed"] == "true"
            return reply.json()

    def publish(self, key: str) -> Any:
        fields = as_asked(a_notice(a_closure("navoiy-kaplanbek", start=STARTS), headline=key))
        return self.act("POST", "/v1/notices", key, fields)

    def amend(self, told: Any, key: str) -> Any:
        fields = as_asked(a_notice(a_closure("navoiy-kaplanbek", start=STARTS), headline=key))
        return self.act("PUT", f"/v1/notices/{told['id']}", key, fields, told["revision"])

    def withdraw(self, told: Any, key: str) -> Any:
        return self.act("POST", f"/v1/notices/{told['id']}/withdraw", key, None, told["revision"])

    def report(self, key: str) -> Any:
        return self.act("POST", "/v1/observations", key, REPORT | {"method": key})


@pytest.fixture(scope="module")
def house(standing_url: str, tmp_path_factory: pytest.TempPathFactory) -> Household:
    home = tmp_path_factory.mktemp("house")
    return Household(home, database_url=standing_url, apis=1, workers=())


@pytest.fixture(scope="module")
def key(house: Household) -> str:
    ((_, key, _),) = house.furnish()
    return key


@pytest.fixture(scope="module")
def api(house: Household, key: str) -> Iterator[str]:
    with house:
        yield house.addresses[0]


def recorded(house: Household) -> Records:
    with house.edge() as edge, edge.reading() as session:
        return counting.read(session)


def swallowed(server: Dropper) -> Counter[bool]:
    """How many of the replies that were swallowed said that the act was done."""
    return Counter(status in (200, 201) for status in server.statuses)


def keys(found: Records) -> Counter[str]:
    """Under which keys something is recorded."""
    acts = Counter(row.idempotency_key for row in found.revisions)
    return acts + Counter(row.idempotency_key for row in found.observations)


def test_an_act_is_done_once_although_its_reply_was_lost(house: Household, key: str, api: str) -> None:
    before = recorded(house)
    with dropper(api, drops=1) as between:
        official = Stubborn(between.url, key)
        for number in range(DROPS // 4):
            told = official.publish(f"publish {number}")
            told = official.amend(told, f"amend {number}")
            official.withdraw(told, f"withdraw {number}")
            official.report(f"report {number}")
        assert swallowed(between) == {True: DROPS}
    found = recorded(house)
    assert keys(found) - keys(before) == dict.fromkeys(between.dropped, 1)
    numbers, earlier = (Counter(row.revision for row in one.revisions) for one in (found, before))
    assert numbers - earlier == dict.fromkeys((1, 2, 3), DROPS // 4)
    assert found.faults == []


@pytest.mark.parametrize("standing_url", ["postgresql"], indirect=True)
def test_an_act_is_done_once_however_often_its_reply_is_lost(house: Household, key: str, api: str) -> None:
    with dropper(api, drops=20) as between:
        told = Stubborn(between.url, key).publish("again and again")
        assert swallowed(between) == {True: 20}
    with house.edge() as edge, edge.reading() as session:
        (row,) = notices.revisions(session, told["id"])
        entries = [entry for entry in ledger.entries(session) if entry.subject == told["id"]]
        promises = [one for one in outbox.pending(session) if one.payload.get("notice") == told["id"]]
    assert (row.idempotency_key, len(entries), len(promises)) == ("again and again", 1, 1)
