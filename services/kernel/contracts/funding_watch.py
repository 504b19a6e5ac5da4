"""What the funding watch tells: the health of its sources, calls and their changes, matches."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from kernel.contracts.envelope import Event, Fact

Verdict = Literal["eligible", "a_verifier", "non"]


class CrawlDue(Event):
    """The calendar says that a source is to be read now. Comes from a schedule."""

    type: ClassVar[str] = "funding_watch.crawl.due"
    about: ClassVar[str] = "source"
    source: str


class SourceCrawled(Event):
    """A source was read to its end; how many calls it showed, how many were new or changed."""

    type: ClassVar[str] = "funding_watch.source.crawled"
    about: ClassVar[str] = "source"
    source: str
    title: str
    at: datetime
    calls: int
    discovered: int
    amended: int


class SourceDegraded(Event):
    """A source could not be trusted this time: nothing was changed, and someone must look."""

    type: ClassVar[str] = "funding_watch.source.degraded"
    about: ClassVar[str] = "source"
    source: str
    title: str
    at: datetime
    reason: str


class CallSummary(Fact):
    """What a mail or a list needs to show of a call. Amounts in euros, rates in percent."""

    key: str
    title: str
    funders: list[str]
    url: str
    closes_on: date | None
    rate_max: int | None
    amount_max: int | None


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
    """A known call changed in a field that matters (deadline, status, amount, eligibility…)."""

    type: ClassVar[str] = "funding_watch.call.amended"
    about: ClassVar[str] = "call_key"
    call_key: str
    call: CallSummary
    changes: list[FieldChange]
    at: datetime


class MatchProposed(Event):
    """A call could pay for a need of a labelled or nominated project; `reason` is one French sentence."""

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
