"""Calls passed on to porteurs and their reminders, wordings that staff edit, rooms, and how long words are kept.

SQLite cannot change a CHECK, so there the table of deliveries is made again around its rows.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
NEW_KINDS = "appel_transmis rappel_echeance veille_partenaires"
OLD_KINDS = (
    "accuse_reception preselection non_retenue decision recu_hors_delai correction_demandee message_recu "
    "message_du_porteur alerte_equipe digest source_degradee connexion invitation"
)
KINDS = OLD_KINDS.replace("source_degradee", f"{NEW_KINDS} source_degradee")
OLD_RECIPIENTS, RECIPIENTS = "applicant staff ops person", "applicant staff ops person room"


def upgrade() -> None:
    for column in (sa.Column("proof", sa.Text(), nullable=True), sa.Column("emptied_at", MOMENT, nullable=True)):
        op.add_column("delivery", column)
    _rule(KINDS, RECIPIENTS)
    for name, parts in _tables().items():
        op.create_table(name, *parts)
    op.create_index("ix_forwarded_call_key", "forwarded", ["call_key"])
    op.create_index("ix_forwarded_candidacy_id", "forwarded", ["candidacy_id"])


def downgrade() -> None:
    """Messages of the new kinds go, with their steps and tellings."""
    for name in reversed(_tables()):
        op.drop_table(name)
    gone = f"SELECT id FROM delivery WHERE kind IN ({_quoted(NEW_KINDS)}) OR recipient_kind = 'room'"  # noqa: S608 - our own words
    op.execute(f"DELETE FROM telling WHERE delivery_id IN ({gone}) OR told_in IN ({gone})")  # noqa: S608 - our own words
    op.execute(f"DELETE FROM delivery_step WHERE delivery_id IN ({gone})")  # noqa: S608 - our own words
    op.execute(f"DELETE FROM delivery WHERE kind IN ({_quoted(NEW_KINDS)}) OR recipient_kind = 'room'")  # noqa: S608 - our own words
    _rule(OLD_KINDS, OLD_RECIPIENTS)
    op.drop_column("delivery", "proof")
    op.drop_column("delivery", "emptied_at")


def _rule(kinds: str, recipients: str) -> None:
    rules = {"kind": _listed("kind", kinds), "recipient_kind": _listed("recipient_kind", recipients)}
    if op.get_bind().dialect.name == "sqlite":
        _remade(rules)
        return
    for name, rule in rules.items():
        op.drop_constraint(op.f(f"ck_delivery_{name}"), "delivery", type_="check")
        op.create_check_constraint(op.f(f"ck_delivery_{name}"), "delivery", rule)


def _remade(rules: dict[str, str]) -> None:
    """SQLite: the table as it says itself that it was made, with other rules, around its rows and under its indexes."""
    bind = op.get_bind()
    op.execute("PRAGMA defer_foreign_keys = ON")
    made = "SELECT sql FROM sqlite_master WHERE tbl_name = 'delivery' AND sql IS NOT NULL ORDER BY type DESC"
    table, *indexes = bind.exec_driver_sql(made).scalars().all()
    for name, rule in rules.items():
        head = f"CONSTRAINT ck_delivery_{name} CHECK ("
        before, _, after = table.partition(head)
        table = f"{before}{head}{rule}{after[after.index('IN (') + after[after.index('IN (') :].index(')') + 1 :]}"
    op.execute("CREATE TABLE delivery_before AS SELECT * FROM delivery")
    op.drop_table("delivery")
    bind.exec_driver_sql(table)
    op.execute("INSERT INTO delivery SELECT * FROM delivery_before")
    for index in indexes:
        bind.exec_driver_sql(index)
    op.drop_table("delivery_before")


def _tables() -> dict[str, list[sa.Column | sa.Constraint]]:
    return {"forwarded": _forwarded(), "decoded_call": _decoded(), "wording": _wording(), "room": _room()}


def _forwarded() -> list[sa.Column | sa.Constraint]:
    return [
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("match_id", "candidacy_id")),
        sa.Column("call_key", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("track", DOCUMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("match_id", name="pk_forwarded"),
        sa.CheckConstraint("is_open OR next_at IS NULL", name=op.f("ck_forwarded_over")),
    ]


def _decoded() -> list[sa.Column | sa.Constraint]:
    return [
        sa.Column("call_key", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("decoding", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("call_key", name="pk_decoded_call"),
    ]


def _wording() -> list[sa.Column | sa.Constraint]:
    return [
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("source", "by")),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("kind", "version", name="pk_wording"),
        sa.CheckConstraint("version > 1", name=op.f("ck_wording_version")),
    ]


def _room() -> list[sa.Column | sa.Constraint]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "url", "by")),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_room"),
    ]


def _listed(column: str, codes: str) -> str:
    return f"{column} IN ({_quoted(codes)})"


def _quoted(codes: str) -> str:
    return ", ".join(repr(code) for code in codes.split())
