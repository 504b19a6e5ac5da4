"""The words by which calls are found, in the index that each database has for texts; filled by the service."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE call_search USING fts5(key UNINDEXED, head, body, tokenize = 'unicode61')")
        return
    op.execute(
        "CREATE TABLE call_search (key TEXT NOT NULL, head TSVECTOR NOT NULL, body TSVECTOR NOT NULL, "
        "CONSTRAINT pk_call_search PRIMARY KEY (key))"
    )
    op.execute("CREATE INDEX ix_call_search_words ON call_search USING gin ((head || body))")


def downgrade() -> None:
    op.execute("DROP TABLE call_search")
