"""What the board keeps: what-if selections, acts that wait for their time, calls that the watch proposed."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field

from intake.domain.acts import KINDS, STATES
from intake.tables.base import JSON_VALUE, Base


class SelectionRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A what-if selection of a wave."""

    __tablename__ = "selection"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
        UniqueConstraint("wave_id", "name"),
    )
    id: uuid.UUID = Field(primary_key=True)
    wave_id: uuid.UUID = Field(foreign_key="wave.id")
    name: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    at: datetime


class PickRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A dossier that a what-if selection would keep."""

    __tablename__ = "pick"
    selection_id: uuid.UUID = Field(primary_key=True, foreign_key="selection.id")
    candidacy_id: uuid.UUID = Field(primary_key=True, foreign_key="candidacy.id")


class ActRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """An act on several dossiers, with all it needs to be done later."""

    __tablename__ = "act"
    __table_args__ = (
        CheckConstraint("kind IN ({})".format(", ".join(f"'{kind}'" for kind in KINDS)), name="kind"),
        CheckConstraint("state IN ({})".format(", ".join(f"'{state}'" for state in STATES)), name="state"),
        CheckConstraint("(state = 'prevu') = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("due_at >= planned_at", name="due_at"),
    )
    id: uuid.UUID = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    planned_at: datetime
    due_at: datetime
    state: str = Field(sa_type=Text, index=True)
    ended_at: datetime | None = None
    steps: list[Any] = Field(sa_type=JSON_VALUE)
    results: list[Any] = Field(sa_type=JSON_VALUE)


class ProposalRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A call that the watch proposed to a dossier, kept even before the dossier is known; the latest word counts."""

    __tablename__ = "proposal"
    __table_args__ = (CheckConstraint("verdict IN ('eligible', 'a_verifier', 'non')", name="verdict"),)
    candidacy_id: uuid.UUID = Field(primary_key=True)
    call_key: str = Field(primary_key=True, sa_type=Text)
    title: str = Field(sa_type=Text)
    funders: list[str] = Field(sa_type=JSON_VALUE)
    url: str = Field(sa_type=Text)
    closes_on: date | None = None
    need: str = Field(sa_type=Text)
    verdict: str = Field(sa_type=Text)
    score: float
    reason: str = Field(sa_type=Text)
    at: datetime
