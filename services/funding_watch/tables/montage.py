"""Montages that people chose, version after version; projects that were paid for elsewhere, as a public file tells."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Text, Uuid
from sqlmodel import Field

from funding_watch.tables.base import JSON_VALUE, Base


class MontageRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A version of the montage that people chose for a project; versions are added, never changed."""

    __tablename__ = "montage"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)
    candidacy_id: uuid.UUID = Field(primary_key=True, sa_type=Uuid, foreign_key="project.candidacy_id")
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    grants: list[dict[str, Any]] = Field(sa_type=JSON_VALUE)
    by: str = Field(sa_type=Text)
    at: datetime


class PrecedentRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A project that was paid for; a new file replaces the lines of its programme."""

    __tablename__ = "precedent"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)
    programme: str = Field(primary_key=True, sa_type=Text)
    reference: str = Field(primary_key=True, sa_type=Text)
    measure: str = Field(sa_type=Text)
    project: str = Field(sa_type=Text)
    beneficiary: str = Field(sa_type=Text)
    commune_code: str = Field(sa_type=Text, index=True)
    commune: str = Field(sa_type=Text)
    amount: int
