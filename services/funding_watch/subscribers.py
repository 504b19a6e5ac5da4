"""What the watch does about each event it hears; the inbox, the acknowledgements and the retries are the kernel's."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from funding_watch import handlers
from funding_watch.domain.eligibility import Place
from funding_watch.domain.shelf import Shelf
from funding_watch.handlers import triage
from kernel.contracts.envelope import Event
from kernel.contracts.funding_watch import (
    CallAbsent,
    CallAmended,
    CallClosed,
    CallClosing,
    CallDeadlineMoved,
    CallDiscovered,
    CallOpened,
    CallReopened,
    CallsDue,
    CrawlDue,
)
from kernel.contracts.intake import CandidacySubmitted, CandidacyWithdrawn
from kernel.contracts.intake_life import CandidacyRevised, ErasureOrdered
from kernel.contracts.intake_people import ExportOrdered
from kernel.contracts.scoring import DecisionTaken
from kernel.contracts.triage import AlertAnswered, FundingAnswered, MatchReminderDue, MatchTriaged
from kernel.runtime import sessions
from kernel.runtime.database import Work
from kernel.runtime.subscriptions import Subscriptions

TOLD_OF_CALLS: tuple[type[Event], ...] = (
    CallDiscovered,
    CallAmended,
    CallDeadlineMoved,
    CallOpened,
    CallReopened,
    CallClosing,
    CallAbsent,
    CallClosed,
)
"""Whatever is told of a call may change what it is worth to a project."""
COMPARED = (CallDiscovered, CallAmended, CallDeadlineMoved)
"""What may make two calls look like one, or two."""


def declare(
    place: Place,
    ready: Collection[str],
    wake: Callable[[], None] = lambda: None,
    schedules: Mapping[str, str] = MappingProxyType({}),
) -> Subscriptions:
    """One effect per event. `ready` are the sources that can be read, `wake` tells the loop that one is due.

    `schedules` (name → cron) are the sources that are late when they were not read in time.
    """
    subscriptions, shelf = Subscriptions("funding_watch"), Shelf()
    sessions.follow(subscriptions)

    @subscriptions.on(CrawlDue)
    async def mark_due(event: CrawlDue, work: Work) -> None:
        if event.source in ready:  # an old calendar may name a source whose key was taken out since
            await handlers.mark_due(work, event.source)
            work.afterwards(wake)

    @subscriptions.on(CallsDue)
    async def watch_time_pass(_: CallsDue, work: Work) -> None:
        await handlers.settle_all(work)
        await handlers.watch_sources(work, schedules)
        await handlers.start_day(work, place, shelf)

    _on_calls(subscriptions, place, shelf)
    _on_projects(subscriptions, place, shelf)
    _on_triage(subscriptions, place, shelf)
    return subscriptions


def _on_calls(subscriptions: Subscriptions, place: Place, shelf: Shelf) -> None:
    async def match_again(events: list[Event], work: Work) -> None:
        await handlers.suggest_duplicates(work, {one.call_key for one in events if isinstance(one, COMPARED)})
        await handlers.match_changed(work, {str(event.model_dump()["call_key"]) for event in events}, place, shelf)

    for told in TOLD_OF_CALLS:
        subscriptions.on_many(told)(match_again)


def _on_projects(subscriptions: Subscriptions, place: Place, shelf: Shelf) -> None:
    @subscriptions.on(CandidacySubmitted)
    async def learn_project(event: CandidacySubmitted, work: Work) -> None:
        await handlers.hear(work, event, place, shelf)

    @subscriptions.on(CandidacyRevised)
    async def learn_change(event: CandidacyRevised, work: Work) -> None:
        await handlers.hear(work, event, place, shelf)

    @subscriptions.on(CandidacyWithdrawn)
    async def stop_watching(event: CandidacyWithdrawn, work: Work) -> None:
        await handlers.hear(work, event, place, shelf)

    @subscriptions.on(DecisionTaken)
    async def learn_outcome(event: DecisionTaken, work: Work) -> None:
        await handlers.hear(work, event, place, shelf)

    @subscriptions.on(ErasureOrdered)
    async def erase(event: ErasureOrdered, work: Work) -> None:
        await handlers.answer_erasure(work, event)

    @subscriptions.on(ExportOrdered)
    async def export(event: ExportOrdered, work: Work) -> None:
        await handlers.answer_export(work, event)


def _on_triage(subscriptions: Subscriptions, place: Place, shelf: Shelf) -> None:
    @subscriptions.on(MatchTriaged)
    async def learn_step(event: MatchTriaged, work: Work) -> None:
        await handlers.learn_from(work, event, place, shelf)

    @subscriptions.on(MatchReminderDue)
    async def remind(event: MatchReminderDue, work: Work) -> None:
        await triage.come_due(work, event)

    @subscriptions.on(FundingAnswered)
    async def hear_porteur(event: FundingAnswered, work: Work) -> None:
        await triage.hear_porteur(work, event)

    @subscriptions.on(AlertAnswered)
    async def hear_mail(event: AlertAnswered, work: Work) -> None:
        await triage.hear_mail(work, event)
