"""Dossiers have revisions, come late, are taken up again; drafts know whom and what they are for; more is journaled.

SQLite cannot change a CHECK: a table is made anew, and the rows that refer to it wait elsewhere meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CHILDREN = ("candidacy_theme", "draft_field")
JSON_VALUE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BEFORE_STATES = ("depose", "preselectionne", "non_retenu", "retire", "labellise", "nomine", "en_attente")
STATES = ("hors_delai", *BEFORE_STATES)
BEFORE_ACTS = (
    "depot",
    "preselection",
    "non_retenu",
    "retrait",
    "avis",
    "decision",
    "message_envoye",
    "message_en_echec",
)
ACTS = (
    "depot",
    "depot_tardif",
    "retard_accepte",
    "retard_refuse",
    "modification",
    "correction_demandee",
    "correction_rendue",
    "correction_retiree",
    "piece_ajoutee",
    "piece_retiree",
    "coporteur_invite",
    "coporteur_retire",
    "echange",
    "affectation",
    "preselection",
    "non_retenu",
    "retrait",
    "reprise",
    "avis",
    "decision",
    "accord",
    "engagement",
    "jalon",
    "nouvelles",
    "conservation",
    "effacement",
    "message_envoye",
    "message_en_echec",
)


def upgrade() -> None:
    with children_aside(), op.batch_alter_table("candidacy") as table:
        table.add_column(sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
        table.add_column(sa.Column("taken_from", sa.Uuid(), nullable=True))
        table.drop_constraint(op.f("ck_candidacy_state"), type_="check")
        table.create_check_constraint(op.f("ck_candidacy_state"), _among("state", STATES))
        table.create_check_constraint(op.f("ck_candidacy_revision"), "revision >= 1")
        table.create_check_constraint(op.f("ck_candidacy_taken_from"), "taken_from IS NULL OR taken_from <> id")
        table.create_foreign_key("fk_candidacy_taken_from", "candidacy", ["taken_from"], ["id"])
        table.create_unique_constraint("uq_candidacy_taken_from", ["taken_from"])
    with children_aside(), op.batch_alter_table("draft") as table:
        table.add_column(sa.Column("candidacy_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("taken_from", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("sections", JSON_VALUE, nullable=True))
        table.create_foreign_key("fk_draft_candidacy_id", "candidacy", ["candidacy_id"], ["id"])
        table.create_foreign_key("fk_draft_taken_from", "candidacy", ["taken_from"], ["id"])
        table.create_check_constraint(op.f("ck_draft_purpose"), "candidacy_id IS NULL OR taken_from IS NULL")
        table.create_index("ix_draft_person_id", ["person_id"])
        table.create_index("ix_draft_candidacy_id", ["candidacy_id"])
    _journal_acts(ACTS)


def downgrade() -> None:
    """Refused by the constraints where a dossier is in a state, or a line tells of an act, unknown before."""
    _journal_acts(BEFORE_ACTS)
    with children_aside(), op.batch_alter_table("draft") as table:
        table.drop_index("ix_draft_candidacy_id")
        table.drop_index("ix_draft_person_id")
        table.drop_constraint(op.f("ck_draft_purpose"), type_="check")
        table.drop_constraint("fk_draft_taken_from", type_="foreignkey")
        table.drop_constraint("fk_draft_candidacy_id", type_="foreignkey")
        for column in ("sections", "taken_from", "candidacy_id"):
            table.drop_column(column)
    with children_aside(), op.batch_alter_table("candidacy") as table:
        table.drop_constraint("uq_candidacy_taken_from", type_="unique")
        table.drop_constraint("fk_candidacy_taken_from", type_="foreignkey")
        for name in ("taken_from", "revision", "state"):
            table.drop_constraint(op.f(f"ck_candidacy_{name}"), type_="check")
        table.create_check_constraint(op.f("ck_candidacy_state"), _among("state", BEFORE_STATES))
        table.drop_column("taken_from")
        table.drop_column("revision")


@contextmanager
def children_aside() -> Iterator[None]:
    """On SQLite, which empties a table that is dropped, nothing refers to it within the block."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for child in CHILDREN if on_sqlite else ():
        op.execute(f"CREATE TABLE {child}_before AS SELECT * FROM {child}")  # noqa: S608 - our own words
        op.execute(f"DELETE FROM {child}")  # noqa: S608 - our own words
    yield
    for child in CHILDREN if on_sqlite else ():
        op.execute(f"INSERT INTO {child} SELECT * FROM {child}_before")  # noqa: S608 - our own words
        op.execute(f"DROP TABLE {child}_before")


def _among(column: str, codes: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(code) for code in codes)})"


def _journal_acts(acts: tuple[str, ...]) -> None:
    """The list of acts changes. SQLite makes the table anew, whose triggers go with the old one and come back."""
    with op.batch_alter_table("journal") as table:
        table.drop_constraint(op.f("ck_journal_act"), type_="check")
        table.create_check_constraint(op.f("ck_journal_act"), _among("act", acts))
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER journal_no_{verb.lower()} BEFORE {verb} ON journal "
                "BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END"
            )
