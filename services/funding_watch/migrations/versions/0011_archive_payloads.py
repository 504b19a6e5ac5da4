"""What a source wrote of each call, as it came, with the moment and a hash."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_copy",
        sa.Column("call_key", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload_hash", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.CheckConstraint("length(payload_hash) = 64", name=op.f("ck_call_copy_payload_hash")),
        sa.ForeignKeyConstraint(["call_key"], ["call.key"], name=op.f("fk_call_copy_call_key")),
        sa.PrimaryKeyConstraint("call_key", name=op.f("pk_call_copy")),
    )


def downgrade() -> None:
    op.drop_table("call_copy")
