"""What words tell is measured once and kept, so that one call can be compared without the others."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "word_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("usual", JSON_VALUE, nullable=False),
        sa.Column("frequency", JSON_VALUE, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_word_measure_only_one")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_word_measure_total")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_measure")),
    )


def downgrade() -> None:
    op.drop_table("word_measure")
