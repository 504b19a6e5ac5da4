"""What is due is taken with a claim, and what became of it is written by the holder of that claim alone."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from kernel.contracts.notifier import AlertDue, DeliveryDue
from kernel.runtime.database import Work
from notifier import store
from notifier.domain import delivery as deliveries
from notifier.domain.delivery import Delivery, Outcome, RecipientKind, Refused
from notifier.domain.states import State
from notifier.domain.words import without_addresses
from notifier.handlers.listening import close_telling, renew_digests
from notifier.handlers.telling import STAFF, appoint, dossier_of
from notifier.store import listeners, suppressed


class UnknownDelivery(LookupError):
    """No message has this identity."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How this installation sends: mail of the staff by kind of recipient, domain of the Message-IDs."""

    directory: Mapping[RecipientKind, str]
    domain: str
    fingerprint: Callable[[str], str]
    """The keyed hash by which a suppressed address is recognised."""
    limit: int = 20
    """Messages taken in one claim; all of them must leave within the lease."""


async def claim_deliveries(work: Work, token: UUID, sending: Sending) -> list[Delivery]:
    """Take what is due into the hands of the sender `token`; what was withdrawn meanwhile stops here."""
    taken = []
    for one in await store.claimable(work.session, work.at, sending.limit):
        known = await dossier_of(work, one)
        address = await _address_of(work, one, sending)
        if known.withdrawn or (address is None and one.kind == "digest"):
            stopped = deliveries.stopped(one)
            await store.save(work.session, stopped, work.at)
            await close_telling(work, stopped)
            continue
        claimed = deliveries.claimed(one, token, address, sending.domain, work.at)
        await store.save(work.session, claimed, work.at)
        if not await _refused(work, claimed, sending):
            taken.append(claimed)
    return taken


async def _refused(work: Work, claimed: Delivery, sending: Sending) -> bool:
    """Whether its address is written to no more; then the message has failed, and says why."""
    why = await suppressed.why(work.session, sending.fingerprint(claimed.address)) if claimed.address else None
    if why is None:
        return False
    return await settle_delivery(
        work, claimed, Refused(f"adresse qui ne répond plus ({why}) : corrigez-la, téléphonez")
    )


async def rest_address(work: Work, claimed: Delivery, refused: Refused, sending: Sending) -> None:
    """Nothing more is sent to an address where the server knows nobody."""
    if refused.bad_address and claimed.address:
        await suppressed.suppress(
            work.session, sending.fingerprint(claimed.address), without_addresses(refused.reason), work.at
        )


async def settle_delivery(work: Work, claimed: Delivery, outcome: Outcome) -> bool:
    """Write what became of an attempt; False, and nothing written, when another sender holds the delivery now."""
    current = await store.locked(work.session, claimed.id)
    if current is None or current.claim != claimed.claim:
        return False
    after, events = deliveries.settled(current, outcome, work.at, random.random())  # noqa: S311 - spreads retries
    if after.state is State.A_ENVOYER:
        after = deliveries.advance(after, await dossier_of(work, after), after.address, work.at)
    await store.save(work.session, after, work.at)
    await close_telling(work, after)
    work.record(*events)
    appoint(work, after)
    return True


async def give_back(work: Work, token: UUID) -> None:
    """What the sender `token` took and did not try is free again."""
    for one in await store.held(work.session, token):
        await store.save(work.session, deliveries.given_back(one), work.at)


async def send_again(work: Work, delivery_id: UUID, by: str) -> None:
    """Let a failed message leave again, to the address known now. Raises `UnknownDelivery`, `ImpossibleStep`."""
    failed = await store.locked(work.session, delivery_id)
    if failed is None:
        raise UnknownDelivery(f"no delivery {delivery_id}")
    address = await store.address(work.session, failed.candidacy_id) if failed.candidacy_id else None
    again = deliveries.asked_again(failed, address, work.at)
    await store.save(work.session, again, work.at, by)
    work.record(DeliveryDue(delivery_id=again.id))


async def renew_appointments(work: Work, delay: timedelta) -> None:
    """Make every appointment again from the database: a schedule that was lost is found here, at start."""
    await store.take_turn(work)
    since = await store.waiting_since(work.session)
    if since is not None:
        work.later(AlertDue(recipient=STAFF), max(work.at, since + delay), STAFF)
    for one in await store.later_deliveries(work.session, work.at):
        appoint(work, one)
    await renew_digests(work)


async def _address_of(work: Work, one: Delivery, sending: Sending) -> str | None:
    if one.candidacy_id is not None:
        return await store.address(work.session, one.candidacy_id)
    if one.recipient_kind == "staff" and one.recipient != STAFF:
        person = await listeners.listener(work.session, UUID(one.recipient))
        return person.email if person else None
    return sending.directory.get(one.recipient_kind)  # a person's is in the delivery alone
