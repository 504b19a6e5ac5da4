"""What was sent, version after version, and the corrections that were asked: one open request a section at most."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from intake.domain.draft import SECTIONS
from intake.tables.base import JSON_VALUE, Base

OPEN_CORRECTION = text("outcome IS NULL")


class DossierVersionRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A dossier as it was sent; rows are added, never changed."""

    __tablename__ = "dossier_version"
    __table_args__ = (CheckConstraint("revision >= 1", name="revision"),)
    candidacy_id: uuid.UUID = Field(primary_key=True, foreign_key="candidacy.id")
    revision: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    by: str = Field(sa_type=Text)
    contact_role: str = Field(sa_type=Text)
    contact_email: str = Field(sa_type=Text)
    project: dict[str, Any] = Field(sa_type=JSON_VALUE)
    answers: dict[str, Any] = Field(sa_type=JSON_VALUE)


class CorrectionRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A request of the team about a section."""

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint("section IN ({})".format(", ".join(f"'{name}'" for name in SECTIONS)), name="section"),
        CheckConstraint("outcome IN ('rendue', 'retiree')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="closed_at"),
        Index(
            "uq_correction_open",
            "candidacy_id",
            "section",
            unique=True,
            sqlite_where=OPEN_CORRECTION,
            postgresql_where=OPEN_CORRECTION,
        ),
    )
    id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(foreign_key="candidacy.id", index=True)
    section: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    due_on: date
    asked_by: str = Field(sa_type=Text)
    asked_at: datetime
    outcome: str | None = Field(default=None, sa_type=Text)
    closed_at: datetime | None = None
