"""Messages between porteur and team, and what each side has read."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("form_token", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("form_token", name="uq_message_form_token"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_message_candidacy_id"),
        sa.CheckConstraint("side IN ('porteur', 'equipe')", name=op.f("ck_message_side")),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 5000", name=op.f("ck_message_text")),
    )
    op.create_index("ix_message_candidacy_id", "message", ["candidacy_id"])
    op.create_table(
        "thread",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("porteur_read", MOMENT, nullable=True),
        sa.Column("equipe_read", MOMENT, nullable=True),
        sa.Column("settled", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("candidacy_id", name="pk_thread"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_thread_candidacy_id"),
    )


def downgrade() -> None:
    op.drop_table("thread")
    op.drop_table("message")
