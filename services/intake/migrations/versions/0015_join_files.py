"""Files joined to drafts and dossiers."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KINDS = ("pdf", "jpg", "png", "webp", "odt", "ods", "odp", "docx", "xlsx", "pptx")


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("candidacy_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_attachment_draft_id"),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name="fk_attachment_candidacy_id"),
        sa.UniqueConstraint("draft_id", "digest", name="uq_attachment_draft_id_digest"),
        sa.UniqueConstraint("candidacy_id", "digest", name="uq_attachment_candidacy_id_digest"),
        sa.CheckConstraint("(draft_id IS NULL) <> (candidacy_id IS NULL)", name=op.f("ck_attachment_owner")),
        sa.CheckConstraint("(digest IS NULL) = (refused <> '')", name=op.f("ck_attachment_refused")),
        sa.CheckConstraint("digest IS NULL OR length(digest) = 64", name=op.f("ck_attachment_digest")),
        sa.CheckConstraint(f"kind IN ({', '.join(map(repr, KINDS))})", name=op.f("ck_attachment_kind")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_attachment_size")),
    )
    op.create_index("ix_attachment_digest", "attachment", ["digest"])


def downgrade() -> None:
    op.drop_table("attachment")
