"""The tables of the instruction, its outbox and inbox, and a journal that refuses to be rewritten."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _messages()
    _waves()
    _dossiers()
    _acts()
    _opinions()
    _decisions()
    _journal()
    _freeze_journal()


def downgrade() -> None:
    op.drop_table("journal")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION journal_is_append_only()")
    for table in ("decision", "opinion", "act", "dossier", "wave", "inbox", "outbox"):
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


def _waves() -> None:
    op.create_table(
        "wave",
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("opens_at", MOMENT, nullable=True),
        sa.Column("closes_at", MOMENT, nullable=True),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("wave_id", name="pk_wave"),
    )


def _dossiers() -> None:
    op.create_table(
        "dossier",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("wave_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("project", DOCUMENT, nullable=True),
        sa.PrimaryKeyConstraint("candidacy_id", name="pk_dossier"),
        _one_of("dossier", "state", "inconnu recu en_instruction hors_instruction decide retire"),
        sa.CheckConstraint(
            "(number IS NULL) = (submitted_at IS NULL) AND (number IS NULL) = (wave_id IS NULL) "
            "AND (number IS NULL) = (project IS NULL)",
            name=op.f("ck_dossier_submission"),
        ),
    )
    op.create_index("ix_dossier_state", "dossier", ["state"])
    op.create_index("ix_dossier_wave_id", "dossier", ["wave_id"])


def _acts() -> None:
    op.create_table(
        "act",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", "kind", name="pk_act"),
        _one_of("act", "kind", "preselection non_retenue retrait"),
        _of_a_dossier("act"),
    )


def _opinions() -> None:
    op.create_table(
        "opinion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("committee", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opinion"),
        sa.UniqueConstraint("candidacy_id", "rank", name="uq_opinion_candidacy_id_rank"),
        _one_of("opinion", "committee", "technique lyceen expertise"),
        _one_of("opinion", "value", "favorable favorable_avec_reserves reserve"),
        _reasoned("opinion"),
        _of_a_dossier("opinion"),
    )


def _decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.UniqueConstraint("candidacy_id", name="uq_decision_candidacy_id"),
        _one_of("decision", "outcome", "labellise nomine en_attente"),
        sa.CheckConstraint('length("by") > 0', name=op.f("ck_decision_by")),
        _reasoned("decision"),
        _of_a_dossier("decision"),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        _one_of("journal", "act", "avis correction decision"),
        _reasoned("journal"),
        _of_a_dossier("journal"),
    )
    op.create_index("ix_journal_candidacy_id", "journal", ["candidacy_id"])


def _freeze_journal() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'journal is append-only'; END $$"
        )
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


def _one_of(table: str, column: str, codes: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{code}'" for code in codes.split())
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _reasoned(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("length(reason) >= 10", name=op.f(f"ck_{table}_reason"))


def _of_a_dossier(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["candidacy_id"], ["dossier.candidacy_id"], name=f"fk_{table}_candidacy_id")
