"""Orders of erasure and their answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("dossiers", JSON_VALUE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
    )
    op.create_index("ix_erasure_at", "erasure", ["at"])
    op.create_table(
        "erasure_answer",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("erased", JSON_VALUE, nullable=False),
        sa.Column("kept", JSON_VALUE, nullable=False),
        sa.PrimaryKeyConstraint("erasure_id", "service", name="pk_erasure_answer"),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure.id"], name="fk_erasure_answer_erasure_id"),
        sa.CheckConstraint(
            "service IN ('intake', 'scoring', 'funding_watch', 'notifier')", name=op.f("ck_erasure_answer_service")
        ),
    )


def downgrade() -> None:
    op.drop_table("erasure_answer")
    op.drop_table("erasure")
