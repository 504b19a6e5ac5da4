"""Waves and the numbers of their dossiers: a second open wave cannot be written."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from intake.tables.base import Base

OPEN_WAVE = text("state = 'ouverte'")


class WaveRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A wave. The partial index lets one be open at a time."""

    __tablename__ = "wave"
    __table_args__ = (
        CheckConstraint("state IN ('ouverte', 'close')", name="state"),
        CheckConstraint("(state = 'close') = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint("closes_at > opens_at", name="calendar"),
        CheckConstraint("quota >= 1", name="quota"),
        Index("uq_wave_open", "state", unique=True, sqlite_where=OPEN_WAVE, postgresql_where=OPEN_WAVE),
    )
    id: uuid.UUID = Field(primary_key=True)
    title: str = Field(sa_type=Text)
    opens_at: datetime
    closes_at: datetime
    quota: int
    opened_by: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    closed_at: datetime | None = None


class CounterRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """The last dossier number given in a year; read and raised in the transaction that uses it."""

    __tablename__ = "counter"
    __table_args__ = (CheckConstraint("last >= 1", name="last"),)
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last: int


class PreparedWaveRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A wave to come, kept until its opening day, when it becomes a wave of the same identifier."""

    __tablename__ = "prepared_wave"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="calendar"),
        CheckConstraint("quota >= 1", name="quota"),
    )
    id: uuid.UUID = Field(primary_key=True)
    title: str = Field(sa_type=Text)
    opens_at: datetime
    closes_at: datetime
    quota: int
    by: str = Field(sa_type=Text)
