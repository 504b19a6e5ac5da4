"""What staff keep of a dossier among themselves: who follows it, tags, notes, who has read it, what is put aside."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from intake.tables.base import Base


class AssignmentRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """Who follows a dossier."""

    __tablename__ = "assignment"
    candidacy_id: uuid.UUID = Field(primary_key=True, foreign_key="candidacy.id")
    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    at: datetime
    by: str = Field(sa_type=Text)


class TagRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A word that staff put on a dossier."""

    __tablename__ = "tag"
    __table_args__ = (CheckConstraint("length(word) BETWEEN 1 AND 40", name="word"),)
    candidacy_id: uuid.UUID = Field(primary_key=True, foreign_key="candidacy.id")
    word: str = Field(primary_key=True, sa_type=Text, index=True)


class NoteRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A note for the team alone."""

    __tablename__ = "note"
    __table_args__ = (CheckConstraint("length(text) BETWEEN 1 AND 4000", name="text"),)
    id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(foreign_key="candidacy.id", index=True)
    at: datetime
    by: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)


class ReaderRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """Somebody of the team has read this version of a dossier."""

    __tablename__ = "reader"
    __table_args__ = (CheckConstraint("revision >= 1", name="revision"),)
    candidacy_id: uuid.UUID = Field(primary_key=True, foreign_key="candidacy.id")
    person: str = Field(primary_key=True, sa_type=Text)
    revision: int
    at: datetime


class AsideRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A task that somebody does not want to see before a day."""

    __tablename__ = "aside"
    person: str = Field(primary_key=True, sa_type=Text)
    task: str = Field(primary_key=True, sa_type=Text)
    until: date
