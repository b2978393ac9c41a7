"""The `otkel` command: what it says when all is well, and in one line when it is not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.core import access, advisories, crossings, ledger, notices, outbox
from services.core.database import ROOT
from services.core.errors import Unidentified
from services.core.notices.chronicle import HISTORY
from services.core.work import Edge
from tests.makers import a_run, an_advisory
from tests.processes import free_port
from tests.servers import Postgres

Otkel = Callable[..., Result]
CATALOGUED, TOLD = len(crossings.catalogue()), sum(len(it.revisions) for it in notices.events().values())
DAY = ["--mode", "car", "--direction", "to-kz", "--at", "2026-04-14T12:00+05:00"]


def run(env: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(app, words, env={"OTKEL_REDIS_URL": None, **env})


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Otkel:
    """The command on a database with a schema and nothing in it."""
    env = {"OTKEL_DATABASE_URL": database_url, "OTKEL_DATA_DIR": str(tmp_path / "var")}
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
    edge = Edge.to(url)
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
    env = {"OTKEL_DATABASE_URL": loaded_url, "OTKEL_DATA_DIR": str(tmp_path / "var")}
    return lambda *words, **more: run({**env, **more}, *words)


@pytest.fixture
def anywhere(tmp_path: Path) -> Otkel:
    """The command where there is no database yet."""
    return lambda *words, **more: run({"OTKEL_DATA_DIR": str(tmp_path / "var"), **more}, *words)


def well(result: Result) -> str:
    """What was printed by a command that went well."""
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return result.stdout


def refused(result: Result) -> str:
    """The one line that a refused command leaves."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("otkel: ")
    return line.removeprefix("otkel: ")


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
            official = access.identify(work, written)
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
    count = CATALOGUED + TOLD
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
    assert (
        refused(otkel("verify", f"--head={head}")) == "--head: must be `SEQ:HASH` as `otkel verify` prints it"
    )


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


ANSWERED = {
    *("at", "mode", "direction", "citizenship", "vehicle_mass_t", "instead_of", "status", "passes", "items"),
    *("advice", "refused", "levels", "must", "must_not", "missed", "wrong"),
}
NAMED = ("february-2023", "february-2025", "2025-12-29")
MEANT = {event.event for name in NAMED for event in notices.find(name)}


def replayed(result: Result) -> dict[str, Any]:
    """Every event of a replay by its id."""
    found: list[dict[str, Any]] = json.loads(well(result))
    for one in found:
        assert one.keys() == {"event", "slug", "summary", "agrees", "answers"}
        assert all(answer.keys() == ANSWERED for answer in one["answers"])
    return {one["event"]: one for one in found}


@cache
def told_again(name: str) -> dict[str, Any]:
    return replayed(run({}, "replay", name, "--json"))


@pytest.mark.parametrize("name", [*NAMED, *(event for event in notices.events() if event not in MEANT)])
def test_what_the_authorities_advised_then_comes_out_again(name: str) -> None:
    found = told_again(name)
    assert list(found) == [event.event for event in notices.find(name)]
    for one in found.values():
        assert one["agrees"] is True
        assert all((answer["missed"], answer["wrong"]) == ([], []) for answer in one["answers"])


def test_february_2023_named_yallama_malik_and_oqoltin() -> None:
    noon, driver = "2023-02-10T12:00:00+05:00", {"mode": "car", "instead_of": "gishtkoprik-zhibek-zholy"}
    (answer,) = [
        it
        for it in told_again("february-2023")["E20"]["answers"]
        if it["at"] == noon and it["direction"] == "to-kz" and driver.items() <= it.items()
    ]
    passing = {item["code"] for item in answer["items"] if item["status"] == "open"}
    assert {"yallama-konysbayev", "malik-syrdarya", "oqoltin-tselinny"} <= passing
    assert answer["status"]["navoiy-kaplanbek"] == "closed"


def test_where_nobody_knows_how_many_can_pass_a_replay_tells_only_the_range() -> None:
    """In February 2025 no source said what Yallama, Malik and Oqoltin could take of Gʻishtkoʻprik's cars."""
    answers = told_again("february-2025")["E35"]["answers"]
    items = [item for answer in answers for item in answer["items"] if item["wait_minutes"]]
    doubted = [item for item in items if any("nobody says how many" in why for why in item["reasons"])]
    assert "yallama-konysbayev" in {item["code"] for item in doubted}
    assert all(item["wait_minutes"]["p50"] is None for item in doubted)
    assert all(item["wait_minutes"]["p10"] is not None for item in doubted)
    assert any(item["wait_minutes"]["p50"] is not None for item in items)


def test_the_last_days_of_2025_shut_dawit_ata_to_light_traffic_and_not_to_trucks() -> None:
    answers = told_again("2025-12-29")["E45"]["answers"]
    for mode, verdict in (("car", "closed"), ("truck", "open")):
        assert {it["status"]["dawit-ata-tazhen"] for it in answers if it["mode"] == mode} == {verdict}


def test_a_replay_is_told_in_words_too(anywhere: Otkel) -> None:
    said = well(anywhere("replay", "2023-05-harvest-queue"))
    assert said.startswith("E24  ")
    assert said.endswith("\n  agrees with what the authorities advised\n")


NOON = "2026-04-14T12:00:00+05:00"


def advice(code: str, at: str) -> dict[str, Any]:
    return {"modes": ["car"], "must": [code], "at": [at], "source": "Me"}


def own_event(path: Path, **changes: Any) -> Path:
    """An event of the reader's own: Yallama shut, and everybody sent to Kaplanbek."""
    event = {
        "slug": "my-own",
        "event": "MINE",
        "summary": "Yallama shut.",
        "revisions": [
            {
                "published_at": "2026-04-01T09:00:00+05:00",
                "kind": "published",
                "reason": "Flood",
                "notice": {
                    "authority": "Me",
                    "texts": {"en": {"headline": "Flood at Yallama"}},
                    "effects": [
                        {
                            "what": "closed",
                            "selector": {"crossings": ["yallama-konysbayev"]},
                            "window": {"start": "2026-04-01T09:00:00+05:00"},
                        }
                    ],
                },
            }
        ],
        "gold": [
            {
                "modes": ["car"],
                "directions": ["to-kz"],
                "instead_of": ["yallama-konysbayev"],
                "must": ["navoiy-kaplanbek"],
                "must_not": ["yallama-konysbayev"],
                "at": ["2026-04-14T12:00:00+05:00"],
                "source": "Me",
            }
        ],
        **changes,
    }
    path.write_text(json.dumps(event))
    return path


def test_a_readers_own_event_is_replayed_from_toml_or_json(anywhere: Otkel, tmp_path: Path) -> None:
    found = replayed(anywhere("replay", str(own_event(tmp_path / "own.json")), "--json"))["MINE"]
    (answer,) = found["answers"]
    assert found["agrees"] is True
    assert answer["status"]["yallama-konysbayev"] == "closed"
    assert answer["items"][0].keys() == {
        *("code", "mode", "status", "road_minutes", "detour_km", "wait_minutes", "reasons")
    }
    toml = tmp_path / "own.toml"
    recorded = (HISTORY / "2022-10-kazygurt-gas-test.toml").read_text()
    toml.write_text(recorded.replace(tomllib.loads(recorded)["event"], "MINE"))
    assert well(anywhere("replay", str(toml))).startswith("MINE  ")


def test_an_event_that_does_not_come_out_as_advised_ends_with_code_2(anywhere: Otkel, tmp_path: Path) -> None:
    wrong = {
        "modes": ["car"],
        "directions": ["to-kz"],
        "must": ["malik-syrdarya"],
        "must_not": ["navoiy-kaplanbek"],
        "at": ["2026-04-14T23:00:00+05:00"],
        "source": "Me",
    }
    result = anywhere("replay", str(own_event(tmp_path / "own.json", gold=[wrong])))
    assert (result.exit_code, result.stderr) == (2, "")
    assert "MISSED: the authorities named malik-syrdarya" in result.stdout
    assert result.stdout.endswith("\n  DISAGREES\n")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"event": "not an id"}, "event: String should match pattern"),
        ({"gold": [advice("nowhere", NOON)]}, "my-own: no crossing is called nowhere"),
        (
            {"gold": [advice("malik-syrdarya", "1066-10-14T12:00:00Z")]},
            "my-own: 1066-10-14 12:00:00+00:00 is outside the years 1991 to 2099",
        ),
        ({"revisions": []}, "revisions: Tuple should have at least 1 item"),
    ],
)
def test_an_event_that_makes_no_sense_is_refused_by_its_field(
    anywhere: Otkel, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    assert words in refused(anywhere("replay", str(own_event(tmp_path / "own.json", **changes))))


def test_an_event_without_advice_about_nowhere_is_refused(anywhere: Otkel, tmp_path: Path) -> None:
    path = own_event(tmp_path / "own.json", gold=[])
    path.write_text(path.read_text().replace("yallama-konysbayev", "nowhere"))
    assert refused(anywhere("replay", str(path))) == "my-own: no crossing is called nowhere"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("no.toml", None, "there is no file "),
        ("no.toml", b"[", "no.toml: cannot be read: "),
        ("no.json", b"{", "no.json: cannot be read: "),
        ("no.json", b"[]", "no.json: an event is a table of fields"),
        ("no.json", b"\xff", "no.json: cannot be read: "),
        ("no.toml", b"", "no.toml: slug: Field required"),
    ],
)
def test_a_file_that_is_no_event_is_one_line(
    anywhere: Otkel, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert refused(anywhere("replay", str(tmp_path / name))).startswith(words)


@pytest.mark.parametrize("name", ["E999", "february-1999", "", "?", "no-such-thing"])
def test_an_event_that_nobody_recorded_is_refused_with_those_that_are(anywhere: Otkel, name: str) -> None:
    assert refused(anywhere("replay", name)).startswith(f"no event is called {name!r}; there are E02, E08,")


def test_the_module_is_the_command_and_ends_as_it_does(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "services.cli", "replay", "E999"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("otkel: no event is called 'E999'")
