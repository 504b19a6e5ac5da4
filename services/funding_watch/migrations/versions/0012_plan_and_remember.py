"""Montages that people chose, and projects that were paid for elsewhere."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON_VALUE = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "montage",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grants", JSON_VALUE, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_montage_version")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["project.candidacy_id"], name=op.f("fk_montage_candidacy_id")),
        sa.PrimaryKeyConstraint("candidacy_id", "version", name=op.f("pk_montage")),
    )
    op.create_table(
        "precedent",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("beneficiary", sa.Text(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("commune", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_precedent_amount")),
        sa.PrimaryKeyConstraint("programme", "reference", name=op.f("pk_precedent")),
    )
    op.create_index("ix_precedent_commune_code", "precedent", ["commune_code"])


def downgrade() -> None:
    op.drop_table("precedent")
    op.drop_table("montage")
