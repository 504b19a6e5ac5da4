"""When somebody was warned that a draft or an account goes, and the key of an erasure's report."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("draft", sa.Column("warned_at", MOMENT, nullable=True))
    op.add_column("person", sa.Column("warned_at", MOMENT, nullable=True))
    op.add_column("erasure", sa.Column("key_hash", sa.Text(), nullable=True))


def downgrade() -> None:
    for table, column in (("erasure", "key_hash"), ("person", "warned_at"), ("draft", "warned_at")):
        op.drop_column(table, column)
