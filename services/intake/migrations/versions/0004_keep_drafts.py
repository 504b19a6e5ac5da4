"""Drafts, field by field."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("form_token", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("form_token", name="uq_draft_form_token"),
        sa.CheckConstraint("length(key_hash) = 64", name="ck_draft_key_hash"),
        sa.CheckConstraint("saved_at >= created_at", name="ck_draft_saved_at"),
    )
    op.create_index("ix_draft_saved_at", "draft", ["saved_at"])
    op.create_table(
        "draft_field",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("rivals", JSON_VALUE, nullable=False),
        sa.PrimaryKeyConstraint("draft_id", "name", name="pk_draft_field"),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_draft_field_draft_id"),
        sa.CheckConstraint("revision >= 1", name="ck_draft_field_revision"),
    )


def downgrade() -> None:
    op.drop_table("draft_field")
    op.drop_table("draft")
