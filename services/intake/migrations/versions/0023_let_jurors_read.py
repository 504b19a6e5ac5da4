"""The dossiers whose files each juror may fetch, as scoring tells them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("juror", sa.Text(), nullable=False),
        sa.Column("dossiers", JSON_VALUE, nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seat_id", name="pk_reading"),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_reading_revision")),
    )
    op.create_index("ix_reading_juror", "reading", ["juror"])


def downgrade() -> None:
    op.drop_index("ix_reading_juror", "reading")
    op.drop_table("reading")
