"""Scores and their sums, as they are stored."""

from datetime import date, datetime

from sqlmodel import Field

from services.core.records import Instant, Table


class ForecastScore(Table, table=True):
    """One published forecast beside what was observed; never changed."""

    __tablename__ = "forecast_score"

    observation: str = Field(primary_key=True, foreign_key="observation.id")
    horizon_hours: int = Field(primary_key=True)
    crossing: str
    direction: str
    mode: str
    side: str | None
    joined_at: datetime = Field(sa_type=Instant)
    observed: float
    issued_at: datetime = Field(sa_type=Instant)
    p10: float
    p50: float
    p90: float
    basis: str
    queues_loss: float | None
    series_loss: float | None
    persistence: float | None
    last_week: float | None
    usual: float | None


class AccuracyTally(Table, table=True):
    """What `documents.Tally` says, kept up with the scores so that nobody has to read them all."""

    __tablename__ = "accuracy_tally"

    crossing: str = Field(primary_key=True)
    direction: str = Field(primary_key=True)
    mode: str = Field(primary_key=True)
    horizon_hours: int = Field(primary_key=True)
    month: date = Field(primary_key=True)
    targets: int
    below: int
    above: int
    error: float
    pinball: float
    persistence_targets: int
    persistence_error: float
    persistence_ours: float
    last_week_targets: int
    last_week_error: float
    last_week_ours: float
    usual_targets: int
    usual_error: float
    usual_ours: float
    apart_targets: int
    queues_loss: float
    series_loss: float
