"""A message to one address that the event itself gives: it may leave at once, and not after what it speaks of ended.

Once its fate is known neither the address nor the words are kept: they hold a link that opens a door to whoever has it.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from kernel.contracts.intake import SignInAsked
from kernel.contracts.intake_people import ErasureAnnounced, ErasureReported
from kernel.contracts.notifier import MessageKind
from notifier.domain.delivery import Delivery, Snapshot, identity
from notifier.domain.states import Step, follow
from notifier.domain.words import one_line


def to_person(cause: UUID, event: SignInAsked, at: datetime) -> Delivery:
    """A link for one person, which may leave at once and not after its end."""
    kind: MessageKind = "invitation" if event.invitation else "connexion"
    link = {"token": event.token, "expires_at": event.expires_at.isoformat()}
    return _addressed(_personal(cause, event.person_id.hex, kind, at), event.email, link, event.expires_at)


def to_warn(cause: UUID, event: ErasureAnnounced, at: datetime) -> Delivery:
    """A warning that what somebody has here goes on a day; pointless once that day has come."""
    words = {"kept": event.kept, "title": one_line(event.title), "erased_at": event.erased_at.isoformat()}
    born = _personal(cause, event.kept_id.hex, "effacement_annonce", at)
    return _addressed(born, event.email, words, event.erased_at)


def to_report(cause: UUID, event: ErasureReported, at: datetime) -> Delivery:
    """The last message to somebody whose data were erased: where the report stands."""
    words = {
        "erasure": str(event.erasure_id),
        "key": event.key,
        "readable_until": event.readable_until.isoformat(),
    }
    born = _personal(cause, event.erasure_id.hex, "effacement_fait", at)
    return _addressed(born, event.email, words, event.readable_until)


def _personal(cause: UUID, recipient: str, kind: MessageKind, at: datetime) -> Delivery:
    return Delivery(
        id=identity(cause, recipient, kind),
        cause_event_id=cause,
        recipient_kind="person",
        recipient=recipient,
        candidacy_id=None,
        kind=kind,
        created_at=at,
        snapshot={},
    )


def _addressed(born: Delivery, address: str, snapshot: Snapshot, expires_at: datetime) -> Delivery:
    """`born`, which may leave at once for this address alone."""
    return replace(
        born,
        state=follow(born.state, Step.KNOWN),
        snapshot=snapshot,
        address=address,
        expires_at=expires_at,
        ready_at=born.created_at,
        due_at=born.created_at,
    )
