"""What porteur and team write to each other about a dossier, and until when each side has read."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from intake.tables.base import Base


class MessageRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A message; the token of its form makes it one however often it is sent."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("side IN ('porteur', 'equipe')", name="side"),
        CheckConstraint("length(text) BETWEEN 1 AND 5000", name="text"),
    )
    id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(foreign_key="candidacy.id", index=True)
    at: datetime
    side: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    form_token: str = Field(sa_type=Text, unique=True)


class ThreadRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A thread: until when each side has read it, and the moment up to which nothing more is owed to the porteur."""

    __tablename__ = "thread"
    candidacy_id: uuid.UUID = Field(primary_key=True, foreign_key="candidacy.id")
    porteur_read: datetime | None = None
    equipe_read: datetime | None = None
    settled: datetime | None = None
