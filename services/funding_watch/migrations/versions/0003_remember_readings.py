"""What the last good reading of a source left, for the next question to be conditional."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("source", sa.Column("remembered", JSON_VALUE, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("source") as source:
        source.drop_column("remembered")
