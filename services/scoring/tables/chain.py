"""A dossier has one chain of decision; what is approved names its vote, and what is notified holds its key."""

import uuid
from datetime import date, datetime
from typing import Any, get_args

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Text, UniqueConstraint
from sqlmodel import Field

from kernel.contracts.scoring import Outcome
from scoring.domain.chain import Stage
from scoring.domain.rulings import REASON_MIN
from scoring.tables.base import DOCUMENT, Base, of_a_dossier, one_of

_DECIDED = "('decide', 'approuve', 'retenu', 'notifie')"
_APPROVED = "('approuve', 'retenu', 'notifie')"


class ForumVoteRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """A vote of the Grand forum: no more voices than people, and what is approved has more for it than against."""

    __tablename__ = "forum_vote"
    __table_args__ = (
        CheckConstraint("in_favour >= 0 AND against >= 0 AND abstained >= 0", name="voices"),
        CheckConstraint("in_favour + against + abstained <= present", name="present"),
        CheckConstraint("NOT approved OR in_favour > against", name="approved"),
        CheckConstraint("length(place) > 0 AND length(chaired_by) > 0", name="held"),
        CheckConstraint('length("by") > 0', name="by"),
        ForeignKeyConstraint(["wave_id"], ["wave.wave_id"]),
    )

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    wave_id: uuid.UUID = Field(index=True)
    held_on: date
    place: str = Field(sa_type=Text)
    chaired_by: str = Field(sa_type=Text)
    present: int
    in_favour: int
    against: int
    abstained: int
    approved: bool
    note: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    at: datetime


class ForumItemRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """What a vote was about: the outcome of a dossier as the forum heard it."""

    __tablename__ = "forum_item"
    __table_args__ = (
        one_of("outcome", get_args(Outcome)),
        of_a_dossier(),
        ForeignKeyConstraint(["vote_id"], ["forum_vote.id"]),
    )

    vote_id: uuid.UUID = Field(primary_key=True)
    candidacy_id: uuid.UUID = Field(primary_key=True)
    outcome: str = Field(sa_type=Text)


class RulingRow(Base, table=True):  # type: ignore[call-arg, misc, valid-type]  # the base is made at run time
    """Where the decision on a dossier is, the experts' proposal and the publisher's decision."""

    __tablename__ = "ruling"
    __table_args__ = (
        one_of("stage", tuple(stage for stage in Stage if stage is not Stage.A_PROPOSER)),
        one_of("proposed", get_args(Outcome)),
        one_of("outcome", get_args(Outcome)),
        CheckConstraint(f"length(proposed_reason) >= {REASON_MIN}", name="proposed_reason"),
        CheckConstraint(f"length(reason) >= {REASON_MIN}", name="reason"),
        CheckConstraint(f"outcome = 'labellise' OR length(maturing) >= {REASON_MIN}", name="maturing"),
        CheckConstraint(
            f"(stage IN {_DECIDED}) = (outcome IS NOT NULL) AND (outcome IS NULL) = (reason IS NULL) "
            'AND (outcome IS NULL) = (maturing IS NULL) AND (outcome IS NULL) = ("by" IS NULL) '
            "AND (outcome IS NULL) = (at IS NULL)",
            name="decided",
        ),
        CheckConstraint(f"(stage IN {_APPROVED}) = (vote_id IS NOT NULL)", name="approved"),
        CheckConstraint("(stage = 'retenu') = (length(held) > 0)", name="held"),
        CheckConstraint(
            "(stage = 'notifie') = (key IS NOT NULL) AND (key IS NULL) = (feedback IS NULL)", name="notified"
        ),
        UniqueConstraint("key"),
        of_a_dossier(),
        ForeignKeyConstraint(["vote_id"], ["forum_vote.id"]),
    )

    candidacy_id: uuid.UUID = Field(primary_key=True)
    stage: str = Field(sa_type=Text)
    proposed: str = Field(sa_type=Text)
    proposed_reason: str = Field(sa_type=Text)
    proposed_maturing: str = Field(sa_type=Text)
    proposed_by: str = Field(sa_type=Text)
    proposed_at: datetime
    outcome: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    maturing: str | None = Field(default=None, sa_type=Text)
    by: str | None = Field(default=None, sa_type=Text)
    at: datetime | None = None
    vote_id: uuid.UUID | None = None
    held: str = Field(default="", sa_type=Text)
    hidden: list[str] = Field(sa_column=Column(DOCUMENT, nullable=False))
    key: str | None = Field(default=None, sa_type=Text)
    feedback: dict[str, Any] | None = Field(default=None, sa_column=Column(DOCUMENT))
