"""What is usual: by quarter of the week where that is known, and by something wider where it is not."""

import numpy as np
import pytest

from services.core.congestion.series import Clock, Roster, Tuning
from services.core.congestion.series.history import History
from services.core.congestion.series.tuning import DAY_SLOTS, WEEK_SLOTS
from services.core.congestion.series.week import Weeks, usual_week, weighted_median

PAIR = Roster(np.array([0, 1]), np.array([0, 0]), np.array([5.0, 5.0]))
ALONE = Roster(np.array([0]), np.array([0]), np.array([5.0]))
TUNING = Tuning()


def test_the_weighted_median_has_half_of_the_weight_on_each_side() -> None:
    values = np.array([[3.0, np.nan], [1.0, 7.0], [2.0, np.nan], [9.0, np.nan]])
    assert weighted_median(values, np.array([1.0, 1.0, 1.0, 1.0])).tolist() == [2.0, 7.0]
    assert weighted_median(values, np.array([1.0, 1.0, 1.0, 9.0])).tolist() == [9.0, 7.0]
    assert np.isnan(weighted_median(np.full((3, 1), np.nan), np.ones(3))).all()


def test_one_strange_week_does_not_change_what_is_usual() -> None:
    weeks = np.zeros((8, WEEK_SLOTS, 1))
    weeks[4] = 3.0
    usual, _ = usual_week(weeks, ALONE, TUNING)
    assert np.abs(usual).max() == 0


def test_newer_weeks_count_more() -> None:
    weeks = np.zeros((9, WEEK_SLOTS, 1))
    weeks[5:] = 1.0
    assert usual_week(weeks, ALONE, Tuning(aging=0.8))[0].min() > 0.9
    assert usual_week(weeks, ALONE, Tuning(aging=1.0))[0].max() < 0.1


def test_an_unseen_quarter_leans_on_its_neighbours_and_then_on_the_usual_day() -> None:
    weeks = np.zeros((6, WEEK_SLOTS, 1))
    weeks[:, 100] = np.nan
    weeks[:, 100 + DAY_SLOTS :] = 1.0
    usual, _ = usual_week(weeks, ALONE, TUNING)
    assert 0 <= usual[100, 0] < 0.1
    weeks[:, 90:110] = np.nan
    usual, _ = usual_week(weeks, ALONE, TUNING)
    assert usual[100, 0] > 0.7


def test_a_new_lane_gets_the_day_of_its_kind_at_its_own_level() -> None:
    day = np.sin(np.arange(WEEK_SLOTS) / DAY_SLOTS * 2 * np.pi)
    weeks = np.full((6, WEEK_SLOTS, 2), np.nan)
    weeks[:, :, 0] = 2 + day
    weeks[-1, 10:40, 1] = 4 + day[10:40]
    usual, _ = usual_week(weeks, PAIR, TUNING)
    far = np.arange(3 * DAY_SLOTS + 50, 3 * DAY_SLOTS + 90)
    assert np.corrcoef(usual[far, 1], day[far])[0, 1] > 0.99
    assert usual[far, 1].mean() > usual[far, 0].mean() + 0.5


def test_an_empty_history_has_nothing_usual() -> None:
    history = History(PAIR, TUNING, first=1_960_000)
    history.reach(1_960_500)
    usual, spread = usual_week(Weeks(history, Clock()).z, PAIR, TUNING)
    assert np.isnan(usual).all()
    assert (spread > 0).all()


@pytest.mark.parametrize("ahead", [1, 2 * WEEK_SLOTS, 40 * WEEK_SLOTS])
def test_the_history_forgets_the_oldest_weeks_and_no_more(ahead: int) -> None:
    history = History(ALONE, Tuning(weeks=2), first=0)
    history.put(np.array([0, 0]), np.array([15, 30 * 15]), np.array([10.0, 20.0]))
    last = len(history.waits) - 1 + ahead
    history.reach(last)
    kept = {int(slot) + history.first for slot in np.flatnonzero(np.isfinite(history.waits[:, 0]))}
    assert kept == {slot for slot in (1, 30) if slot >= history.first}
    assert last - 3 * WEEK_SLOTS >= history.first > last - 4 * WEEK_SLOTS
    assert history.through == last - history.first


def test_a_report_stands_for_some_hours_and_the_nearest_one_is_taken_for_the_past() -> None:
    history = History(ALONE, TUNING, first=0)
    history.put(np.array([0, 0]), np.array([15, 15 * 6]), np.array([10.0, 40.0]))
    history.reach(60)
    z = np.log([15.0, 45.0])
    assert history.carried[[1, 5, 6, 22], 0] == pytest.approx([z[0], z[0], z[1], z[1]])
    assert np.isnan(history.carried[[0, 23], 0]).all()
    rows = np.array([2, 3, 4, 5])
    assert history.nearest(rows, np.zeros(4, int), 60) == pytest.approx([z[0], z[0], z[1], z[1]])
    assert history.nearest(rows, np.zeros(4, int), 5) == pytest.approx([z[0]] * 4)
