"""What was told last of the dossiers whose documents each seat opens."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("dossiers", DOCUMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seat_id", name="pk_reading"),
        sa.CheckConstraint("revision > 0", name=op.f("ck_reading_revision")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name="fk_reading_seat_id"),
    )


def downgrade() -> None:
    op.drop_table("reading")
