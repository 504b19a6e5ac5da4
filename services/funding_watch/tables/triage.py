"""What people made of matches, line by line and chained, and what they wrote of calls in plain words."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Text, UniqueConstraint, Uuid
from sqlmodel import Field

from funding_watch.domain.triage import ACTORS, ACTS, REASONS, STATES
from funding_watch.tables.base import JSON_VALUE, Base


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return "{} IN ({})".format(column, ", ".join(f"'{value}'" for value in values))


class TriageRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """How a project's call stands with people; `profile` is what it spoke of when it was found off the subject."""

    __tablename__ = "triage"
    __table_args__ = (
        UniqueConstraint("candidacy_id", "call_key"),
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint(f"reason IS NULL OR {_one_of('reason', REASONS)}", name="reason"),
        CheckConstraint("(state = 'ecarte') = (reason IS NOT NULL)", name="set_aside"),
        CheckConstraint("amount IS NULL OR (amount > 0 AND state = 'obtenu')", name="amount"),
        CheckConstraint("turn >= 1", name="turn"),
    )
    match_id: uuid.UUID = Field(primary_key=True, sa_type=Uuid)
    candidacy_id: uuid.UUID = Field(sa_type=Uuid, foreign_key="project.candidacy_id")
    call_key: str = Field(sa_type=Text, foreign_key="call.key", index=True)
    state: str = Field(sa_type=Text, index=True)
    reason: str | None = Field(default=None, sa_type=Text)
    words: str = Field(sa_type=Text)
    amount: int | None = None
    turn: int
    by: str = Field(sa_type=Text)
    at: datetime | None = None
    assigned_to: str = Field(sa_type=Text, index=True)
    assigned_name: str = Field(sa_type=Text)
    due_on: date | None = None
    profile: dict[str, Any] | None = Field(default=None, sa_type=JSON_VALUE)


class TriageLineRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A line of the history of a match; lines are added and chained, never changed, the same fact once."""

    __tablename__ = "triage_line"
    __table_args__ = (
        CheckConstraint(_one_of("act", ACTS), name="act"),
        CheckConstraint(_one_of("role", ACTORS), name="role"),
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint("sequence >= 1", name="sequence"),
        UniqueConstraint("match_id", "key"),
    )
    match_id: uuid.UUID = Field(primary_key=True, sa_type=Uuid)
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    by: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    act: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    words: str = Field(sa_type=Text)
    amount: int | None = None
    about: str = Field(sa_type=Text)
    key: str = Field(sa_type=Text)
    previous: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text)


class TriageHeadRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """The last line of each match's chain, which a writer holds; it only moves forward."""

    __tablename__ = "triage_head"
    __table_args__ = (CheckConstraint("sequence >= 0", name="sequence"),)
    match_id: uuid.UUID = Field(primary_key=True, sa_type=Uuid)
    sequence: int
    digest: str = Field(sa_type=Text)


class CallNoteRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A version of the décryptage of a call; versions are added, never changed."""

    __tablename__ = "call_note"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)
    call_key: str = Field(primary_key=True, sa_type=Text, foreign_key="call.key")
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    parts: dict[str, Any] = Field(sa_type=JSON_VALUE)
    by: str = Field(sa_type=Text)
    at: datetime
