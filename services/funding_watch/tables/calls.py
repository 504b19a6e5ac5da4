"""The tables of the watch: a doubled match, an unknown verdict or a claim without its end cannot be written.

Projects are what other services told of them, in any order: a row may hold an outcome and no facts yet.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, Text, UniqueConstraint, Uuid, true
from sqlmodel import Field

from funding_watch.tables.base import JSON_VALUE, ROW_ID, Base


class CallRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A call as its source shows it; `record` is the whole FundingCall, the columns are what lists need."""

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint("length(content_hash) = 64", name="content_hash"),
        CheckConstraint("last_seen_at >= first_seen_at", name="seen"),
        CheckConstraint("presence IN ('confirme', 'non_confirme', 'ferme')", name="presence"),
        CheckConstraint("absences >= 0", name="absences"),
    )
    key: str = Field(primary_key=True, sa_type=Text)
    source: str = Field(sa_type=Text, index=True)
    title: str = Field(sa_type=Text)
    funders: list[str] = Field(sa_type=JSON_VALUE)
    url: str = Field(sa_type=Text)
    closes_at: datetime | None = Field(default=None, index=True)
    content_hash: str = Field(sa_type=Text)
    first_seen_at: datetime
    last_seen_at: datetime
    last_changed_at: datetime
    record: dict[str, Any] = Field(sa_type=JSON_VALUE)
    presence: str = Field(default="confirme", sa_type=Text, sa_column_kwargs={"server_default": "confirme"})
    listed: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    absences: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    gone_on: date | None = None
    asked_on: date | None = None
    phase: str | None = Field(default=None, sa_type=Text)
    closing_told: date | None = None
    next_step_at: datetime | None = Field(default=None, index=True)
    doubts: list[str] | None = Field(default=None, sa_type=JSON_VALUE)
    """Why a person must look at what was read, none when nobody must."""
    cleared_hash: str | None = Field(default=None, sa_type=Text)
    """The content that a person looked at and found right; another content is to be looked at again."""


class CallChangeRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """One field of a call before and after, or a turn in its life; lines are added, never changed.

    `by` and `reason` say who decided it, where a person did.
    """

    __tablename__ = "call_change"
    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_ID)
    call_key: str = Field(sa_type=Text, foreign_key="call.key", index=True)
    at: datetime
    field: str = Field(sa_type=Text)
    old: str | None = Field(default=None, sa_type=Text)
    new: str | None = Field(default=None, sa_type=Text)
    kind: str = Field(default="amended", sa_type=Text, sa_column_kwargs={"server_default": "amended"})
    by: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)


class ProjectRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What is known so far of a candidacy."""

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR outcome IN ('labellise', 'nomine', 'en_attente')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("revision >= 0", name="revision"),
    )
    candidacy_id: uuid.UUID = Field(primary_key=True, sa_type=Uuid)
    number: str | None = Field(default=None, sa_type=Text)
    facts: dict[str, Any] | None = Field(default=None, sa_type=JSON_VALUE)
    outcome: str | None = Field(default=None, sa_type=Text)
    decided_at: datetime | None = None
    withdrawn: bool = False
    revision: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class SourceRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """The health of a source, by its last crawls; `remembered` makes the next question conditional."""

    __tablename__ = "source"
    __table_args__ = (
        CheckConstraint("state IN ('ok', 'degrade', 'jamais')", name="state"),
        CheckConstraint("(state = 'degrade') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("(last_success_at IS NULL) = (last_count IS NULL)", name="last_success"),
        CheckConstraint("last_count IS NULL OR last_count >= 1", name="last_count"),
        CheckConstraint("health IS NULL OR health IN ('healthy', 'late', 'thin', 'blind')", name="health"),
    )
    name: str = Field(primary_key=True, sa_type=Text)
    title: str = Field(sa_type=Text)
    state: str = Field(default="jamais", sa_type=Text)
    last_success_at: datetime | None = None
    last_count: int | None = None
    last_tried_at: datetime | None = None
    reason: str | None = Field(default=None, sa_type=Text)
    remembered: dict[str, Any] | None = Field(default=None, sa_type=JSON_VALUE)
    refused_count: int | None = None
    """What the last reading showed when it was refused for being far too short."""
    health: str | None = Field(default=None, sa_type=Text)


class ReadingRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """One reading of a source, believed or not: what later ones are compared with. Lines are added only."""

    __tablename__ = "reading"
    __table_args__ = (CheckConstraint("items >= 0 AND pages >= 0 AND seconds >= 0", name="counts"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_ID)
    source: str = Field(sa_type=Text, index=True)
    at: datetime
    seconds: float = Field(sa_type=Float)
    pages: int
    items: int
    believed: bool
    unchanged: bool
    filled: dict[str, Any] = Field(sa_type=JSON_VALUE)
    """Share of the calls that have each field, between 0 and 1."""
    errors: list[str] = Field(sa_type=JSON_VALUE)
    remarks: list[str] = Field(sa_type=JSON_VALUE)


class SourceDecisionRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A person accepted that a source shows fewer calls than it did. Lines are added only."""

    __tablename__ = "source_decision"
    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_ID)
    source: str = Field(sa_type=Text, foreign_key="source.name", index=True)
    at: datetime
    by: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    old_count: int
    new_count: int


class CrawlRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A source that is due, and who is reading it until when; one row a source, so never two at once."""

    __tablename__ = "crawl"
    __table_args__ = (CheckConstraint("(token IS NULL) = (leased_until IS NULL)", name="claim"),)
    source: str = Field(primary_key=True, sa_type=Text)
    due_at: datetime = Field(index=True)
    cause: dict[str, Any] = Field(sa_type=JSON_VALUE)
    token: uuid.UUID | None = Field(default=None, sa_type=Uuid)
    leased_until: datetime | None = None


class WordMeasureRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What words told on the day they were last measured; one row. Small stocks keep none."""

    __tablename__ = "word_measure"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"), CheckConstraint("total >= 0", name="total"))
    id: int = Field(default=1, primary_key=True)
    measured_at: datetime
    total: int
    usual: dict[str, Any] = Field(sa_type=JSON_VALUE)
    frequency: dict[str, Any] = Field(sa_type=JSON_VALUE)


class MatchRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A call proposed for a project. `rank` is its place among the best of today, none when it left them."""

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("candidacy_id", "call_key"),
        CheckConstraint("verdict IN ('eligible', 'a_verifier', 'non')", name="verdict"),
        CheckConstraint("score >= 0 AND score <= 1", name="score"),
        CheckConstraint("rank IS NULL OR rank >= 1", name="rank"),
    )
    id: uuid.UUID = Field(primary_key=True, sa_type=Uuid)
    candidacy_id: uuid.UUID = Field(sa_type=Uuid, foreign_key="project.candidacy_id")
    call_key: str = Field(sa_type=Text, foreign_key="call.key", index=True)
    need_number: int
    verdict: str = Field(sa_type=Text)
    score: float = Field(sa_type=Float)
    reason: str = Field(sa_type=Text)
    checks: list[dict[str, Any]] = Field(sa_type=JSON_VALUE)
    rank: int | None = None
    turn: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How often it came and left."""
    proposed_at: datetime


class DuplicateRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """Two calls that look like one, and what a person made of it; `kept_key` is the one that is shown for both."""

    __tablename__ = "duplicate"
    __table_args__ = (
        UniqueConstraint("first_key", "second_key"),
        CheckConstraint("first_key < second_key", name="order"),
        CheckConstraint("kind IN ('doublon', 'variante')", name="kind"),
        CheckConstraint("score >= 0 AND score <= 1", name="score"),
        CheckConstraint("state IN ('propose', 'meme', 'distinct')", name="state"),
        CheckConstraint("(state = 'propose') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("(state = 'meme') = (kept_key IS NOT NULL)", name="kept"),
        CheckConstraint("kept_key IS NULL OR kept_key IN (first_key, second_key)", name="kept_of_both"),
    )
    id: uuid.UUID = Field(primary_key=True, sa_type=Uuid)
    first_key: str = Field(sa_type=Text, foreign_key="call.key")
    second_key: str = Field(sa_type=Text, foreign_key="call.key", index=True)
    kind: str = Field(sa_type=Text)
    score: float = Field(sa_type=Float)
    evidence: list[str] = Field(sa_type=JSON_VALUE)
    found_at: datetime
    state: str = Field(default="propose", sa_type=Text, index=True)
    kept_key: str | None = Field(default=None, sa_type=Text)
    decided_by: str | None = Field(default=None, sa_type=Text)
    decided_at: datetime | None = None
    reason: str | None = Field(default=None, sa_type=Text)


class FeedRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A secret address at which a project's calls are followed; the key itself is not kept."""

    __tablename__ = "feed"
    __table_args__ = (
        UniqueConstraint("key_hash"),
        CheckConstraint("length(key_hash) = 64", name="key_hash"),
        CheckConstraint("length(given_to) >= 1", name="given_to"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked"),
    )
    id: uuid.UUID = Field(primary_key=True, sa_type=Uuid)
    candidacy_id: uuid.UUID = Field(sa_type=Uuid, foreign_key="project.candidacy_id", index=True)
    key_hash: str = Field(sa_type=Text)
    given_to: str = Field(sa_type=Text)
    given_by: str = Field(sa_type=Text)
    given_at: datetime
    revoked_by: str | None = Field(default=None, sa_type=Text)
    revoked_at: datetime | None = None
