"""A live session: students answer on phones by a code, and nothing says who."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "live",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("current", sa.Uuid(), nullable=True),
        sa.Column("revealed", sa.Boolean(), nullable=False),
        sa.Column("presented", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("sitting_id", name="pk_live"),
        sa.UniqueConstraint("code", name="uq_live_code"),
        sa.CheckConstraint("length(code) = 6", name=op.f("ck_live_code")),
        sa.CheckConstraint("current IS NOT NULL OR NOT revealed", name=op.f("ck_live_revealed")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name="fk_live_sitting_id"),
        sa.ForeignKeyConstraint(
            ["sitting_id", "current"],
            ["sitting_dossier.sitting_id", "sitting_dossier.candidacy_id"],
            name="fk_live_sitting_id_current",
        ),
    )


def downgrade() -> None:
    op.drop_table("live")
