"""editions: which board was shown from when, and the ETags of what was answered from it"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ledger_seq", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("told", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("runs", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("ledger_seq", "run_id", "told", name=op.f("uq_edition_ledger_seq")),
    )
    op.create_table(
        "served",
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("clock", sa.DateTime(timezone=True), nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition"], ["edition.id"], name=op.f("fk_served_edition_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition", "question", "clock", "etag", name=op.f("pk_served")),
    )


def downgrade() -> None:
    op.drop_table("served")
    op.drop_table("edition")
