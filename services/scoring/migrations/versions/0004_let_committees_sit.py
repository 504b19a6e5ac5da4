"""Committees sit: frozen dossiers and grids, seats, ties, marks in two rounds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _sittings()
    _frozen()
    _seats()
    _ties()
    _marks()
    _ballots()
    _acts()


def downgrade() -> None:
    for table in ("sitting_act", "ballot", "mark", "tie", "seat", "sitting_dossier", "sitting"):
        op.drop_table(table)


def _sittings() -> None:
    op.create_table(
        "sitting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("committee", sa.Text(), nullable=False),
        sa.Column("grid", DOCUMENT, nullable=False),
        sa.Column("grid_version", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("marks_until", sa.Date(), nullable=False),
        sa.Column("meets_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sitting"),
        sa.UniqueConstraint("wave_id", "committee", name="uq_sitting_wave_id_committee"),
        sa.CheckConstraint("committee IN ('technique', 'lyceen', 'expertise')", name="ck_sitting_committee"),
        sa.CheckConstraint("phase IN ('notation', 'discussion', 'close')", name="ck_sitting_phase"),
        sa.CheckConstraint("meets_on >= marks_until", name="ck_sitting_dates"),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.wave_id"], name="fk_sitting_wave_id"),
    )


def _frozen() -> None:
    op.create_table(
        "sitting_dossier",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("project", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("sitting_id", "candidacy_id", name="pk_sitting_dossier"),
        _of_a_dossier("sitting_dossier"),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name="fk_sitting_dossier_sitting_id"),
    )


def _seats() -> None:
    op.create_table(
        "seat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("came_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_seat"),
        sa.UniqueConstraint("sitting_id", "person", name="uq_seat_sitting_id_person"),
        sa.CheckConstraint("length(name) > 0", name="ck_seat_name"),
        sa.CheckConstraint("(person IS NULL) = (came_at IS NULL)", name="ck_seat_came"),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name="fk_seat_sitting_id"),
    )


def _ties() -> None:
    op.create_table(
        "tie",
        *_place(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seat_id", "candidacy_id", name="pk_tie"),
        sa.CheckConstraint(
            "kind IN ('aucun', 'membre', 'partenaire', 'financier', 'personnel', 'autre')", name="ck_tie_kind"
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lifted_reason IS NULL)",
            name="ck_tie_lifted",
        ),
        sa.CheckConstraint("lifted_reason IS NULL OR length(lifted_reason) >= 10", name="ck_tie_lifted_reason"),
        _of_a_seat("tie"),
        _of_a_dossier("tie"),
    )


def _marks() -> None:
    op.create_table(
        "mark",
        *_place(),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("applies", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seat_id", "candidacy_id", "round", "question", name="pk_mark"),
        sa.CheckConstraint("round IN (1, 2)", name="ck_mark_round"),
        sa.CheckConstraint("value BETWEEN 0 AND 4", name="ck_mark_value"),
        sa.CheckConstraint("applies OR value IS NULL", name="ck_mark_applies"),
        _of_a_seat("mark"),
        _of_a_dossier("mark"),
    )


def _ballots() -> None:
    op.create_table(
        "ballot",
        *_place(),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seat_id", "candidacy_id", "round", name="pk_ballot"),
        sa.CheckConstraint("round IN (1, 2)", name="ck_ballot_round"),
        _of_a_seat("ballot"),
        _of_a_dossier("ballot"),
    )


def _acts() -> None:
    op.create_table(
        "sitting_act",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sitting_act"),
        sa.CheckConstraint('length("by") > 0', name="ck_sitting_act_by"),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name="fk_sitting_act_sitting_id"),
    )
    op.create_index("ix_sitting_act_sitting_id", "sitting_act", ["sitting_id"])


def _place() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
    )


def _of_a_seat(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=f"fk_{table}_seat_id")


def _of_a_dossier(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["candidacy_id"], ["dossier.candidacy_id"], name=f"fk_{table}_candidacy_id")
