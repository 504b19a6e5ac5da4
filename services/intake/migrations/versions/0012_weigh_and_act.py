"""What-if selections, acts that wait for their time, calls that the watch proposed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _selections()
    _acts()
    _proposals()


def _selections() -> None:
    op.create_table(
        "selection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_selection"),
        sa.UniqueConstraint("wave_id", "name", name="uq_selection_wave_id_name"),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name="fk_selection_wave_id"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80", name=op.f("ck_selection_name")),
    )
    op.create_table(
        "pick",
        sa.Column("selection_id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("selection_id", "candidacy_id", name="pk_pick"),
        sa.ForeignKeyConstraint(["selection_id"], ["selection.id"], name="fk_pick_selection_id"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_pick_candidacy_id"),
    )


def _acts() -> None:
    op.create_table(
        "act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("steps", JSON_VALUE, nullable=False),
        sa.Column("results", JSON_VALUE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_act"),
        sa.CheckConstraint(
            "kind IN ('confier', 'etiqueter', 'lu', 'message', 'preselection')", name=op.f("ck_act_kind")
        ),
        sa.CheckConstraint("state IN ('prevu', 'fait', 'annule')", name=op.f("ck_act_state")),
        sa.CheckConstraint("(state = 'prevu') = (ended_at IS NULL)", name=op.f("ck_act_ended_at")),
        sa.CheckConstraint("due_at >= planned_at", name=op.f("ck_act_due_at")),
    )
    op.create_index("ix_act_state", "act", ["state"])


def _proposals() -> None:
    op.create_table(
        "proposal",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("call_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("funders", JSON_VALUE, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", "call_key", name="pk_proposal"),
        sa.CheckConstraint("verdict IN ('eligible', 'a_verifier', 'non')", name=op.f("ck_proposal_verdict")),
    )


def downgrade() -> None:
    for table in ("proposal", "act", "pick", "selection"):
        op.drop_table(table)
