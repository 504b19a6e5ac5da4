"""Calls that were passed on to porteurs, and their décryptage; kept even before the dossier is known."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Text, false
from sqlmodel import Field

from intake.tables.base import JSON_VALUE, Base

STATES = "'transmis', 'depose', 'obtenu', 'refuse', 'pas_interesse', 'rappele'"


class FundingRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A call as it stands for a dossier; `said` is the porteur's own last answer."""

    __tablename__ = "funding"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("turn >= 0 AND track_turn >= 0", name="turn"),
        CheckConstraint("(said IS NULL) = (said_at IS NULL)", name="said"),
    )
    match_id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(index=True)
    turn: int
    state: str = Field(sa_type=Text)
    track_turn: int
    track: dict[str, Any] | None = Field(default=None, sa_type=JSON_VALUE)
    amount: int | None = None
    by: str = Field(sa_type=Text)
    at: datetime | None = None
    said: str | None = Field(default=None, sa_type=Text)
    said_at: datetime | None = None
    call_at: datetime | None = None
    closed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class FundingReminderRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A call that is to be looked at by a day that has come; without a day, no more."""

    __tablename__ = "funding_reminder"
    __table_args__ = (CheckConstraint("turn >= 1", name="turn"),)
    match_id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID
    turn: int
    due_on: date | None = None
    what: str = Field(sa_type=Text)
    at: datetime


class FundingNoteRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """The last décryptage of a call."""

    __tablename__ = "funding_note"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)
    call_key: str = Field(primary_key=True, sa_type=Text)
    version: int
    parts: dict[str, Any] = Field(sa_type=JSON_VALUE)
