"""The dossiers whose contact writes from the mail domain of a juror."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "nearness",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("dossiers", DOCUMENT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_nearness"),
    )


def downgrade() -> None:
    op.drop_table("nearness")
