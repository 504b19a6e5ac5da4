"""Calls that were passed on to porteurs, what people wrote of them, wordings that staff edit, and rooms of the team."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from notifier.tables.base import Base, document


class ForwardedRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """A call passed on for a project, by the highest turn; open while its porteur has not answered."""

    __tablename__ = "forwarded"
    __table_args__ = (CheckConstraint("is_open OR next_at IS NULL", name="over"),)

    match_id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(index=True)
    call_key: str = Field(sa_type=Text, index=True)
    turn: int
    is_open: bool
    track: dict[str, Any] = Field(sa_column=document())
    at: datetime
    next_at: datetime | None = None


class DecodedCallRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """A call in plain words, the highest edition."""

    __tablename__ = "decoded_call"

    call_key: str = Field(primary_key=True, sa_type=Text)
    edition: int
    decoding: dict[str, Any] = Field(sa_column=document())


class WordingRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """The words of one kind of message as staff wrote them; version 1 is the one that is shipped. Never changed."""

    __tablename__ = "wording"
    __table_args__ = (CheckConstraint("version > 1", name="version"),)

    kind: str = Field(primary_key=True, sa_type=Text)
    version: int = Field(primary_key=True)
    source: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    at: datetime


class RoomRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """A room of the team where alerts are posted; its address is a secret, and is never shown again."""

    __tablename__ = "room"

    id: uuid.UUID = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    url: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    is_open: bool
    at: datetime
