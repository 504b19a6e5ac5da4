"""One event, one recipient, one kind of message: one delivery, whatever comes twice or too early.

A delivery is born from an event, waits for what it needs (an address, the facts of the dossier), leaves, and
says what became of it. Its identity and its Message-ID follow from the event, so they are the same again
after a crash, a restored backup or a replay.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias, assert_never
from uuid import UUID, uuid5

from kernel.contracts.envelope import Event
from kernel.contracts.notifier import MessageFailed, MessageKind, MessageSent
from notifier.domain.dossier import Dossier
from notifier.domain.outcomes import Accepted as Accepted
from notifier.domain.outcomes import Expired as Expired
from notifier.domain.outcomes import Outcome as Outcome
from notifier.domain.outcomes import Postponed as Postponed
from notifier.domain.outcomes import Refused as Refused
from notifier.domain.retries import HORIZON, next_attempt
from notifier.domain.states import ImpossibleStep, State, Step, can_follow, follow
from notifier.domain.words import is_address, without_addresses

RecipientKind = Literal["applicant", "staff", "ops", "person", "room"]
Snapshot: TypeAlias = Mapping[str, Any]
"""All that is needed to write a message: JSON values under the names that its template uses."""

TEMPLATE_VERSION = 1
"""Raised with every change of meaning in `templates/mails`; each delivery keeps the one it was born with."""
LEASE = timedelta(seconds=60)
"""How long a claim lasts: above the time that one batch may take."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to one recipient. `ready_at`: since when it could leave; `due_at`: when it is tried next.

    A message with `expires_at` carries a personal link: past that moment it does not leave, and once its
    fate is known neither the address nor the link is kept. `doubt`: a server may have taken it without our
    knowing, so that what it says may not change any more. `proof`: fingerprint of the letter as it was taken,
    which stays when the words are no longer kept (`emptied_at`).
    """

    id: UUID
    cause_event_id: UUID
    recipient_kind: RecipientKind
    recipient: str
    candidacy_id: UUID | None
    kind: MessageKind
    created_at: datetime
    snapshot: Snapshot
    template_version: int = TEMPLATE_VERSION
    state: State = State.EN_ATTENTE_ADRESSE
    address: str | None = None
    attempts: int = 0
    ready_at: datetime | None = None
    due_at: datetime | None = None
    claim: UUID | None = None
    claimed_until: datetime | None = None
    message_id: str | None = None
    subject: str | None = None
    last_error: str | None = None
    sent_at: datetime | None = None
    expires_at: datetime | None = None
    doubt: bool = False
    proof: str | None = None
    emptied_at: datetime | None = None

    @property
    def is_personal(self) -> bool:
        """Whether it carries a link that lets its recipient in, which nobody else may see."""
        return self.expires_at is not None


def to_applicant(cause: UUID, candidacy_id: UUID, kind: MessageKind, snapshot: Snapshot, at: datetime) -> Delivery:
    """A message to the porteur of a candidacy, because of the event `cause`; it waits until `advance`."""
    recipient = candidacy_id.hex
    return Delivery(
        id=identity(cause, recipient, kind),
        cause_event_id=cause,
        recipient_kind="applicant",
        recipient=recipient,
        candidacy_id=candidacy_id,
        kind=kind,
        created_at=at,
        snapshot=snapshot,
    )


def to_staff(cause: UUID, kind: MessageKind, snapshot: Snapshot, at: datetime) -> Delivery:
    """A message to the staff, which may leave at once."""
    return _for_staff(cause, "staff", kind, snapshot, at)


def to_ops(cause: UUID, kind: MessageKind, snapshot: Snapshot, at: datetime) -> Delivery:
    """A message to those who run the platform, which may leave at once."""
    return _for_staff(cause, "ops", kind, snapshot, at, recipient_kind="ops")


def to_member(cause: UUID, person_id: UUID, kind: MessageKind, snapshot: Snapshot, at: datetime) -> Delivery:
    """A message to one person of the team, at the address known when it leaves."""
    return _for_staff(cause, person_id.hex, kind, snapshot, at)


def to_room(cause: UUID, room_id: UUID, kind: MessageKind, snapshot: Snapshot, at: datetime) -> Delivery:
    """A message to a room of the team, which may leave at once; it has no address."""
    return _for_staff(cause, room_id.hex, kind, snapshot, at, recipient_kind="room")


def _for_staff(
    cause: UUID,
    recipient: str,
    kind: MessageKind,
    snapshot: Snapshot,
    at: datetime,
    *,
    recipient_kind: RecipientKind = "staff",
) -> Delivery:
    born = Delivery(
        id=identity(cause, recipient, kind),
        cause_event_id=cause,
        recipient_kind=recipient_kind,
        recipient=recipient,
        candidacy_id=None,
        kind=kind,
        created_at=at,
        snapshot=snapshot,
    )
    return replace(born, state=follow(born.state, Step.KNOWN), ready_at=at, due_at=at)


def identity(cause: UUID, recipient: str, kind: MessageKind) -> UUID:
    """The same delivery for the same cause, recipient and kind, whenever it is made."""
    return uuid5(cause, f"{recipient}:{kind}")


def advance(delivery: Delivery, dossier: Dossier, address: str | None, at: datetime) -> Delivery:
    """What follows for `delivery` from what is now known of its dossier and contact.

    A message in the sender's hands is left alone here: the sender asks again before it tries once more.
    """
    if delivery.state not in (State.EN_ATTENTE_ADRESSE, State.A_ENVOYER):
        return delivery
    if dossier.withdrawn:
        return withdrawn(delivery)
    facts = dossier.facts()
    if delivery.state is not State.EN_ATTENTE_ADRESSE or facts is None or address is None:
        return delivery
    return replace(
        delivery,
        state=follow(delivery.state, Step.KNOWN),
        snapshot={**delivery.snapshot, **facts},
        address=address,
        ready_at=at,
        due_at=at,
    )


def withdrawn(delivery: Delivery) -> Delivery:
    """`delivery`, which waits in nobody's hands, and whose dossier was taken back; what left stays as it is."""
    if delivery.state not in (State.EN_ATTENTE_ADRESSE, State.A_ENVOYER):
        return delivery
    return replace(delivery, state=follow(delivery.state, Step.WITHDRAWN), due_at=None)


def claimed(delivery: Delivery, token: UUID, address: str | None, domain: str, at: datetime) -> Delivery:
    """`delivery` in the hands of the sender `token` for LEASE, addressed to what is known now."""
    return replace(
        delivery,
        state=follow(delivery.state, Step.CLAIMED),
        claim=token,
        claimed_until=at + LEASE,
        address=address or delivery.address,
        attempts=delivery.attempts + 1,
        message_id=f"<{delivery.id.hex}@{domain}>",
        doubt=delivery.doubt or delivery.state is State.EN_COURS,  # whoever held it may have sent it
    )


def stopped(delivery: Delivery) -> Delivery:
    """`delivery`, whose dossier was withdrawn before it could leave."""
    return _released(delivery, Step.WITHDRAWN, due_at=None)


def given_back(delivery: Delivery) -> Delivery:
    """`delivery`, claimed and not tried: as if it had never been claimed."""
    return replace(_released(delivery, Step.GIVEN_BACK, due_at=delivery.due_at), attempts=delivery.attempts - 1)


def settled(delivery: Delivery, outcome: Outcome, at: datetime, jitter: float) -> tuple[Delivery, tuple[Event, ...]]:
    """What became of an attempt, and the event that tells of it where it was the last one."""
    match outcome:
        case Accepted(subject, proof):
            released = _released(delivery, Step.ACCEPTED, due_at=None)
            sent = replace(released, sent_at=at, subject=subject, proof=proof, last_error=None)
            return sent, (_sent(sent, at),)
        case Refused(reason):
            return _failed(delivery, reason, at)
        case Expired():
            return _released(delivery, Step.EXPIRED, due_at=None), ()
        case Postponed(reason, doubt):
            again = next_attempt(delivery.ready_at or at, max(delivery.attempts, 1), at, jitter)
            if again is None:
                hours = HORIZON // timedelta(hours=1)
                return _failed(delivery, f"abandonné après {hours} heures d’essais ; dernier refus : {reason}", at)
            if delivery.expires_at is not None and again >= delivery.expires_at:
                return _released(delivery, Step.EXPIRED, due_at=None), ()
            waiting = _released(delivery, Step.POSTPONED, due_at=again)
            return replace(waiting, last_error=without_addresses(reason), doubt=delivery.doubt or doubt), ()
        case _:
            assert_never(outcome)


def asked_again(delivery: Delivery, address: str | None, at: datetime) -> Delivery:
    """A failed message that a person wants to leave again. Raises `ImpossibleStep` when it did not fail."""
    if delivery.is_personal:
        raise ImpossibleStep("Le lien de ce message n’est pas gardé : la personne en demande un autre.")
    if delivery.emptied_at is not None:
        raise ImpossibleStep("Le texte de ce message n’est plus gardé : écrivez-en un autre.")
    return replace(
        delivery,
        state=follow(delivery.state, Step.ASKED_AGAIN),
        address=address or delivery.address,
        last_error=None,
        sent_at=None,
        ready_at=at,
        due_at=at,
    )


def can_be_asked_again(delivery: Delivery) -> bool:
    """The same rule as `asked_again`, for pages."""
    is_kept = not delivery.is_personal and delivery.emptied_at is None
    return is_kept and can_follow(delivery.state, Step.ASKED_AGAIN)


def check_address(delivery: Delivery) -> Refused | None:
    """Refuses an address that no mail server would take, before it is asked."""
    if delivery.recipient_kind == "room":
        return None
    if delivery.address and is_address(delivery.address):
        return None
    return Refused("l’adresse du destinataire n’est pas une adresse de courriel : corrigez-la, puis renvoyez")


def has_expired(delivery: Delivery, at: datetime) -> bool:
    """Whether the link in this message is no longer good."""
    return delivery.expires_at is not None and at >= delivery.expires_at


def _released(delivery: Delivery, step: Step, due_at: datetime | None) -> Delivery:
    released = replace(delivery, state=follow(delivery.state, step), claim=None, claimed_until=None, due_at=due_at)
    if released.is_personal and due_at is None:
        return replace(released, address=None, snapshot={})
    return released


def _failed(delivery: Delivery, reason: str, at: datetime) -> tuple[Delivery, tuple[Event, ...]]:
    words = without_addresses(reason)
    failed = replace(_released(delivery, Step.REFUSED, due_at=None), last_error=words)
    told = MessageFailed(
        delivery_id=delivery.id, candidacy_id=delivery.candidacy_id, kind=delivery.kind, reason=words, at=at
    )
    return failed, (told,)


def _sent(delivery: Delivery, at: datetime) -> MessageSent:
    return MessageSent(
        delivery_id=delivery.id,
        candidacy_id=delivery.candidacy_id,
        kind=delivery.kind,
        message_id=delivery.message_id or "",
        at=at,
    )
