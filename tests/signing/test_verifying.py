"""`otkel verify FILE`: what somebody has kept, checked where there is no database."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import to_json
from typer.testing import Result

from services.core import crossings, ledger, notices, signing
from services.core.access import Official
from services.core.crossings import Side
from services.core.work import Edge
from tests.cli.command import run
from tests.keys import KEYS
from tests.ledger.falsifying import changed_inside
from tests.makers import ALFA, DAY, HOUR, NOON, a_border, a_closure, a_notice, an_official
from tests.signing.devices import enrolled, published_by_device

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Files do not tell which database they came from."""

ANEW = random.Random(20260310)


class Files:
    """What somebody keeps of a service, in a folder."""

    def __init__(self, edge: Edge, folder: Path) -> None:
        self.edge, self.folder = edge, folder
        self.notice_id = ""

    def keep(self, name: str, value: Any) -> Path:
        file = self.folder / name
        file.write_bytes(to_json(value))
        return file

    def log(self, name: str = "log.json") -> Path:
        with self.edge.reading() as session:
            lines = [notices.as_json(line) for line in notices.log(session, now=NOON + DAY)]
        return self.keep(name, lines)

    def notice(self, name: str = "notice.json") -> Path:
        with self.edge.reading() as session:
            found = notices.signed_notice(session, self.notice_id, now=NOON + DAY)
        assert found is not None
        return self.keep(name, notices.as_json(found))

    def keys(self, name: str = "keys.json") -> Path:
        with self.edge.reading() as session:
            return self.keep(name, signing.key_set(signing.keys(session)).model_dump())

    def heartbeat(self, name: str = "heartbeat.json") -> Path:
        with self.edge.reading() as session:
            told = [notices.as_told_hash(one) for one in notices.told(session)]
            key = signing.signing_key(session, KEYS)
            beat = signing.heartbeat(KEYS, key, NOON, ledger.head(session), told, stale=False)
        return self.keep(name, beat.model_dump())

    def announce(self, headline: str) -> str:
        with self.edge.work(now=NOON + HOUR) as work:
            author = f"Bolat {headline}"
            official, _ = an_official(work, author)
            row = notices.publish(work, official, a_notice(headline=headline), idempotency_key="b").revision
        return row.notice_id

    def verify(self, *files: Path, **options: Path | str) -> Result:
        """Where there is no database, and no folder of data."""
        given = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        env = {"OTKEL_DATABASE_URL": "nonsense", "OTKEL_DATA_DIR": "/dev/null/none"}
        return run(env, "verify", *map(str, files), *given)


@pytest.fixture
def kept(edge: Edge, tmp_path: Path) -> Files:
    """A notice that its author signed and withdrew."""
    files = Files(edge, tmp_path)
    with edge.work(now=NOON) as work:
        crossings.load(work, a_border())
        actor, _ = an_official(work)
        official: Official = actor.official
        shut = a_notice(a_closure(ALFA, sides=(Side.UZ,)))
        row = published_by_device(work, official, enrolled(work, official), shut)
        notices.withdraw(work, actor, row.notice_id, expected=1, idempotency_key="w", reason="A mistake")
        files.notice_id = row.notice_id
    return files


def good(result: Result) -> str:
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return result.stdout


def bad(result: Result) -> str:
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2, result.output
    return result.output


def test_a_notice_alone_is_genuine_by_its_own_keys_and_that_is_said(kept: Files) -> None:
    said = good(kept.verify(kept.notice()))
    assert f"genuine: notice {kept.notice_id}: 2 revisions signed by the service, 1 of them by" in said
    assert "note: the keys were the files' own, which prove only that they belong together" in said


def test_a_log_alone_says_that_its_end_is_not_sure(kept: Files) -> None:
    said = good(kept.verify(kept.log()))
    assert "genuine: log: " in said
    assert "note: no head was given: a log that was cut short would not show it" in said


def test_with_pinned_keys_and_a_heartbeat_nothing_is_left_to_trust(kept: Files) -> None:
    keys, head = kept.keys("pinned.json"), kept.heartbeat()
    kept.announce("Later")
    said = good(kept.verify(kept.log(), kept.notice(), keys=keys, head=head))
    assert "note: the keys were pinned by --keys" in said
    assert "heartbeat of " in said
    assert "no head was given" not in said


def test_a_head_as_the_command_prints_it_will_do(kept: Files) -> None:
    with kept.edge.reading() as session:
        seq, hash_ = ledger.head(session)
    assert f"has entry {seq} as it was noted" in good(kept.verify(kept.log(), head=f"{seq}:{hash_}"))
    assert "not the one that was noted earlier" in bad(kept.verify(kept.log(), head=f"{seq}:{'0' * 64}"))


def test_a_log_from_before_the_heartbeat_is_cut_short(kept: Files) -> None:
    early = kept.log("early.json")
    kept.announce("Later")
    said = bad(kept.verify(early, head=kept.heartbeat()))
    assert "FALSE: the chain ends at " in said
    assert "was told once and is gone" in said


def test_a_notice_that_hides_its_last_word_shows_against_log_or_heartbeat(kept: Files) -> None:
    whole = json.loads(kept.notice().read_text())
    short = kept.keep("short.json", {**whole, "revisions": whole["revisions"][:1]})
    assert "1 revisions signed" in good(kept.verify(short))
    assert "has 2 revisions in the log, not fewer" in bad(kept.verify(short, kept.log()))
    assert "revision 2 was told once and is gone" in bad(kept.verify(short, head=kept.heartbeat()))
    gap = kept.keep("gap.json", {**whole, "revisions": whole["revisions"][1:]})
    assert "is revision 2 of notice" in bad(kept.verify(gap))
    empty = kept.keep("empty.json", {**whole, "revisions": []})
    assert "nothing was announced" in bad(kept.verify(empty))


def test_keys_of_another_service_do_not_make_it_genuine(kept: Files, tmp_path: Path) -> None:
    stranger = signing.Keyring(tmp_path / "stranger")
    public = stranger.public(stranger.make())
    row = signing.SigningKey(id=signing.key_id(public), public=public, published_at=NOON)
    pinned = kept.keep("pinned.json", signing.key_set([row]).model_dump())
    assert "which is not pinned" in bad(kept.verify(kept.notice(), keys=pinned))
    assert "neither pinned nor vouched for" in bad(kept.verify(kept.log(), keys=pinned))
    assert "which is not pinned" in bad(kept.verify(kept.notice(), keys=pinned, head=kept.heartbeat()))


def test_a_notice_of_one_service_is_not_in_the_log_of_another(kept: Files) -> None:
    log = json.loads(kept.log().read_text())
    shorter = kept.keep("log.json", log[:-1])
    assert f"entry {len(log)} of notice {kept.notice_id} is not in the log" in bad(
        kept.verify(shorter, kept.notice())
    )


def test_a_list_of_keys_is_held_against_the_log(kept: Files) -> None:
    keys = kept.keys()
    good(kept.verify(kept.log(), keys))
    given = json.loads(keys.read_text())
    given["keys"][0]["retired_at"] = ledger.written(NOON)
    assert "other dates" in bad(kept.verify(kept.log(), kept.keep("keys.json", given)))


@pytest.mark.parametrize("what", [Files.log, Files.notice, Files.heartbeat])
def test_whatever_is_changed_in_a_file_is_found(kept: Files, what: Callable[[Files], Path]) -> None:
    """But for a notice's own list of keys, of which nothing is believed where others are pinned."""
    log, keys = kept.log("whole.json"), kept.keys("pinned.json")
    value = json.loads(what(kept).read_text())
    for _ in range(60):
        left = {"keys": value["keys"]} if what is Files.notice else {}
        spoilt = changed_inside({**value, **{name: {} for name in left}} if left else value, ANEW)
        changed = kept.keep("changed.json", {**spoilt, **left} if left else spoilt)
        if what is Files.heartbeat:
            bad(kept.verify(log, keys=keys, head=changed))
        else:
            bad(kept.verify(changed, keys=keys, head=kept.heartbeat()))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("nothing", "Expecting value"),
        ("{}", "validation error"),
        ("1", "is neither a log nor a signed notice"),
        ('[{"seq": 1, "seq": 2}]', "a name comes twice in an object"),
        ('{"revisions": 5}', "validation error"),
        ('{"items": 5}', "not iterable"),
        ("[" * 100_000, "recursion"),
        ('{"keys": [{"kid": "x", "x": "y", "published_at": "z"}]}', "validation error"),
    ],
)
def test_a_file_that_is_nothing_of_ours_is_said_to_be_unreadable(
    kept: Files, content: str, words: str
) -> None:
    (kept.folder / "file.json").write_text(content)
    said = bad(kept.verify(kept.folder / "file.json"))
    assert said.startswith("otkel: cannot be read: ")
    assert words in said


def test_numbers_that_no_double_holds_are_no_hash(kept: Files) -> None:
    log = json.loads(kept.log().read_text())
    log[2]["payload"] = {"number": 2**70}
    assert "entry 3 was changed after it was written" in bad(kept.verify(kept.keep("log.json", log)))


def test_files_that_are_not_there_are_named(kept: Files) -> None:
    assert "none.json: No such file" in bad(kept.verify(kept.folder / "none.json"))
    assert "none.json: No such file" in bad(kept.verify(kept.notice(), keys=kept.folder / "none.json"))
    refused = kept.verify(kept.notice(), head="none.json")
    assert refused.exit_code == 1
    assert "--head: must be `SEQ:HASH`" in refused.stderr


def test_an_empty_log_is_a_log_that_was_cut_short(kept: Files) -> None:
    assert "the chain ends at 0" in bad(kept.verify(kept.keep("log.json", []), head=kept.heartbeat()))
