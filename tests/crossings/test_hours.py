from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours, State

from services.core.crossings import holidays
from services.core.crossings.hours import LONGEST_WINDOW, Local, check_rule, is_open, open_spans
from services.core.crossings.words import Side
from services.core.places import Position
from services.core.spans import Span
from tests.crossings.hours_oracle import PLACES, Place, Rule, a_rule, disagreement

MALIK = Position(lat=40.791736, lon=68.58289)
TASHKENT = Local("Asia/Tashkent", MALIK, holidays.days(Side.UZ))
ALMATY = Local("Asia/Almaty", Position(lat=42.32, lon=69.59), holidays.days(Side.KZ))


NOON = datetime(2026, 3, 10, 7, tzinfo=UTC)


def local(text: str, where: Local = TASHKENT) -> datetime:
    """An instant by the wall clock; the year is 2026 where none is given."""
    return datetime.fromisoformat(text if len(text) > 14 else f"2026-{text}").replace(
        tzinfo=ZoneInfo(where.zone)
    )


def shown(rule: str, start: str, end: str, where: Local = TASHKENT) -> list[str]:
    """Open spans as the wall clock shows them: `day hour:minute-day hour:minute`."""
    zone = ZoneInfo(where.zone)
    spans = open_spans(rule, where, Span(local(start, where), local(end, where)))
    return [f"{s.start.astimezone(zone):%d %H:%M}-{s.until.astimezone(zone):%d %H:%M}" for s in spans]


@pytest.mark.parametrize(
    ("rule", "at", "answer"),
    [
        ("Mo-Su 08:00-20:00", "03-10T07:59", False),
        ("Mo-Su 08:00-20:00", "03-10T08:00", True),
        ("Mo-Su 08:00-20:00", "2026-03-10T19:59:59", True),
        ("Mo-Su 08:00-20:00", "03-10T20:00", False),
        ("24/7", "03-10T03:00", True),
        ("off", "03-10T12:00", False),
        ("22:00-06:00", "03-10T23:00", True),
        ("22:00-06:00", "03-10T05:59", True),
        ("22:00-06:00", "03-10T06:00", False),
        ("Fr 22:00-06:00", "03-14T02:00", True),
        ("Fr 22:00-06:00", "03-13T02:00", False),
        ("Fr 22:00-06:00", "03-13T22:00", True),
        ("Apr-Oct 07:00-21:00; Nov-Mar 08:00-18:00", "10-31T20:59", True),
        ("Apr-Oct 07:00-21:00; Nov-Mar 08:00-18:00", "11-01T20:59", False),
        ("Apr-Oct 07:00-21:00; Nov-Mar 08:00-18:00", "02-10T17:59", True),
        ("Nov 15-Mar 10 08:00-18:00", "03-10T12:00", True),
        ("Nov 15-Mar 10 08:00-18:00", "03-11T12:00", False),
        ("08:00-12:00,13:00-18:00", "03-10T12:30", False),
        ("08:00-12:00,13:00-18:00", "03-10T13:00", True),
        ("24/7; Mo[1] 12:00-14:00 off", "03-02T13:00", False),
        ("24/7; Mo[1] 12:00-14:00 off", "03-09T13:00", True),
        ('24/7; 2026 Nov 20-2026 Nov 25 closed "repair; until || maybe"', "11-25T23:59", False),
        ('24/7; 2026 Nov 20-2026 Nov 25 closed "repair; until || maybe"', "11-26T00:00", True),
        ("Mo-Fr 08:00-12:00, We 14:00-16:00", "03-11T09:00", True),
        ("Mo-Fr 08:00-12:00, We 14:00-16:00", "03-11T15:00", True),
        ("Mo-Fr 08:00-12:00; We 14:00-16:00", "03-11T09:00", False),
        ("08:00-26:00", "03-11T01:59", True),
        ("Feb 29 10:00-12:00", "2028-02-29T11:00", True),
        ("Feb 29 10:00-12:00", "02-28T11:00", False),
        ("easter +1 day off", "04-06T11:00", False),
        ("24/7; easter +1 day off", "04-06T11:00", False),
        ("24/7; easter +1 day off", "04-07T11:00", True),
        ("week 11 Tu 10:00-12:00", "03-10T11:00", True),
        ("Mo-Fr 09:00-18:00; PH off", "12-08T12:00", False),
        ("Mo-Fr 09:00-18:00; PH off", "12-09T12:00", True),
        ("Mo-Fr 09:00-18:00; PH 10:00-14:00", "12-08T09:30", False),
        ("Mo-Fr 09:00-18:00; PH 10:00-14:00", "12-08T10:00", True),
        ("24/7; Mar PH off", "03-21T12:00", False),
        ("24/7; Mar PH off", "05-09T12:00", True),
        ("2024+ 10:00-12:00", "03-10T11:00", True),
        ("2023-2025 10:00-12:00", "03-10T11:00", False),
    ],
)
def test_a_rule_answers_by_the_clock_on_the_wall(rule: str, at: str, answer: bool) -> None:
    assert is_open(check_rule(rule), TASHKENT, local(at)) is answer


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("", "empty"),
        (" \t ", "empty"),
        ("Mo " * 170, "at most 500 characters"),
        ("08:00-18:00\n", ""),
        ("Mo 08:00-18:00;\nTu 08:00-12:00", "one line"),
        ("Mo\x00", "cannot be shown"),
        ("\u202eMo 08:00-18:00", "cannot be shown"),
        ('Mo-Su 08:00-20:00 || "call"', "otherwise"),
        ("08:00-20:00+", "open end"),
        ("sunrise+", "open end"),
        ("Mo-Fr 08:00-20:00; SH off", "school holidays"),
        ("dawn-dusk", "dawn and dusk"),
        ('Mo-Fr 09:00-18:00 unknown "by appointment"', "neither open nor closed"),
        ('Mo-Fr 09:00-18:00 "by appointment"', "comment may only follow"),
        ("10:00-16:00/02:00", "steps"),
        ("2024-2030/2", "steps"),
        ("Feb 30", "no Feb 30"),
        ("Jun 31", "no Jun 31"),
        ("Feb 31 10:00-12:00", "no Feb 31"),
        ("Apr 0", "no Apr 0"),
        ("2025 Feb 29 off", "no 2025 Feb 29"),
        ("Jan 10-Feb 30 off", "no Feb 30"),
        ("Apr 5-1", "backwards"),
        ("2024 Nov-Mar", "backwards"),
        ("2024 Nov 15-Mar 10", "backwards"),
        ("2023 Nov-2024 Mar", "full date at both ends"),
        ("Apr 5-May", "both ends a day"),
        ("Apr-May 5", "both ends a day"),
        ("2024 Apr 10,May 3", "all of the dates a year, or none"),
        ("2025-2024", "backwards"),
        ("week 54", "no week 54"),
        ("week 10-2", "backwards"),
        ("easter +90 days", "away from Easter"),
        ("Mo[6]", "cannot read"),
        ("8-20", "cannot read"),
        ("8:00 – 20:00", "cannot read"),
        ("garbage", "cannot read"),
        ("Mo - Fr 08:00-18:00", "cannot read"),
        ("٠٨:00-18:00", "cannot read"),
        ("PH,Su off", "PH stands alone"),
        ("Mo-Fr 09:00-18:00; Su,PH off", "PH stands alone"),
        ("PH -1 day off", "PH stands alone"),
        ("Mo-Fr 08:00-18:00;", "nothing between"),
        ("Mo-Fr 08:00-18:00;; Sa off", "nothing between"),
        ("Mo 24/7", "write 'Mo 00:00-24:00'"),
        ("10:00-10:00", "whole day"),
        ("08:60-12:00", "cannot read"),
        ("24:00-26:00", "ends at 24:00"),
        ("08:00-49:00", "48:00"),
        ("20:00-sunset", "day or night"),
        ("sunrise-05:00", "day or night"),
        ("sunset-sunset", "starts when it ends"),
        ("(sunrise+09:00)-sunset", "3 hours"),
        ("Mo-Fr 08:00-12:00; 14:00-18:00", "replaces all before it"),
        ("PH off; Mo-Fr 09:00-18:00", "closed after what is open"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_with_a_reason(rule: str, sentence: str) -> None:
    if not sentence:
        assert check_rule(rule) == rule.strip()
    else:
        with pytest.raises(ValueError, match=sentence):
            check_rule(rule)


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("  Mo-Fr   08:00-18:00 ", "Mo-Fr 08:00-18:00"),
        ("mo-fr 8:00-18:00; PH OFF", "mo-fr 8:00-18:00; PH OFF"),
        ("Apr-Oct (sunrise+01:00)-(sunset-00:30)", "Apr-Oct (sunrise+01:00)-(sunset-00:30)"),
        ('24/7; Mo off "таъмирлаш"', '24/7; Mo off "таъмирлаш"'),
    ],
)
def test_a_rule_is_kept_as_it_was_written_but_for_its_spaces(rule: str, kept: str) -> None:
    assert check_rule(rule) == kept
    assert check_rule(kept) == kept


@pytest.mark.parametrize(
    ("rule", "first", "last", "spans"),
    [
        ("Fr 22:00-06:00; Sa 20:00-23:00", "03-13", "03-15", "13 22:00-14 06:00, 14 20:00-14 23:00"),
        ("Mo-Fr 22:00-06:00; Sa,Su 20:00-08:00", "03-15", "03-17", "15 20:00-16 08:00, 16 22:00-17 06:00"),
        (
            "Apr-Oct 22:00-06:00; Nov-Mar 20:00-08:00",
            "10-31",
            "11-02",
            "31 22:00-01 06:00, 01 20:00-02 08:00",
        ),
        ("2026 Mar 13 22:00-30:00", "03-13", "03-16", "13 22:00-14 06:00"),
        ("22:00-06:00; Su 10:00-14:00", "03-14", "03-16", "14 22:00-15 06:00, 15 10:00-15 14:00"),
        ("22:00-06:00; Su off", "03-14", "03-16", "14 22:00-15 00:00, 16 00:00-16 06:00"),
        ("24/7; Mo 22:00-06:00 off", "03-16", "03-17", "16 12:00-16 22:00, 17 06:00-17 12:00"),
        ("PH 22:00-06:00", "03-20", "03-22", "20 22:00-21 06:00, 21 22:00-22 06:00"),
        ("22:00-06:00; PH off", "05-08", "05-10", "08 22:00-09 00:00, 10 00:00-10 06:00"),
        ("22:00-sunrise", "06-21", "06-22", "21 22:00-22 04:55"),
        ("Fr sunset-sunrise", "03-13", "03-15", "13 18:30-14 06:39"),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(rule: str, first: str, last: str, spans: str) -> None:
    """From noon to noon. What closes a day closes it from midnight to midnight."""
    assert ", ".join(shown(check_rule(rule), f"{first}T12:00", f"{last}T12:00")) == spans


@pytest.mark.parametrize(
    ("rule", "day", "spans"),
    [
        ("sunrise-sunset", "2025-12-21", ["21 07:46-21 17:01"]),
        ("sunrise-sunset", "2026-06-21", ["21 04:54-21 20:01"]),
        ("(sunrise+01:00)-(sunset-00:30)", "2025-12-21", ["21 08:46-21 16:31"]),
        ("08:00-sunset", "2025-12-21", ["21 08:00-21 17:01"]),
        ("17:30-sunset", "2025-12-21", []),
        ("17:30-sunset", "2026-06-21", ["21 17:30-21 20:01"]),
        ("sunrise-07:00", "2025-12-21", []),
        ("Apr-Oct sunrise-sunset; Nov-Mar 08:00-17:00", "2025-12-21", ["21 08:00-21 17:00"]),
    ],
)
def test_daylight_hours_follow_the_sun_at_the_post(rule: str, day: str, spans: list[str]) -> None:
    following = date.fromisoformat(day) + timedelta(days=1)
    assert shown(check_rule(rule), f"{day}T00:00", f"{following}T00:00") == spans


def test_the_sun_rises_at_malik_on_every_day_of_a_year() -> None:
    a_year = Span(local("2024-01-01T00:00"), local("2025-01-01T00:00"))
    assert len(open_spans("sunrise-sunset", TASHKENT, a_year)) == 366


def test_a_rule_with_the_sun_in_it_needs_a_place_on_every_day() -> None:
    nowhere = Local("Asia/Tashkent", None, frozenset())
    tuesday = Span(local("03-10T00:00"), local("03-11T00:00"))
    with pytest.raises(ValueError, match="need a place"):
        open_spans("Su 08:00-12:00; Sa sunrise-sunset", nowhere, tuesday)
    with pytest.raises(ValueError, match="need a place"):
        is_open("Su 08:00-12:00; Sa sunrise-sunset", nowhere, tuesday.start)


def test_where_the_sun_may_not_rise_it_is_not_asked() -> None:
    far_north = Local("Asia/Tashkent", Position(lat=67, lon=69), frozenset())
    with pytest.raises(ValueError, match="60 degrees"):
        is_open("sunrise-sunset", far_north, local("03-10T00:00"))


def test_a_repeated_hour_is_read_by_the_wall_clock_both_times() -> None:
    day = Span(datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(2024, 3, 1, 3, tzinfo=UTC))
    assert open_spans("08:00-23:30", ALMATY, day) == (
        Span(day.start, datetime(2024, 2, 29, 17, 30, tzinfo=UTC)),
        Span(datetime(2024, 2, 29, 18, 0, tzinfo=UTC), datetime(2024, 2, 29, 18, 30, tzinfo=UTC)),
    )
    assert open_spans("23:30-02:00", ALMATY, day) == (
        Span(datetime(2024, 2, 29, 17, 30, tzinfo=UTC), datetime(2024, 2, 29, 18, 0, tzinfo=UTC)),
        Span(datetime(2024, 2, 29, 18, 30, tzinfo=UTC), datetime(2024, 2, 29, 21, 0, tzinfo=UTC)),
    )
    assert open_spans("24/7", ALMATY, day) == (day,)


def test_a_skipped_hour_is_no_gap() -> None:
    berlin = Local("Europe/Berlin", None, frozenset())
    night = Span(datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC))
    assert open_spans("01:00-04:00", berlin, night) == (
        Span(datetime(2026, 3, 29, 0, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC)),
    )


def test_spans_are_cut_to_the_window_to_the_microsecond() -> None:
    window = Span(local("2026-03-10T09:00:00.000001"), local("2026-03-10T17:59:59.999999"))
    assert open_spans("08:00-18:00", TASHKENT, window) == (window,)
    after = Span(local("03-10T18:00"), local("03-11T08:00"))
    assert open_spans("08:00-18:00", TASHKENT, after) == ()


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        (Span(NOON), "at most 800 days"),
        (Span(NOON, NOON + LONGEST_WINDOW + timedelta(seconds=1)), "at most 800 days"),
        (Span(datetime(1899, 12, 31, tzinfo=UTC), datetime(1900, 1, 2, tzinfo=UTC)), "year 1899"),
        (Span(datetime(2200, 1, 1, tzinfo=UTC), datetime(2200, 1, 2, tzinfo=UTC)), "year 2200"),
        (Span(datetime(2026, 1, 1), datetime(2026, 1, 2)), "offset"),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_a_window_must_be_bounded_and_of_our_time(window: Span, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        open_spans("24/7", TASHKENT, window)


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(2026, 1, 1),  # noqa: DTZ001
    ],
)
def test_an_instant_must_have_an_offset_and_be_of_our_time(at: datetime) -> None:
    with pytest.raises(ValueError, match=r"offset|not read for the year"):
        is_open("24/7", TASHKENT, at)


def test_an_unknown_zone_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="no time zone 'Asia/Yallama'"):
        is_open("24/7", Local("Asia/Yallama", None, frozenset()), local("03-10T00:00"))


def test_a_rule_that_was_not_checked_is_refused_all_the_same() -> None:
    with pytest.raises(ValueError, match="no Feb 31"):
        is_open("Feb 31 10:00-12:00", TASHKENT, local("03-10T00:00"))


RANDOM = st.randoms(use_true_random=False)


@settings(max_examples=8, deadline=None)
@given(rule=RANDOM.map(a_rule), place=st.sampled_from(PLACES))
def test_the_engine_agrees_with_a_plain_reading_minute_by_minute_through_2024(
    rule: Rule, place: Place
) -> None:
    assert disagreement(rule, place) is None


def joined(stretches: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same hours, with stretches that touch as one: the library tells the parts of a rule apart."""
    found: list[tuple[datetime, datetime]] = []
    for begin, end in stretches:
        if found and found[-1][1] == begin:
            begin = found.pop()[0]
        found.append((begin, end))
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(random=RANDOM, start=st.dates(date(2015, 1, 1), date(2035, 1, 1)))
def test_within_a_day_the_engine_agrees_with_the_library(random: Random, start: date) -> None:
    """Where neither the sun, nor a holiday, nor a night is involved, of which the library knows less."""
    rule = a_rule(random)
    hours = [hours for clause in rule.clauses for hours in clause.hours]
    assume(not any(h.overnight or h.start.event or h.end.event or h.end.minutes > 1440 for h in hours))
    assume(not any(clause.days.holidays for clause in rule.clauses))
    library = OpeningHours(str(rule), auto_country=False, auto_timezone=False)
    for day in (start + timedelta(days=n) for n in range(0, 700, 7 if random.random() < 0.5 else 1)):
        midnight = datetime.combine(day, time.min)
        theirs = library.intervals(midnight, midnight + timedelta(days=1))
        opens = joined((begin, end) for begin, end, state, _ in theirs if state is State.OPEN)
        wanted = [f"{begin:%d %H:%M}-{end:%d %H:%M}" for begin, end in opens]
        assert shown(str(rule), f"{day}T00:00", f"{day + timedelta(days=1)}T00:00") == wanted


WORDS = st.sampled_from(
    [
        *(
            "Mo",
            "Tu-Fr",
            "Su,PH",
            "PH",
            "SH",
            "24/7",
            "off",
            "closed",
            "open",
            "unknown",
            "easter",
            "week",
            "53",
        ),
        *(
            "2024",
            "2024+",
            "1899",
            "9999",
            "Feb",
            "Feb29",
            "30",
            "31",
            "-1",
            "+",
            "+1",
            "day",
            "[1]",
            "[-5]",
            "[9]",
        ),
        *(
            "||",
            ";",
            ",",
            "-",
            "/",
            '"',
            ":",
            "(",
            ")",
            "sunrise",
            "sunset",
            "dawn",
            "(sunrise+01:00)",
            "48:00",
        ),
        *("08:00-12:00", "22:00-06:00", "24:00", "00:00-00:00", "٣", "é", "\0", "\u202e", "\ud800"),
    ]
)
HOSTILE = st.one_of(
    st.text(max_size=600),
    st.lists(WORDS, max_size=30).map(" ".join),
    st.lists(WORDS, max_size=30).map("".join),
    st.tuples(RANDOM.map(a_rule).map(str), st.integers(0, 80), WORDS).map(
        lambda t: t[0][: t[1]] + t[2] + t[0][t[1] :]
    ),
)


A_BLINK = timedelta(seconds=4)
"""On a machine that does much else meanwhile. What runs away takes minutes."""


@settings(max_examples=300, deadline=A_BLINK)
@given(HOSTILE)
@example("(" * 500)
@example("Mo," * 166 + "Mo")
@example("08:00-12:00," * 41)
@example('"' * 500)
@example("easter Mo")
@example("2019 Feb 29-")
@example("week 53 Feb")
def test_any_text_is_refused_or_read_in_a_blink(text: str) -> None:
    try:
        rule = check_rule(text)
    except ValueError:
        return
    a_month = Span(local("02-15T00:00"), local("03-15T00:00"))
    spans = open_spans(rule, TASHKENT, a_month)
    assert is_open(rule, TASHKENT, a_month.start) == any(a_month.start in span for span in spans)


@settings(max_examples=5, deadline=A_BLINK)
@given(st.sampled_from(["2019 Mo", "2023 Feb 1 10:00-12:00", "Mo[5] off", "PH", "easter Mo 10:00-12:00"]))
def test_a_rule_that_never_matches_costs_no_more_than_another(rule: str) -> None:
    nowhere = Local("Asia/Tashkent", None, frozenset())
    two_years = Span(local("2031-01-01T00:00"), local("2031-01-01T00:00") + LONGEST_WINDOW)
    assert open_spans(check_rule(rule), nowhere, two_years) == ()
