"""How the engine works is data: every value is checked, and one that is wrong is named with its file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from services.core.congestion.assumptions import Assumptions
from services.core.congestion.engine import Engine
from services.core.congestion.stated import PRIOR, Setting
from services.core.errors import Invalid
from tests.assuming import said

BAD: dict[str, tuple[object, ...]] = {
    "calendar.turns": (0, 65, 2.5, "8", True),
    "calendar.overrun_median": (0, -1, "1.0"),
    "calendar.overrun_log_sd": (-0.1, True),
    "calendar.overrun_most": (0.5,),
    "calendar.restricted_least_share": (0, 1, 0.9),
    "calendar.restricted_most_share": (0, 1, 0.05),
    "outlook.particles": (6, 201, 2002, 200.0),
    "outlook.ahead_hours": (12, 25, 120),
    "outlook.spin_up_hours": (12, 200),
    "outlook.tail_hours": (0, 200),
    "events.felt_hours": (-1, 1.5),
    "events.stopped_probability": (0, 1, 1.5),
    "blending.equal_weight": (-0.1, 1.1),
    "blending.sharpness": (-1,),
    "blending.fewest_targets": (0, 2.5),
    "diversion.least_turns": (0, 65),
    "diversion.receiving_share": (0, -0.1),
    "diversion.band_gap_share": (0, 1),
    "levels.likely_probability": (0, 1),
    "levels.exit_ratio": (0, 1.1, 0.3, "0.75"),
    "levels.hold_minutes": (-1, 121),
    "levels.without_news_hours": (-1, 0.5),
    "levels.fading_hours": (0, -1),
    "levels.fresh_reports": (0,),
    "levels.felt_hours": (0,),
    "accuracy.horizons_hours": ([], [0, 1], [3, 1], [1, 25], [1, 96], [1.5], 3),
    "accuracy.fewest_targets": (0,),
    "accuracy.fewest_usual": (0,),
    "series.horizons_minutes": ([], [10], [60, 15], [15, 15]),
    "series.weeks": (1, 14),
    "series.aging_per_week": (0, 1.1),
    "series.forgetting_per_week": (0, 1.1),
    "series.carry_hours": (0, 0.5),
    "series.shrinkage_weeks": (-1,),
    "series.ridge": (0,),
    "series.rows": (0, 200),
    "series.fewest_rows": (0, 12_001),
    "series.tick_minutes": (0, 20),
    "series.sharpness": (-1,),
    "series.memory_days": (0,),
    "series.enough_forecasts": (0,),
    "series.gain_per_forecast": (0, 1),
    "series.narrowest_log": (0.1,),
    "series.widest_log": (-0.1,),
    "series.ceiling_times": (0.5,),
    "series.fewest_reports": (0,),
    "series.fewest_days": (0,),
}
"""Values of every field that make no sense, by themselves or beside the others."""

OURS = Assumptions.read().engine


def settings(tables: BaseModel = OURS) -> Iterator[tuple[str, Setting[object]]]:
    for table in type(tables).model_fields:
        of = getattr(tables, table)
        if isinstance(of, BaseModel):
            yield from ((f"{table}.{field}", getattr(of, field)) for field in type(of).model_fields)


def test_every_field_has_values_that_are_refused() -> None:
    assert {path for path, _ in settings()} == set(BAD)


@pytest.mark.parametrize(("path", "value"), [(path, value) for path, bad in BAD.items() for value in bad])
def test_a_value_that_makes_no_sense_is_refused_with_its_file_and_field(
    path: str, value: object, tmp_path: Path
) -> None:
    (tmp_path / "engine.toml").write_text(said({path: value}))
    with pytest.raises(Invalid) as found:
        Assumptions.read(tmp_path)
    assert "engine.toml" in str(found.value)
    assert path.partition(".")[2] in str(found.value)


def test_every_value_says_why_it_is_what_it_is() -> None:
    for path, setting in settings():
        assert setting.note, path
        assert setting.source in {PRIOR, *OURS.sources}, path


def test_every_source_is_used() -> None:
    assert set(OURS.sources) <= {setting.source for _, setting in settings()}


def test_nothing_has_a_value_of_its_own_in_the_code() -> None:
    for table in Engine.model_fields.values():
        assert table.is_required()
        if isinstance(table.annotation, type) and issubclass(table.annotation, BaseModel):
            assert all(field.is_required() for field in table.annotation.model_fields.values())
