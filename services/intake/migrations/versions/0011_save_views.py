"""Views of the list that have a name."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.UniqueConstraint("person", "name", name="uq_saved_view_person_name"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80", name=op.f("ck_saved_view_name")),
        sa.CheckConstraint("length(address) <= 2000", name=op.f("ck_saved_view_address")),
    )


def downgrade() -> None:
    op.drop_table("saved_view")
