"""Bad states are impossible here: one decision per candidacy, no opinion without a reason, closed lists of codes.

The journal is append-only: triggers of the migrations refuse to change or delete its lines, and each line carries
the digest of the one before it.
"""

import uuid
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import CheckConstraint, Column, Text, UniqueConstraint
from sqlmodel import Field

from kernel.contracts.scoring import Committee, OpinionValue, Outcome
from scoring.domain.dossier import ActKind
from scoring.domain.rulings import REASON_MIN, JournalAct
from scoring.domain.states import State
from scoring.tables.base import DOCUMENT, Base, of_a_dossier, one_of


def _reasoned() -> CheckConstraint:
    return CheckConstraint(f"length(reason) >= {REASON_MIN}", name="reason")


class WaveRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A wave as intake told of it."""

    __tablename__ = "wave"

    wave_id: uuid.UUID = Field(primary_key=True)
    title: str | None = Field(default=None, sa_type=Text)
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    quota: int | None = None
    closed_at: datetime | None = None


class DossierRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What the porteur sent, whole or not at all, and the state that follows from every fact."""

    __tablename__ = "dossier"
    __table_args__ = (
        one_of("state", tuple(State)),
        CheckConstraint(
            "(number IS NULL) = (submitted_at IS NULL) AND (number IS NULL) = (wave_id IS NULL) "
            "AND (number IS NULL) = (project IS NULL)",
            name="submission",
        ),
        CheckConstraint("(revision IS NULL) = (revised IS NULL)", name="revised"),
        CheckConstraint("revision IS NULL OR revision > 1", name="revision"),
    )

    candidacy_id: uuid.UUID = Field(primary_key=True)
    state: str = Field(default=State.INCONNU.value, sa_type=Text, index=True)
    number: str | None = Field(default=None, sa_type=Text)
    wave_id: uuid.UUID | None = Field(default=None, index=True)
    submitted_at: datetime | None = None
    project: dict[str, Any] | None = Field(
        default=None,
        sa_column=Column(DOCUMENT),
    )
    revision: int | None = None
    revised: dict[str, Any] | None = Field(default=None, sa_column=Column(DOCUMENT))


class ActRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What people did elsewhere: the newest preselection, refusal and withdrawal of a candidacy."""

    __tablename__ = "act"
    __table_args__ = (one_of("kind", get_args(ActKind)), of_a_dossier())

    candidacy_id: uuid.UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True, sa_type=Text)
    at: datetime
    by: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)


class OpinionRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """One opinion; `rank` counts those of a dossier from 0, so a correction stands beside what it corrects."""

    __tablename__ = "opinion"
    __table_args__ = (
        UniqueConstraint("candidacy_id", "rank"),
        one_of("committee", get_args(Committee)),
        one_of("value", get_args(OpinionValue)),
        _reasoned(),
        of_a_dossier(),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    candidacy_id: uuid.UUID
    rank: int
    committee: str = Field(sa_type=Text)
    value: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    at: datetime


class DecisionRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What people decided; one per candidacy."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("candidacy_id"),
        one_of("outcome", get_args(Outcome)),
        CheckConstraint('length("by") > 0', name="by"),
        _reasoned(),
        of_a_dossier(),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    candidacy_id: uuid.UUID
    outcome: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    at: datetime


class JournalRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """Who did what here, when and why. Lines are added and chained, never changed."""

    __tablename__ = "journal"
    __table_args__ = (
        one_of("act", get_args(JournalAct)),
        _reasoned(),
        of_a_dossier(),
        CheckConstraint("sequence >= 1", name="sequence"),
    )

    candidacy_id: uuid.UUID = Field(primary_key=True)
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    by: str = Field(sa_type=Text)
    act: str = Field(sa_type=Text)
    about: str | None = Field(default=None, sa_type=Text)
    value: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    previous: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text)


class JournalHeadRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """The last line of each dossier's chain, which a writer holds; it only moves forward."""

    __tablename__ = "journal_head"
    __table_args__ = (CheckConstraint("sequence >= 0", name="sequence"), of_a_dossier())

    candidacy_id: uuid.UUID = Field(primary_key=True)
    sequence: int
    digest: str = Field(sa_type=Text)
