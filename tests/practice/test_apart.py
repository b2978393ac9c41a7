"""Nothing of the practice border gets to the real one, in whatever way somebody looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import to_json
from sqlalchemy import func, select

from services.core import notices, practice, signing
from services.core.signing import Keyring, NoKey
from services.core.tables import METADATA
from services.core.work import Edge
from tests.api.service import Service
from tests.cli.command import run
from tests.keys import KEYS
from tests.makers import ALFA, HOUR, NOON, a_closure, a_notice, an_official
from tests.practice.conftest import PRACTICE_KEYS, Borders
from tests.signing.test_verifying import bad, good

ONE = "practice-one"
HEADLINE = "An exercise: shut by a meteorite"
WHERE_IT_WOULD_SHOW = (
    *("/", "/?mode=car&direction=to-kz", "/notices", "/accuracy", "/?q=practice"),
    *("/v1/crossings", "/v1/crossings?mode=car&direction=to-kz&lang=uz-Latn", "/v1/notices"),
    *("/v1/advisories", "/v1/ledger", "/v1/heartbeat", "/.well-known/otkel-keys.json"),
)


def rows(edge: Edge) -> dict[str, int]:
    with edge.reading() as session:
        count = session.connection().execute
        return {
            table.name: count(select(func.count()).select_from(table)).scalar_one()
            for table in METADATA.sorted_tables
        }


@pytest.fixture
def service(borders: Borders, tmp_path: Path) -> Iterator[Service]:
    """The real one, running."""
    service = Service.on(borders.real_url, tmp_path / "data")
    yield service
    service.close()


def practised(borders: Borders) -> str:
    """The id of a notice that was published and amended on the practice border."""
    with borders.practice.work(now=NOON) as work:
        aziza, _ = an_official(work)
        row = notices.publish(work, aziza, a_notice(a_closure(ONE), headline=HEADLINE), idempotency_key="1")
        again = a_notice(a_closure(ONE), headline=f"{HEADLINE}, a small one")
        notices.amend(work, aziza, row.revision.notice_id, again, expected=1, idempotency_key="2")
    return row.revision.notice_id


def test_what_is_practised_is_in_no_real_table(borders: Borders) -> None:
    real, apart = rows(borders.real), rows(borders.practice)
    practised(borders)
    assert rows(borders.real) == real
    grown = {name for name, count in rows(borders.practice).items() if count > apart[name]}
    assert grown == {
        *("access_key", "ledger_entry", "notice_revision", "notice_signature", "official", "outbox")
    }


def test_what_is_real_is_in_no_practice_table_and_not_on_its_board(borders: Borders) -> None:
    apart = rows(borders.practice)
    with borders.real.work(now=NOON) as work:
        notices.publish(work, an_official(work)[0], a_notice(), idempotency_key="1")
    assert rows(borders.practice) == apart
    with borders.practice.reading() as session:
        board = practice.board_at(session, NOON)
    assert board.revisions == ()
    assert ALFA not in board.catalogue


def test_a_running_service_does_not_know_what_is_practised(borders: Borders, service: Service) -> None:
    version = service.keeper.current.board.version
    notice_id = practised(borders)
    service.look()
    assert service.keeper.current.board.version == version
    for path in WHERE_IT_WOULD_SHOW:
        reply = service.get(path)
        assert reply.status_code == 200, path
        for word in (notice_id, HEADLINE, ONE, "Mashq posti", "Учебный пост"):
            assert word not in reply.text, path
    for path in (f"/v1/notices/{notice_id}", f"/v1/notices/{notice_id}/signed", f"/v1/crossings/{ONE}"):
        assert service.get(path).status_code == 404
    assert ONE not in service.settings.board_file.read_text()


def test_the_key_of_the_practice_border_is_none_that_the_service_publishes(
    borders: Borders, service: Service
) -> None:
    published = {key["kid"] for key in service.body("/.well-known/otkel-keys.json")["keys"]}
    with borders.practice.reading() as session:
        practised = {key.id for key in signing.keys(session)}
    assert (bool(published), bool(practised)) == (True, True)
    assert published <= set(KEYS.ids())
    assert practised <= set(PRACTICE_KEYS.ids())
    assert published.isdisjoint(practised)


@pytest.mark.parametrize(("here", "keys", "code"), [("practice", KEYS, ONE), ("real", PRACTICE_KEYS, ALFA)])
def test_with_the_keys_of_the_other_border_nothing_can_be_announced(
    borders: Borders, here: str, keys: Keyring, code: str
) -> None:
    edge = borders.practice if here == "practice" else borders.real
    with Edge(edge.writer, edge.reader, keys).work(now=NOON) as work:
        aziza, _ = an_official(work)
        with pytest.raises(NoKey, match="is at hand"):
            notices.publish(work, aziza, a_notice(a_closure(code)), idempotency_key="1")


def test_who_knows_the_real_keys_takes_no_practice_notice_for_real(
    borders: Borders, service: Service, tmp_path: Path
) -> None:
    notice_id = practised(borders)
    with borders.practice.reading() as session:
        signed = notices.signed_notice(session, notice_id, now=NOON + HOUR)
        log = [notices.as_json(line) for line in notices.log(session, now=NOON + HOUR)]
        own = signing.key_set(signing.keys(session)).model_dump()
    assert signed is not None
    notice_file, log_file = kept(tmp_path, "notice", notices.as_json(signed)), kept(tmp_path, "log", log)
    real = kept(tmp_path, "real", service.body("/.well-known/otkel-keys.json"))
    assert "which is not pinned" in bad(verified(notice_file, "--keys", real))
    assert "neither pinned nor vouched for" in bad(verified(log_file, "--keys", real))
    heartbeat = kept(tmp_path, "heartbeat", service.body("/v1/heartbeat"))
    assert "FALSE: " in bad(verified(notice_file, "--keys", real, "--head", heartbeat))
    real_log = kept(tmp_path, "real-log", service.body("/v1/ledger")["items"])
    assert f"of notice {notice_id} is not in the log" in bad(verified(real_log, notice_file))
    pinned = kept(tmp_path, "practice", own)
    assert "2 revisions signed by the service" in good(verified(notice_file, log_file, "--keys", pinned))


def kept(folder: Path, name: str, content: Any) -> str:
    file = folder / f"{name}.json"
    file.write_bytes(to_json(content))
    return str(file)


def verified(*words: str) -> Any:
    return run({"OTKEL_DATABASE_URL": "nonsense"}, "verify", *words)
