"""What each service answers to an order of erasure: how much it erased, and what it must keep and why."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from kernel.contracts.envelope import Event, Fact


class Kept(Fact):
    """Something that stays, with the law or the duty that says so."""

    what: str
    why: str


class _Erased(Event):
    about: ClassVar[str] = "erasure_id"
    erasure_id: UUID
    erased: dict[str, int]
    kept: list[Kept]
    at: datetime


class ScoringErased(_Erased):
    """Scoring erased what it kept. `erased` counts rows by what they were, in French, for the report."""

    type: ClassVar[str] = "scoring.erasure.done"


class WatchErased(_Erased):
    """The funding watch erased what it kept. `erased` counts rows by what they were, in French, for the report."""

    type: ClassVar[str] = "funding_watch.erasure.done"


class NotifierErased(_Erased):
    """The notifier erased what it kept. `erased` counts rows by what they were, in French, for the report."""

    type: ClassVar[str] = "notifier.erasure.done"
