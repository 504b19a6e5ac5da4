"""Waves, candidacies, what committees and people said of them, the journal; the outbox and the inbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OPEN_WAVE = sa.text("state = 'ouverte'")
STATES = "'depose', 'preselectionne', 'non_retenu', 'retire', 'labellise', 'nomine', 'en_attente'"
ACTS = "'depot', 'preselection', 'non_retenu', 'retrait', 'avis', 'decision', 'message_envoye', 'message_en_echec'"


def upgrade() -> None:
    _events()
    _waves()
    _counter()
    _candidacies()
    _candidacy_lookups()
    _hearsay()
    _journal()


def downgrade() -> None:
    for table in (
        "journal",
        "decision",
        "opinion",
        "candidacy_theme",
        "candidacy",
        "counter",
        "wave",
        "inbox",
        "outbox",
    ):
        op.drop_table(table)


def _events() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
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


def _waves() -> None:
    op.create_table(
        "wave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opens_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_wave"),
        sa.CheckConstraint("state IN ('ouverte', 'close')", name=op.f("ck_wave_state")),
        sa.CheckConstraint("(state = 'close') = (closed_at IS NOT NULL)", name=op.f("ck_wave_closed_at")),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_wave_calendar")),
        sa.CheckConstraint("quota >= 1", name=op.f("ck_wave_quota")),
    )
    op.create_index("uq_wave_open", "wave", ["state"], unique=True, sqlite_where=OPEN_WAVE, postgresql_where=OPEN_WAVE)


def _counter() -> None:
    op.create_table(
        "counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_counter"),
        sa.CheckConstraint("last >= 1", name=op.f("ck_counter_last")),
    )


def _candidacies() -> None:
    words = ("title", "porteur", "porteur_form", "commune_code", "epci_code", "stage")
    op.create_table(
        "candidacy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("form_token", sa.Text(), nullable=False),
        sa.Column("receipt_key", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("contact_role", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.Column("project", JSON_VALUE, nullable=False),
        sa.Column("answers", JSON_VALUE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_candidacy"),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name="fk_candidacy_wave_id"),
        sa.UniqueConstraint("number", name="uq_candidacy_number"),
        sa.UniqueConstraint("form_token", name="uq_candidacy_form_token"),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_candidacy_state")),
        sa.CheckConstraint("budget IS NULL OR budget >= 0", name=op.f("ck_candidacy_budget")),
        sa.CheckConstraint("length(receipt_key) >= 32", name=op.f("ck_candidacy_receipt_key")),
    )


def _candidacy_lookups() -> None:
    op.create_index("ix_candidacy_state", "candidacy", ["state"])
    op.create_index("ix_candidacy_epci_code", "candidacy", ["epci_code"])
    op.create_table(
        "candidacy_theme",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", "theme", name="pk_candidacy_theme"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_candidacy_theme_candidacy_id"),
    )


def _hearsay() -> None:
    op.create_table(
        "opinion",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("committee", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", "committee", name="pk_opinion"),
        sa.CheckConstraint("committee IN ('technique', 'lyceen', 'expertise')", name=op.f("ck_opinion_committee")),
        sa.CheckConstraint(
            "opinion IN ('favorable', 'favorable_avec_reserves', 'reserve')", name=op.f("ck_opinion_opinion")
        ),
    )
    op.create_table(
        "decision",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", name="pk_decision"),
        sa.CheckConstraint("outcome IN ('labellise', 'nomine', 'en_attente')", name=op.f("ck_decision_outcome")),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        sa.UniqueConstraint("candidacy_id", "key", name="uq_journal_candidacy_id_key"),
        sa.CheckConstraint(f"act IN ({ACTS})", name=op.f("ck_journal_act")),
    )
