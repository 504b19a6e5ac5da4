"""Secret addresses at which the calls of a project are followed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CHECKS = {
    "key_hash": "length(key_hash) = 64",
    "given_to": "length(given_to) >= 1",
    "revoked": "(revoked_at IS NULL) = (revoked_by IS NULL)",
}


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("given_to", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_feed_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["candidacy_id"], ["project.candidacy_id"], name=op.f("fk_feed_candidacy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_feed_key_hash")),
    )
    op.create_index("ix_feed_candidacy_id", "feed", ["candidacy_id"])


def downgrade() -> None:
    op.drop_table("feed")
