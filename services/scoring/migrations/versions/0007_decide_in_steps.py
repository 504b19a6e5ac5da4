"""A decision is proposed, decided, approved by a vote and released; the journal tells each step."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
OUTCOMES = ("labellise", "nomine", "en_attente")
BEFORE_ACTS = ("avis", "correction", "decision")
ACTS = (
    "avis",
    "correction",
    "proposition",
    "decision_pole",
    "approbation",
    "renvoi",
    "retouche",
    "suspension",
    "reprise",
    "decision",
)
DECIDED = "('decide', 'approuve', 'retenu', 'notifie')"
APPROVED = "('approuve', 'retenu', 'notifie')"


def upgrade() -> None:
    _journal_acts(ACTS)
    _votes()
    op.create_table("ruling", *_columns(), *_rules())


def _votes() -> None:
    op.create_table(
        "forum_vote",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("place", "chaired_by")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("present", "in_favour", "against", "abstained")),
        sa.Column("approved", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("note", "by")),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_forum_vote"),
        sa.CheckConstraint("in_favour >= 0 AND against >= 0 AND abstained >= 0", name=op.f("ck_forum_vote_voices")),
        sa.CheckConstraint("in_favour + against + abstained <= present", name=op.f("ck_forum_vote_present")),
        sa.CheckConstraint("NOT approved OR in_favour > against", name=op.f("ck_forum_vote_approved")),
        sa.CheckConstraint("length(place) > 0 AND length(chaired_by) > 0", name=op.f("ck_forum_vote_held")),
        sa.CheckConstraint('length("by") > 0', name=op.f("ck_forum_vote_by")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.wave_id"], name="fk_forum_vote_wave_id"),
    )
    op.create_index("ix_forum_vote_wave_id", "forum_vote", ["wave_id"])
    op.create_table(
        "forum_item",
        sa.Column("vote_id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("vote_id", "candidacy_id", name="pk_forum_item"),
        sa.CheckConstraint(_among("outcome", OUTCOMES), name=op.f("ck_forum_item_outcome")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["dossier.candidacy_id"], name="fk_forum_item_candidacy_id"),
        sa.ForeignKeyConstraint(["vote_id"], ["forum_vote.id"], name="fk_forum_item_vote_id"),
    )


def downgrade() -> None:
    """Refused by the journal's own constraint where a step was told."""
    for table in ("ruling", "forum_item", "forum_vote"):
        op.drop_table(table)
    _journal_acts(BEFORE_ACTS)


def _columns() -> list[sa.Column[Any]]:
    texts = ("stage", "proposed", "proposed_reason", "proposed_maturing", "proposed_by")
    return [
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("proposed_at", MOMENT, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("outcome", "reason", "maturing", "by")),
        sa.Column("at", MOMENT, nullable=True),
        sa.Column("vote_id", sa.Uuid(), nullable=True),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("hidden", DOCUMENT, nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("feedback", DOCUMENT, nullable=True),
    ]


def _rules() -> list[sa.Constraint]:
    checks = {
        "stage": "stage IN ('propose', 'decide', 'approuve', 'retenu', 'notifie')",
        "proposed": _among("proposed", OUTCOMES),
        "outcome": _among("outcome", OUTCOMES),
        "proposed_reason": "length(proposed_reason) >= 10",
        "reason": "length(reason) >= 10",
        "maturing": "outcome = 'labellise' OR length(maturing) >= 10",
        "decided": f"(stage IN {DECIDED}) = (outcome IS NOT NULL) AND (outcome IS NULL) = (reason IS NULL) "
        'AND (outcome IS NULL) = (maturing IS NULL) AND (outcome IS NULL) = ("by" IS NULL) '
        "AND (outcome IS NULL) = (at IS NULL)",
        "approved": f"(stage IN {APPROVED}) = (vote_id IS NOT NULL)",
        "held": "(stage = 'retenu') = (length(held) > 0)",
        "notified": "(stage = 'notifie') = (key IS NOT NULL) AND (key IS NULL) = (feedback IS NULL)",
    }
    return [
        sa.PrimaryKeyConstraint("candidacy_id", name="pk_ruling"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_ruling_{name}")) for name, rule in checks.items()),
        sa.UniqueConstraint("key", name="uq_ruling_key"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["dossier.candidacy_id"], name="fk_ruling_candidacy_id"),
        sa.ForeignKeyConstraint(["vote_id"], ["forum_vote.id"], name="fk_ruling_vote_id"),
    ]


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
