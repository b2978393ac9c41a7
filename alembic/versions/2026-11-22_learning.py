"""learning: runs by component, what the engine remembers, how good forecasts were, and salts of days

Runs are computed anew within seconds, so those that are stored are not carried over. Stop the release before
this one first: it does not know the new form of a run.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accuracy_tally",
        sa.Column("crossing", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("horizon_hours", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("targets", sa.Integer(), nullable=False),
        sa.Column("below", sa.Integer(), nullable=False),
        sa.Column("above", sa.Integer(), nullable=False),
        sa.Column("error", sa.Float(), nullable=False),
        sa.Column("pinball", sa.Float(), nullable=False),
        sa.Column("persistence_targets", sa.Integer(), nullable=False),
        sa.Column("persistence_error", sa.Float(), nullable=False),
        sa.Column("persistence_ours", sa.Float(), nullable=False),
        sa.Column("last_week_targets", sa.Integer(), nullable=False),
        sa.Column("last_week_error", sa.Float(), nullable=False),
        sa.Column("last_week_ours", sa.Float(), nullable=False),
        sa.Column("usual_targets", sa.Integer(), nullable=False),
        sa.Column("usual_error", sa.Float(), nullable=False),
        sa.Column("usual_ours", sa.Float(), nullable=False),
        sa.Column("apart_targets", sa.Integer(), nullable=False),
        sa.Column("queues_loss", sa.Float(), nullable=False),
        sa.Column("series_loss", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint(
            "crossing", "direction", "mode", "horizon_hours", "month", name=op.f("pk_accuracy_tally")
        ),
    )
    op.create_table(
        "checkpoint",
        sa.Column("component", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ledger_seq", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("component", "at", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "day_salt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_salt")),
    )
    op.create_table(
        "engine_memory",
        sa.Column("component", sa.String(), nullable=False),
        sa.Column("ledger_seq", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("component", name=op.f("pk_engine_memory")),
    )
    op.create_table(
        "forecast_score",
        sa.Column("observation", sa.String(), nullable=False),
        sa.Column("horizon_hours", sa.Integer(), nullable=False),
        sa.Column("crossing", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("observed", sa.Float(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("p10", sa.Float(), nullable=False),
        sa.Column("p50", sa.Float(), nullable=False),
        sa.Column("p90", sa.Float(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("queues_loss", sa.Float(), nullable=True),
        sa.Column("series_loss", sa.Float(), nullable=True),
        sa.Column("persistence", sa.Float(), nullable=True),
        sa.Column("last_week", sa.Float(), nullable=True),
        sa.Column("usual", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["observation"], ["observation.id"], name=op.f("fk_forecast_score_observation_observation")
        ),
        sa.PrimaryKeyConstraint("observation", "horizon_hours", name=op.f("pk_forecast_score")),
    )
    op.drop_table("advisory_run")
    op.create_table(
        "advisory_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ledger_seq", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advisory_run")),
    )
    with op.batch_alter_table("advisory_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_advisory_run_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_advisory_run_component"), ["component"], unique=False)


def downgrade() -> None:
    op.drop_table("advisory_run")
    op.create_table(
        "advisory_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ledger_seq", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advisory_run")),
    )
    op.drop_table("forecast_score")
    op.drop_table("engine_memory")
    op.drop_table("day_salt")
    op.drop_table("checkpoint")
    op.drop_table("accuracy_tally")
