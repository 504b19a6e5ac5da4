"""What intake tells of the data that it keeps of people: how long, what goes, what was asked for.

An address appears in `intake.contact.*` alone, here too: whoever is warned, or told that all is erased, is written
to by the notifier, which keeps neither the address nor the words once they left.
"""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from kernel.contracts.envelope import Event


class RetentionDue(Event):
    """The hour of the day has come at which what was kept long enough goes. Comes from a schedule."""

    type: ClassVar[str] = "intake.retention.due"
    about: ClassVar[str] = "day"
    day: date


class RetentionReached(Event):
    """Every service erases what is personal and older than these moments; told once a day."""

    type: ClassVar[str] = "intake.retention.reached"
    about: ClassVar[str] = "day"
    day: date
    mails_before: datetime
    marks_before: datetime
    at: datetime


class ExportOrdered(Event):
    """Somebody wants what is kept of them: every service says what it holds of this person and these dossiers."""

    type: ClassVar[str] = "intake.export.ordered"
    about: ClassVar[str] = "export_id"
    export_id: UUID
    person_id: UUID
    candidacy_ids: list[UUID]
    at: datetime


class ErasureAnnounced(Event):
    """An account or a draft goes on this day unless its person comes back: they are told."""

    type: ClassVar[str] = "intake.contact.erasure_announced"
    about: ClassVar[str] = "kept_id"
    kept_id: UUID
    kept: Literal["compte", "brouillon"]
    email: str
    title: str
    erased_at: datetime


class ErasureReported(Event):
    """Somebody's data were erased: they are told where the report stands, at the address that is erased with the rest.

    The key opens the report; nobody else has it.
    """

    type: ClassVar[str] = "intake.contact.erasure_reported"
    about: ClassVar[str] = "erasure_id"
    erasure_id: UUID
    email: str
    key: str
    readable_until: datetime
