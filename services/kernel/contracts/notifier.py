"""What the notifier tells: what became of each message, and its own appointments."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from kernel.contracts.envelope import Event

MessageKind = Literal[
    "accuse_reception",
    "preselection",
    "non_retenue",
    "decision",
    "recu_hors_delai",
    "correction_demandee",
    "message_recu",
    "message_du_porteur",
    "alerte_equipe",
    "digest",
    "appel_transmis",
    "rappel_echeance",
    "veille_partenaires",
    "source_degradee",
    "connexion",
    "invitation",
    "rappel_notes",
    "effacement_annonce",
    "effacement_fait",
]


class DeliveryDue(Event):
    """A delivery that could not leave is to be tried again now. Comes from a schedule."""

    type: ClassVar[str] = "notifier.delivery.due"
    about: ClassVar[str] = "delivery_id"
    delivery_id: UUID


class AlertDue(Event):
    """What was gathered for a recipient is to be told now. Comes from a schedule."""

    type: ClassVar[str] = "notifier.alert.due"
    about: ClassVar[str] = "recipient"
    recipient: str


class DigestDue(Event):
    """What was gathered for a subscription is to be told now. Comes from a schedule."""

    type: ClassVar[str] = "notifier.digest.due"
    about: ClassVar[str] = "subscription_id"
    subscription_id: UUID


class ReminderDue(Event):
    """The deadline of a call that was passed on comes near. Comes from a schedule; what is known then decides."""

    type: ClassVar[str] = "notifier.reminder.due"
    about: ClassVar[str] = "match_id"
    match_id: UUID


class MessageSent(Event):
    """The mail server took the message (SMTP 250)."""

    type: ClassVar[str] = "notifier.message.sent"
    about: ClassVar[str] = "delivery_id"
    delivery_id: UUID
    candidacy_id: UUID | None
    kind: MessageKind
    message_id: str
    at: datetime


class MessageFailed(Event):
    """The message will not leave: the server refused it for good, or every attempt failed."""

    type: ClassVar[str] = "notifier.message.failed"
    about: ClassVar[str] = "delivery_id"
    delivery_id: UUID
    candidacy_id: UUID | None
    kind: MessageKind
    reason: str
    at: datetime


class MessageDelivered(Event):
    """The other side says that the message lies in its recipient's mailbox."""

    type: ClassVar[str] = "notifier.message.delivered"
    about: ClassVar[str] = "delivery_id"
    delivery_id: UUID
    candidacy_id: UUID | None
    kind: MessageKind
    at: datetime


class MessageBounced(Event):
    """A message that a mail server took came back, or its recipient complained: that address is written to no more."""

    type: ClassVar[str] = "notifier.message.bounced"
    about: ClassVar[str] = "delivery_id"
    delivery_id: UUID
    candidacy_id: UUID | None
    kind: MessageKind
    complaint: bool
    reason: str
    at: datetime


class ErasureDone(Event):
    """The notifier erased what it kept: how many of what, and what it keeps and why, both in French for the report."""

    type: ClassVar[str] = "notifier.erasure.done"
    about: ClassVar[str] = "erasure_id"
    erasure_id: UUID
    erased: dict[str, int]
    kept: dict[str, str]
    at: datetime


class ExportDone(Event):
    """The notifier says what it holds of somebody, by kind: French words under French names, and no address."""

    type: ClassVar[str] = "notifier.export.done"
    about: ClassVar[str] = "export_id"
    export_id: UUID
    held: dict[str, list[dict[str, str]]]
    at: datetime
