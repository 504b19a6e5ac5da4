"""Minutes of a sitting: what was said on a point of its agenda, every wording kept."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "minute",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_minute"),
        sa.CheckConstraint("length(said) > 0", name="ck_minute_said"),
        sa.ForeignKeyConstraint(
            ["sitting_id", "candidacy_id"],
            ["sitting_dossier.sitting_id", "sitting_dossier.candidacy_id"],
            name="fk_minute_sitting_id_candidacy_id",
        ),
    )
    op.create_index("ix_minute_sitting_id", "minute", ["sitting_id"])


def downgrade() -> None:
    op.drop_table("minute")
