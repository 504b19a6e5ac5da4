"""A message is born once for its event, waits for what it lacks, and is due when that has come.

Used by every other part of the story; each call is inside the transaction of its caller.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from kernel.contracts.envelope import Event
from kernel.contracts.notifier import DeliveryDue, MessageKind
from kernel.runtime.database import Work
from notifier import store
from notifier.domain import delivery as deliveries
from notifier.domain.delivery import Delivery, Snapshot
from notifier.domain.states import State
from notifier.store import rooms

STAFF = "staff"


async def tell_applicant(work: Work, candidacy_id: UUID, kind: MessageKind, snapshot: Snapshot) -> None:
    await announce(work, deliveries.to_applicant(cause(work), candidacy_id, kind, snapshot, work.at))
    await advance(work, candidacy_id)


async def announce(work: Work, born: Delivery) -> Delivery:
    """Save a new delivery; the one already there where its event was told before."""
    known = await store.delivery(work.session, born.id)
    if known is not None:
        return known
    version = (await rooms.latest(work.session)).get(born.kind, born.template_version)
    born = replace(born, template_version=version)
    await store.save(work.session, born, work.at)
    if born.state is State.A_ENVOYER:
        work.record(DeliveryDue(delivery_id=born.id))
    return born


async def announce_to_rooms(work: Work, why: UUID, kind: MessageKind, snapshot: Snapshot) -> None:
    """The same news in every room of the team, once in each."""
    for room in await rooms.rooms(work.session):
        if room.is_open:
            await announce(work, deliveries.to_room(why, room.id, kind, snapshot, work.at))


async def advance(work: Work, candidacy_id: UUID) -> None:
    """Let what waits about a candidacy follow from what is known of it now."""
    known = await store.dossier(work.session, candidacy_id)
    address = await store.address(work.session, candidacy_id)
    for waiting in await store.unsent(work.session, candidacy_id):
        after = deliveries.advance(waiting, known, address, work.at)
        if after is waiting:
            continue
        await store.save(work.session, after, work.at)
        if after.state is State.A_ENVOYER:
            work.record(DeliveryDue(delivery_id=after.id))


def appoint(work: Work, waiting: Delivery) -> None:
    if waiting.state is State.A_ENVOYER and waiting.due_at is not None:
        work.later(DeliveryDue(delivery_id=waiting.id), waiting.due_at, waiting.id.hex)


def renew(work: Work, event: Event, at: datetime | None, key: str) -> None:
    """Make an appointment again, where one stands; if its hour passed while nobody was there, it comes now."""
    if at is not None and at <= work.at:
        work.record(event)
    elif at is not None:
        work.later(event, at, key)


def cause(work: Work) -> UUID:
    """The event that is being answered."""
    if work.cause.causation_id is None:
        raise ValueError("a delivery needs the event that causes it: call this from a subscriber")
    return UUID(work.cause.causation_id)
