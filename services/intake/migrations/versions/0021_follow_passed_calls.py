"""A call that was passed on is shown as it is now, not as it was then."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("funding") as table:
        table.add_column(sa.Column("call_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("funding") as table:
        table.drop_column("closed")
        table.drop_column("call_at")
