"""signatures: public keys of the service, and what was signed of every revision of a notice

What was announced before stays unsigned: the ledger shows that it was recorded before the first key. Stop the
release before this one first: it would go on announcing without signatures.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_signature",
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("assertion", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("notice_id", "revision", name=op.f("pk_notice_signature")),
        sa.UniqueConstraint("seq", name=op.f("uq_notice_signature_seq")),
    )
    op.create_table(
        "signing_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
    )


def downgrade() -> None:
    op.drop_table("signing_key")
    op.drop_table("notice_signature")
