"""Who follows a dossier, tags, notes, who has read it, what is put aside."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _following()
    _keeping()


def _following() -> None:
    op.create_table(
        "assignment",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", name="pk_assignment"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_assignment_candidacy_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_assignment_person_id"),
    )
    op.create_index("ix_assignment_person_id", "assignment", ["person_id"])
    op.create_table(
        "tag",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", "word", name="pk_tag"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_tag_candidacy_id"),
        sa.CheckConstraint("length(word) BETWEEN 1 AND 40", name=op.f("ck_tag_word")),
    )
    op.create_index("ix_tag_word", "tag", ["word"])


def _keeping() -> None:
    op.create_table(
        "note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_note_candidacy_id"),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 4000", name=op.f("ck_note_text")),
    )
    op.create_index("ix_note_candidacy_id", "note", ["candidacy_id"])
    op.create_table(
        "reader",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", "person", name="pk_reader"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_reader_candidacy_id"),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_reader_revision")),
    )
    op.create_table(
        "aside",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("person", "task", name="pk_aside"),
    )


def downgrade() -> None:
    for table in ("aside", "reader", "note", "tag", "assignment"):
        op.drop_table(table)
