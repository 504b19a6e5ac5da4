"""Each person of the team is told of what they asked for, when they asked: appointments follow what is heard."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from kernel.contracts.funding_watch import (
    CallAmended,
    CallClosed,
    CallClosing,
    CallDeadlineMoved,
    CallReopened,
)
from kernel.contracts.intake import PersonDeclared
from kernel.contracts.intake_life import CandidacyEntrusted, CandidacyRevised
from kernel.contracts.notifier import DigestDue
from kernel.runtime.database import Work
from notifier import store
from notifier.domain import hours, subscription
from notifier.domain.alert import Item
from notifier.domain.subscription import DIGESTS, Subscription
from notifier.domain.words import is_address
from notifier.handlers import digests
from notifier.handlers.following import reconsider
from notifier.store import listeners, projects
from notifier.store.listeners import Listener

CallChange = CallAmended | CallClosed | CallClosing | CallDeadlineMoved | CallReopened


async def learn_person(work: Work, event: PersonDeclared) -> None:
    """Know who may enter and where they are written to; what waited for an address is told."""
    await store.take_turn(work)
    known = await listeners.listener(work.session, event.person_id)
    if known is not None and event.at <= known.at:
        return
    email = event.email if event.may_enter and is_address(event.email) else None
    one = Listener(event.person_id, email, event.name, event.role, event.may_enter, event.at)
    await listeners.save_listener(work.session, one)
    if email is None or event.role not in DIGESTS:
        return
    subscriptions = await listeners.subscriptions_of(work.session, event.person_id)
    if not subscriptions and event.role == "partner":
        subscriptions = [subscription.of_partner(event.person_id, work.at)]
        await listeners.save_subscription(work.session, subscriptions[0])
    await digests.appoint_all(work, subscriptions)


async def follow_project(work: Work, event: CandidacyEntrusted) -> None:
    """Know who of the team follows a project."""
    await store.take_turn(work)
    await projects.know_follower(work.session, event.candidacy_id, event.person_id, event.at)


async def revise_project(work: Work, event: CandidacyRevised) -> None:
    """Know what a project is about now."""
    await store.take_turn(work)
    await projects.know_project(work.session, event.candidacy_id, event.revision, event.project)


async def hear_of_call(work: Work, event: CallChange, delay: timedelta) -> None:
    """Keep what a call has become; those who were told otherwise are told what changed."""
    await store.take_turn(work)
    news = await projects.know_call(work.session, event.call, event.at, closed=isinstance(event, CallClosed))
    if news:
        await reconsider(work, event.call_key)
        await gather(work, await projects.items(work.session, event.call_key), delay)


async def gather(work: Work, items: Iterable[Item], delay: timedelta) -> None:
    """Make the appointment of each subscription that these matches concern; what is due now is told now."""
    listening = await listeners.listening(work.session)
    moved: dict[UUID, Subscription] = {}
    for item in items if listening else ():
        project = await projects.project(work.session, item.candidacy_id)
        for known in listening:
            one = moved.get(known.id, known)
            wanted = subscription.due(one, item, work.at, delay) if one.concerns(project) else None
            sooner = subscription.appointment(one, wanted, work.at)
            if sooner is not None:
                moved[one.id] = sooner
    later = [one for one in moved.values() if one.next_at is not None and one.next_at > work.at]
    await listeners.save_subscriptions(work.session, later)
    for one in later:
        _appoint(work, one)
    await digests.tell_all(work, [one for one in moved.values() if one not in later])


def _appoint(work: Work, one: Subscription) -> None:
    if one.next_at is not None:
        work.later(DigestDue(subscription_id=one.id), one.next_at, one.id.hex)


async def tell_subscription(work: Work, event: DigestDue) -> None:
    """The hour of a subscription has come: one mail with all that is to be told, or none. Early or at night, later."""
    await store.take_turn(work)
    one = await listeners.subscription(work.session, event.subscription_id)
    if one is None or one.next_at is None:
        return
    wanted = max(one.next_at, hours.next_open(work.at), one.paused_until or work.at)
    if wanted > work.at:
        await listeners.save_subscription(work.session, replace(one, next_at=wanted))
        _appoint(work, replace(one, next_at=wanted))
        return
    await digests.tell_all(work, [one])
