"""Messages that warn of an erasure and report it.

SQLite cannot change a CHECK, so there the table is made again from its own words, with the list of kinds changed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OLD_KINDS = (
    "accuse_reception preselection non_retenue decision recu_hors_delai correction_demandee message_recu "
    "message_du_porteur alerte_equipe digest appel_transmis rappel_echeance veille_partenaires source_degradee "
    "connexion invitation rappel_notes"
)
NEW_KINDS = "effacement_annonce effacement_fait"


def upgrade() -> None:
    _change(OLD_KINDS, f"{OLD_KINDS} {NEW_KINDS}")


def downgrade() -> None:
    """Messages of the new kinds go, with their steps."""
    gone = f"SELECT id FROM delivery WHERE {_listed(NEW_KINDS)}"  # noqa: S608 - our own words
    op.execute(f"DELETE FROM delivery_step WHERE delivery_id IN ({gone})")  # noqa: S608 - our own words
    op.execute(f"DELETE FROM delivery WHERE {_listed(NEW_KINDS)}")  # noqa: S608 - our own words
    _change(f"{OLD_KINDS} {NEW_KINDS}", OLD_KINDS)


def _change(old: str, new: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _remade(_listed(old), _listed(new))
        return
    op.drop_constraint(op.f("ck_delivery_kind"), "delivery", type_="check")
    op.create_check_constraint(op.f("ck_delivery_kind"), "delivery", _listed(new))


def _remade(old: str, new: str) -> None:
    """The table and its indexes as the database itself describes them, with `new` for `old`."""
    query = "SELECT sql FROM sqlite_master WHERE tbl_name = 'delivery' AND sql IS NOT NULL ORDER BY type = 'index'"
    table, *indexes = op.get_bind().execute(sa.text(query)).scalars().all()
    if old not in table:
        raise RuntimeError(f"the table « delivery » does not say {old!r}: {table}")
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE delivery_before AS SELECT * FROM delivery")
    op.drop_table("delivery")
    op.execute(table.replace(old, new))
    op.execute("INSERT INTO delivery SELECT * FROM delivery_before")
    op.drop_table("delivery_before")
    for index in indexes:
        op.execute(index)


def _listed(codes: str) -> str:
    return f"kind IN ({', '.join(repr(code) for code in codes.split())})"
