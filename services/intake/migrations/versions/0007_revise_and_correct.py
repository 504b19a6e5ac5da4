"""Versions of what was sent, corrections, co-porteurs; what is there becomes the first version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
SECTIONS = ("projet", "porteur", "territoire", "calendrier", "budget", "besoins", "grille", "documents")
OPEN = sa.text("outcome IS NULL")


def upgrade() -> None:
    _versions()
    _corrections()
    _participants()


def _versions() -> None:
    op.create_table(
        "dossier_version",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("contact_role", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("project", JSON_VALUE, nullable=False),
        sa.Column("answers", JSON_VALUE, nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", "revision", name="pk_dossier_version"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_dossier_version_candidacy_id"),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_dossier_version_revision")),
    )
    op.execute(
        "INSERT INTO dossier_version "
        '(candidacy_id, revision, at, "by", contact_role, contact_email, project, answers) '
        "SELECT id, revision, submitted_at, 'Porteur du projet', contact_role, contact_email, project, answers "
        "FROM candidacy"
    )


def _corrections() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_correction"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_correction_candidacy_id"),
        sa.CheckConstraint(f"section IN ({', '.join(map(repr, SECTIONS))})", name=op.f("ck_correction_section")),
        sa.CheckConstraint("outcome IN ('rendue', 'retiree')", name=op.f("ck_correction_outcome")),
        sa.CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name=op.f("ck_correction_closed_at")),
    )
    op.create_index("ix_correction_candidacy_id", "correction", ["candidacy_id"])
    op.create_index(
        "uq_correction_open",
        "correction",
        ["candidacy_id", "section"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _participants() -> None:
    op.create_table(
        "participant",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("invited_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("candidacy_id", "person_id", name="pk_participant"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_participant_candidacy_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_participant_person_id"),
    )
    op.create_index("ix_participant_person_id", "participant", ["person_id"])


def downgrade() -> None:
    op.drop_table("participant")
    op.drop_table("correction")
    op.drop_table("dossier_version")
