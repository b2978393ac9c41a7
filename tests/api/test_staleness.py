"""With the database gone, readers go on reading the last good board, and are told so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.core import ledger, notices
from services.core.database import migrate
from services.core.work import Edge
from tests.api.service import Service, a_stocked_service, let_in
from tests.keys import migrated
from tests.makers import ALFA, LATE, NOON, a_closure, a_notice, an_official
from tests.servers import Postgres

TEMPLATE = "otkel_template"
CAR = {"mode": "car", "direction": "to-kz"}


AGES_SOON: dict[str, Any] = {"stale_seconds": 0.5}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL that may be killed."""
    with Postgres() as server:
        migrated(server.create(TEMPLATE))
        yield server


@pytest.fixture
def url(server: Postgres) -> Iterator[str]:
    with server.clone(TEMPLATE) as url:
        yield url
        server.restart()


def is_stale(service: Service) -> bool:
    answer = service.body("/v1/crossings", **CAR)
    return bool(answer["stale"])


def test_answers_go_on_and_say_that_they_are_stale_until_the_database_is_back(
    server: Postgres, url: str, tmp_path: Path
) -> None:
    service = a_stocked_service(url, tmp_path, **AGES_SOON)
    aziza = let_in(service.edge)
    service.publish(a_notice(a_closure(ALFA, start=NOON)), aziza, "k")
    service.eventually(lambda: not is_stale(service))
    before = service.body("/v1/crossings", **CAR)
    patient = Service.on(url, tmp_path / "patient", stale_seconds=60)
    fresh = patient.body("/v1/crossings", **CAR)
    assert fresh["stale"] is False
    server.kill()
    assert patient.body("/v1/crossings", **CAR) == fresh
    patient.close()
    service.eventually(lambda: is_stale(service))
    during = service.body("/v1/crossings", **CAR)
    assert during["items"] == before["items"]
    assert (during["as_of"], during["board"]) == (before["as_of"], before["board"])
    ready = service.get("/readyz")
    assert (ready.status_code, ready.json()["stale"]) == (200, True)
    server.start()
    service.eventually(lambda: not is_stale(service))
    assert service.body("/v1/crossings", **CAR)["items"] == before["items"]
    service.close()


def test_nothing_is_published_while_the_database_is_away_and_the_same_request_succeeds_afterwards(
    server: Postgres, url: str, tmp_path: Path
) -> None:
    service = a_stocked_service(url, tmp_path, **AGES_SOON)
    aziza = let_in(service.edge)
    server.kill()
    refused = service.publish(a_notice(), aziza, "k")
    assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
    assert refused.headers["retry-after"] == "2"
    assert refused.json() == {
        "type": "urn:otkel:problem:unavailable",
        "title": "The records cannot be written now",
        "status": 503,
        "detail": "Whether it was recorded is not certain. Send the same request again under the same key.",
    }
    server.start()
    published = service.publish(a_notice(), aziza, "k")
    assert (published.status_code, "idempotent-replayed" in published.headers) == (201, False)
    assert service.rows()["notice_revision"] == 1
    service.close()


def test_a_restart_without_the_database_answers_from_the_board_on_disk(
    server: Postgres, url: str, tmp_path: Path
) -> None:
    first = a_stocked_service(url, tmp_path, **AGES_SOON)
    first.publish(a_notice(a_closure(ALFA, start=NOON)), let_in(first.edge), "k")
    before = first.body("/v1/crossings", **CAR)
    first.close()
    server.kill()
    second = Service.on(url, tmp_path, **AGES_SOON)
    after = second.body("/v1/crossings", **CAR)
    assert (after["stale"], after["items"], after["as_of"]) == (True, before["items"], before["as_of"])
    server.start()
    second.eventually(lambda: not is_stale(second))
    second.close()


@pytest.mark.parametrize("kept", [None, b"", b"{", b'{"as_of": 5}', b"\xff\xfe", b"[" * 100_000])
def test_without_database_and_board_there_is_a_problem_and_then_there_is_not(
    server: Postgres, url: str, tmp_path: Path, kept: bytes | None
) -> None:
    if kept is not None:
        (tmp_path / "board.json").write_bytes(kept)
    server.kill()
    service = Service.on(url, tmp_path, **AGES_SOON)
    for path in ("/v1/crossings", f"/v1/crossings/{ALFA}", "/v1/notices", "/v1/advisories", "/readyz"):
        reply = service.get(path)
        assert (reply.status_code, reply.headers["content-type"]) == (503, "application/problem+json")
        assert reply.json()["type"] == "urn:otkel:problem:unavailable"
    assert service.get("/healthz").json() == {"alive": True}
    server.start()
    service.eventually(lambda: service.get("/readyz").status_code == 200)
    assert service.body("/v1/crossings")["items"] == []
    service.close()


def test_what_was_announced_for_later_is_told_at_its_hour_without_the_database(
    server: Postgres, url: str, tmp_path: Path
) -> None:
    service = a_stocked_service(url, tmp_path, **AGES_SOON)
    hour = datetime.now(UTC) + timedelta(seconds=1)
    with service.edge.work() as work:
        official, _ = an_official(work)
        fields = a_notice(a_closure(ALFA, start=NOON), publish_from=hour)
        notices.publish(work, official, fields, idempotency_key="k", emergency=LATE)
    service.look()
    server.kill()
    assert service.body(f"/v1/crossings/{ALFA}", **CAR)["status"] == "open"
    service.eventually(lambda: service.body(f"/v1/crossings/{ALFA}", **CAR)["status"] == "closed")
    assert datetime.now(UTC) >= hour
    assert service.body(f"/v1/crossings/{ALFA}", **CAR)["stale"] is True
    service.close()


def test_a_record_that_cannot_be_read_leaves_the_last_good_board_standing_and_stale(
    database_url: str, tmp_path: Path
) -> None:
    service = a_stocked_service(database_url, tmp_path, **AGES_SOON)
    before = service.body("/v1/crossings", **CAR)
    with service.edge.work() as work:
        broken = {"broken": json.dumps({"code": ALFA}), "code": ALFA}
        statement = "update crossing_version set document = :broken where code = :code"
        work.session.connection().execute(text(statement), broken)
        ledger.append(work, actor="system", action="crossings.record", subject=ALFA, payload={})
    service.eventually(lambda: is_stale(service))
    assert service.body("/v1/crossings", **CAR)["items"] == before["items"]
    service.close()


def test_a_database_without_a_schema_is_no_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    service = Service.on(url, tmp_path, **AGES_SOON)
    assert service.get("/readyz").status_code == 503
    migrate(url)
    service.eventually(lambda: service.get("/readyz").status_code == 200)
    service.close()


def test_the_board_on_disk_is_written_whole_and_leaves_no_drafts(sqlite_url: str, tmp_path: Path) -> None:
    service = a_stocked_service(sqlite_url, tmp_path / "data")
    aziza = let_in(service.edge)
    for number in range(3):
        service.publish(a_notice(), aziza, str(number))
    service.close()
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["board.json"]
    edge = Edge.to(sqlite_url)
    with edge.reading() as session:
        seq, _ = ledger.head(session)
    edge.close()
    assert json.loads((tmp_path / "data" / "board.json").read_text())["ledger_seq"] == seq
