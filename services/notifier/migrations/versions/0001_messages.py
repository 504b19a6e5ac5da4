"""The tables of the messages: what is known, what is to be sent and what became of it; outbox and inbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
STATES = "en_attente_adresse a_envoyer en_cours envoye echec annule"


def upgrade() -> None:
    _messages()
    _known()
    _deliveries()
    _steps()
    _matches()
    _readings()


def downgrade() -> None:
    tables = ("source_reading", "alert_item", "delivery_step", "delivery", "dossier", "contact", "inbox", "outbox")
    for table in tables:
        op.drop_table(table)


def _messages() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("event_id", name="uq_outbox_event_id"),
    )
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id", name="pk_inbox"),
    )


def _known() -> None:
    op.create_table(
        "contact",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", name="pk_contact"),
    )
    op.create_table(
        "dossier",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("porteur", sa.Text(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", name="pk_dossier"),
    )


def _deliveries() -> None:
    op.create_table(
        "delivery",
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
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("cause_event_id", "recipient", "kind", name="uq_delivery_cause_event_id_recipient_kind"),
        *_delivery_rules(),
    )
    op.create_index("ix_delivery_state_due_at", "delivery", ["state", "due_at"])
    op.create_index("ix_delivery_candidacy_id", "delivery", ["candidacy_id"])
    op.create_index("ix_delivery_created_at", "delivery", ["created_at"])


def _delivery_rules() -> list[sa.CheckConstraint]:
    kinds = "accuse_reception preselection non_retenue decision alerte_equipe source_degradee"
    rules = {
        "applicant": "(recipient_kind = 'applicant') = (candidacy_id IS NOT NULL)",
        "claimed": "(state = 'en_cours') = (claim IS NOT NULL) AND (claim IS NULL) = (claimed_until IS NULL)",
        "due": "state <> 'a_envoyer' OR (ready_at IS NOT NULL AND due_at IS NOT NULL)",
        "sent": "(state = 'envoye') = (sent_at IS NOT NULL) AND (sent_at IS NULL OR message_id IS NOT NULL)",
        "failed": "state <> 'echec' OR last_error IS NOT NULL",
        "attempts": "attempts >= 0",
    }
    return [
        _one_of("delivery", "recipient_kind", "applicant staff ops"),
        _one_of("delivery", "kind", kinds),
        _one_of("delivery", "state", STATES),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_delivery_{name}")) for name, rule in rules.items()),
    ]


def _steps() -> None:
    op.create_table(
        "delivery_step",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_step"),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name="fk_delivery_step_delivery_id"),
        _one_of("delivery_step", "state", STATES),
    )
    op.create_index("ix_delivery_step_delivery_id", "delivery_step", ["delivery_id"])


def _matches() -> None:
    op.create_table(
        "alert_item",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("project", "need", "call_key", "title")),
        sa.Column("funders", DOCUMENT, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("rate_max", sa.Integer(), nullable=True),
        sa.Column("amount_max", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *(sa.Column(name, MOMENT, nullable=False) for name in ("at", "received_at")),
        sa.Column("told_in", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("match_id", name="pk_alert_item"),
        sa.ForeignKeyConstraint(["told_in"], ["delivery.id"], name="fk_alert_item_told_in"),
        _one_of("alert_item", "verdict", "eligible a_verifier non"),
    )
    op.create_index("ix_alert_item_candidacy_id", "alert_item", ["candidacy_id"])
    op.create_index("ix_alert_item_told_in", "alert_item", ["told_in"])


def _readings() -> None:
    op.create_table(
        "source_reading",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("source", "title")),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("calls", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("told_in", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_source_reading"),
        sa.ForeignKeyConstraint(["told_in"], ["delivery.id"], name="fk_source_reading_told_in"),
    )
    op.create_index("ix_source_reading_source_at", "source_reading", ["source", "at"])


def _one_of(table: str, column: str, codes: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{code}'" for code in codes.split())
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))
