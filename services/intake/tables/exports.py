"""What somebody asked to take away, and what each other service said that it holds; both go after a week."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from intake.tables.base import JSON_VALUE, Base


class ExportRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """Who asked, and when."""

    __tablename__ = "export"
    id: uuid.UUID = Field(primary_key=True)
    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    at: datetime = Field(index=True)


class ExportAnswerRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What a service holds, by kind."""

    __tablename__ = "export_answer"
    __table_args__ = (CheckConstraint("service IN ('scoring', 'funding_watch', 'notifier')", name="service"),)
    export_id: uuid.UUID = Field(primary_key=True, foreign_key="export.id")
    service: str = Field(primary_key=True, sa_type=Text)
    at: datetime
    held: dict[str, Any] = Field(sa_type=JSON_VALUE)
