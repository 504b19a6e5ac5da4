"""Files of dossiers whose contact was erased wait for staff to keep each for a reason, or to remove it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "piece_review",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("attachment_id", name="pk_piece_review"),
        sa.CheckConstraint(
            "(kept_at IS NULL) = (kept_by IS NULL) AND (kept_at IS NULL) = (reason IS NULL)",
            name=op.f("ck_piece_review_kept"),
        ),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_piece_review_candidacy_id"),
    )
    op.create_index("ix_piece_review_candidacy_id", "piece_review", ["candidacy_id"])


def downgrade() -> None:
    op.drop_index("ix_piece_review_candidacy_id", "piece_review")
    op.drop_table("piece_review")
