"""What people take away of what is kept of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_export"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_export_person_id"),
    )
    op.create_index("ix_export_at", "export", ["at"])
    op.create_index("ix_export_person_id", "export", ["person_id"])
    op.create_table(
        "export_answer",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("held", JSON_VALUE, nullable=False),
        sa.PrimaryKeyConstraint("export_id", "service", name="pk_export_answer"),
        sa.ForeignKeyConstraint(["export_id"], ["export.id"], name="fk_export_answer_export_id"),
        sa.CheckConstraint(
            "service IN ('scoring', 'funding_watch', 'notifier')", name=op.f("ck_export_answer_service")
        ),
    )


def downgrade() -> None:
    op.drop_table("export_answer")
    op.drop_table("export")
