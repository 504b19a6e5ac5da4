"""Each person of the team is told of what they asked for, when they asked; a mail that failed has told nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from kernel.contracts.funding_watch import (
    CallAmended,
    CallClosed,
    CallClosing,
    CallDeadlineMoved,
    CallReopened,
)
from kernel.contracts.intake import PersonDeclared
from kernel.contracts.intake_life import CandidacyEntrusted, CandidacyRevised
from kernel.contracts.notifier import DeliveryDue, DigestDue, MessageKind
from kernel.runtime.database import Work
from notifier import store
from notifier.domain import alert, hours, subscription
from notifier.domain import delivery as deliveries
from notifier.domain.alert import Item
from notifier.domain.delivery import Delivery
from notifier.domain.states import TAKEN, State
from notifier.domain.subscription import DIGESTS, Subscription
from notifier.domain.words import is_address
from notifier.handlers.following import reconsider
from notifier.handlers.telling import announce, cause
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
    await appoint_all(work, subscriptions)


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
    for item in items if listening else ():
        project = await projects.project(work.session, item.candidacy_id)
        for number, one in enumerate(listening):
            if one.concerns(project):
                listening[number] = await _appoint(work, one, item, delay)


async def _appoint(work: Work, one: Subscription, item: Item, delay: timedelta) -> Subscription:
    wanted = subscription.due(one, item, work.at, delay)
    moved = subscription.appointment(one, wanted, work.at)
    if moved is None or moved.next_at is None:
        return one
    await listeners.save_subscription(work.session, moved)
    if moved.next_at <= work.at:
        return await _tell(work, moved)
    work.later(DigestDue(subscription_id=one.id), moved.next_at, one.id.hex)
    return moved


async def tell_subscription(work: Work, event: DigestDue) -> None:
    """The hour of a subscription has come: one mail with all that is to be told, or none. Early or at night, later."""
    await store.take_turn(work)
    one = await listeners.subscription(work.session, event.subscription_id)
    if one is None or one.next_at is None:
        return
    wanted = max(one.next_at, hours.next_open(work.at), one.paused_until or work.at)
    if wanted > work.at:
        await listeners.save_subscription(work.session, replace(one, next_at=wanted))
        work.later(DigestDue(subscription_id=one.id), wanted, one.id.hex)
        return
    await _tell(work, one)


async def _tell(work: Work, one: Subscription) -> Subscription:
    """Write the mail of a subscription; one that waits and that no server has seen says it all instead."""
    done = replace(one, next_at=None)
    await listeners.save_subscription(work.session, done)
    person = await listeners.listener(work.session, one.person_id)
    if person is None or person.email is None or person.role not in DIGESTS:
        return done
    waiting = await store.open_digest(work.session, one.person_id)
    known = await listeners.tellings(work.session, one.person_id)
    every, themes = await projects.items(work.session), await projects.projects(work.session)
    items = subscription.to_tell(one, every, themes, known, waiting.id if waiting else None)
    if items:
        snapshot = await _snapshot(work, items, {key: one.told for key, one in known.items() if one.told})
        mail = await _written(work, one, waiting, snapshot, DIGESTS[person.role])
        await listeners.begin_telling(work.session, one.person_id, items, mail.id)
    return done


async def _written(
    work: Work, one: Subscription, waiting: Delivery | None, snapshot: dict[str, Any], kind: MessageKind
) -> Delivery:
    if waiting is None:
        why = uuid5(cause(work), one.id.hex)
        return await announce(work, deliveries.to_member(why, one.person_id, kind, snapshot, work.at))
    fuller = replace(waiting, snapshot=snapshot)
    await store.save(work.session, fuller, work.at)
    work.record(DeliveryDue(delivery_id=fuller.id))
    return fuller


async def _snapshot(work: Work, items: list[Item], told: dict[UUID, Any]) -> dict[str, Any]:
    known = await store.dossiers(work.session, (one.candidacy_id for one in items))
    changed = {one.match_id: subscription.changes(told[one.match_id], one) for one in items if one.match_id in told}
    return dict(alert.alert_snapshot(items, known, await store.latest_readings(work.session), changed))


async def close_telling(work: Work, after: Delivery) -> None:
    """What became of a digest: told where it was taken, to be told again where it will never be."""
    if after.kind not in DIGESTS.values():
        return
    if after.state in TAKEN:
        await listeners.end_telling(work.session, after.id, told=True)
    elif after.state in (State.ECHEC, State.ANNULE):
        await listeners.end_telling(work.session, after.id, told=False)
    else:
        return
    # What changed while the mail was on its way is told next time; where nothing did, no mail is written.
    await appoint_all(work, await listeners.subscriptions_of(work.session, UUID(after.recipient)))


async def appoint_all(work: Work, every: Iterable[Subscription]) -> None:
    """Make the appointment of each of these subscriptions for its next hour, where none stands."""
    for one in every:
        begin = max(work.at, one.paused_until or work.at)
        wanted = hours.next_slot(one.rhythm, begin + timedelta(minutes=1), one.hour, one.weekday)
        moved = subscription.appointment(one, wanted, work.at)
        if moved is not None and moved.next_at is not None:
            await listeners.save_subscription(work.session, moved)
            work.later(DigestDue(subscription_id=one.id), moved.next_at, one.id.hex)


async def change(work: Work, chosen: Iterable[Subscription]) -> None:
    """Somebody chose otherwise: each subscription follows its new hour; what waited is told then, in one mail."""
    for one in chosen:
        await listeners.save_subscription(work.session, replace(one, next_at=None))
        await appoint_all(work, [replace(one, next_at=None)])


async def stop_digests(work: Work, person_id: UUID) -> None:
    """What waits for a person does not leave."""
    waiting = await store.open_digest(work.session, person_id)
    if waiting is not None:
        stopped = deliveries.stopped(waiting)
        await store.save(work.session, stopped, work.at)
        await listeners.end_telling(work.session, stopped.id, told=False)


async def renew_digests(work: Work) -> None:
    """Make every appointment of a subscription again, and those that a lost schedule left unmade."""
    for one in await listeners.listening(work.session):
        if one.next_at is not None:
            work.later(DigestDue(subscription_id=one.id), max(work.at, one.next_at), one.id.hex)
