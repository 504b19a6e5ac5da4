"""Each dossier's journal becomes a chain: lines are numbered and linked by their digests."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

START = "0" * 64
FACTS = ("candidacy_id", "at", "by", "act", "about", "value", "reason")


def upgrade() -> None:
    """Lines are read, given their place, their link and their digest, and written to the table made anew."""
    connection = op.get_bind()
    lines = _lines("id")
    op.drop_table("journal")
    new, heads = _journal(), _heads()
    links: dict[object, tuple[int, str]] = {}
    for line in lines:
        sequence, previous = links.get(line["candidacy_id"], (0, START))
        facts = {name: line[name] for name in FACTS}
        digest = _digest(sequence + 1, previous, facts)
        link = {"sequence": sequence + 1, "previous": previous, "digest": digest}
        connection.execute(sa.insert(new).values({**facts, **link}))
        links[line["candidacy_id"]] = (sequence + 1, digest)
    for chain, (sequence, digest) in links.items():
        connection.execute(sa.insert(heads).values(candidacy_id=chain, sequence=sequence, digest=digest))
    _freeze()


def downgrade() -> None:
    connection = op.get_bind()
    lines = _lines("sequence", "at")
    for table in ("journal_head", "journal"):
        op.drop_table(table)
    id_column = sa.Column("id", ROW_ID, autoincrement=True, nullable=False)
    old = op.create_table("journal", id_column, sa.PrimaryKeyConstraint("id", name="pk_journal"), *_facts())
    op.create_index("ix_journal_candidacy_id", "journal", ["candidacy_id"])
    for line in lines:
        connection.execute(sa.insert(old).values({name: line[name] for name in FACTS}))
    _thaw_heads()


def _lines(*order: str) -> Sequence[sa.RowMapping]:
    """The lines of the journal in order, their facts alone."""
    words = [sa.column(name, sa.Text()) for name in FACTS[2:]]
    facts: list[sa.ColumnClause[Any]] = [sa.column("candidacy_id", sa.Uuid()), sa.column("at", MOMENT), *words]
    query = sa.select(*facts).select_from(sa.table("journal")).order_by(*map(sa.column, order))
    return op.get_bind().execute(query).mappings().all()


def _facts() -> list[Any]:
    return [
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=name == "about") for name in FACTS[2:]),
        sa.CheckConstraint("act IN ('avis', 'correction', 'decision')", name=op.f("ck_journal_act")),
        sa.CheckConstraint("length(reason) >= 10", name=op.f("ck_journal_reason")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["dossier.candidacy_id"], name="fk_journal_candidacy_id"),
    ]


def _journal() -> sa.Table:
    return op.create_table(
        "journal",
        *_facts(),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", "sequence", name="pk_journal"),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_journal_sequence")),
    )


def _heads() -> sa.Table:
    return op.create_table(
        "journal_head",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", name="pk_journal_head"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["dossier.candidacy_id"], name="fk_journal_head_candidacy_id"),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_journal_head_sequence")),
    )


def _digest(sequence: int, previous: str, facts: Mapping[str, Any]) -> str:
    told = {"facts": {name: _plain(value) for name, value in facts.items()}, "previous": previous, "sequence": sequence}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    """SQLite gives times without their zone, which is UTC."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value


def _freeze() -> None:
    """Lines are added only, heads only go forward; a whole table is not emptied either."""
    if op.get_bind().dialect.name == "postgresql":
        _freeze_postgresql()
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER journal_no_{verb.lower()} BEFORE {verb} ON journal "
            "BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END"
        )
    op.execute(
        "CREATE TRIGGER journal_head_no_delete BEFORE DELETE ON journal_head "
        "BEGIN SELECT RAISE(ABORT, 'journal_head only goes forward'); END"
    )
    op.execute(
        "CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_head "
        "WHEN NEW.sequence IS NOT OLD.sequence + 1 OR NEW.candidacy_id IS NOT OLD.candidacy_id "
        "BEGIN SELECT RAISE(ABORT, 'journal_head only goes forward'); END"
    )


def _freeze_postgresql() -> None:
    op.execute(
        "CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON journal "
        "FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()"
    )
    op.execute(
        "CREATE FUNCTION journal_head_goes_forward() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'journal_head only goes forward'; END $$"
    )
    op.execute(
        "CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_head FOR EACH ROW "
        "WHEN (NEW.sequence <> OLD.sequence + 1 OR NEW.candidacy_id <> OLD.candidacy_id) "
        "EXECUTE FUNCTION journal_head_goes_forward()"
    )
    op.execute(
        "CREATE TRIGGER journal_head_no_delete BEFORE DELETE ON journal_head "
        "FOR EACH ROW EXECUTE FUNCTION journal_head_goes_forward()"
    )
    for table, function in (("journal", "journal_is_append_only"), ("journal_head", "journal_head_goes_forward")):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def _thaw_heads() -> None:
    """The journal of before keeps its own triggers."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION journal_head_goes_forward()")
        op.execute(
            "CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON journal "
            "FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER journal_no_{verb.lower()} BEFORE {verb} ON journal "
            "BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END"
        )
