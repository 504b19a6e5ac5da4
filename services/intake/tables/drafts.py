"""Drafts: a dossier being written, one row an answer."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from intake.tables.base import JSON_VALUE, Base


class DraftRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A dossier being written. Its address carries a key, of which only the hash is kept.

    `candidacy_id` is the dossier that it changes, `sections` those that may be changed (none named: all);
    `taken_from` the dossier of an earlier wave that it takes up again.
    """

    __tablename__ = "draft"
    __table_args__ = (
        CheckConstraint("length(key_hash) = 64", name="key_hash"),
        CheckConstraint("saved_at >= created_at", name="saved_at"),
        CheckConstraint("candidacy_id IS NULL OR taken_from IS NULL", name="purpose"),
    )
    id: uuid.UUID = Field(primary_key=True)
    key_hash: str = Field(sa_type=Text)
    form_token: str = Field(sa_type=Text, unique=True)
    person_id: uuid.UUID | None = Field(default=None, index=True)
    candidacy_id: uuid.UUID | None = Field(default=None, foreign_key="candidacy.id", index=True)
    taken_from: uuid.UUID | None = Field(default=None, foreign_key="candidacy.id")
    sections: list[str] | None = Field(default=None, sa_type=JSON_VALUE)
    created_at: datetime
    saved_at: datetime = Field(index=True)
    warned_at: datetime | None = None


class DraftFieldRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """One answer of a draft as typed, with the versions that wait beside it for a choice."""

    __tablename__ = "draft_field"
    __table_args__ = (CheckConstraint("revision >= 1", name="revision"),)
    draft_id: uuid.UUID = Field(primary_key=True, foreign_key="draft.id")
    name: str = Field(primary_key=True, sa_type=Text)
    value: str = Field(sa_type=Text)
    revision: int
    saved_at: datetime
    rivals: list[str] = Field(sa_type=JSON_VALUE)
