"""What scoring tells: the opinions of the committees and the decision that people made."""

from datetime import date, datetime
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


class QuorumCounted(Event):
    """How many marks each dossier of a sitting lacks of its quorum; empty once none does, or the sitting is closed.

    The highest `revision` counts.
    """

    type: ClassVar[str] = "scoring.quorum.counted"
    about: ClassVar[str] = "sitting_id"
    sitting_id: UUID
    committee: Committee
    marks_until: date
    missing: dict[UUID, int]
    revision: int
    at: datetime


class ReadingAllowed(Event):
    """The dossiers whose documents a juror may fetch: those of which they said that nothing ties them.

    `juror` is a person's identifier, or role and name of a link that an operator made; empty with no dossier once
    nobody sits there. The highest `revision` counts.
    """

    type: ClassVar[str] = "scoring.reading.allowed"
    about: ClassVar[str] = "seat_id"
    seat_id: UUID
    juror: str
    dossiers: list[UUID]
    frozen_at: datetime
    revision: int
    at: datetime


class MarksReminderDue(Event):
    """A day on which late jurors of a sitting are reminded has come. Comes from a schedule; the sitting decides."""

    type: ClassVar[str] = "scoring.reminder.due"
    about: ClassVar[str] = "sitting_id"
    sitting_id: UUID


class JurorReminded(Event):
    """A juror still has dossiers to mark. Without `person_id` nobody has come to the seat that awaits `juror`."""

    type: ClassVar[str] = "scoring.juror.reminded"
    about: ClassVar[str] = "sitting_id"
    sitting_id: UUID
    committee: Committee
    juror: str
    person_id: UUID | None
    left: int
    marks_until: date
    at: datetime


class ErasureDone(Event):
    """Scoring erased what it kept: how many of what, and what it keeps and why, both in French for the report."""

    type: ClassVar[str] = "scoring.erasure.done"
    about: ClassVar[str] = "erasure_id"
    erasure_id: UUID
    erased: dict[str, int]
    kept: dict[str, str]
    at: datetime


class ExportDone(Event):
    """Scoring says what it holds of somebody, by kind: French words under French names, and no address."""

    type: ClassVar[str] = "scoring.export.done"
    about: ClassVar[str] = "export_id"
    export_id: UUID
    held: dict[str, list[dict[str, str]]]
    at: datetime
