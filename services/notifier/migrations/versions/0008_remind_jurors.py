"""Messages that remind jurors of what they have to mark.

SQLite cannot change a CHECK, so there the table is made again from its own words, with the rule replaced.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OLD_KINDS = (
    "accuse_reception preselection non_retenue decision recu_hors_delai correction_demandee message_recu "
    "message_du_porteur alerte_equipe digest appel_transmis rappel_echeance veille_partenaires source_degradee "
    "connexion invitation"
)
NEW_KINDS = "rappel_notes"


def upgrade() -> None:
    _replace(f"{OLD_KINDS} {NEW_KINDS}")


def downgrade() -> None:
    """Messages of the new kind go, with their steps."""
    gone = f"SELECT id FROM delivery WHERE {_listed(NEW_KINDS)}"  # noqa: S608 - our own words
    op.execute(f"DELETE FROM delivery_step WHERE delivery_id IN ({gone})")  # noqa: S608 - our own words
    op.execute(f"DELETE FROM delivery WHERE {_listed(NEW_KINDS)}")  # noqa: S608 - our own words
    _replace(OLD_KINDS)


def _replace(kinds: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _remake(_listed(kinds))
        return
    op.drop_constraint(op.f("ck_delivery_kind"), "delivery", type_="check")
    op.create_check_constraint(op.f("ck_delivery_kind"), "delivery", _listed(kinds))


def _remake(rule: str) -> None:
    """The table and its indexes as the database itself tells them, the one rule apart."""
    query = "SELECT sql FROM sqlite_master WHERE tbl_name = 'delivery' AND sql IS NOT NULL ORDER BY type = 'index'"
    table, *indexes = op.get_bind().execute(sa.text(query)).scalars().all()
    made, count = re.subn(r"(CONSTRAINT ck_delivery_kind CHECK \()kind IN \([^)]*\)", rf"\1{rule}", table)
    if count != 1:
        raise RuntimeError(f"the table « delivery » has no rule ck_delivery_kind to replace: {table}")
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE delivery_before AS SELECT * FROM delivery")
    op.drop_table("delivery")
    op.execute(made)
    op.execute("INSERT INTO delivery SELECT * FROM delivery_before")
    op.drop_table("delivery_before")
    for index in indexes:
        op.execute(index)


def _listed(codes: str) -> str:
    return f"kind IN ({', '.join(repr(code) for code in codes.split())})"
