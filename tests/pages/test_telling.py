"""Times, stretches of time and waits, as people read them; a week and a fan as they are drawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.pages import charts
from services.api.pages.telling import TASHKENT, Telling, local_midnight_after, web_address
from services.api.pages.words import words_in
from services.core.advisories import Ahead, Wait
from services.core.crossings import Verdict
from services.core.spans import Span
from services.core.status import Segment, Status
from services.core.text import Language

NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)  # 01:30 of the 23rd in Tashkent
TELLING = Telling(words_in(Language.ENGLISH), Language.ENGLISH, NOW)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (NOW, "today 01:30"),
        (NOW - 2 * HOUR, "yesterday 23:30"),
        (NOW + 22 * HOUR, "today 23:30"),
        (NOW + 23 * HOUR, "tomorrow 00:30"),
        (NOW + 50 * HOUR, "Wed 25 November, 03:30"),
        (datetime(2025, 2, 6, 7, tzinfo=UTC), "6 February 2025, 12:00"),
    ],
)
def test_an_instant_is_told_by_the_clock_of_tashkent(at: datetime, told: str) -> None:
    assert TELLING.when(at) == told


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (0, "0 min"),
        (4.4, "4 min"),
        (12.4, "10 min"),
        (87, "85 min"),
        (92, "1 h 30 min"),
        (120, "2 h"),
        (244, "4 h"),
        (367, "6 h 10 min"),
        (13.4 * 60, "13 h"),
        (47.8 * 60, "2 days"),
        (60 * 60, "2.5 days"),
        (72 * 60, "3 days"),
    ],
)
def test_the_longer_the_coarser(minutes: float, told: str) -> None:
    assert TELLING.span(minutes) == told


@pytest.mark.parametrize(
    ("p10", "p50", "p90", "told", "usual"),
    [
        (20, 40, 90, "about 40 min (20 min–1 h 30 min)", "20 min–1 h 30 min"),
        (20, 40, 80, "about 40 min (20–80 min)", "20–80 min"),
        (90, 180, 600, "about 3 h (1 h 30 min–10 h)", "1 h 30 min–10 h"),
        (0, 0, 208, "little or none (up to 3 h 30 min)", "up to 3 h 30 min"),
        (0, 0, 0, "little or none", "little or none"),
        (30, 30, 30, "about 30 min", "about 30 min"),
        (
            600,
            900,
            None,
            "about 15 h (10 h or more, no upper limit in sight)",
            "10 h or more, no upper limit in sight",
        ),
        (600, None, None, "longer than can be foreseen", "longer than can be foreseen"),
    ],
)
def test_a_wait_is_a_median_and_a_range(
    p10: float, p50: float | None, p90: float | None, told: str, usual: str
) -> None:
    wait = Wait(p10=p10, p50=p50, p90=p90)
    assert TELLING.wait(wait, usual=False) == told
    assert TELLING.wait(wait, usual=True) == usual


@given(st.floats(0, 30 * 24 * 60))
def test_a_stretch_is_told_within_a_quarter_of_itself(minutes: float) -> None:
    told = TELLING.span(minutes)
    numbers = [float(word) for word in told.split() if word.replace(".", "").isdigit()]
    units = [word for word in told.split() if not word.replace(".", "").isdigit()]
    size = {"min": 1, "h": 60, "days": 24 * 60}
    back = sum(number * size[unit] for number, unit in zip(numbers, units, strict=True))
    assert abs(back - minutes) <= max(2.5, minutes / 4)


@given(st.integers(10**9, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_today_ends_at_the_next_midnight_of_tashkent(at: datetime) -> None:
    midnight = local_midnight_after(at)
    assert at < midnight <= at + timedelta(days=1)
    assert midnight.astimezone(TASHKENT).strftime("%H:%M") == "00:00"


@pytest.mark.parametrize(
    ("written", "linked"),
    [
        ("https://example.org/a", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("example.org", False),
        (None, False),
    ],
)
def test_only_addresses_of_the_web_are_linked(written: str | None, linked: bool) -> None:
    assert web_address(written) == (written if linked else None)


def segments(at: datetime, *verdicts: tuple[float, Verdict]) -> list[Segment]:
    """Stretches that begin so many hours after `at`."""
    window = charts.week(at)
    starts = [at + hours * HOUR for hours, _ in verdicts]
    return [
        Segment(Span(start, end), Status(verdict, ()))
        for start, end, (_, verdict) in zip(starts, [*starts[1:], window.until], verdicts, strict=True)
    ]


def test_a_week_is_cut_at_local_midnights() -> None:
    days = charts.days(segments(NOW, (0, Verdict.CLOSED), (5, Verdict.OPEN)), NOW)
    assert len(days) == charts.DAYS
    assert days[0].on.isoformat() == "2026-11-23"
    assert [(part.verdict, part.start, part.end) for part in days[0].parts] == [
        (Verdict.CLOSED, 90, 390),
        (Verdict.OPEN, 390, 1440),
    ]
    assert all(day.parts == (charts.Part(Verdict.OPEN, 0, 1440),) for day in days[1:])


def test_a_day_is_told_as_what_is_sure_within_what_is_possible() -> None:
    cut = segments(
        NOW,
        (0, Verdict.CLOSED),
        (5, Verdict.UNCONFIRMED),
        (6, Verdict.OPEN),
        (9, Verdict.UNCONFIRMED),
        (12, Verdict.CLOSED),
    )
    (stretch,) = charts.days(cut, NOW)[0].stretches
    assert [(one.from_clock, one.to_clock) for one in stretch.surely] == [("07:30", "10:30")]
    assert (stretch.whole.from_clock, stretch.whole.to_clock) == ("06:30", "13:30")


@given(st.lists(st.tuples(st.floats(0.1, 30), st.sampled_from(list(Verdict))), min_size=1, max_size=12))
def test_the_days_of_a_week_leave_no_gap(lengths: list[tuple[float, Verdict]]) -> None:
    starts, hours = [], 0.0
    for length, verdict in lengths:
        starts.append((round(hours * 60) / 60, verdict))
        hours += length
    fitting = [one for one in starts if one[0] < 140]
    for number, day in enumerate(charts.days(segments(NOW, *fitting), NOW)):
        edges = [(part.start, part.end) for part in day.parts]
        assert edges[0][0] == (90 if number == 0 else 0)
        assert edges[-1][1] == 1440
        assert all(one[1] == other[0] for one, other in pairwise(edges))


def ahead(*medians: float | None) -> list[Ahead]:
    return [
        Ahead(
            at=NOW + hour * HOUR,
            wait=None if median is None else Wait(p10=median / 2, p50=median, p90=median * 2),
        )
        for hour, median in enumerate(medians)
    ]


def test_a_fan_breaks_where_nobody_can_join() -> None:
    fan = charts.fan(ahead(10, 20, None, 30, None, 40, 50))
    assert fan
    assert fan.medians.count("M") == fan.bands.count("M") == 3
    assert fan.has_gaps


def test_there_is_no_fan_of_nothing() -> None:
    assert charts.fan([]) is None
    assert charts.fan(ahead(None, None)) is None


@given(st.lists(st.one_of(st.none(), st.floats(0, 5000)), min_size=2, max_size=73))
def test_a_fan_stays_within_its_frame(medians: list[float | None]) -> None:
    if (fan := charts.fan(ahead(*medians))) is None:
        assert not any(median is not None for median in medians)
        return
    for path in (fan.bands, fan.medians):
        numbers = path.replace("M", " ").replace("L", " ").replace("Z", " ").split()
        across, down = [float(one) for one in numbers[::2]], [float(one) for one in numbers[1::2]]
        assert min(across) >= charts.LEFT - 0.1
        assert max(across) <= charts.WIDTH
        assert min(down) >= charts.TOP - 0.1
        assert max(down) <= charts.HEIGHT - charts.BOTTOM + 0.1
    assert all(charts.LEFT <= tick.place <= charts.WIDTH - 18 for tick in fan.hours)
    assert [tick.minutes for tick in fan.waits] == sorted({tick.minutes for tick in fan.waits})
    assert 2 <= len(fan.waits) <= 6
