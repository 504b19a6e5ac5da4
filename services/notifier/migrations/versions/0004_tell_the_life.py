"""Messages about the life of a dossier: late, to correct, talked about.

SQLite cannot change a CHECK, so there the table is made again around its rows: dropped and filled within one
transaction, with the foreign keys of other tables checked at its end.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
STATES = "en_attente_adresse a_envoyer en_cours envoye echec annule"
OLD_KINDS = "accuse_reception preselection non_retenue decision alerte_equipe source_degradee connexion invitation"
NEW_KINDS = "recu_hors_delai correction_demandee message_recu message_du_porteur"
KINDS = (
    f"accuse_reception preselection non_retenue decision {NEW_KINDS} alerte_equipe source_degradee connexion invitation"
)
RECIPIENTS = "applicant staff ops person"
EXPIRY = "(recipient_kind = 'person') = (expires_at IS NOT NULL)"
INDEXES = (("state", "due_at"), ("candidacy_id",), ("created_at",))


def upgrade() -> None:
    _changed(KINDS)


def downgrade() -> None:
    """Messages of the new kinds go, with their steps."""
    kinds = ", ".join(repr(kind) for kind in NEW_KINDS.split())
    gone = f"SELECT id FROM delivery WHERE kind IN ({kinds})"  # noqa: S608 - our own words
    op.execute(f"DELETE FROM delivery_step WHERE delivery_id IN ({gone})")  # noqa: S608 - our own words
    op.execute(f"DELETE FROM delivery WHERE kind IN ({kinds})")  # noqa: S608 - our own words
    _changed(OLD_KINDS)


def _changed(kinds: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _remade(kinds)
        return
    name = op.f("ck_delivery_kind")
    op.drop_constraint(name, "delivery", type_="check")
    op.create_check_constraint(name, "delivery", _listed("kind", kinds))


def _remade(kinds: str) -> None:
    columns = _columns()
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE delivery_before AS SELECT * FROM delivery")
    op.drop_table("delivery")
    op.create_table("delivery", *columns, *_rules(kinds))
    names = ", ".join(column.name for column in columns)
    op.execute(f"INSERT INTO delivery ({names}) SELECT {names} FROM delivery_before")  # noqa: S608 - our own words
    op.drop_table("delivery_before")
    for listed in INDEXES:
        op.create_index(f"ix_delivery_{'_'.join(listed)}", "delivery", list(listed))


def _columns() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cause_event_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("snapshot", DOCUMENT, nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *(sa.Column(name, MOMENT, nullable=True) for name in ("ready_at", "due_at")),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("message_id", "subject", "last_error")),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
    ]


def _rules(kinds: str) -> list[sa.Constraint]:
    rules = {
        "recipient_kind": _listed("recipient_kind", RECIPIENTS),
        "kind": _listed("kind", kinds),
        "state": _listed("state", STATES),
        "applicant": "(recipient_kind = 'applicant') = (candidacy_id IS NOT NULL)",
        "claimed": "(state = 'en_cours') = (claim IS NOT NULL) AND (claim IS NULL) = (claimed_until IS NULL)",
        "due": "state <> 'a_envoyer' OR (ready_at IS NOT NULL AND due_at IS NOT NULL)",
        "sent": "(state = 'envoye') = (sent_at IS NOT NULL) AND (sent_at IS NULL OR message_id IS NOT NULL)",
        "failed": "state <> 'echec' OR last_error IS NOT NULL",
        "attempts": "attempts >= 0",
        "expires_at": EXPIRY,
    }
    return [
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("cause_event_id", "recipient", "kind", name="uq_delivery_cause_event_id_recipient_kind"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_delivery_{name}")) for name, rule in rules.items()),
    ]


def _listed(column: str, codes: str) -> str:
    return f"{column} IN ({', '.join(repr(code) for code in codes.split())})"
