"""The `otkel` command: what it says when all is well, and in one line when it is not."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from services.core import access, advisories, crossings, ledger, notices, outbox
from services.core.database import ROOT
from services.core.errors import Unidentified
from services.core.work import Edge
from tests.cli.command import Otkel, refused, run, well
from tests.keys import FOLDER, KEYS
from tests.makers import a_run, an_advisory
from tests.processes import free_port
from tests.servers import Postgres

CATALOGUED, TOLD = len(crossings.catalogue()), sum(len(it.revisions) for it in notices.events().values())
DAY = ["--mode", "car", "--direction", "to-kz", "--at", "2026-04-14T12:00+05:00"]


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Otkel:
    """The command on a database with a schema and nothing in it."""
    env = {
        "OTKEL_DATABASE_URL": database_url,
        "OTKEL_DATA_DIR": str(tmp_path / "var"),
        "OTKEL_KEYS_DIR": str(FOLDER),
    }
    return lambda *words, **more: run({**env, **more}, *words)


@pytest.fixture(scope="module")
def loaded_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("loaded") / "otkel.db"))
    load(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="module")
def loaded_template(postgres: Postgres, postgres_template: str) -> str:
    load(postgres.create("otkel_loaded", template=postgres_template))
    return "otkel_loaded"


def load(url: str) -> None:
    edge = Edge.to(url, keys=KEYS)
    with edge.work() as work:
        crossings.load(work, crossings.catalogue())
        notices.load_history(work)
    edge.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def loaded_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the catalogue and the history of the border."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("loaded_file"), tmp_path / "otkel.db")
        yield f"sqlite:///{file}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.clone(request.getfixturevalue("loaded_template")) as url:
        yield url


@pytest.fixture
def otkel(loaded_url: str, tmp_path: Path) -> Otkel:
    env = {
        "OTKEL_DATABASE_URL": loaded_url,
        "OTKEL_DATA_DIR": str(tmp_path / "var"),
        "OTKEL_KEYS_DIR": str(FOLDER),
    }
    return lambda *words, **more: run({**env, **more}, *words)


def test_a_new_directory_is_migrated_loaded_and_asked(anywhere: Otkel) -> None:
    assert well(anywhere("migrate")) == ""
    assert well(anywhere("migrate")) == ""
    assert well(anywhere("load")) == f"{CATALOGUED} new crossing versions, {TOLD} new notice revisions\n"
    assert well(anywhere("load")) == "0 new crossing versions, 0 new notice revisions\n"
    assert "OPEN\n" in well(anywhere("ask", *DAY))


@pytest.mark.parametrize(
    "command",
    [
        ["load"],
        ["verify"],
        ["ask", *DAY],
        ["official", "add", "Aziza", "--country", "uz"],
        ["key", "new", "Aziza"],
        ["key", "revoke", "abcdefgh"],
        ["check", "relay"],
        ["signing", "new"],
        ["signing", "list"],
    ],
)
def test_without_a_schema_every_command_says_what_to_do(
    anywhere: Otkel, postgres: Postgres, command: list[str]
) -> None:
    assert "was `otkel migrate` run?" in refused(anywhere(*command))
    with postgres.clone() as url:
        assert "was `otkel migrate` run?" in refused(anywhere(*command, OTKEL_DATABASE_URL=url))


@pytest.mark.parametrize("command", [["migrate"], ["load"], ["verify"]])
def test_a_database_that_does_not_answer_is_one_line(anywhere: Otkel, command: list[str]) -> None:
    url = f"postgresql://otkel@127.0.0.1:{free_port()}/otkel"
    assert "the database does not answer" in refused(anywhere(*command, OTKEL_DATABASE_URL=url))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("OTKEL_DATABASE_URL", "nonsense", "the database does not answer"),
        ("OTKEL_DATABASE_URL", "oracle+nothing://x", "the database does not answer"),
        ("OTKEL_POLL_SECONDS", "often", "OTKEL_POLL_SECONDS: "),
        ("OTKEL_STALE_SECONDS", "-1", "OTKEL_STALE_SECONDS: "),
        ("OTKEL_DATA_DIR", "/dev/null/var", "/dev/null/var cannot keep data: Not a directory"),
    ],
)
def test_settings_that_make_no_sense_are_named(anywhere: Otkel, name: str, value: str, words: str) -> None:
    for command in ("migrate", "load", "verify"):
        assert words in refused(anywhere(command, **{name: value}))


def test_a_database_of_a_later_release_is_left_alone(empty: Otkel, database_url: str) -> None:
    edge = Edge.to(database_url)
    with edge.work() as work:
        work.session.connection().execute(text("update alembic_version set version_num = 'later'"))
    edge.close()
    assert refused(empty("migrate")).startswith("the database has another schema than this release knows: ")


def test_an_official_gets_a_key_that_is_known(otkel: Otkel, loaded_url: str) -> None:
    options = ["--country", "kz", "--authority", "Border Service", "--crossing", "yallama-konysbayev"]
    first = well(otkel("official", "add", "Bolat", *options)).strip()
    second = well(otkel("key", "new", "Bolat")).strip()
    edge = Edge.to(loaded_url)
    with edge.work() as work:
        for written in (first, second):
            official = access.identify(work, written).official
            assert (official.name, official.authority, official.country) == ("Bolat", "Border Service", "kz")
            assert official.crossings == ["yallama-konysbayev"]
    assert well(otkel("key", "revoke", first.split("_")[1])) == ""
    with edge.work() as work, pytest.raises(Unidentified, match="was revoked"):
        access.identify(work, first)
    edge.close()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["official", "add", "Aziza", "--country", "uz"], "there is an official called 'Aziza' already"),
        (["official", "add", "", "--country", "uz"], "String should have at least 1 character"),
        (["official", "add", "a\nb", "--country", "uz"], "must be one line"),
        (
            ["official", "add", "B", "--country", "uz", "--crossing", "nowhere", "--crossing", "never"],
            "--crossing: no crossing is called never, nowhere",
        ),
        (["key", "new", "Nobody"], "no official is called 'Nobody'"),
        (["key", "revoke", "abcdefgh"], "there is no key 'abcdefgh'"),
        (["key", "new", "\udcff"], "what was given is not text in UTF-8"),
    ],
)
def test_what_cannot_be_let_in_is_said_in_a_line_and_leaves_nothing(
    otkel: Otkel, loaded_url: str, command: list[str], words: str
) -> None:
    well(otkel("official", "add", "Aziza", "--country", "uz"))
    edge = Edge.to(loaded_url)
    with edge.reading() as session:
        before = ledger.head(session)
    assert refused(otkel(*command)) == words
    with edge.reading() as session:
        assert ledger.head(session) == before
    edge.close()


def test_an_unbroken_ledger_says_so_and_its_head_can_be_noted(otkel: Otkel) -> None:
    said = well(otkel("verify"))
    count = 1 + CATALOGUED + TOLD  # the first is the key
    assert (found := re.fullmatch(rf"{count} entries, unbroken. Head: ({count}:[0-9a-f]{{64}})\n", said))
    well(otkel("official", "add", "Aziza", "--country", "uz"))
    assert well(otkel("verify", "--head", found[1])).startswith(f"{count + 2} entries, unbroken.")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("update ledger_entry set subject = 'x' where seq = 5", "entry 5 was changed after it was written"),
        ("delete from ledger_entry where seq > 50", "the chain ends at 50, but entry "),
        ("delete from notice_revision", " is in the ledger and nowhere else"),
        ("update notice_revision set published_at = recorded_at", " was changed after it was written"),
        ("update notice_revision set document = '[]'", "a record cannot be read: "),
    ],
)
def test_a_broken_ledger_is_told_in_words_and_by_the_exit_code(
    otkel: Otkel, loaded_url: str, statement: str, words: str
) -> None:
    head = well(otkel("verify")).split()[-1]
    edge = Edge.to(loaded_url)
    with edge.work() as work:
        work.session.connection().execute(text(statement))
    edge.close()
    said = refused(otkel("verify", "--head", head))
    assert said.startswith("the ledger is not what it was: ")
    assert words in said


@pytest.mark.parametrize(
    "head", ["", "5", "5:abc", "x:" + "0" * 64, "²:" + "0" * 64, "-1:" + "0" * 64, "1:" + "Z" * 64]
)
def test_a_head_that_is_none_is_refused(otkel: Otkel, head: str) -> None:
    words = "--head: must be `SEQ:HASH` as `otkel verify` prints it, or a heartbeat's file"
    assert refused(otkel("verify", f"--head={head}")) == words


def test_asking_tells_who_is_open_until_when_and_why_not_the_others(otkel: Otkel) -> None:
    said = well(otkel("ask", *DAY, "--citizenship", "de"))
    opened, unconfirmed, closed = re.split(r"^(?:OPEN|UNCONFIRMED|CLOSED)\n", said, flags=re.MULTILINE)[1:]
    assert "[yallama-konysbayev]: no change known\n" in opened
    assert "[najimov-kazygurt]: no change known\n" in unconfirmed
    assert "[dawit-ata-tazhen]" in closed
    assert "      only citizens of UZ, KZ may pass\n" in closed
    assert "keles" not in said
    assert re.search(r"^as of \d{4}-\d\d-\d\d \d\d:\d\d \(UTC\+5\)$", said, re.MULTILINE)


def test_asking_tells_the_wait_that_is_expected(otkel: Otkel, loaded_url: str) -> None:
    at = datetime(2026, 4, 14, 7, tzinfo=UTC)
    edge = Edge.to(loaded_url)
    with edge.work() as work:
        seq, _ = ledger.head(work.session)
        advisories.record(work, a_run(an_advisory("yallama-konysbayev", 40, at=at), at=at, ledger_seq=seq))
    edge.close()
    assert re.search(r"\[yallama-konysbayev\].*\n +wait .*20.*", well(otkel("ask", *DAY)))


@pytest.mark.parametrize("name", ["gishtkoprik-zhibek-zholy", "Gʻishtkoʻprik", "Жибек жолы"])
def test_asking_where_else_takes_any_name(otkel: Otkel, name: str) -> None:
    said = well(otkel("ask", *DAY, "--citizenship", "UZ", "--instead-of", name))
    assert re.match(r"1\. Navoi – .* \(car\): open when you arrive; ", said)
    assert re.search(r"^not Dawit-Ata – .*: .*shut", said, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--at", "2026-04-14T12:00"], "--at: needs an offset, such as +05:00"),
        (["--at", "noon"], "--at: 'noon' is no instant; write 2025-02-10T12:00+05:00"),
        (["--at", "1500-01-01T00:00Z"], "--at: must lie in the years 1991 to 2099"),
        (["--at", "9999-12-31T23:59-12:00"], "--at: must lie in the years 1991 to 2099"),
        (["--citizenship", "UZB"], "--citizenship: must be two letters"),
        (["--citizenship", "ÖÄ"], "--citizenship: must be two letters"),
        (["--instead-of", "Kilimanjaro"], "--instead-of: no crossing is called 'Kilimanjaro'"),
        (["--instead-of", "Syrdarya"], "--instead-of: 'Syrdarya' is the name of several crossings: "),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(otkel: Otkel, words: list[str], said: str) -> None:
    assert refused(otkel("ask", *DAY, *words)).startswith(said)


def test_without_a_catalogue_there_is_nothing_to_ask(empty: Otkel) -> None:
    assert refused(empty("ask", *DAY)) == "there is no catalogue yet; run `otkel load`"


def test_processes_are_alive_if_they_were_a_moment_ago(empty: Otkel, database_url: str) -> None:
    assert refused(empty("check", "relay")) == "no relay has been alive since the beginning"
    edge = Edge.to(database_url)
    for name, at in (("relay", datetime.now(UTC)), ("worker", datetime(2026, 1, 1, tzinfo=UTC))):
        with edge.work(now=at) as work:
            outbox.beat(work, name)
    edge.close()
    assert well(empty("check", "relay")) == ""
    assert refused(empty("check", "worker")) == "no worker has been alive since 2026-01-01 00:00:00+00:00"


def test_the_module_is_the_command_and_ends_as_it_does(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "services.cli", "replay", "E999"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("otkel: no event is called 'E999'")
