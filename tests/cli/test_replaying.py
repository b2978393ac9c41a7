"""`otkel replay`: past days told again, those of the record and a reader's own.

Whether the advice of the authorities comes out of every recorded event does not depend on any wait:
tests/alternatives/test_advised.py asks that of all of them, without computing the waits, which takes seconds
for each instant.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from services.core import notices
from services.core.notices.chronicle import HISTORY
from tests.cli.command import Otkel, refused, run, well

ANSWERED = {
    *("at", "mode", "direction", "citizenship", "vehicle_mass_t", "instead_of", "status", "passes", "items"),
    *("advice", "refused", "levels", "must", "must_not", "missed", "wrong"),
}


def replayed(result: Result) -> dict[str, Any]:
    """Every event of a replay by its id."""
    found: list[dict[str, Any]] = json.loads(well(result))
    for one in found:
        assert one.keys() == {"event", "slug", "summary", "agrees", "answers"}
        assert all(answer.keys() == ANSWERED for answer in one["answers"])
    return {one["event"]: one for one in found}


@cache
def february_2023() -> dict[str, Any]:
    return replayed(run({}, "replay", "february-2023", "--json"))


def the_first_day(path: Path, event: str) -> Path:
    """A recorded event of which only what was advised for its first day is asked."""
    recorded = notices.events()[event]
    day = recorded.gold[0].at[:1]
    gold = tuple(advice.model_copy(update={"at": day}) for advice in recorded.gold if advice.at[:1] == day)
    path.write_text(recorded.model_copy(update={"gold": gold}).model_dump_json(exclude_defaults=True))
    return path


def comes_out(one: dict[str, Any]) -> bool:
    return one["agrees"] and all(not answer["missed"] and not answer["wrong"] for answer in one["answers"])


def test_what_the_authorities_advised_then_comes_out_again() -> None:
    found = february_2023()
    assert list(found) == [event.event for event in notices.find("february-2023")]
    assert all(map(comes_out, found.values()))


def test_an_event_is_found_by_the_day_on_which_it_began() -> None:
    """All that was advised then: `otkel replay 2025-12-29`; of its first day below."""
    assert "E45" in [event.event for event in notices.find("2025-12-29")]


def test_february_2023_named_yallama_malik_and_oqoltin() -> None:
    noon, driver = "2023-02-10T12:00:00+05:00", {"mode": "car", "instead_of": "gishtkoprik-zhibek-zholy"}
    (answer,) = [
        it
        for it in february_2023()["E20"]["answers"]
        if it["at"] == noon and it["direction"] == "to-kz" and driver.items() <= it.items()
    ]
    passing = {item["code"] for item in answer["items"] if item["status"] == "open"}
    assert {"yallama-konysbayev", "malik-syrdarya", "oqoltin-tselinny"} <= passing
    assert answer["status"]["navoiy-kaplanbek"] == "closed"


def test_where_nobody_knows_how_many_can_pass_a_replay_tells_only_the_range(
    anywhere: Otkel, tmp_path: Path
) -> None:
    """In February 2025 no source said what Yallama, Malik and Oqoltin could take of Gʻishtkoʻprik's cars."""
    file = the_first_day(tmp_path / "event.json", "E35")
    found = replayed(anywhere("replay", str(file), "--json"))["E35"]
    assert comes_out(found)
    items = [item for answer in found["answers"] for item in answer["items"] if item["wait_minutes"]]
    doubted = [item for item in items if any("nobody says how many" in why for why in item["reasons"])]
    assert "yallama-konysbayev" in {item["code"] for item in doubted}
    assert all(item["wait_minutes"]["p50"] is None for item in doubted)
    assert all(item["wait_minutes"]["p10"] is not None for item in doubted)
    assert any(item["wait_minutes"]["p50"] is not None for item in items)


def test_the_last_days_of_2025_shut_dawit_ata_to_light_traffic_and_not_to_trucks(
    anywhere: Otkel, tmp_path: Path
) -> None:
    file = the_first_day(tmp_path / "event.json", "E45")
    found = replayed(anywhere("replay", str(file), "--json"))["E45"]
    assert comes_out(found)
    for mode, verdict in (("car", "closed"), ("truck", "open")):
        answers = (it for it in found["answers"] if it["mode"] == mode)
        assert {it["status"]["dawit-ata-tazhen"] for it in answers} == {verdict}


def test_a_replay_is_told_in_words_too_and_a_readers_own_event_may_be_toml(
    anywhere: Otkel, tmp_path: Path
) -> None:
    toml = tmp_path / "own.toml"
    recorded = (HISTORY / "2019-09-dawit-ata-autumn-queue.toml").read_text()
    toml.write_text(recorded.replace(tomllib.loads(recorded)["event"], "MINE"))
    said = well(anywhere("replay", str(toml)))
    assert said.startswith("MINE  ")
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


def test_a_readers_own_event_is_replayed_from_json(anywhere: Otkel, tmp_path: Path) -> None:
    found = replayed(anywhere("replay", str(own_event(tmp_path / "own.json")), "--json"))["MINE"]
    (answer,) = found["answers"]
    assert found["agrees"] is True
    assert answer["status"]["yallama-konysbayev"] == "closed"
    assert answer["items"][0].keys() == {
        *("code", "mode", "status", "road_minutes", "detour_km", "wait_minutes", "reasons")
    }


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
