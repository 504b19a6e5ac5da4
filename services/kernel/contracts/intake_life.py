"""What intake tells of a dossier once it was sent: late, revised, corrected, talked about, followed, erased.

As in the rest of the family, an address appears in `intake.contact.*` alone; what people write to each other
stays in intake, an event only says that there is something to read.
"""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from kernel.contracts.envelope import Event
from kernel.contracts.intake import Project

Side = Literal["porteur", "equipe"]


class WaveExtended(Event):
    """Staff moved the closing of a wave; the latest `at` counts."""

    type: ClassVar[str] = "intake.wave.extended"
    about: ClassVar[str] = "wave_id"
    wave_id: UUID
    closes_at: datetime
    by: str
    reason: str
    at: datetime


class WaveOpeningDue(Event):
    """The opening day of a prepared wave has come. Comes from a schedule; the wave itself decides."""

    type: ClassVar[str] = "intake.wave.opening_due"
    about: ClassVar[str] = "wave_id"
    wave_id: UUID


class CandidacyReceivedLate(Event):
    """A dossier came after the closing: staff decide whether it is taken, which `intake.candidacy.submitted` tells."""

    type: ClassVar[str] = "intake.candidacy.received_late"
    about: ClassVar[str] = "candidacy_id"
    candidacy_id: UUID
    number: str
    title: str
    wave_id: UUID
    submitted_at: datetime


class CandidacyRevised(Event):
    """A dossier or its needs changed: `project` is all of it as it now stands. The highest revision counts."""

    type: ClassVar[str] = "intake.candidacy.revised"
    about: ClassVar[str] = "candidacy_id"
    candidacy_id: UUID
    revision: int
    at: datetime
    by: str
    project: Project


class CorrectionAsked(Event):
    """Staff asked the porteur to complete or correct a section of the dossier."""

    type: ClassVar[str] = "intake.correction.asked"
    about: ClassVar[str] = "candidacy_id"
    candidacy_id: UUID
    correction_id: UUID
    section: str
    reason: str
    due_on: date
    by: str
    at: datetime


class MessagePosted(Event):
    """Somebody wrote in the thread of a dossier; `side` is who wrote, the other one has something to read."""

    type: ClassVar[str] = "intake.message.posted"
    about: ClassVar[str] = "candidacy_id"
    candidacy_id: UUID
    message_id: UUID
    side: Side
    by: str
    at: datetime


class CandidacyEntrusted(Event):
    """Somebody of the team follows the dossier now; nobody where `person_id` is none. The latest `at` counts."""

    type: ClassVar[str] = "intake.candidacy.entrusted"
    about: ClassVar[str] = "candidacy_id"
    candidacy_id: UUID
    person_id: UUID | None
    by: str
    at: datetime


class ActDue(Event):
    """The time of an act that staff planned has come. Comes from a schedule; the act itself decides."""

    type: ClassVar[str] = "intake.act.due"
    about: ClassVar[str] = "act_id"
    act_id: UUID


class NewsDue(Event):
    """Something of a followed dossier is due: news once a year, a commitment, a milestone. Comes from a schedule; the
    dossier itself decides."""

    type: ClassVar[str] = "intake.news.due"
    about: ClassVar[str] = "candidacy_id"
    candidacy_id: UUID


class ErasureOrdered(Event):
    """Every service erases what it keeps of these people and dossiers, and says what it erased and what it kept."""

    type: ClassVar[str] = "intake.erasure.ordered"
    about: ClassVar[str] = "erasure_id"
    erasure_id: UUID
    person_ids: list[UUID]
    candidacy_ids: list[UUID]
    at: datetime
