"""The recorded past of the border: is every event whole, sourced, in order, and true to what was told?"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.core import crossings
from services.core.crossings import Mode, Side
from services.core.errors import Invalid, NotFound
from services.core.notices import Effect, End, What, chronicle
from services.core.notices.chronicle import TASHKENT, Event, Gold, Revision, RevisionKind
from services.core.text import Language

FILES = sorted(chronicle.HISTORY.glob("[0-9]*.toml"))
CODES = {path.stem for path in (Path(crossings.__file__).parent / "catalogue").glob("*.toml")}
RECORD_ENDS = datetime(2026, 3, 1, tzinfo=UTC)
EVENTS = chronicle.events()
REVISIONS = [
    pytest.param(event, revision, id=f"{event.event}/{number}")
    for event in EVENTS.values()
    for number, revision in enumerate(event.revisions, start=1)
]

LIGHT = {Mode.PEDESTRIAN, Mode.CAR, Mode.BUS}
GISHTKOPRIK = "gishtkoprik-zhibek-zholy"
DAWIT_ATA = "dawit-ata-tazhen"
NAVOIY = "navoiy-kaplanbek"


def day(text: str) -> datetime:
    """The beginning of a day at Tashkent."""
    return datetime.fromisoformat(text).replace(tzinfo=TASHKENT)


def effects(event: str, what: What, crossing: str) -> Iterator[tuple[Revision, Effect]]:
    for revision in EVENTS[event].revisions:
        for effect in revision.notice.effects:
            if effect.what is what and crossing in effect.selector.crossings:
                yield revision, effect


def announced_ends(event: str, crossing: str) -> list[tuple[date, date | None]]:
    """When an end was told, and which, for the first closure of each revision."""
    told = {
        revision.published_at.date(): effect.window.end and effect.window.end.date()
        for revision, effect in effects(event, What.CLOSED, crossing)
    }
    return list(told.items())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_named_after_its_event_and_the_month_in_which_it_began(path: Path) -> None:
    event = chronicle.read_event(path)
    assert path.stem == event.slug
    assert event.slug.startswith(event.starts.astimezone(TASHKENT).strftime("%Y-%m-"))


def test_events_come_in_the_order_in_which_they_began_under_ids_that_are_theirs_alone() -> None:
    starts = [event.starts for event in EVENTS.values()]
    ids = [name for event in EVENTS.values() for name in event.ids]
    assert len(EVENTS) == len(FILES)
    assert starts == sorted(starts)
    assert len(ids) == len(set(ids))


def test_an_event_is_either_told_or_skipped_with_a_reason() -> None:
    told = {name for event in EVENTS.values() for name in event.ids}
    assert not told & set(chronicle.skipped())
    assert all(len(reason) > 20 for reason in chronicle.skipped().values())


@pytest.mark.parametrize(("event", "revision"), REVISIONS)
def test_a_revision_names_only_crossings_of_the_catalogue(event: Event, revision: Revision) -> None:
    named = {code for effect in revision.notice.effects for code in effect.selector.crossings}
    assert named | set(revision.notice.alternatives) <= CODES


@pytest.mark.parametrize(("event", "revision"), REVISIONS)
def test_a_revision_cites_a_public_page_for_every_thing_it_rests_on(event: Event, revision: Revision) -> None:
    cited = revision.notice.sources
    assert any(source.url for source in cited)
    assert all(re.match(r"https?://\S+$", source.url) for source in cited if source.url)


@pytest.mark.parametrize(("event", "revision"), REVISIONS)
def test_a_revision_is_told_in_the_languages_of_the_border(event: Event, revision: Revision) -> None:
    assert {Language.UZBEK, Language.KAZAKH, Language.RUSSIAN, Language.ENGLISH} <= set(revision.notice.texts)


@pytest.mark.parametrize(("event", "revision"), REVISIONS)
def test_a_day_without_an_hour_is_nine_in_the_morning_and_noted(event: Event, revision: Revision) -> None:
    if revision.published_at.hour == 9 and revision.published_at.minute == 0:
        assert revision.note
        assert re.search(r"\bday\b|date|hour", revision.note)


@pytest.mark.parametrize(("event", "revision"), REVISIONS)
def test_nothing_is_told_after_the_record_ends_or_listed_for_no_time(
    event: Event, revision: Revision
) -> None:
    until = revision.notice.publish_until
    assert revision.published_at < RECORD_ENDS
    assert until is None or until > revision.published_at


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.event)
def test_an_event_is_published_once_and_every_later_revision_comes_later(event: Event) -> None:
    times = [revision.published_at for revision in event.revisions]
    kinds = [revision.kind for revision in event.revisions]
    assert times == sorted(set(times))
    assert kinds[0] is RevisionKind.PUBLISHED
    assert RevisionKind.PUBLISHED not in kinds[1:]


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.event)
def test_the_first_word_comes_before_anything_has_ended_for_sure(event: Event) -> None:
    for effect in event.revisions[0].notice.effects:
        if effect.what in (What.CLOSED, What.RESTRICTED) and effect.window.end_is is End.KNOWN:
            assert effect.window.end
            assert event.told < effect.window.end


@pytest.mark.parametrize(
    ("event", "advice"),
    [
        pytest.param(event, advice, id=f"{event.event}-{number}")
        for event in EVENTS.values()
        for number, advice in enumerate(event.gold, start=1)
    ],
)
def test_advice_is_about_known_crossings_of_its_kind_after_it_was_given(event: Event, advice: Gold) -> None:
    assert {*advice.must, *advice.must_not, *advice.rail, *advice.instead_of} <= CODES
    assert all(at > event.told for at in advice.at)
    if advice.daylight:
        assert all(8 <= at.astimezone(TASHKENT).hour < 18 for at in advice.at)


def test_gishtkoprik_was_to_open_on_three_dates_and_was_still_shut_after_the_first() -> None:
    assert announced_ends("E35", GISHTKOPRIK) == [
        (date(2025, 2, 2), date(2025, 6, 5)),
        (date(2025, 8, 6), date(2026, 7, 1)),
        (date(2025, 11, 27), date(2026, 7, 31)),
    ]
    for _, effect in effects("E35", What.CLOSED, GISHTKOPRIK):
        assert effect.window.start == day("2025-02-05")
        assert effect.window.end_is is End.ANNOUNCED
        assert not effect.selector.modes
        assert not effect.selector.sides


def test_the_opening_announced_for_july_2026_reopens_nothing() -> None:
    whats = {effect.what for revision in EVENTS["E48"].revisions for effect in revision.notice.effects}
    assert whats == {What.INFORMATION}


def test_dawit_ata_slipped_twice_each_time_after_the_announced_end_had_passed() -> None:
    assert announced_ends("E34", DAWIT_ATA) == [
        (date(2025, 1, 30), date(2025, 5, 1)),
        (date(2025, 5, 19), date(2025, 9, 1)),
        (date(2025, 9, 3), date(2026, 1, 1)),
    ]
    assert EVENTS["E34"].also == ("E36",)


def test_the_works_at_tazhen_stop_light_trucks_and_let_heavy_ones_pass() -> None:
    limits = {
        (effect.what, effect.selector.mass_up_to_t, effect.selector.mass_over_t)
        for revision in EVENTS["E34"].revisions
        for effect in revision.notice.effects
        if Mode.TRUCK in effect.selector.modes
    }
    assert limits == {(What.CLOSED, 3.5, None), (What.REOPENED, None, 3.5)}


def test_the_notice_of_29_december_2025_is_the_uzbek_sides_and_leaves_trucks_alone() -> None:
    (revision,) = EVENTS["E45"].revisions
    (effect,) = revision.notice.effects
    assert effect.what is What.CLOSED
    assert effect.selector.sides == (Side.UZ,)
    assert set(effect.selector.modes) == LIGHT
    assert effect.window.start == day("2025-12-29")
    assert effect.window.end_is is End.OPEN


def test_navoiy_was_to_shut_on_1_november_shut_on_1_december_2022_and_opened_on_27_january_2025() -> None:
    windows = [effect.window for _, effect in effects("E19", What.CLOSED, NAVOIY)]
    assert [window.start for window in windows] == [day("2022-11-01"), day("2022-12-01"), day("2022-12-01")]
    assert windows[-1].end == day("2025-01-27")
    assert windows[-1].end_is is End.KNOWN


def test_navoiy_ran_on_trial_to_an_unknown_extent_until_it_took_over_from_gishtkoprik() -> None:
    trial = [
        effect for _, effect in effects("E33", What.RESTRICTED, NAVOIY) if Mode.CAR in effect.selector.modes
    ]
    assert [effect.window.end for effect in trial] == [day("2025-02-05")] * 2
    assert [effect.window.end_is for effect in trial] == [End.ANNOUNCED, End.KNOWN]
    assert all(effect.capacity_share is None for effect in trial)


def test_in_february_2023_two_crossings_are_limited_to_an_unknown_extent_with_no_end() -> None:
    (event,) = chronicle.find("february-2023")
    first = event.revisions[0].notice
    limited = [effect for effect in first.effects if effect.what is What.RESTRICTED]
    assert {effect.selector.crossings for effect in limited} == {
        ("najimov-kazygurt",),
        ("sirdaryo-atameken",),
    }
    assert all(effect.capacity_share is None for effect in limited)
    assert all(effect.window.end_is is End.OPEN for effect in limited)
    assert first.alternatives == ("yallama-konysbayev", "malik-syrdarya", "oqoltin-tselinny")


def test_in_february_2025_trucks_are_taken_again_where_an_authority_names_them() -> None:
    for crossing in ("najimov-kazygurt", "sirdaryo-atameken"):
        for revision, effect in effects("E35", What.REOPENED, crossing):
            assert effect.selector.modes == (Mode.TRUCK,)
            assert any(source.confidence == "A" for source in revision.notice.sources)


def test_lifting_limits_in_april_2022_does_not_open_the_two_points_shut_by_decree() -> None:
    (effect,) = EVENTS["E14"].revisions[0].notice.effects
    assert effect.what is What.REOPENED
    assert {"malik-syrdarya", "oqoltin-tselinny"}.isdisjoint(effect.selector.crossings)
    assert effect.selector.crossings


def test_a_rumour_that_was_denied_closes_nothing() -> None:
    (effect,) = EVENTS["E22"].revisions[0].notice.effects
    assert effect.what is What.INFORMATION


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("E45", ["E45"]),
        ("e45", ["E45"]),
        ("E36", ["E34"]),
        ("2025-02-gishtkoprik-rebuilding", ["E35"]),
        ("february-2023", ["E20"]),
        ("feb-2023", ["E20"]),
        ("2023 February", ["E20"]),
        ("2023-02", ["E20"]),
        ("2025-12-29", ["E45", "E44"]),
        ("2025-05-19", ["E34"]),
        ("kurban hayit", ["E37"]),
        ("2016", ["E02"]),
        ("201", []),
        ("2025-1", []),
        ("february-2010", []),
        ("ma-2023", []),
        ("no-such-thing", []),
        ("", []),
    ],
)
def test_an_event_is_found_by_any_of_its_names(name: str, found: list[str]) -> None:
    assert [event.event for event in chronicle.find(name)] == found


def test_february_2025_finds_what_began_then_and_what_changed() -> None:
    found = [event.event for event in chronicle.find("february-2025")]
    assert {"E33", "E34", "E35"} <= set(found)
    assert "E45" not in found


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.event)
def test_every_turn_of_an_event_can_be_found_by_its_day_and_not_by_another(event: Event) -> None:
    days = {turn.astimezone(TASHKENT).date() for turn in event.turns()}
    for turned in days:
        assert event in chronicle.find(turned.isoformat())
    quiet = next(other for turned in sorted(days) if (other := turned - timedelta(days=1)) not in days)
    assert event not in chronicle.find(quiet.isoformat())


def an_event() -> dict[str, Any]:
    """A reader's own event, as a JSON file would hold it."""
    notice = {
        "authority": "Border Service of Kazakhstan",
        "effects": [
            {
                "what": "closed",
                "selector": {"crossings": ["yallama-konysbayev"]},
                "window": {"start": "2027-03-01T00:00:00+05:00"},
            }
        ],
        "texts": {"en": {"headline": "Yallama shut for a test"}},
    }
    revision = {
        "published_at": "2027-02-20T12:00:00+05:00",
        "kind": "published",
        "reason": "a drill",
        "notice": notice,
    }
    return {"slug": "2027-03-drill", "event": "DRILL-1", "summary": "A drill.", "revisions": [revision]}


def test_a_readers_own_event_may_be_json_or_toml(tmp_path: Path) -> None:
    as_json = tmp_path / "drill.json"
    as_json.write_text(json.dumps(an_event()), encoding="utf-8")
    as_toml = tmp_path / "drill.toml"
    as_toml.write_text(
        """
        slug = "2027-03-drill"
        event = "DRILL-1"
        summary = "A drill."
        [[revisions]]
        published_at = 2027-02-20T12:00:00+05:00
        kind = "published"
        reason = "a drill"
        [revisions.notice]
        authority = "Border Service of Kazakhstan"
        texts.en = { headline = "Yallama shut for a test" }
        [[revisions.notice.effects]]
        what = "closed"
        selector = { crossings = ["yallama-konysbayev"] }
        window = { start = 2027-03-01T00:00:00+05:00 }
        """,
        encoding="utf-8",
    )
    assert chronicle.read_event(as_json) == chronicle.read_event(as_toml)
    assert chronicle.read_event(as_json).starts == day("2027-03-01")


def test_a_time_without_a_zone_is_refused_by_field(tmp_path: Path) -> None:
    document = an_event()
    document["revisions"][0]["notice"]["effects"][0]["window"]["start"] = "2027-03-01T00:00:00"
    assert_refused(tmp_path, document, "revisions.0.notice.effects.0.window.start")


def test_an_unknown_field_is_refused_by_name(tmp_path: Path) -> None:
    document = an_event()
    document["revisions"][0]["notice"]["colour"] = "red"
    assert_refused(tmp_path, document, "revisions.0.notice.colour")


def test_a_missing_field_is_refused_by_name(tmp_path: Path) -> None:
    document = an_event()
    del document["summary"]
    assert_refused(tmp_path, document, "summary")


def test_a_revision_that_is_not_later_than_the_one_before_is_refused(tmp_path: Path) -> None:
    document = an_event()
    document["revisions"].append({**document["revisions"][0], "kind": "amended"})
    assert_refused(tmp_path, document, "revisions.1.published_at")


def test_an_event_that_begins_with_an_amendment_is_refused(tmp_path: Path) -> None:
    document = an_event()
    document["revisions"][0]["kind"] = "amended"
    assert_refused(tmp_path, document, "revisions.0.kind")


def test_nothing_may_follow_a_withdrawal(tmp_path: Path) -> None:
    document = an_event()
    first = document["revisions"][0]
    document["revisions"] += [
        {**first, "kind": "withdrawn", "published_at": "2027-02-21T12:00:00+05:00"},
        {**first, "kind": "amended", "published_at": "2027-02-22T12:00:00+05:00"},
    ]
    assert_refused(tmp_path, document, "revisions.2")


@pytest.mark.parametrize(
    ("advice", "field"),
    [
        ({}, "must"),
        ({"must": ["yallama-konysbayev"], "must_not": ["yallama-konysbayev"]}, "must_not"),
        ({"rail": ["keles-saryagash"]}, "rail_mode"),
    ],
)
def test_advice_that_cannot_be_checked_is_refused(tmp_path: Path, advice: dict[str, Any], field: str) -> None:
    document = an_event()
    document["gold"] = [{"modes": ["car"], "at": ["2027-03-02T12:00:00+05:00"], "source": "nobody", **advice}]
    assert_refused(tmp_path, document, f"gold.0.{field}")


@pytest.mark.parametrize("text", ["slug = ", "\x00", "slug = 'a'\nslug = 'b'"])
def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid, match=r"broken\.toml"):
        chronicle.read_event(path)


def test_json_that_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(Invalid, match=r"list\.json"):
        chronicle.read_event(path)


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        chronicle.read_event(tmp_path / "nowhere.toml")


def assert_refused(folder: Path, document: dict[str, Any], field: str) -> None:
    path = folder / "own.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        chronicle.read_event(path)
    assert refused.value.field == field
    assert str(refused.value).startswith(f"own.json: {field}: ")
