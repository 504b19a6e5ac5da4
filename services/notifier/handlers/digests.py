"""The mails of subscriptions: all that a person is to be told, in one mail, once; a mail that failed has told nothing.

However many people are told of one match, what is known is read once and what is written is a few statements:
fifty colleagues who wait for an excellent call wait for one commit, not for fifty.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from kernel.contracts.notifier import DeliveryDue, DigestDue, MessageKind
from kernel.runtime.database import Work
from notifier import store
from notifier.domain import alert, hours, subscription
from notifier.domain import delivery as deliveries
from notifier.domain.alert import Item, Reading
from notifier.domain.delivery import Delivery
from notifier.domain.dossier import Dossier
from notifier.domain.states import TAKEN, State
from notifier.domain.subscription import DIGESTS, Project, Subscription, Telling
from notifier.handlers.telling import cause, renew
from notifier.store import listeners, projects, rooms, tellings


@dataclass(frozen=True, slots=True)
class _Facts:
    """What every mail of this transaction is written from."""

    items: Sequence[Item]
    projects: Mapping[UUID, Project]
    dossiers: Mapping[UUID, Dossier]
    sources: Sequence[Reading]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is known of the people who are told; it follows what is written, so that two subscriptions agree."""

    kinds: Mapping[UUID, MessageKind]
    versions: Mapping[str, int]
    waiting: dict[UUID, Delivery]
    known: dict[UUID, dict[UUID, Telling]]


async def tell_all(work: Work, due: Sequence[Subscription]) -> None:
    """Write the mails of these subscriptions; one that waits and that no server has seen says it all instead."""
    await listeners.save_subscriptions(work.session, [replace(one, next_at=None) for one in due])
    desk = await _desk(work, {one.person_id for one in due})
    facts = await _facts(work) if desk.kinds else None
    written: dict[UUID, Delivery] = {}
    told: list[tuple[UUID, UUID, Item]] = []
    for one in due:
        if facts is None or one.person_id not in desk.kinds:
            continue
        mail, items = _mail(work, one, facts, desk)
        if mail is not None:
            written[mail.id] = mail
            told += [(one.person_id, mail.id, item) for item in items]
    stale = await store.write_mails(work.session, list(written.values()), work.at)
    await tellings.begin(work.session, [line for line in told if line[1] not in stale])
    work.record(*(DeliveryDue(delivery_id=mail) for mail in written if mail not in stale))
    again = {mail.recipient for mail in written.values() if mail.id in stale}
    await appoint_all(work, [replace(one, next_at=None) for one in due if one.person_id.hex in again])


async def _facts(work: Work) -> _Facts:
    items = await projects.items(work.session)
    dossiers = await store.dossiers(work.session, {one.candidacy_id for one in items})
    sources = await store.latest_readings(work.session)
    return _Facts(items, await projects.projects(work.session), dossiers, sources)


async def _desk(work: Work, people: Collection[UUID]) -> _Desk:
    found = await listeners.listeners(work.session, people)
    kinds = {one.person_id: DIGESTS[one.role] for one in found if one.email is not None and one.role in DIGESTS}
    waiting = await store.open_digests(work.session, list(kinds))
    known = await tellings.of_people(work.session, list(kinds))
    return _Desk(kinds, await rooms.latest(work.session), waiting, known)


def _mail(work: Work, one: Subscription, facts: _Facts, desk: _Desk) -> tuple[Delivery | None, list[Item]]:
    person = one.person_id
    waiting, known = desk.waiting.get(person), desk.known.setdefault(person, {})
    items = subscription.to_tell(one, facts.items, facts.projects, known, waiting.id if waiting else None)
    if not items:
        return None, []
    snapshot = _snapshot(items, facts, {key: one.told for key, one in known.items() if one.told})
    born = deliveries.to_member(uuid5(cause(work), one.id.hex), person, desk.kinds[person], snapshot, work.at)
    version = desk.versions.get(born.kind, born.template_version)
    mail = replace(waiting or replace(born, template_version=version), snapshot=snapshot)
    desk.waiting[person] = mail
    for item in items:
        before = known.get(item.match_id)
        known[item.match_id] = Telling(item.match_id, before.told if before else None, mail.id)
    return mail, items


def _snapshot(items: list[Item], facts: _Facts, told: Mapping[UUID, Any]) -> dict[str, Any]:
    changed = {one.match_id: subscription.changes(told[one.match_id], one) for one in items if one.match_id in told}
    return dict(alert.alert_snapshot(items, facts.dossiers, facts.sources, changed))


async def close_tellings(work: Work, after: Sequence[Delivery]) -> None:
    """What became of digests: told where they were taken, to be told again where they will never be."""
    mails = [one for one in after if one.kind in DIGESTS.values()]
    taken = [one for one in mails if one.state in TAKEN]
    lost = [one for one in mails if one.state in (State.ECHEC, State.ANNULE)]
    await tellings.end(work.session, [one.id for one in taken], told=True)
    await tellings.end(work.session, [one.id for one in lost], told=False)
    people = [UUID(one.recipient) for one in (*taken, *lost)]
    if people:
        # What changed while the mail was on its way is told next time; where nothing did, no mail is written.
        await appoint_all(work, await listeners.subscriptions_of_all(work.session, people))


async def appoint_all(work: Work, every: Iterable[Subscription]) -> None:
    """Make the appointment of each of these subscriptions for its next hour, where none stands."""
    made = []
    for one in every:
        begin = max(work.at, one.paused_until or work.at)
        wanted = hours.next_slot(one.rhythm, begin + timedelta(minutes=1), one.hour, one.weekday)
        moved = subscription.appointment(one, wanted, work.at)
        if moved is not None and moved.next_at is not None:
            made.append(moved)
            work.later(DigestDue(subscription_id=one.id), moved.next_at, one.id.hex)
    await listeners.save_subscriptions(work.session, made)


async def change(work: Work, chosen: Sequence[Subscription]) -> None:
    """Somebody chose otherwise: each subscription follows its new hour; what waited is told then, in one mail."""
    unmade = [replace(one, next_at=None) for one in chosen]
    await listeners.save_subscriptions(work.session, unmade)
    await appoint_all(work, unmade)


async def stop_digests(work: Work, person_id: UUID) -> None:
    """What waits for a person does not leave."""
    waiting = (await store.open_digests(work.session, [person_id])).get(person_id)
    if waiting is not None:
        stopped = deliveries.withdrawn(waiting)
        await store.save_all(work.session, [stopped], work.at)
        await tellings.end(work.session, [stopped.id], told=False)


async def renew_digests(work: Work) -> None:
    """Make every appointment of a subscription again; one whose hour passed while nobody was there comes now."""
    for one in await listeners.listening(work.session):
        renew(work, DigestDue(subscription_id=one.id), one.next_at, one.id.hex)
