"""Orders of erasure, and what each service answered: whoever asks later what was erased reads it here."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from intake.tables.base import JSON_VALUE, Base


class ErasureRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What was ordered; of the person only the identifier is kept."""

    __tablename__ = "erasure"
    id: uuid.UUID = Field(primary_key=True)
    at: datetime = Field(index=True)
    by: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    person_id: uuid.UUID | None = None
    dossiers: list[str] = Field(sa_type=JSON_VALUE)
    """Numbers of the dossiers."""
    key_hash: str | None = Field(default=None, sa_type=Text)
    """Of the key with which the person reads the report; of none where they had no address."""


class ErasureAnswerRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What a service erased, and what it keeps and why."""

    __tablename__ = "erasure_answer"
    __table_args__ = (CheckConstraint("service IN ('intake', 'scoring', 'funding_watch', 'notifier')", name="service"),)
    erasure_id: uuid.UUID = Field(primary_key=True, foreign_key="erasure.id")
    service: str = Field(primary_key=True, sa_type=Text)
    at: datetime
    erased: dict[str, Any] = Field(sa_type=JSON_VALUE)
    kept: dict[str, Any] = Field(sa_type=JSON_VALUE)
