"""Calls that are to be looked at by a day that has come."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "funding_reminder",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("match_id", name="pk_funding_reminder"),
        sa.CheckConstraint("turn >= 1", name=op.f("ck_funding_reminder_turn")),
    )


def downgrade() -> None:
    op.drop_table("funding_reminder")
