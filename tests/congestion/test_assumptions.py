"""Whoever runs the service may state what they know better; what they do not touch stays as it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.core import congestion
from services.core.advisories.documents import Level
from services.core.advisories.levels import Exceeded, Held, next_level
from services.core.congestion.assumptions import FILES, Assumptions, assumed
from services.core.congestion.calendar import real_end
from services.core.congestion.forecast import forecast, version
from services.core.congestion.series import Tuning
from services.core.errors import Invalid
from services.core.notices import End, Window
from tests.assuming import Own, said
from tests.status.real import bulletins

NOON = datetime(2025, 2, 11, 7, tzinfo=UTC)
HERE = Path(congestion.__file__).parent


def outlook_bytes() -> bytes:
    told = bulletins(NOON)
    lanes = [lane for lane in congestion.lanes_of(told, NOON) if lane[0] == "navoiy-kaplanbek"]
    return forecast(told, lanes, NOON, [], seed=1).outlook.samples.tobytes()


def test_the_same_statements_in_a_folder_change_no_byte_and_no_name(own: Own) -> None:
    before, name = outlook_bytes(), version()
    for file in FILES:
        own((HERE / file).read_text(encoding="utf-8"), file)
    assert outlook_bytes() == before
    assert version() == name


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("engine.toml", said({"calendar.restricted_most_share": 0.3})),
        ("engine.toml", said({"outlook.particles": 100})),
        ("engine.toml", said({"outlook.spin_up_hours": 48})),
        ("priors.toml", said({"common.capacity_mean": -0.4})),
    ],
)
def test_another_statement_changes_the_outlook_and_the_name_of_what_computed_it(
    own: Own, file: str, text: str
) -> None:
    before, name = outlook_bytes(), version()
    own(text, file)
    assert outlook_bytes() != before
    assert version() != name


def test_a_source_that_is_believed_less_has_another_name(own: Own) -> None:
    name = version()
    text = (HERE / "sources.toml").read_text(encoding="utf-8")
    kind = re.search(r"^\[figures\.([\w-]+)\]", text, re.MULTILINE)
    assert kind
    own(f'[figures.{kind[1]}]\nlog_sd = {{ value = 0.9, source = "prior" }}\n', "sources.toml")
    assert version() != name


def test_closures_end_later_where_more_overrun_is_assumed(own: Own) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    closed = Window(start=start, end=start + timedelta(days=10), end_is=End.ANNOUNCED)
    turns = range(assumed().engine.calendar.turns.value)
    assert max(real_end(closed, "x", turn) for turn in turns) < start + timedelta(days=40)
    own(said({"calendar.overrun_median": 4.0, "calendar.overrun_log_sd": 0.0}))
    assert {real_end(closed, "x", turn) for turn in turns} == {start + timedelta(days=40)}


def test_no_closure_lasts_longer_than_is_assumed_at_most(own: Own) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    closed = Window(start=start, end=start + timedelta(days=10), end_is=End.ANNOUNCED)
    own(said({"calendar.overrun_most": 1.5}))
    turns = range(assumed().engine.calendar.turns.value)
    assert max(real_end(closed, "x", turn) for turn in turns) == start + timedelta(days=15)


def test_a_level_is_left_sooner_where_the_hold_is_shorter(own: Own) -> None:
    since = NOON - timedelta(minutes=30)
    busy, quiet = Held(Level.BUSY, NOON - timedelta(hours=5), since), Exceeded([0.0] * 3, [0.0] * 3)
    assert next_level(busy, quiet, NOON, news=True).level is Level.BUSY
    own(said({"levels.hold_minutes": 20}))
    assert next_level(busy, quiet, NOON, news=True).level is Level.NORMAL


def test_a_level_is_entered_later_where_it_must_be_more_likely(own: Own) -> None:
    likely = Exceeded([0.7, 0.2, 0.0], [0.8, 0.3, 0.1])
    assert next_level(None, likely, NOON, news=True).level is Level.BUSY
    own(said({"levels.likely_probability": 0.8}))
    assert next_level(None, likely, NOON, news=True).level is Level.NORMAL


def test_thresholds_are_those_that_are_stated(own: Own) -> None:
    limits = '[modes.truck]\nthresholds_minutes = { values = [60, 120, 240], source = "prior" }\n'
    own(limits, "priors.toml")
    told = bulletins(NOON)
    lanes = [lane for lane in congestion.lanes_of(told, NOON) if lane[::2] == ("yallama-konysbayev", "truck")]
    found = forecast(told, lanes, NOON, [], seed=1).outlook
    assert found.thresholds[:, 0].tolist() == [60, 120, 240]


def test_an_outlook_reaches_as_far_as_is_stated(own: Own) -> None:
    before = len(outlook_bytes())
    own(said({"outlook.ahead_hours": 48, "accuracy.horizons_hours": [1, 24, 48]}))
    assert congestion.times(NOON)[-1] == NOON + timedelta(hours=48)
    assert len(outlook_bytes()) * 145 == before * 97


def test_the_series_are_tuned_as_is_stated(own: Own) -> None:
    own(said({"series.weeks": 8, "series.gain_per_forecast": 0.05}))
    assert (Tuning().weeks, Tuning().gain, Tuning(weeks=4).weeks) == (8, 0.05, 4)
    assert Tuning().horizons == (1, 4, 12, 24, 48, 96, 192, 288)


def test_a_statement_counts_as_a_whole_and_keeps_no_source_of_ours(tmp_path: Path) -> None:
    (tmp_path / "priors.toml").write_text("[modes.car]\nservice_minutes = { value = 8 }\n")
    with pytest.raises(Invalid, match=r"priors\.toml: modes\.car\.service_minutes\.source"):
        Assumptions.read(tmp_path)


def test_a_source_of_ones_own_can_be_added(own: Own) -> None:
    found = own(
        '[modes.car]\nservice_minutes = { value = 8, source = "counted", confidence = "A" }\n'
        '[sources.counted]\ntitle = "Counted by the shift of 3 May"\n',
        "priors.toml",
    )
    assert found.priors.modes["car"].service_minutes.value == 8
    assert found.priors.modes["car"].walk_minutes.value == 10


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("engine.toml", "[levels\n", r"engine\.toml: .*line 1"),
        ("engine.toml", "[levels]\nexit = 1\n", r"engine\.toml: levels\.exit: "),
        ("engine.toml", "[surprises]\n", r"engine\.toml: surprises: "),
        ("engine.toml", "[levels]\nexit_ratio = 0.7\n", r"engine\.toml: levels\.exit_ratio: "),
        ("engine.toml", said({"outlook.particles": 20, "calendar.turns": 64}), r"outlook\.particles"),
        ("engines.toml", "", r"engines\.toml: is none of engine\.toml, priors\.toml, sources\.toml"),
        ("priors.toml", "[modes.lorry]\n", r"priors\.toml: modes\.lorry.*: no mode is called 'lorry'"),
        ("sources.toml", "[unforeseen]\nevery = 1\n", r"sources\.toml: unforeseen\.every: "),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_by_its_name(
    name: str, text: str, complaint: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(Invalid, match=complaint):
        Assumptions.read(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="nowhere: is not a folder"):
        Assumptions.read(tmp_path / "nowhere")


def test_an_empty_folder_and_what_is_no_toml_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("ours")
    assert Assumptions.read(tmp_path).digest == Assumptions.read().digest


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "engine.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(Invalid, match=r"engine\.toml: "):
        Assumptions.read(tmp_path)
