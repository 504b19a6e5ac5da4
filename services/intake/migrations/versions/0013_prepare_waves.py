"""Waves to come."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "prepared_wave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opens_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_prepared_wave"),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_prepared_wave_calendar")),
        sa.CheckConstraint("quota >= 1", name=op.f("ck_prepared_wave_quota")),
    )


def downgrade() -> None:
    op.drop_table("prepared_wave")
