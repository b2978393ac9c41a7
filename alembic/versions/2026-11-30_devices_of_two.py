"""devices of two: what the author's and the approver's own devices have signed of a draft and of a revision

What waits for a second person has a nonce from now on; what waited before gets its own id for one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice_signature", sa.Column("approval", sa.JSON(), nullable=True))
    op.add_column("notice_draft", sa.Column("nonce", sa.String(), nullable=True))
    op.add_column("notice_draft", sa.Column("assertion", sa.JSON(), nullable=True))
    op.execute("update notice_draft set nonce = id where state = 'submitted'")


def downgrade() -> None:
    with op.batch_alter_table("notice_draft") as batch_op:
        batch_op.drop_column("assertion")
        batch_op.drop_column("nonce")
    with op.batch_alter_table("notice_signature") as batch_op:
        batch_op.drop_column("approval")
