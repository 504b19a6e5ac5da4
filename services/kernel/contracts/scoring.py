"""What scoring tells: the opinions of the committees and the decision that people made."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from kernel.contracts.envelope import Event

Committee = Literal["technique", "lyceen", "expertise"]
OpinionValue = Literal["favorable", "favorable_avec_reserves", "reserve"]
Outcome = Literal["labellise", "nomine", "en_attente"]


class OpinionRecorded(Event):
    """A committee gave its opinion on a candidacy, with its reasons."""

    type: ClassVar[str] = "scoring.opinion.recorded"
    about: ClassVar[str] = "candidacy_id"
    candidacy_id: UUID
    committee: Committee
    opinion: OpinionValue
    reason: str
    by: str
    at: datetime


class DecisionTaken(Event):
    """People decided and the forum approved: labelled, nominated or put on hold, and why.

    `key` opens the letter and the feedback to whoever holds it; empty in what was told before there were any.
    """

    type: ClassVar[str] = "scoring.decision.taken"
    about: ClassVar[str] = "candidacy_id"
    candidacy_id: UUID
    outcome: Outcome
    reason: str
    by: str
    at: datetime
    key: str = ""


class ErasureDone(Event):
    """Scoring erased what it kept: how many of what, and what it keeps and why, both in French for the report."""

    type: ClassVar[str] = "scoring.erasure.done"
    about: ClassVar[str] = "erasure_id"
    erasure_id: UUID
    erased: dict[str, int]
    kept: dict[str, str]
    at: datetime
