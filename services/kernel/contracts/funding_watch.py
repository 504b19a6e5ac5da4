"""What the funding watch tells: the health of its sources, calls and their changes, matches."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from kernel.contracts.envelope import Event, Fact

Verdict = Literal["eligible", "a_verifier", "non"]
Health = Literal["healthy", "late", "thin", "blind"]


class CrawlDue(Event):
    """The calendar says that a source is to be read now. Comes from a schedule."""

    type: ClassVar[str] = "funding_watch.crawl.due"
    about: ClassVar[str] = "source"
    source: str


class CallsDue(Event):
    """The calendar says that calls may have opened or closed by the passing of time. Comes from a schedule."""

    type: ClassVar[str] = "funding_watch.calls.due"
    about: ClassVar[str] = "of"
    of: Literal["calendar"] = "calendar"


class SourceCrawled(Event):
    """A source was read to its end; how many calls it showed, how many were new or changed.

    `before` and `health` are the source's health ahead of this reading and after it.
    """

    type: ClassVar[str] = "funding_watch.source.crawled"
    about: ClassVar[str] = "source"
    source: str
    title: str
    at: datetime
    calls: int
    discovered: int
    amended: int
    before: Health | None = None
    health: Health | None = None


class SourceDegraded(Event):
    """A source could not be trusted this time, or its health got worse: nothing was changed, someone must look.

    `before` and `health` are the source's health ahead of this and after it.
    """

    type: ClassVar[str] = "funding_watch.source.degraded"
    about: ClassVar[str] = "source"
    source: str
    title: str
    at: datetime
    reason: str
    before: Health | None = None
    health: Health | None = None


class CallSummary(Fact):
    """What a mail or a list needs to show of a call. Amounts in euros, rates in percent.

    `unconfirmed`: its source has not shown it for some time, so that whoever shows it says so.
    """

    key: str
    title: str
    funders: list[str]
    url: str
    closes_on: date | None
    rate_max: int | None
    amount_max: int | None
    unconfirmed: bool = False


class CallDiscovered(Event):
    """A call that the watch had never seen."""

    type: ClassVar[str] = "funding_watch.call.discovered"
    about: ClassVar[str] = "call_key"
    call_key: str
    call: CallSummary
    at: datetime


class FieldChange(Fact):
    """One field of a call before and after, as text."""

    field: str
    old: str | None
    new: str | None


class CallAmended(Event):
    """A known call changed in a field that matters (amount, eligibility…); a lone deadline is told as moved."""

    type: ClassVar[str] = "funding_watch.call.amended"
    about: ClassVar[str] = "call_key"
    call_key: str
    call: CallSummary
    changes: list[FieldChange]
    at: datetime


class CallDeadlineMoved(Event):
    """The last day to apply is another one; `days` gained, negative when lost, none when one of the two is unknown."""

    type: ClassVar[str] = "funding_watch.call.deadline_moved"
    about: ClassVar[str] = "call_key"
    call_key: str
    call: CallSummary
    old: date | None
    new: date | None
    days: int | None
    at: datetime


class CallOpened(Event):
    """The opening day of a call that was announced has come."""

    type: ClassVar[str] = "funding_watch.call.opened"
    about: ClassVar[str] = "call_key"
    call_key: str
    call: CallSummary
    at: datetime


class CallReopened(Event):
    """A call that was closed is listed again with days ahead."""

    type: ClassVar[str] = "funding_watch.call.reopened"
    about: ClassVar[str] = "call_key"
    call_key: str
    call: CallSummary
    at: datetime


class CallClosing(Event):
    """The deadline of a call is near, `days` away; told once for each deadline."""

    type: ClassVar[str] = "funding_watch.call.closing"
    about: ClassVar[str] = "call_key"
    call_key: str
    call: CallSummary
    days: int
    at: datetime


class CallAbsent(Event):
    """Several complete crawls did not show a call: it is unconfirmed, which is not closed."""

    type: ClassVar[str] = "funding_watch.call.absent"
    about: ClassVar[str] = "call_key"
    call_key: str
    call: CallSummary
    absences: int
    at: datetime


class CallClosed(Event):
    """A call is closed: its deadline passed, its source says so, its page is gone, or a person decided it."""

    type: ClassVar[str] = "funding_watch.call.closed"
    about: ClassVar[str] = "call_key"
    call_key: str
    call: CallSummary
    why: Literal["echeance", "source", "disparu", "decision"]
    at: datetime


class MatchProposed(Event):
    """A call could pay for a need of a project; `reason` is one French sentence. Told again where it had left.

    `candidate`: of a candidacy without a decision; kept for the answer that staff may write, alerting nobody.
    """

    type: ClassVar[str] = "funding_watch.match.proposed"
    about: ClassVar[str] = "match_id"
    match_id: UUID
    candidacy_id: UUID
    project_title: str
    need: str
    call: CallSummary
    verdict: Verdict
    score: float
    reason: str
    at: datetime
    candidate: bool = False
    turn: int = 0
    """Counts how often the match came and left; the highest is true."""


class MatchLeft(Event):
    """A match is proposed no more: better ones took its place, it no longer fits, or people set it aside.

    `turn` counts how often it came and left; the highest is true.
    """

    type: ClassVar[str] = "funding_watch.match.left"
    about: ClassVar[str] = "match_id"
    match_id: UUID
    candidacy_id: UUID
    turn: int
    at: datetime


class ErasureDone(Event):
    """The watch erased what it kept: how many of what, and what it keeps and why, both in French for the report."""

    type: ClassVar[str] = "funding_watch.erasure.done"
    about: ClassVar[str] = "erasure_id"
    erasure_id: UUID
    erased: dict[str, int]
    kept: dict[str, str]
    at: datetime


class ExportDone(Event):
    """The watch says what it holds of somebody, by kind: French words under French names, and no address."""

    type: ClassVar[str] = "funding_watch.export.done"
    about: ClassVar[str] = "export_id"
    export_id: UUID
    held: dict[str, list[dict[str, str]]]
    at: datetime
