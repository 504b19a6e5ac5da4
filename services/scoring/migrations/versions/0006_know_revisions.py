"""Dossiers change after they were sent: the highest revision that is known of each.

Columns are added in place: on SQLite a table that is made anew would leave its children without their dossier.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
RULES = {
    "revision": "revision IS NULL OR revision > 1",
    "revised": "(revision IS NULL) = (revised IS NULL)",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for column, kind in (("revision", "INTEGER"), ("revised", "JSON")):
            rule = f"CONSTRAINT ck_dossier_{column} CHECK ({RULES[column]})"
            op.execute(f"ALTER TABLE dossier ADD COLUMN {column} {kind} {rule}")
        return
    op.add_column("dossier", sa.Column("revision", sa.Integer(), nullable=True))
    op.add_column("dossier", sa.Column("revised", DOCUMENT, nullable=True))
    for name, rule in RULES.items():
        op.create_check_constraint(op.f(f"ck_dossier_{name}"), "dossier", rule)


def downgrade() -> None:
    """Each column takes its own rule with it, the one that names both first."""
    for name in ("revised", "revision"):
        if op.get_bind().dialect.name != "sqlite":
            op.drop_constraint(op.f(f"ck_dossier_{name}"), "dossier", type_="check")
        op.drop_column("dossier", name)
