"""What people make of matches, with its chained history; calls in plain words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON_VALUE = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
STATES = "state IN ('nouveau', 'a_etudier', 'transmis', 'depose', 'obtenu', 'refuse', 'ecarte')"
REASONS = (
    "reason IS NULL OR reason IN ('clos', 'mauvais_territoire', 'mauvais_beneficiaire', 'mauvais_theme', "
    "'trop_petit', 'deja_demande', 'pas_interesse', 'autre')"
)


def upgrade() -> None:
    _triage()
    _history()
    _heads()
    op.create_table(
        "call_note",
        sa.Column("call_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parts", JSON_VALUE, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_call_note_version")),
        sa.ForeignKeyConstraint(["call_key"], ["call.key"], name=op.f("fk_call_note_call_key")),
        sa.PrimaryKeyConstraint("call_key", "version", name=op.f("pk_call_note")),
    )
    _freeze()


def _triage() -> None:
    op.create_table(
        "triage",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("call_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=True),
        sa.Column("assigned_to", sa.Text(), nullable=False),
        sa.Column("assigned_name", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("profile", JSON_VALUE, nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_triage_state")),
        sa.CheckConstraint(REASONS, name=op.f("ck_triage_reason")),
        sa.CheckConstraint("(state = 'ecarte') = (reason IS NOT NULL)", name=op.f("ck_triage_set_aside")),
        sa.CheckConstraint("amount IS NULL OR (amount > 0 AND state = 'obtenu')", name=op.f("ck_triage_amount")),
        sa.CheckConstraint("turn >= 1", name=op.f("ck_triage_turn")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["project.candidacy_id"], name=op.f("fk_triage_candidacy_id")),
        sa.ForeignKeyConstraint(["call_key"], ["call.key"], name=op.f("fk_triage_call_key")),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_triage")),
        sa.UniqueConstraint("candidacy_id", "call_key", name="uq_triage_candidacy_id_call_key"),
    )
    for column in ("call_key", "state", "assigned_to"):
        op.create_index(f"ix_triage_{column}", "triage", [column])


def _history() -> None:
    op.create_table(
        "triage_line",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "act IN ('etat', 'annulation', 'note', 'affectation', 'echeance', 'rappel')",
            name=op.f("ck_triage_line_act"),
        ),
        sa.CheckConstraint("role IN ('staff', 'partner', 'applicant')", name=op.f("ck_triage_line_role")),
        sa.CheckConstraint(STATES, name=op.f("ck_triage_line_state")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_triage_line_sequence")),
        sa.PrimaryKeyConstraint("match_id", "sequence", name=op.f("pk_triage_line")),
        sa.UniqueConstraint("match_id", "key", name="uq_triage_line_match_id_key"),
    )


def _heads() -> None:
    op.create_table(
        "triage_head",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_triage_head_sequence")),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_triage_head")),
    )


def _freeze() -> None:
    """Lines are added only, heads only go forward."""
    if op.get_bind().dialect.name == "postgresql":
        _freeze_postgresql()
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER triage_line_no_{verb.lower()} BEFORE {verb} ON triage_line "
            "BEGIN SELECT RAISE(ABORT, 'triage_line is append-only'); END"
        )
    op.execute(
        "CREATE TRIGGER triage_head_no_delete BEFORE DELETE ON triage_head "
        "BEGIN SELECT RAISE(ABORT, 'triage_head only goes forward'); END"
    )
    op.execute(
        "CREATE TRIGGER triage_head_forward BEFORE UPDATE ON triage_head "
        "WHEN NEW.sequence IS NOT OLD.sequence + 1 OR NEW.match_id IS NOT OLD.match_id "
        "BEGIN SELECT RAISE(ABORT, 'triage_head only goes forward'); END"
    )


def _freeze_postgresql() -> None:
    for name, words in (
        ("triage_line_is_append_only", "triage_line is append-only"),
        ("triage_head_goes_forward", "triage_head only goes forward"),
    ):
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{words}'; END $$"
        )
    op.execute(
        "CREATE TRIGGER triage_line_is_append_only BEFORE UPDATE OR DELETE ON triage_line "
        "FOR EACH ROW EXECUTE FUNCTION triage_line_is_append_only()"
    )
    op.execute(
        "CREATE TRIGGER triage_head_forward BEFORE UPDATE ON triage_head FOR EACH ROW "
        "WHEN (NEW.sequence <> OLD.sequence + 1 OR NEW.match_id <> OLD.match_id) "
        "EXECUTE FUNCTION triage_head_goes_forward()"
    )
    op.execute(
        "CREATE TRIGGER triage_head_no_delete BEFORE DELETE ON triage_head "
        "FOR EACH ROW EXECUTE FUNCTION triage_head_goes_forward()"
    )
    for table, function in (
        ("triage_line", "triage_line_is_append_only"),
        ("triage_head", "triage_head_goes_forward"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def downgrade() -> None:
    for table in ("call_note", "triage_line", "triage_head", "triage"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for function in ("triage_line_is_append_only", "triage_head_goes_forward"):
            op.execute(f"DROP FUNCTION {function}()")
