"""Sessions, and the links that were used to open them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROLES = "'staff', 'partner', 'expert', 'applicant', 'ops'"


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_session"),
        sa.CheckConstraint(f"role IN ({ROLES})", name="ck_session_role"),
    )
    op.create_index("ix_session_expires_at", "session", ["expires_at"])
    op.create_table(
        "spent_link",
        sa.Column("once", sa.Text(), nullable=False),
        sa.Column("spent_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("once", name="pk_spent_link"),
    )


def downgrade() -> None:
    op.drop_table("spent_link")
    op.drop_table("session")
