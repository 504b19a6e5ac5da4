"""Who of the team listens to what, and what each was told: one line per person and match, whatever came twice."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field

from notifier.domain.hours import CLOSES, OPENS
from notifier.domain.subscription import ANSWERS, OPTIONAL, RHYTHMS, SUBJECTS
from notifier.tables.base import Base, document, one_of


class PersonRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """Who may enter and where they are written to, as last declared; nothing but the time where they may not."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("may_enter OR email IS NULL", name="gone"),)

    person_id: uuid.UUID = Field(primary_key=True)
    email: str | None = Field(default=None, sa_type=Text)
    name: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    may_enter: bool
    at: datetime


class ProjectRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """What subscriptions choose by; the highest revision and the latest follower count."""

    __tablename__ = "project"

    candidacy_id: uuid.UUID = Field(primary_key=True)
    revision: int = -1
    themes: list[str] = Field(sa_column=document())
    epci_code: str = Field(default="", sa_type=Text)
    follower: uuid.UUID | None = None
    followed_at: datetime | None = None


class WatchedCallRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """The last word on a call, by the time of the event that said it."""

    __tablename__ = "watched_call"

    call_key: str = Field(primary_key=True, sa_type=Text)
    title: str = Field(sa_type=Text)
    funders: list[str] = Field(sa_column=document())
    url: str = Field(sa_type=Text)
    closes_on: date | None = None
    rate_max: int | None = None
    amount_max: int | None = Field(default=None, sa_type=BigInteger)
    closed: bool = False
    at: datetime


class SubscriptionRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """One subject that a person of the team is told of, and when."""

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("person_id", "subject"),
        one_of("subject", SUBJECTS),
        one_of("rhythm", RHYTHMS),
        CheckConstraint(f"hour >= {OPENS} AND hour < {CLOSES}", name="hour"),
        CheckConstraint("weekday >= 0 AND weekday <= 4", name="weekday"),
        CheckConstraint("rhythm <> 'jamais' OR next_at IS NULL", name="silent"),
    )

    id: uuid.UUID = Field(primary_key=True)
    person_id: uuid.UUID
    subject: str = Field(sa_type=Text)
    values: list[str] = Field(sa_column=document())
    rhythm: str = Field(sa_type=Text)
    hour: int
    weekday: int
    at_once: bool
    since: datetime
    paused_until: datetime | None = None
    next_at: datetime | None = Field(default=None, index=True)


class TellingRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """What a person was told of a match by a mail that was taken, and the mail on its way that tells more."""

    __tablename__ = "telling"
    __table_args__ = (
        CheckConstraint("(delivery_id IS NULL) = (telling IS NULL)", name="on_its_way"),
        CheckConstraint("told IS NOT NULL OR telling IS NOT NULL", name="something"),
        CheckConstraint("(told IS NULL) = (told_in IS NULL)", name="told_in"),
    )

    person_id: uuid.UUID = Field(primary_key=True)
    match_id: uuid.UUID = Field(primary_key=True)
    told: dict[str, Any] | None = Field(default=None, sa_column=document(nullable=True))
    told_in: uuid.UUID | None = Field(default=None, foreign_key="delivery.id")
    telling: dict[str, Any] | None = Field(default=None, sa_column=document(nullable=True))
    delivery_id: uuid.UUID | None = Field(default=None, foreign_key="delivery.id", index=True)


class AnswerRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """What a person of the team said of a match, by a button of a mail; the last word counts."""

    __tablename__ = "answer"
    __table_args__ = (one_of("answer", ANSWERS),)

    person_id: uuid.UUID = Field(primary_key=True)
    match_id: uuid.UUID = Field(primary_key=True)
    answer: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    at: datetime


class MuteRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """What somebody does not want to be written about; `recipient` is that of their deliveries."""

    __tablename__ = "mute"
    __table_args__ = (one_of("subject", OPTIONAL),)

    recipient: str = Field(primary_key=True, sa_type=Text)
    subject: str = Field(primary_key=True, sa_type=Text)
    at: datetime


class SuppressedRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """An address that is written to no more, by its keyed hash: it does not exist, or its owner complained."""

    __tablename__ = "suppressed"

    fingerprint: str = Field(primary_key=True, sa_type=Text)
    reason: str = Field(sa_type=Text)
    at: datetime
