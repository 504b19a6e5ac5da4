"""What is due is taken with a claim, and what became of it is written by the holder of that claim alone."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from kernel.contracts.notifier import AlertDue, DeliveryDue
from kernel.runtime.database import Work
from notifier import store
from notifier.domain import delivery as deliveries
from notifier.domain.delivery import Delivery, Outcome, RecipientKind, Refused
from notifier.domain.dossier import Dossier
from notifier.domain.states import State
from notifier.domain.subscription import DIGESTS
from notifier.domain.words import without_addresses
from notifier.handlers.digests import close_tellings, renew_digests
from notifier.handlers.following import renew_reminders
from notifier.handlers.telling import STAFF, appoint
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
    limit: int = 100
    """Messages taken in one claim; what cannot leave within the lease is given back."""


async def claim_deliveries(work: Work, token: UUID, sending: Sending) -> list[Delivery]:
    """Take what is due into the hands of the sender `token`; what was withdrawn meanwhile stops here.

    However many are taken, they cost one commit and a handful of statements.
    """
    waiting = await store.claimable(work.session, work.at, sending.limit)
    known = await _known(work, waiting, sending)
    taken, stopped = [], []
    for one in waiting:
        address = known.address_of(one)
        if known.is_withdrawn(one) or (address is None and one.kind in DIGESTS.values()):
            stopped.append(deliveries.stopped(one))
        else:
            taken.append(deliveries.claimed(one, token, address, sending.domain, work.at))
    await store.save_all(work.session, [*stopped, *taken], work.at)
    await close_tellings(work, stopped)
    return await _without_suppressed(work, taken, sending)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a batch needs to know of its recipients, read once for all."""

    dossiers: Mapping[UUID, Dossier]
    contacts: Mapping[UUID, str]
    people: Mapping[UUID, str]
    directory: Mapping[RecipientKind, str]

    def is_withdrawn(self, one: Delivery) -> bool:
        return one.candidacy_id is not None and self.dossiers.get(one.candidacy_id, Dossier()).withdrawn

    def address_of(self, one: Delivery) -> str | None:
        if one.candidacy_id is not None:
            return self.contacts.get(one.candidacy_id)
        if _member(one) is not None:
            return self.people.get(UUID(one.recipient))
        return self.directory.get(one.recipient_kind)  # a person's is in the delivery alone


async def _known(work: Work, waiting: Sequence[Delivery], sending: Sending) -> _Known:
    candidacies = {one.candidacy_id for one in waiting if one.candidacy_id is not None}
    members = {member for one in waiting if (member := _member(one)) is not None}
    return _Known(
        await store.dossiers(work.session, candidacies) if candidacies else {},
        await store.addresses(work.session, candidacies) if candidacies else {},
        await listeners.emails(work.session, members) if members else {},
        sending.directory,
    )


def _member(one: Delivery) -> UUID | None:
    return UUID(one.recipient) if one.recipient_kind == "staff" and one.recipient != STAFF else None


async def _without_suppressed(work: Work, taken: list[Delivery], sending: Sending) -> list[Delivery]:
    """Those whose address is written to no more have failed, and say why; the others are to be sent."""
    prints = {one.id: sending.fingerprint(one.address) for one in taken if one.address}
    why = await suppressed.among(work.session, set(prints.values())) if prints else {}
    refused = [(one, why[prints[one.id]]) for one in taken if prints.get(one.id) in why]
    words = "adresse qui ne répond plus ({}) : corrigez-la, téléphonez"
    await _write(work, [(one, Refused(words.format(said))) for one, said in refused])
    gone = {one.id for one, _ in refused}
    return [one for one in taken if one.id not in gone]


Settled = tuple[Delivery, Outcome]


async def settle_deliveries(work: Work, attempts: Sequence[Settled], sending: Sending) -> set[UUID]:
    """Write what became of these attempts, in one commit; returns those that the sender still held.

    Of the others nothing is written: another sender holds them now. Where a server knows nobody, nothing
    more is sent.
    """
    tokens = {one.claim for one, _ in attempts if one.claim is not None}
    ids = [one.id for one, _ in attempts]
    current = {held.id: held for token in tokens for held in await store.held(work.session, token, ids)}
    mine = [(current[one.id], outcome) for one, outcome in attempts if one.id in current]
    await _write(work, mine)
    for one, outcome in mine:
        if isinstance(outcome, Refused) and outcome.bad_address and one.address:
            await suppressed.suppress(
                work.session, sending.fingerprint(one.address), without_addresses(outcome.reason), work.at
            )
    return set(current)


async def _write(work: Work, attempts: Sequence[Settled]) -> None:
    after = []
    for one, outcome in attempts:
        changed, events = deliveries.settled(one, outcome, work.at, random.random())  # noqa: S311 - spreads retries
        work.record(*events)
        after.append(changed)
    after = await _withdrawn_stop(work, after)
    await store.save_all(work.session, after, work.at)
    await close_tellings(work, after)
    for one in after:
        appoint(work, one)


async def _withdrawn_stop(work: Work, after: list[Delivery]) -> list[Delivery]:
    """What is to be tried again of a dossier taken back meanwhile is not."""
    again = {one.candidacy_id for one in after if one.state is State.A_ENVOYER and one.candidacy_id is not None}
    known = await store.dossiers(work.session, again) if again else {}
    gone = {candidacy_id for candidacy_id, dossier in known.items() if dossier.withdrawn}
    return [deliveries.withdrawn(one) if one.candidacy_id in gone else one for one in after]


async def give_back(work: Work, token: UUID) -> None:
    """What the sender `token` took and did not try is free again."""
    held = await store.held(work.session, token)
    await store.save_all(work.session, [deliveries.given_back(one) for one in held], work.at)


async def send_again(work: Work, delivery_id: UUID, by: str) -> None:
    """Let a failed message leave again, to the address known now. Raises `UnknownDelivery`, `ImpossibleStep`."""
    failed = await store.locked(work.session, delivery_id)
    if failed is None:
        raise UnknownDelivery(f"no delivery {delivery_id}")
    address = await store.address(work.session, failed.candidacy_id) if failed.candidacy_id else None
    again = deliveries.asked_again(failed, address, work.at)
    await store.save(work.session, again, work.at, by)
    work.record(DeliveryDue(delivery_id=again.id))


async def empty_old(work: Work, kept: timedelta) -> int:
    """Forget what was said in mails that were taken so long ago; returns how many that was."""
    return await store.empty(work.session, work.at - kept, work.at)


async def renew_appointments(work: Work, delay: timedelta) -> None:
    """Make every appointment again from the database: a schedule that was lost is found here, at start."""
    await store.take_turn(work)
    since = await store.waiting_since(work.session)
    if since is not None:
        work.later(AlertDue(recipient=STAFF), max(work.at, since + delay), STAFF)
    for one in await store.later_deliveries(work.session, work.at):
        appoint(work, one)
    await renew_digests(work)
    await renew_reminders(work)
