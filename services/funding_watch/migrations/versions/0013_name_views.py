"""Views of the lists that somebody gave a name."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80", name=op.f("ck_saved_view_name")),
        sa.CheckConstraint("length(address) <= 2000", name=op.f("ck_saved_view_address")),
        sa.CheckConstraint("list IN ('tri', 'appels')", name=op.f("ck_saved_view_list")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("person", "list", "name", name=op.f("uq_saved_view_person_list_name")),
    )


def downgrade() -> None:
    op.drop_table("saved_view")
