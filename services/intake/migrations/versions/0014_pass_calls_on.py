"""Calls that were passed on to porteurs, and their décryptage."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON_VALUE = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
STATES = "'transmis', 'depose', 'obtenu', 'refuse', 'pas_interesse', 'rappele'"


def upgrade() -> None:
    op.create_table(
        "funding",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("track_turn", sa.Integer(), nullable=False),
        sa.Column("track", JSON_VALUE, nullable=True),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("said_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("match_id", name="pk_funding"),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_funding_state")),
        sa.CheckConstraint("turn >= 0 AND track_turn >= 0", name=op.f("ck_funding_turn")),
        sa.CheckConstraint("(said IS NULL) = (said_at IS NULL)", name=op.f("ck_funding_said")),
    )
    op.create_index("ix_funding_candidacy_id", "funding", ["candidacy_id"])
    op.create_table(
        "funding_note",
        sa.Column("call_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parts", JSON_VALUE, nullable=False),
        sa.PrimaryKeyConstraint("call_key", name="pk_funding_note"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_funding_note_version")),
    )


def downgrade() -> None:
    op.drop_table("funding_note")
    op.drop_table("funding")
