"""Calls and their changes, projects, sources and who reads them, matches; the outbox and the inbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON_VALUE = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _events()
    _calls()
    _changes()
    _projects()
    _sources()
    _matches()


def downgrade() -> None:
    for table in ("match", "crawl", "source", "project", "call_change", "call", "inbox", "outbox"):
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


def _calls() -> None:
    op.create_table(
        "call",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("funders", JSON_VALUE, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("closes_at", MOMENT, nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("last_changed_at", MOMENT, nullable=False),
        sa.Column("record", JSON_VALUE, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_call"),
        sa.CheckConstraint("length(content_hash) = 64", name=op.f("ck_call_content_hash")),
        sa.CheckConstraint("last_seen_at >= first_seen_at", name=op.f("ck_call_seen")),
    )
    op.create_index("ix_call_source", "call", ["source"])
    op.create_index("ix_call_closes_at", "call", ["closes_at"])


def _changes() -> None:
    op.create_table(
        "call_change",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("call_key", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_call_change"),
        sa.ForeignKeyConstraint(["call_key"], ["call.key"], name="fk_call_change_call_key"),
    )
    op.create_index("ix_call_change_call_key", "call_change", ["call_key"])


def _projects() -> None:
    op.create_table(
        "project",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("facts", JSON_VALUE, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("candidacy_id", name="pk_project"),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('labellise', 'nomine', 'en_attente')",
            name=op.f("ck_project_outcome"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_project_decided_at")),
    )


def _sources() -> None:
    op.create_table(
        "source",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("last_success_at", MOMENT, nullable=True),
        sa.Column("last_count", sa.Integer(), nullable=True),
        sa.Column("last_tried_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_source"),
        sa.CheckConstraint("state IN ('ok', 'degrade', 'jamais')", name=op.f("ck_source_state")),
        sa.CheckConstraint("(state = 'degrade') = (reason IS NOT NULL)", name=op.f("ck_source_reason")),
        sa.CheckConstraint("(last_success_at IS NULL) = (last_count IS NULL)", name=op.f("ck_source_last_success")),
        sa.CheckConstraint("last_count IS NULL OR last_count >= 1", name=op.f("ck_source_last_count")),
    )
    op.create_table(
        "crawl",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("cause", JSON_VALUE, nullable=False),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("source", name="pk_crawl"),
        sa.CheckConstraint("(token IS NULL) = (leased_until IS NULL)", name=op.f("ck_crawl_claim")),
    )
    op.create_index("ix_crawl_due_at", "crawl", ["due_at"])


def _matches() -> None:
    op.create_table(
        "match",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("call_key", sa.Text(), nullable=False),
        sa.Column("need_number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("checks", JSON_VALUE, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_match"),
        sa.UniqueConstraint("candidacy_id", "call_key", name="uq_match_candidacy_id_call_key"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["project.candidacy_id"], name="fk_match_candidacy_id"),
        sa.ForeignKeyConstraint(["call_key"], ["call.key"], name="fk_match_call_key"),
        sa.CheckConstraint("verdict IN ('eligible', 'a_verifier', 'non')", name=op.f("ck_match_verdict")),
        sa.CheckConstraint("score >= 0 AND score <= 1", name=op.f("ck_match_score")),
        sa.CheckConstraint("rank IS NULL OR rank >= 1", name=op.f("ck_match_rank")),
    )
    op.create_index("ix_match_call_key", "match", ["call_key"])
