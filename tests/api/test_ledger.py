"""The log, signed notices, keys and heartbeats over HTTP: what outsiders keep and check."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.core import ledger, signing
from services.core.notices import NoticeFields
from services.core.signing import Heartbeat, KeySet
from tests.api.service import Headers, Service, a_stocked_service, let_in
from tests.cli.command import run, well
from tests.keys import KEYS
from tests.makers import ALFA, a_closure, as_asked
from tests.makers import a_notice as any_notice

LINES = {"Accept": "application/x-ndjson"}


def a_notice(headline: str = "Closed for repairs") -> NoticeFields:
    """One that is not back-dated, so that its author may announce it alone."""
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    return any_notice(a_closure(ALFA, start=soon), headline=headline)


@pytest.fixture
def told(service: Service, aziza: Headers) -> str:
    """The id of a notice that was published and amended."""
    notice_id: str = service.publish(a_notice(), aziza, "1").json()["id"]
    headers = {**aziza, "Idempotency-Key": "2", "If-Match": '"1"'}
    changed = as_asked(a_notice(headline="Changed"))
    assert service.ask("PUT", f"/v1/notices/{notice_id}", headers=headers, json=changed).status_code == 200
    return notice_id


def verified(folder: Path, files: dict[str, str], *options: str) -> tuple[int, str]:
    """Exit code and words of `otkel verify` on these files."""
    for name, content in files.items():
        (folder / name).write_text(content)
    names = [str(folder / name) for name in files if not name.startswith(("pinned", "heart"))]
    done = run({"OTKEL_DATABASE_URL": "nonsense", "OTKEL_DATA_DIR": str(folder)}, "verify", *names, *options)
    return done.exit_code, done.stdout


def test_what_the_service_gives_is_genuine_by_the_command(
    service: Service, told: str, tmp_path: Path
) -> None:
    files = {
        "log.ndjson": service.get("/v1/ledger", LINES).text,
        "notice.json": service.get(f"/v1/notices/{told}/signed").text,
        "keys.json": service.get("/.well-known/otkel-keys.json").text,
        "pinned.json": service.get("/.well-known/otkel-keys.json").text,
        "heartbeat.json": service.get("/v1/heartbeat").text,
    }
    pinned = ("--keys", str(tmp_path / "pinned.json"), "--head", str(tmp_path / "heartbeat.json"))
    code, said = verified(tmp_path, files, *pinned)
    assert code == 0, said
    assert "genuine: log: " in said
    assert "2 revisions signed by the service" in said
    assert f"genuine: notice {told}: 2 revisions signed by the service; the log has all of it" in said
    assert "note: the keys were pinned by --keys" in said


def test_the_log_comes_in_pages_that_make_up_the_whole(service: Service, told: str) -> None:
    whole = service.body("/v1/ledger")
    assert whole["next"] is None
    items: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = service.body("/v1/ledger", after=after, limit=2)
        items += page["items"]
        after = page["next"]
    assert items == whole["items"]
    assert [item["seq"] for item in items] == list(range(1, len(items) + 1))
    lines = service.get("/v1/ledger", LINES)
    assert lines.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in lines.text.splitlines()] == items
    assert service.body("/v1/ledger", after=10**9) == {"items": [], "next": None}


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "limit=0", "limit=1001", "after=99999999999999999999", "more=1"]
)
def test_a_page_that_cannot_be_meant_is_refused(standing: Service, query: str) -> None:
    assert standing.get(f"/v1/ledger?{query}").status_code == 422


@pytest.mark.parametrize("name", ["nothing", "%00", "%F0%9F", "a%0Ab"])
def test_a_notice_that_is_none_is_not_found(standing: Service, name: str) -> None:
    assert standing.get(f"/v1/notices/{name}/signed").status_code == 404


def test_a_new_revision_is_in_the_log_and_the_heartbeat_at_once(
    service: Service, aziza: Headers, told: str
) -> None:
    before = service.body("/v1/ledger")["items"][-1]["seq"]
    service.publish(a_notice(headline="Another"), aziza, "3")
    assert service.body("/v1/ledger")["items"][-1]["seq"] == before + 1


def test_the_keys_are_a_set_of_jwk_with_their_dates(service: Service) -> None:
    reply = service.get("/.well-known/otkel-keys.json")
    assert reply.headers["content-type"] == "application/jwk-set+json"
    keys = KeySet.model_validate(reply.json())
    assert all(key["kty"] == "OKP" and key["crv"] == "Ed25519" for key in reply.json()["keys"])
    with service.edge.work() as work:
        new, _ = signing.rotate(work, KEYS)
    service.look()
    later = KeySet.model_validate(service.body("/.well-known/otkel-keys.json"))
    assert {key.kid for key in later.keys} == {key.kid for key in keys.keys} | {new}


def test_the_heartbeat_is_signed_and_says_how_far_the_records_have_come(service: Service, told: str) -> None:
    beat = Heartbeat.model_validate(service.body("/v1/heartbeat"))
    keys = KeySet.model_validate(service.body("/.well-known/otkel-keys.json"))
    key = keys.find(beat.key)
    assert key is not None
    assert beat.genuine(key.public)
    assert not beat.model_copy(update={"at": beat.at + "0"}).genuine(key.public)
    with service.edge.reading() as session:
        assert beat.ledger.noted == ledger.head(session)
    assert [(one.notice, one.revision) for one in beat.notices] == [(told, 2)]
    assert datetime.now(UTC) - datetime.fromisoformat(beat.at) < timedelta(seconds=10)
    assert not beat.stale


def test_a_hundred_heartbeats_at_once_are_one(service: Service, told: str) -> None:
    with ThreadPoolExecutor(16) as pool:
        bodies = set(pool.map(lambda _: service.get("/v1/heartbeat").text, range(100)))
    assert len(bodies) == 1


@pytest.fixture
def aged(service: Service, told: str) -> Service:
    """Whose last heartbeat is due to be replaced."""
    service.body("/v1/heartbeat")
    return service


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it waits until the heartbeat is old
def test_the_service_does_not_vouch_for_a_ledger_that_was_cut_short(aged: Service) -> None:
    with aged.edge.work() as work:
        work.session.connection().execute(
            text("delete from ledger_entry where seq = (select max(seq) from ledger_entry)")
        )
    aged.look()
    aged.eventually(lambda: aged.get("/v1/heartbeat").status_code == 503, within=10)
    assert "does not go on from" in aged.get("/v1/heartbeat").json()["detail"]


def test_without_a_key_at_hand_announcing_and_heartbeats_say_so_and_reading_goes_on(
    database_url: str, tmp_path: Path
) -> None:
    service = a_stocked_service(database_url, tmp_path / "data", keys_dir=tmp_path / "none")
    aziza = let_in(service.edge)
    head = service.body("/v1/ledger")["items"][-1]
    for reply in (service.publish(a_notice(), aziza, "1"), service.get("/v1/heartbeat")):
        assert reply.status_code == 503
        assert "OTKEL_KEYS_DIR" in reply.json()["detail"]
    assert service.body("/v1/ledger")["items"][-1] == head
    service.close()


def test_a_record_that_cannot_be_read_is_said_and_not_left_out(service: Service, told: str) -> None:
    with service.edge.work() as work:
        work.session.connection().execute(text("update notice_signature set assertion = '\"x\"'"))
    for path in ("/v1/ledger", f"/v1/notices/{told}/signed"):
        reply = service.get(path)
        assert reply.status_code == 503
        assert "a record cannot be read" in reply.json()["detail"]


def test_whoever_reads_the_log_leaves_connections_for_the_board(service: Service, told: str) -> None:
    stop, answers = threading.Event(), []

    def read(number: int) -> None:
        while not stop.is_set():
            answers.append(service.get("/v1/ledger", after=number % 3, limit=1 + number).status_code)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        service.look()
        assert not service.keeper.current.stale
    stop.set()
    for thread in threads:
        thread.join()
    assert set(answers) <= {200, 503}
    assert 200 in answers


def test_the_command_of_a_loaded_database_checks_the_keys_too(database_url: str, tmp_path: Path) -> None:
    service = a_stocked_service(database_url, tmp_path / "data")
    kept = tmp_path / "pinned.json"
    kept.write_text(service.get("/.well-known/otkel-keys.json").text)
    head = tmp_path / "heartbeat.json"
    head.write_text(service.get("/v1/heartbeat").text)
    service.close()
    env = {"OTKEL_DATABASE_URL": database_url, "OTKEL_DATA_DIR": str(tmp_path / "var")}
    assert "unbroken" in well(run(env, "verify", "--keys", str(kept), "--head", str(head)))
