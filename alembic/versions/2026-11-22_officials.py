"""officials: roles and scopes, passkeys, passwords, sessions, proposals, drafts, and second persons

Officials from before may write and approve, and their keys may do what they did. What was ended by the word
of an official has no place in the schema before: going back stops there, and loses nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROLES = '["author", "approver"]'
SCOPES = '["notices:post", "observations:report"]'
KINDS_BEFORE = "kind in ('published', 'amended', 'withdrawn')"
KINDS = "kind in ('published', 'amended', 'withdrawn', 'ended')"
SECOND = {
    "two_people": "approver is null or approver <> author",
    "approved": "not wide or emergency or approver is not null",
}


def upgrade() -> None:
    op.create_table(
        "notice_draft",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=True),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("form", sa.JSON(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=True),
        sa.Column("wide", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'submitted' or document is not null", name=op.f("ck_notice_draft_whole_when_submitted")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'discarded', 'published')", name=op.f("ck_notice_draft_state")
        ),
        sa.CheckConstraint(
            "(notice_id is null) = (expected is null)", name=op.f("ck_notice_draft_amends_a_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_draft")),
        sa.UniqueConstraint("author", "idempotency_key", name=op.f("uq_notice_draft_author")),
    )
    with op.batch_alter_table("notice_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_draft_author"), ["author"], unique=False)

    op.create_table(
        "ceremony",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("official_id", sa.String(), nullable=True),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["official_id"], ["official.id"], name=op.f("fk_ceremony_official_id_official")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ceremony")),
    )
    op.create_table(
        "console_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("official_id", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["official_id"], ["official.id"], name=op.f("fk_console_session_official_id_official")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_console_session")),
    )
    with op.batch_alter_table("console_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_console_session_official_id"), ["official_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("official_id", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["official_id"], ["official.id"], name=op.f("fk_invitation_official_id_official")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitation")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("official_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["official_id"], ["official.id"], name=op.f("fk_passkey_official_id_official")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
    )
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_official_id"), ["official_id"], unique=False)

    op.create_table(
        "password",
        sa.Column("official_id", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("next_secret", sa.LargeBinary(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["official_id"], ["official.id"], name=op.f("fk_password_official_id_official")
        ),
        sa.PrimaryKeyConstraint("official_id", name=op.f("pk_password")),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(decided_by is null) = (granted is null)", name=op.f("ck_proposal_decided_whole")
        ),
        sa.CheckConstraint(
            "decided_by is null or decided_by <> asked_by", name=op.f("ck_proposal_two_people")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["official.id"], name=op.f("fk_proposal_asked_by_official")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["official.id"], name=op.f("fk_proposal_decided_by_official")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_table(
        "used_code",
        sa.Column("official_id", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["official_id"], ["official.id"], name=op.f("fk_used_code_official_id_official")
        ),
        sa.PrimaryKeyConstraint("official_id", "step", name=op.f("pk_used_code")),
    )
    with op.batch_alter_table("access_key", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scopes", sa.JSON(), nullable=False, server_default=SCOPES))

    with op.batch_alter_table("notice_revision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("approver", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("wide", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("emergency", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.drop_constraint(op.f("ck_notice_revision_kind"), type_="check")
        for name, rule in {"kind": KINDS, **SECOND}.items():
            batch_op.create_check_constraint(op.f(f"ck_notice_revision_{name}"), rule)

    with op.batch_alter_table("official", schema=None) as batch_op:
        batch_op.add_column(sa.Column("roles", sa.JSON(), nullable=False, server_default=ROLES))


def downgrade() -> None:
    with op.batch_alter_table("official", schema=None) as batch_op:
        batch_op.drop_column("roles")

    with op.batch_alter_table("notice_revision", schema=None) as batch_op:
        for name in ("kind", *SECOND):
            batch_op.drop_constraint(op.f(f"ck_notice_revision_{name}"), type_="check")
        batch_op.create_check_constraint(op.f("ck_notice_revision_kind"), KINDS_BEFORE)
        batch_op.drop_column("emergency")
        batch_op.drop_column("wide")
        batch_op.drop_column("approver")

    with op.batch_alter_table("access_key", schema=None) as batch_op:
        batch_op.drop_column("scopes")

    op.drop_table("used_code")
    op.drop_table("proposal")
    op.drop_table("password")
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkey_official_id"))

    op.drop_table("passkey")
    op.drop_table("invitation")
    with op.batch_alter_table("console_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_console_session_official_id"))

    op.drop_table("console_session")
    op.drop_table("ceremony")
    with op.batch_alter_table("notice_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_draft_author"))

    op.drop_table("notice_draft")
