"""What becomes of a match once people look at it: forwarded to its porteur, called back, answered, decoded.

Rule guarded here: messages come in any order. Each turn of a match has a number that only grows; what the highest
number says is true. No event names a porteur: `by` is a function or an organisation.
"""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from kernel.contracts.envelope import Event, Fact
from kernel.contracts.funding_watch import CallSummary, Verdict

FundingAnswer = Literal["depose", "pas_interesse", "obtenu", "refuse"]
"""What a porteur answers to a forwarded call: applied, not interested, obtained, refused."""


class Track(Fact):
    """A call for a need of a project, as its porteur reads it; `words` are what staff add for the porteur."""

    project_title: str
    need: str
    call: CallSummary
    verdict: Verdict
    reason: str
    words: str


TriageState = Literal["nouveau", "a_etudier", "transmis", "depose", "obtenu", "refuse", "ecarte"]


class MatchTriaged(Event):
    """People moved a match, or took a step back; `reason` says why it was set aside, where it was."""

    type: ClassVar[str] = "funding_watch.match.triaged"
    about: ClassVar[str] = "match_id"
    match_id: UUID
    candidacy_id: UUID
    turn: int
    before: TriageState
    state: TriageState
    reason: str | None
    by: str
    at: datetime


class MatchForwarded(Event):
    """Staff passed a call on to the porteur of a project. A match forwarded again after it was called back tells so."""

    type: ClassVar[str] = "funding_watch.match.forwarded"
    about: ClassVar[str] = "match_id"
    match_id: UUID
    candidacy_id: UUID
    turn: int
    track: Track
    by: str
    at: datetime


class MatchRecalled(Event):
    """A call that was forwarded is no longer proposed to its porteur: a mistake was undone, or it was set aside."""

    type: ClassVar[str] = "funding_watch.match.recalled"
    about: ClassVar[str] = "match_id"
    match_id: UUID
    candidacy_id: UUID
    turn: int
    by: str
    at: datetime


class MatchAnswered(Event):
    """A forwarded call has an answer, by its porteur or written down by staff; `amount` in whole euros where known."""

    type: ClassVar[str] = "funding_watch.match.answered"
    about: ClassVar[str] = "match_id"
    match_id: UUID
    candidacy_id: UUID
    turn: int
    track: Track
    answer: FundingAnswer
    amount: int | None
    by_porteur: bool
    by: str
    at: datetime


class MatchReminderDue(Event):
    """The internal date of a match has come. Comes from a schedule; the match itself decides whether to remind."""

    type: ClassVar[str] = "funding_watch.match.reminder_due"
    about: ClassVar[str] = "match_id"
    match_id: UUID
    due_on: date


class MatchReminded(Event):
    """The internal date of a match came while it still waited; without a date, it waits for nobody any more."""

    type: ClassVar[str] = "funding_watch.match.reminded"
    about: ClassVar[str] = "match_id"
    match_id: UUID
    candidacy_id: UUID
    turn: int
    due_on: date | None
    project_title: str
    call_title: str
    assigned_name: str
    at: datetime


class Decoding(Fact):
    """A call in plain words, written by people; an empty part is not written yet."""

    in_short: str
    who: str
    how_much: str
    prepare: str
    traps: str
    contact: str


class CallDecoded(Event):
    """The décryptage of a call was written, or written again; the highest edition counts."""

    type: ClassVar[str] = "funding_watch.call.decoded"
    about: ClassVar[str] = "call_key"
    call_key: str
    edition: int
    decoding: Decoding
    by: str
    at: datetime


class FundingAnswered(Event):
    """A porteur said what becomes of a call that was forwarded; `amount` in whole euros, where obtained."""

    type: ClassVar[str] = "intake.funding.answered"
    about: ClassVar[str] = "match_id"
    match_id: UUID
    candidacy_id: UUID
    answer: FundingAnswer
    amount: int | None
    words: str
    by: str
    at: datetime


class AlertAnswered(Event):
    """Somebody of the team said, from a mail, what becomes of a match. `role` is theirs, `name` their function."""

    type: ClassVar[str] = "notifier.alert.answered"
    about: ClassVar[str] = "match_id"
    match_id: UUID
    person_id: UUID
    name: str
    role: Literal["staff", "partner", "expert", "applicant", "ops"]
    said: Literal["transmettre", "a_etudier", "pas_pour_moi"]
    at: datetime
