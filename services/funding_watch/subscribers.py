"""What the watch does about each event it hears; the inbox, the acknowledgements and the retries are the kernel's."""

from collections.abc import Callable, Collection

from funding_watch import handlers
from funding_watch.domain.eligibility import Place
from kernel.contracts.funding_watch import CallAmended, CallDiscovered, CrawlDue
from kernel.contracts.intake import CandidacySubmitted, CandidacyWithdrawn
from kernel.contracts.scoring import DecisionTaken
from kernel.runtime import sessions
from kernel.runtime.database import Work
from kernel.runtime.subscriptions import Subscriptions


def declare(place: Place, ready: Collection[str], wake: Callable[[], None] = lambda: None) -> Subscriptions:
    """One effect per event. `ready` are the sources that can be read, `wake` tells the loop that one is due."""
    subscriptions = Subscriptions("funding_watch")
    sessions.follow(subscriptions)

    @subscriptions.on(CrawlDue)
    async def mark_due(event: CrawlDue, work: Work) -> None:
        if event.source in ready:  # an old calendar may name a source whose key was taken out since
            await handlers.mark_due(work, event.source)
            work.afterwards(wake)

    _on_calls(subscriptions, place)
    _on_projects(subscriptions, place)
    return subscriptions


def _on_calls(subscriptions: Subscriptions, place: Place) -> None:
    @subscriptions.on_many(CallDiscovered)
    async def match_new_calls(_: list[CallDiscovered], work: Work) -> None:
        await handlers.match_all(work, place)

    @subscriptions.on_many(CallAmended)
    async def match_changed_calls(_: list[CallAmended], work: Work) -> None:
        await handlers.match_all(work, place)


def _on_projects(subscriptions: Subscriptions, place: Place) -> None:
    @subscriptions.on(CandidacySubmitted)
    async def learn_project(event: CandidacySubmitted, work: Work) -> None:
        await handlers.hear(work, event, place)

    @subscriptions.on(CandidacyWithdrawn)
    async def stop_watching(event: CandidacyWithdrawn, work: Work) -> None:
        await handlers.hear(work, event, place)

    @subscriptions.on(DecisionTaken)
    async def learn_outcome(event: DecisionTaken, work: Work) -> None:
        await handlers.hear(work, event, place)
