"""Commitments, accords, milestones and news after a decision."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = "kind IN ('porteur', 'label', 'appui', 'jalon')"
PROGRESSES = "progress IN ('prevu', 'en_cours', 'tenu', 'abandonne')"


def upgrade() -> None:
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_follow_up"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_follow_up_candidacy_id"),
        sa.CheckConstraint(KINDS, name=op.f("ck_follow_up_kind")),
        sa.CheckConstraint(PROGRESSES, name=op.f("ck_follow_up_progress")),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 500", name=op.f("ck_follow_up_text")),
    )
    op.create_index("ix_follow_up_candidacy_id", "follow_up", ["candidacy_id"])
    op.create_table(
        "accord",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("offered_at", MOMENT, nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("candidacy_id", name="pk_accord"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_accord_candidacy_id"),
        sa.CheckConstraint("version >= 0", name=op.f("ck_accord_version")),
        sa.CheckConstraint("accepted_at IS NULL OR offered_at IS NOT NULL", name=op.f("ck_accord_accepted_at")),
    )
    _news()


def _news() -> None:
    op.create_table(
        "news",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_news"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_news_candidacy_id"),
        sa.UniqueConstraint("candidacy_id", "turn", name="uq_news_candidacy_id_turn"),
        sa.CheckConstraint("(turn IS NULL) = (asked_at IS NULL)", name=op.f("ck_news_turn")),
        sa.CheckConstraint("asked_at IS NOT NULL OR answered_at IS NOT NULL", name=op.f("ck_news_asked_at")),
        sa.CheckConstraint("(answered_at IS NULL) = (text = '')", name=op.f("ck_news_text")),
    )
    op.create_index("ix_news_candidacy_id", "news", ["candidacy_id"])


def downgrade() -> None:
    op.drop_table("news")
    op.drop_table("accord")
    op.drop_table("follow_up")
