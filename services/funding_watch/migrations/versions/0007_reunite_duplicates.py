"""Pairs of calls that look like one, and what people decided of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
CHECKS = {
    "order": "first_key < second_key",
    "kind": "kind IN ('doublon', 'variante')",
    "score": "score >= 0 AND score <= 1",
    "state": "state IN ('propose', 'meme', 'distinct')",
    "decided": "(state = 'propose') = (decided_by IS NULL)",
    "kept": "(state = 'meme') = (kept_key IS NOT NULL)",
    "kept_of_both": "kept_key IS NULL OR kept_key IN (first_key, second_key)",
}


def upgrade() -> None:
    op.create_table(
        "duplicate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_key", sa.Text(), nullable=False),
        sa.Column("second_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", JSON_VALUE, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kept_key", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_duplicate_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["first_key"], ["call.key"], name=op.f("fk_duplicate_first_key")),
        sa.ForeignKeyConstraint(["second_key"], ["call.key"], name=op.f("fk_duplicate_second_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate")),
        sa.UniqueConstraint("first_key", "second_key", name=op.f("uq_duplicate_first_key_second_key")),
    )
    op.create_index("ix_duplicate_second_key", "duplicate", ["second_key"])
    op.create_index("ix_duplicate_state", "duplicate", ["state"])


def downgrade() -> None:
    op.drop_table("duplicate")
