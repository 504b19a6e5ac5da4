"""The tables of intake: a state, a number or a second open wave that the rules forbid cannot be written.

Opinions, decisions and journal lines carry a candidacy's id without a foreign key: what another service tells
is kept even where the dossier is not known (a database that was restored), since order is never assumed.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from kernel.runtime.tables import service_tables

Base = service_tables()

JSON_VALUE = JSON().with_variant(JSONB(), "postgresql")
ROW_ID = BigInteger().with_variant(Integer(), "sqlite")
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


class CandidacyRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A candidacy. What lists show and filter are columns; the rest of the dossier is `answers`."""

    __tablename__ = "candidacy"
    __table_args__ = (
        CheckConstraint(
            "state IN ('depose', 'preselectionne', 'non_retenu', 'retire', 'labellise', 'nomine', 'en_attente')",
            name="state",
        ),
        CheckConstraint("budget IS NULL OR budget >= 0", name="budget"),
        CheckConstraint("length(receipt_key) >= 32", name="receipt_key"),
    )
    id: uuid.UUID = Field(primary_key=True)
    number: str = Field(sa_type=Text, unique=True)
    wave_id: uuid.UUID = Field(foreign_key="wave.id")
    state: str = Field(sa_type=Text, index=True)
    submitted_at: datetime
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
            "act IN ('depot', 'preselection', 'non_retenu', 'retrait', 'avis', 'decision', "
            "'message_envoye', 'message_en_echec')",
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


class SpentLinkRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A sign-in link that let somebody in, so that it lets in nobody else."""

    __tablename__ = "spent_link"
    once: str = Field(primary_key=True, sa_type=Text)
    spent_at: datetime


class DraftRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A dossier being written. Its address carries a key, of which only the hash is kept."""

    __tablename__ = "draft"
    __table_args__ = (
        CheckConstraint("length(key_hash) = 64", name="key_hash"),
        CheckConstraint("saved_at >= created_at", name="saved_at"),
    )
    id: uuid.UUID = Field(primary_key=True)
    key_hash: str = Field(sa_type=Text)
    form_token: str = Field(sa_type=Text, unique=True)
    person_id: uuid.UUID | None = None
    created_at: datetime
    saved_at: datetime = Field(index=True)


class DraftFieldRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """One answer of a draft as typed, with the versions that wait beside it for a choice."""

    __tablename__ = "draft_field"
    __table_args__ = (CheckConstraint("revision >= 1", name="revision"),)
    draft_id: uuid.UUID = Field(primary_key=True, foreign_key="draft.id")
    name: str = Field(primary_key=True, sa_type=Text)
    value: str = Field(sa_type=Text)
    revision: int
    saved_at: datetime
    rivals: list[str] = Field(sa_type=JSON_VALUE)


class PersonRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """Someone who may enter, or might once. `name` is a function or an organisation."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("role IN ('staff', 'partner', 'expert', 'applicant', 'ops')", name="role"),
        CheckConstraint("email = lower(email)", name="email"),
    )
    id: uuid.UUID = Field(primary_key=True)
    email: str = Field(sa_type=Text, unique=True)
    name: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    invited_by: str = Field(sa_type=Text)
    invited_at: datetime
    signed_in_at: datetime | None = None
    disabled_at: datetime | None = None


class LinkRequestRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A link that was asked for; address and network are keyed hashes, which only count."""

    __tablename__ = "link_request"
    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_ID)
    at: datetime = Field(index=True)
    email: str = Field(sa_type=Text)
    network: str = Field(sa_type=Text)
