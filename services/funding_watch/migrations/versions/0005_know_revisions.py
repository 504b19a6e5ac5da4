"""Projects change after they were sent: the revision of what is known of each.

The column is added in place: on SQLite a table that is made anew would leave its matches without their project.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RULE = "revision >= 0"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        rule = f"CONSTRAINT ck_project_revision CHECK ({RULE})"
        op.execute(f"ALTER TABLE project ADD COLUMN revision INTEGER DEFAULT '0' NOT NULL {rule}")
    else:
        op.add_column("project", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
        op.create_check_constraint(op.f("ck_project_revision"), "project", RULE)
    op.execute("UPDATE project SET revision = 1 WHERE number IS NOT NULL")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_project_revision"), "project", type_="check")
    op.drop_column("project", "revision")
