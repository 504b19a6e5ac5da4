"""Dossiers and what is told of them: a state or a number that the rules forbid cannot be written.

Opinions, decisions and journal lines carry a candidacy's id without a foreign key: what another service tells
is kept even where the dossier is not known (a database that was restored), since order is never assumed.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field

from intake.domain.journal import ACTS
from intake.domain.states import STATES
from intake.tables.base import JSON_VALUE, Base


class CandidacyRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A candidacy. What lists show and filter are columns; the rest of the dossier is `answers`.

    `revision` counts what was sent; `taken_from` is the dossier of an earlier wave that this one takes up again.
    """

    __tablename__ = "candidacy"
    __table_args__ = (
        CheckConstraint("state IN ({})".format(", ".join(f"'{state}'" for state in STATES)), name="state"),
        CheckConstraint("budget IS NULL OR budget >= 0", name="budget"),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint("taken_from IS NULL OR taken_from <> id", name="taken_from"),
        CheckConstraint("length(receipt_key) >= 32", name="receipt_key"),
    )
    id: uuid.UUID = Field(primary_key=True)
    number: str = Field(sa_type=Text, unique=True)
    wave_id: uuid.UUID = Field(foreign_key="wave.id")
    state: str = Field(sa_type=Text, index=True)
    submitted_at: datetime
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    taken_from: uuid.UUID | None = Field(default=None, foreign_key="candidacy.id", unique=True)
    form_token: str = Field(sa_type=Text, unique=True)
    receipt_key: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    porteur: str = Field(sa_type=Text)
    porteur_form: str = Field(sa_type=Text)
    commune_code: str = Field(sa_type=Text)
    epci_code: str = Field(sa_type=Text, index=True)
    stage: str = Field(sa_type=Text)
    budget: int | None = Field(default=None, sa_type=BigInteger)
    contact_role: str = Field(sa_type=Text)
    contact_email: str = Field(sa_type=Text)
    searched: str = Field(sa_type=Text)
    """Number, title, porteur, commune and summary without case or accents."""
    project: dict[str, Any] = Field(sa_type=JSON_VALUE)
    answers: dict[str, Any] = Field(sa_type=JSON_VALUE)


class CandidacyThemeRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A theme of a candidacy, so that lists can be filtered the same way on both databases."""

    __tablename__ = "candidacy_theme"
    candidacy_id: uuid.UUID = Field(primary_key=True, foreign_key="candidacy.id")
    theme: str = Field(primary_key=True, sa_type=Text)


class OpinionRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """The opinion of a committee that counts."""

    __tablename__ = "opinion"
    __table_args__ = (
        CheckConstraint("committee IN ('technique', 'lyceen', 'expertise')", name="committee"),
        CheckConstraint("opinion IN ('favorable', 'favorable_avec_reserves', 'reserve')", name="opinion"),
    )
    candidacy_id: uuid.UUID = Field(primary_key=True)
    committee: str = Field(primary_key=True, sa_type=Text)
    opinion: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    at: datetime


class QuorumRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """The marks that the dossiers of a committee's sitting lack, by dossier; the highest revision counts."""

    __tablename__ = "quorum"
    __table_args__ = (CheckConstraint("revision >= 1", name="revision"),)
    sitting_id: uuid.UUID = Field(primary_key=True)
    marks_until: date
    missing: dict[str, int] = Field(sa_type=JSON_VALUE)
    revision: int


class DecisionRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """The decision that counts, whether or not the candidacy's state lets it apply already."""

    __tablename__ = "decision"
    __table_args__ = (CheckConstraint("outcome IN ('labellise', 'nomine', 'en_attente')", name="outcome"),)
    candidacy_id: uuid.UUID = Field(primary_key=True)
    outcome: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    at: datetime


class JournalRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What happened to a dossier; lines are added and chained, never changed, and the same fact is written once."""

    __tablename__ = "journal"
    __table_args__ = (
        CheckConstraint(
            "act IN ({})".format(", ".join(f"'{act}'" for act in ACTS)),
            name="act",
        ),
        CheckConstraint("sequence >= 1", name="sequence"),
        UniqueConstraint("candidacy_id", "key"),
    )
    candidacy_id: uuid.UUID = Field(primary_key=True)
    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    by: str = Field(sa_type=Text)
    act: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    key: str = Field(sa_type=Text)
    previous: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text)


class JournalHeadRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """The last line of each dossier's chain, which a writer holds; it only moves forward."""

    __tablename__ = "journal_head"
    __table_args__ = (CheckConstraint("sequence >= 0", name="sequence"),)
    candidacy_id: uuid.UUID = Field(primary_key=True)
    sequence: int
    digest: str = Field(sa_type=Text)
