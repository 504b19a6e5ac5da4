"""What crawls and days make of a call, what each reading came to, and what people decided of sources.

SQLite makes a table anew to give it rules: the rows that refer to it wait elsewhere meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
CHILDREN = ("call_change", "match")
CALL_COLUMNS = (
    "presence",
    "listed",
    "absences",
    "gone_on",
    "asked_on",
    "phase",
    "closing_told",
    "next_step_at",
    "doubts",
    "cleared_hash",
)


def upgrade() -> None:
    _calls()
    _sources()
    _readings()


def downgrade() -> None:
    op.drop_table("source_decision")
    op.drop_table("reading")
    with op.batch_alter_table("source") as source:
        source.drop_constraint(op.f("ck_source_health"), type_="check")
        source.drop_column("health")
        source.drop_column("refused_count")
    with op.batch_alter_table("call_change") as change:
        for name in ("reason", "by", "kind"):
            change.drop_column(name)
    op.drop_index("ix_call_next_step_at", "call")
    with children_aside(), op.batch_alter_table("call") as call:
        call.drop_constraint(op.f("ck_call_presence"), type_="check")
        call.drop_constraint(op.f("ck_call_absences"), type_="check")
        for name in reversed(CALL_COLUMNS):
            call.drop_column(name)


@contextmanager
def children_aside() -> Iterator[None]:
    """On SQLite, which empties a table that is dropped, no row refers to a call within the block."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for child in CHILDREN if on_sqlite else ():
        op.execute(f"CREATE TABLE {child}_before AS SELECT * FROM {child}")  # noqa: S608 - our own words
        op.execute(f"DELETE FROM {child}")  # noqa: S608 - our own words
    yield
    for child in CHILDREN if on_sqlite else ():
        op.execute(f"INSERT INTO {child} SELECT * FROM {child}_before")  # noqa: S608 - our own words
        op.execute(f"DROP TABLE {child}_before")


def _calls() -> None:
    """Every known call is looked at once: its `next_step_at` is the oldest of days."""
    with children_aside(), op.batch_alter_table("call") as call:
        call.add_column(sa.Column("presence", sa.Text(), nullable=False, server_default="confirme"))
        call.add_column(sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.true()))
        call.add_column(sa.Column("absences", sa.Integer(), nullable=False, server_default="0"))
        call.add_column(sa.Column("gone_on", sa.Date(), nullable=True))
        call.add_column(sa.Column("asked_on", sa.Date(), nullable=True))
        call.add_column(sa.Column("phase", sa.Text(), nullable=True))
        call.add_column(sa.Column("closing_told", sa.Date(), nullable=True))
        call.add_column(sa.Column("next_step_at", MOMENT, nullable=True))
        call.add_column(sa.Column("doubts", JSON_VALUE, nullable=True))
        call.add_column(sa.Column("cleared_hash", sa.Text(), nullable=True))
        call.create_check_constraint(op.f("ck_call_presence"), "presence IN ('confirme', 'non_confirme', 'ferme')")
        call.create_check_constraint(op.f("ck_call_absences"), "absences >= 0")
    op.create_index("ix_call_next_step_at", "call", ["next_step_at"])
    op.execute("UPDATE call SET next_step_at = first_seen_at")
    with op.batch_alter_table("call_change") as change:
        change.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="amended"))
        change.add_column(sa.Column("by", sa.Text(), nullable=True))
        change.add_column(sa.Column("reason", sa.Text(), nullable=True))


def _sources() -> None:
    with op.batch_alter_table("source") as source:
        source.add_column(sa.Column("refused_count", sa.Integer(), nullable=True))
        source.add_column(sa.Column("health", sa.Text(), nullable=True))
        source.create_check_constraint(
            op.f("ck_source_health"), "health IS NULL OR health IN ('healthy', 'late', 'thin', 'blind')"
        )
    op.create_table(
        "source_decision",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("old_count", sa.Integer(), nullable=False),
        sa.Column("new_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source_decision"),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name="fk_source_decision_source"),
    )
    op.create_index("ix_source_decision_source", "source_decision", ["source"])


def _readings() -> None:
    op.create_table(
        "reading",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("believed", sa.Boolean(), nullable=False),
        sa.Column("unchanged", sa.Boolean(), nullable=False),
        sa.Column("filled", JSON_VALUE, nullable=False),
        sa.Column("errors", JSON_VALUE, nullable=False),
        sa.Column("remarks", JSON_VALUE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reading"),
        sa.CheckConstraint("items >= 0 AND pages >= 0 AND seconds >= 0", name=op.f("ck_reading_counts")),
    )
    op.create_index("ix_reading_source", "reading", ["source"])
