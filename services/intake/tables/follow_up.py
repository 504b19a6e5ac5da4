"""What follows a decision: lines with their date and progress, the accord that binds some of them, the news."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field

from intake.domain.follow_up import KINDS, PROGRESSES
from intake.tables.base import Base


class FollowUpRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A commitment, a step of the accompaniment or a milestone."""

    __tablename__ = "follow_up"
    __table_args__ = (
        CheckConstraint("kind IN ({})".format(", ".join(f"'{kind}'" for kind in KINDS)), name="kind"),
        CheckConstraint("progress IN ({})".format(", ".join(f"'{one}'" for one in PROGRESSES)), name="progress"),
        CheckConstraint("length(text) BETWEEN 1 AND 500", name="text"),
    )
    id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(foreign_key="candidacy.id", index=True)
    kind: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    due_on: date
    progress: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    at: datetime


class AccordRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """The accord of a dossier."""

    __tablename__ = "accord"
    __table_args__ = (
        CheckConstraint("version >= 0", name="version"),
        CheckConstraint("accepted_at IS NULL OR offered_at IS NOT NULL", name="accepted_at"),
    )
    candidacy_id: uuid.UUID = Field(primary_key=True, foreign_key="candidacy.id")
    version: int
    offered_at: datetime | None = None
    accepted_at: datetime | None = None


class NewsRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """News of a project, asked for or not; the same year asks once."""

    __tablename__ = "news"
    __table_args__ = (
        CheckConstraint("(turn IS NULL) = (asked_at IS NULL)", name="turn"),
        CheckConstraint("asked_at IS NOT NULL OR answered_at IS NOT NULL", name="asked_at"),
        CheckConstraint("(answered_at IS NULL) = (text = '')", name="text"),
        UniqueConstraint("candidacy_id", "turn"),
    )
    id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(foreign_key="candidacy.id", index=True)
    turn: int | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    text: str = Field(default="", sa_type=Text)
