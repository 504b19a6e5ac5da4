"""Files joined to a draft or to a dossier, never to both; the content lies on disk under its digest."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Text, UniqueConstraint
from sqlmodel import Field

from intake.domain.attachments import KINDS
from intake.tables.base import JSON_VALUE, Base


class AttachmentRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A joined file; one that was refused has no content, and says why."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("(draft_id IS NULL) <> (candidacy_id IS NULL)", name="owner"),
        CheckConstraint("(digest IS NULL) = (refused <> '')", name="refused"),
        CheckConstraint("digest IS NULL OR length(digest) = 64", name="digest"),
        CheckConstraint("kind IN ({})".format(", ".join(f"'{kind}'" for kind in KINDS)), name="kind"),
        CheckConstraint("size >= 0", name="size"),
        UniqueConstraint("draft_id", "digest"),
        UniqueConstraint("candidacy_id", "digest"),
    )
    id: uuid.UUID = Field(primary_key=True)
    draft_id: uuid.UUID | None = Field(default=None, foreign_key="draft.id")
    candidacy_id: uuid.UUID | None = Field(default=None, foreign_key="candidacy.id")
    name: str = Field(sa_type=Text)
    kind: str | None = Field(default=None, sa_type=Text)
    size: int
    digest: str | None = Field(default=None, sa_type=Text, index=True)
    refused: str = Field(default="", sa_type=Text)
    added_at: datetime
    by: str = Field(sa_type=Text)


class ReadingRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """The dossiers whose files a juror may fetch, as scoring told last of their seat."""

    __tablename__ = "reading"
    __table_args__ = (CheckConstraint("revision >= 1", name="revision"),)
    seat_id: uuid.UUID = Field(primary_key=True)
    juror: str = Field(sa_type=Text, index=True)
    dossiers: list[str] = Field(sa_column=Column(JSON_VALUE, nullable=False))
    frozen_at: datetime
    revision: int


class PieceReviewRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A file of a dossier whose contact was erased; staff keep it for a reason, or it goes with this row."""

    __tablename__ = "piece_review"
    __table_args__ = (
        CheckConstraint("(kept_at IS NULL) = (kept_by IS NULL) AND (kept_at IS NULL) = (reason IS NULL)", name="kept"),
    )
    attachment_id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(foreign_key="candidacy.id", index=True)
    asked_at: datetime
    kept_at: datetime | None = None
    kept_by: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
