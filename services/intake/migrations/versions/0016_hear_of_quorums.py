"""The marks that the dossiers of a committee's sitting lack, as scoring tells them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "quorum",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("marks_until", sa.Date(), nullable=False),
        sa.Column("missing", JSON_VALUE, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sitting_id", name="pk_quorum"),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_quorum_revision")),
    )


def downgrade() -> None:
    op.drop_table("quorum")
