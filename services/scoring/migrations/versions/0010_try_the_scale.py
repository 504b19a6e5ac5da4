"""What jurors answer about the anchor dossiers, before they mark."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "trial",
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("answers", DOCUMENT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seat_id", "dossier", name="pk_trial"),
        sa.CheckConstraint("length(dossier) > 0", name=op.f("ck_trial_dossier")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name="fk_trial_seat_id"),
    )


def downgrade() -> None:
    op.drop_table("trial")
