"""The story of the notifier: people are told what happened to them, once, when it can be told.

Each function is one transaction: load, ask the domain, save, record what to tell. Events come in any order
and twice; what came too early is kept and waits for the rest. Nothing is sent here.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from kernel.contracts.funding_watch import MatchProposed, SourceCrawled, SourceDegraded
from kernel.contracts.intake import (
    CandidacyNotRetained,
    CandidacyPreselected,
    CandidacySubmitted,
    CandidacyWithdrawn,
    ContactDeclared,
    SignInAsked,
)
from kernel.contracts.intake_life import CandidacyReceivedLate, CorrectionAsked, ErasureOrdered, MessagePosted
from kernel.contracts.notifier import AlertDue, DeliveryDue, ErasureDone, MessageKind
from kernel.contracts.scoring import DecisionTaken
from kernel.runtime.database import Work
from notifier import store
from notifier.domain import alert
from notifier.domain import delivery as deliveries
from notifier.domain.alert import Reading
from notifier.domain.delivery import Delivery, Dossier, Outcome, RecipientKind, Snapshot
from notifier.domain.states import State
from notifier.domain.words import one_line

STAFF = "staff"


class UnknownDelivery(LookupError):
    """No message has this identity."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How this installation sends: mail of the staff by kind of recipient, domain of the Message-IDs."""

    directory: Mapping[RecipientKind, str]
    domain: str
    limit: int = 20
    """Messages taken in one claim; all of them must leave within the lease."""


async def acknowledge_candidacy(work: Work, event: CandidacySubmitted) -> None:
    """Tell the porteur that the dossier is here, and keep its facts for every later message."""
    await store.take_turn(work)
    known = await store.dossier(work.session, event.candidacy_id)
    project = event.project
    facts = Dossier(event.number, project.title, project.porteur, known.withdrawn)
    await store.save_dossier(work.session, event.candidacy_id, facts)
    await _tell_applicant(work, event.candidacy_id, "accuse_reception", {"at": event.submitted_at.isoformat()})


async def acknowledge_late(work: Work, event: CandidacyReceivedLate) -> None:
    """Tell the porteur that the dossier is here, after the closing, and that the team decides on it."""
    await store.take_turn(work)
    known = await store.dossier(work.session, event.candidacy_id)
    facts = Dossier(event.number, known.title or event.title, known.porteur or event.title, known.withdrawn)
    await store.save_dossier(work.session, event.candidacy_id, facts)
    await _tell_applicant(work, event.candidacy_id, "recu_hors_delai", {"at": event.submitted_at.isoformat()})


async def announce_correction(work: Work, event: CorrectionAsked) -> None:
    """Tell the porteur what the team asks to correct, and by when."""
    await store.take_turn(work)
    snapshot = {**_because(event), "section": event.section, "due_on": event.due_on.isoformat()}
    snapshot["dossier"] = str(event.candidacy_id)
    await _tell_applicant(work, event.candidacy_id, "correction_demandee", snapshot)


async def announce_message(work: Work, event: MessagePosted) -> None:
    """Tell the other side that there is something to read; what was written stays where it was written."""
    await store.take_turn(work)
    snapshot = {"at": event.at.isoformat(), "dossier": str(event.candidacy_id)}
    if event.side == "equipe":
        await _tell_applicant(work, event.candidacy_id, "message_recu", snapshot)
        return
    known = await store.dossier(work.session, event.candidacy_id)
    named = {"number": one_line(known.number or ""), "title": one_line(known.title or "")}
    await _announce(work, deliveries.to_staff(_cause(work), "message_du_porteur", {**snapshot, **named}, work.at))


async def announce_preselection(work: Work, event: CandidacyPreselected) -> None:
    """Tell the porteur that the candidacy is kept."""
    await store.take_turn(work)
    await _tell_applicant(work, event.candidacy_id, "preselection", _because(event))


async def announce_refusal(work: Work, event: CandidacyNotRetained) -> None:
    """Tell the porteur that the candidacy is not kept in this wave, and why."""
    await store.take_turn(work)
    await _tell_applicant(work, event.candidacy_id, "non_retenue", _because(event))


async def announce_decision(work: Work, event: DecisionTaken) -> None:
    """Tell the porteur what was decided."""
    await store.take_turn(work)
    snapshot = {**_because(event), "outcome": event.outcome}
    await _tell_applicant(work, event.candidacy_id, "decision", snapshot)


async def stop_messages(work: Work, event: CandidacyWithdrawn) -> None:
    """Send nothing more about a candidacy that its porteur took back."""
    await store.take_turn(work)
    known = await store.dossier(work.session, event.candidacy_id)
    await store.save_dossier(work.session, event.candidacy_id, replace(known, withdrawn=True))
    await _advance(work, event.candidacy_id)


async def learn_contact(work: Work, event: ContactDeclared) -> None:
    """Know where to write; what waited for it may leave."""
    await store.take_turn(work)
    await store.save_contact(work.session, event.candidacy_id, event.role, event.email)
    await _advance(work, event.candidacy_id)


async def forget(work: Work, event: ErasureOrdered) -> None:
    """Erase addresses, and say so; messages that had not left do not leave, those that did keep their words."""
    await store.take_turn(work)
    count = await store.forget(work.session, event.candidacy_ids, event.person_ids, work.at)
    kept = {"texte des messages envoyés, sans leur adresse": "preuve de la notification des décisions"}
    work.record(ErasureDone(erasure_id=event.erasure_id, erased={"adresses": count}, kept=kept, at=work.at))


async def send_link(work: Work, event: SignInAsked) -> None:
    """Mail somebody the link that lets them in; one that is too late already is not worth a message."""
    await store.take_turn(work)
    if work.at < event.expires_at:
        await _announce(work, deliveries.to_person(_cause(work), event, work.at))


async def gather_match(work: Work, event: MatchProposed, delay: timedelta) -> None:
    """Keep a match for the next alert, and make the appointment of that alert where there is none."""
    await store.take_turn(work)
    known = await store.item(work.session, event.match_id)
    if known is not None:
        changed = alert.newer(*known, event)
        if changed:
            await store.save_item(work.session, changed)
        return
    due = alert.appointment(await store.waiting_since(work.session), work.at, delay)
    await store.save_item(work.session, alert.item(event, work.at))
    if due is not None:
        work.later(AlertDue(recipient=STAFF), due, STAFF)


async def tell_matches(work: Work, event: AlertDue) -> None:
    """One alert with every match that was not told; told and written in the same commit. Never an empty one."""
    await store.take_turn(work)
    items = await store.untold(work.session)
    if not items:
        return
    known = await store.dossiers(work.session, (one.candidacy_id for one in items))
    snapshot = alert.alert_snapshot(items, known, await store.latest_readings(work.session))
    told = await _announce(work, deliveries.to_staff(_cause(work), "alerte_equipe", snapshot, work.at))
    await store.mark_told(work.session, items, told.id)


async def note_crawl(work: Work, event: SourceCrawled) -> None:
    """Keep that a source was read well; a degraded episode ends here."""
    reading = Reading(_cause(work), event.source, event.title, event.at, event.calls, None, told=False)
    await _note(work, reading)


async def report_degraded(work: Work, event: SourceDegraded) -> None:
    """Tell the staff that a source cannot be trusted, once for each degraded episode."""
    reason = one_line(event.reason) or "raison inconnue"
    reading = Reading(_cause(work), event.source, event.title, event.at, None, reason, told=False)
    await _note(work, reading)


async def _note(work: Work, reading: Reading) -> None:
    await store.take_turn(work)
    known = await store.readings(work.session, reading.source)
    if any(one.id == reading.id for one in known):
        return
    await store.add_reading(work.session, reading)
    for untold in alert.to_tell([*known, reading]):
        good = [one for one in known if not one.degraded and one.at < untold.at]
        last_good = max(good, key=lambda one: one.at, default=None)
        snapshot = alert.source_snapshot(untold, last_good)
        told = await _announce(work, deliveries.to_staff(untold.id, "source_degradee", snapshot, work.at))
        await store.mark_reading(work.session, untold, told.id)


async def claim_deliveries(work: Work, token: UUID, sending: Sending) -> list[Delivery]:
    """Take what is due into the hands of the sender `token`; what was withdrawn meanwhile stops here."""
    taken = []
    for one in await store.claimable(work.session, work.at, sending.limit):
        known = await _dossier_of(work, one)
        if known.withdrawn:
            await store.save(work.session, deliveries.stopped(one), work.at)
            continue
        address = await _address_of(work, one, sending)
        claimed = deliveries.claimed(one, token, address, sending.domain, work.at)
        await store.save(work.session, claimed, work.at)
        taken.append(claimed)
    return taken


async def settle_delivery(work: Work, claimed: Delivery, outcome: Outcome) -> bool:
    """Write what became of an attempt; False, and nothing written, when another sender holds the delivery now."""
    current = await store.locked(work.session, claimed.id)
    if current is None or current.claim != claimed.claim:
        return False
    after, events = deliveries.settled(current, outcome, work.at, random.random())  # noqa: S311 - spreads retries
    if after.state is State.A_ENVOYER:
        after = deliveries.advance(after, await _dossier_of(work, after), after.address, work.at)
    await store.save(work.session, after, work.at)
    work.record(*events)
    _appoint(work, after)
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
        _appoint(work, one)


async def _tell_applicant(work: Work, candidacy_id: UUID, kind: MessageKind, snapshot: Snapshot) -> None:
    await _announce(work, deliveries.to_applicant(_cause(work), candidacy_id, kind, snapshot, work.at))
    await _advance(work, candidacy_id)


async def _announce(work: Work, born: Delivery) -> Delivery:
    """Save a new delivery; the one already there where its event was told before."""
    known = await store.delivery(work.session, born.id)
    if known is not None:
        return known
    await store.save(work.session, born, work.at)
    if born.state is State.A_ENVOYER:
        work.record(DeliveryDue(delivery_id=born.id))
    return born


async def _advance(work: Work, candidacy_id: UUID) -> None:
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


def _appoint(work: Work, waiting: Delivery) -> None:
    if waiting.state is State.A_ENVOYER and waiting.due_at is not None:
        work.later(DeliveryDue(delivery_id=waiting.id), waiting.due_at, waiting.id.hex)


async def _dossier_of(work: Work, one: Delivery) -> Dossier:
    return await store.dossier(work.session, one.candidacy_id) if one.candidacy_id else Dossier()


async def _address_of(work: Work, one: Delivery, sending: Sending) -> str | None:
    if one.candidacy_id is not None:
        return await store.address(work.session, one.candidacy_id)
    return sending.directory.get(one.recipient_kind)  # a person's is in the delivery alone


def _cause(work: Work) -> UUID:
    """The event that is being answered."""
    if work.cause.causation_id is None:
        raise ValueError("a delivery needs the event that causes it: call this from a subscriber")
    return UUID(work.cause.causation_id)


def _because(event: CandidacyPreselected | CandidacyNotRetained | DecisionTaken | CorrectionAsked) -> dict[str, str]:
    """Reasons keep their paragraphs; each is one line."""
    paragraphs = (one_line(line) for line in event.reason.splitlines())
    return {"at": event.at.isoformat(), "reason": "\n".join(line for line in paragraphs if line)}
