"""What was told last of the quorums of each sitting."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "quorum",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("missing", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("sitting_id", name="pk_quorum"),
        sa.CheckConstraint("revision > 0", name=op.f("ck_quorum_revision")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name="fk_quorum_sitting_id"),
    )


def downgrade() -> None:
    op.drop_table("quorum")
