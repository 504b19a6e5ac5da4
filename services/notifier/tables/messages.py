"""Bad states are impossible here: one delivery per cause, recipient and kind; nothing in hand without a claim.

A message that is to leave has an address and a time; a sent one has a Message-ID and the moment of the 250.
"""

import uuid
from datetime import date, datetime
from typing import Any, get_args

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Text, UniqueConstraint
from sqlmodel import Field

from kernel.contracts.funding_watch import Verdict
from kernel.contracts.notifier import MessageKind
from notifier.domain.delivery import RecipientKind
from notifier.domain.states import TAKEN, State
from notifier.tables.base import Base, document, one_of

_TAKEN = ", ".join(f"'{state}'" for state in State if state in TAKEN)


class ContactRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """How to reach the porteur of a candidacy: the only personal data of this service."""

    __tablename__ = "contact"

    candidacy_id: uuid.UUID = Field(primary_key=True)
    role: str = Field(sa_type=Text)
    email: str = Field(sa_type=Text)


class ErasedRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """A candidacy whose contact was erased: an address that is told late is not learnt again."""

    __tablename__ = "erased"

    candidacy_id: uuid.UUID = Field(primary_key=True)
    at: datetime


class DossierRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """What is known of a candidacy, in whatever order it was told."""

    __tablename__ = "dossier"

    candidacy_id: uuid.UUID = Field(primary_key=True)
    number: str | None = Field(default=None, sa_type=Text)
    title: str | None = Field(default=None, sa_type=Text)
    porteur: str | None = Field(default=None, sa_type=Text)
    withdrawn: bool = False


class DeliveryRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """One message to one recipient because of one event."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("cause_event_id", "recipient", "kind"),
        one_of("recipient_kind", get_args(RecipientKind)),
        one_of("kind", get_args(MessageKind)),
        one_of("state", tuple(State)),
        CheckConstraint("(recipient_kind = 'applicant') = (candidacy_id IS NOT NULL)", name="applicant"),
        CheckConstraint(
            "(state = 'en_cours') = (claim IS NOT NULL) AND (claim IS NULL) = (claimed_until IS NULL)", name="claimed"
        ),
        CheckConstraint("state <> 'a_envoyer' OR (ready_at IS NOT NULL AND due_at IS NOT NULL)", name="due"),
        CheckConstraint(
            f"(state IN ({_TAKEN})) = (sent_at IS NOT NULL) AND (sent_at IS NULL OR message_id IS NOT NULL)",
            name="sent",
        ),
        CheckConstraint("state <> 'echec' OR last_error IS NOT NULL", name="failed"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("(recipient_kind = 'person') = (expires_at IS NOT NULL)", name="expires_at"),
        Index("ix_delivery_state_due_at", "state", "due_at"),
    )

    id: uuid.UUID = Field(primary_key=True)
    cause_event_id: uuid.UUID
    recipient_kind: str = Field(sa_type=Text)
    recipient: str = Field(sa_type=Text)
    candidacy_id: uuid.UUID | None = Field(default=None, index=True)
    kind: str = Field(sa_type=Text)
    created_at: datetime = Field(index=True)
    snapshot: dict[str, Any] = Field(sa_column=document())
    template_version: int
    state: str = Field(sa_type=Text)
    address: str | None = Field(default=None, sa_type=Text)
    attempts: int = 0
    ready_at: datetime | None = None
    due_at: datetime | None = None
    claim: uuid.UUID | None = None
    claimed_until: datetime | None = None
    message_id: str | None = Field(default=None, sa_type=Text)
    subject: str | None = Field(default=None, sa_type=Text)
    last_error: str | None = Field(default=None, sa_type=Text)
    sent_at: datetime | None = None
    expires_at: datetime | None = None
    doubt: bool = False
    proof: str | None = Field(default=None, sa_type=Text)
    emptied_at: datetime | None = None


class DeliveryStepRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """A state that a delivery entered, when, and by whom where a person did it. Lines are only added."""

    __tablename__ = "delivery_step"
    __table_args__ = (one_of("state", tuple(State)),)

    id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    delivery_id: uuid.UUID = Field(foreign_key="delivery.id", index=True)
    at: datetime
    state: str = Field(sa_type=Text)
    note: str = Field(default="", sa_type=Text)
    by: str = Field(default="", sa_type=Text)


class AlertItemRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """A match gathered for the staff; `told_in` is the alert that told it."""

    __tablename__ = "alert_item"
    __table_args__ = (one_of("verdict", get_args(Verdict)),)

    match_id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(index=True)
    project: str = Field(sa_type=Text)
    need: str = Field(sa_type=Text)
    call_key: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    funders: list[str] = Field(sa_column=document())
    url: str = Field(sa_type=Text)
    closes_on: date | None = None
    rate_max: int | None = None
    amount_max: int | None = Field(default=None, sa_type=BigInteger)
    verdict: str = Field(sa_type=Text)
    score: float
    reason: str = Field(sa_type=Text)
    at: datetime
    received_at: datetime
    told_in: uuid.UUID | None = Field(default=None, foreign_key="delivery.id", index=True)


class MatchTurnRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """Whether a match is `gone`, by the highest of its turns that was heard; one without a row never left."""

    __tablename__ = "match_turn"

    match_id: uuid.UUID = Field(primary_key=True)
    turn: int
    gone: bool


class SourceReadingRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type] # a base made at run time
    """What the watch said of a source, by event; `told_in` is the mail about the episode that it began."""

    __tablename__ = "source_reading"
    __table_args__ = (Index("ix_source_reading_source_at", "source", "at"),)

    id: uuid.UUID = Field(primary_key=True)
    source: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    at: datetime
    calls: int | None = None
    reason: str | None = Field(default=None, sa_type=Text)
    told_in: uuid.UUID | None = Field(default=None, foreign_key="delivery.id")
