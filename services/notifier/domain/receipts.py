"""What comes back after a mail server took a message: delivered, bounced, complained about; read from anybody's words.

A report is believed only about a message that it names by its Message-ID, which nobody can guess. Delays say
nothing final, and notes without the standard's parts (RFC 3464, RFC 5965) say nothing at all.
"""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from typing import Literal
from uuid import UUID

from notifier.domain.words import without_addresses

Fate = Literal["delivered", "bounced", "complained"]
FATES: tuple[Fate, ...] = ("delivered", "bounced", "complained")
_ACTIONS: dict[str, Fate] = {"failed": "bounced", "delivered": "delivered"}
_OURS = re.compile(r"<([0-9a-f]{32})@[^<>@\s]+>")
LONGEST = 1024 * 1024
"""Bytes of a report that are read; a real one is far smaller."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message. `reason`: the other server's words, without addresses."""

    delivery_id: UUID
    fate: Fate
    reason: str = ""


def named(message_id: str) -> UUID | None:
    """The delivery that a Message-ID of ours names; None where it is not one."""
    found = _OURS.fullmatch(message_id.strip())
    return UUID(found[1]) if found else None


def read(raw: bytes) -> Receipt | None:
    """What a mail says of one of our messages; None where it says nothing final, or of none."""
    try:
        message = email.message_from_bytes(raw[:LONGEST], policy=policy.default)
        kind = str(message.get_param("report-type", "")).lower()
        found = {"delivery-status": _status, "feedback-report": _complaint}.get(kind, _nothing)(message)
        delivery = _original(message)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None  # a mail that breaks the parser is not a report
    return Receipt(delivery, *found) if found and delivery else None


def _nothing(_: EmailMessage) -> None:
    return None


def _status(message: EmailMessage) -> tuple[Fate, str] | None:
    for block in _blocks(message, "message/delivery-status"):
        fate = _ACTIONS.get(str(block.get("Action", "")).strip().lower())
        if fate:
            said = str(block.get("Diagnostic-Code") or block.get("Status") or "").rpartition("; ")[2]
            return fate, without_addresses(said) if fate == "bounced" else ""
    return None


def _complaint(message: EmailMessage) -> tuple[Fate, str] | None:
    for block in _blocks(message, "message/feedback-report"):
        if str(block.get("Feedback-Type", "")).strip().lower() in {"abuse", "fraud"}:
            return "complained", "signalé comme indésirable par son destinataire"
    return None


def _blocks(message: EmailMessage, kind: str) -> Iterator[EmailMessage]:
    """The groups of fields in the parts of a report, whichever way the parser kept them."""
    for part in message.walk():
        if part.get_content_type() == kind:
            payload = part.get_payload()
            if isinstance(payload, list):
                yield from payload  # type: ignore[misc]  # messages, by the parser's own word
            else:
                for group in re.split(r"\r?\n\r?\n", str(payload)):
                    yield email.message_from_string(group, policy=policy.default)


def _original(message: EmailMessage) -> UUID | None:
    for part in message.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) else email.message_from_string(str(payload))
            return named(str(inner.get("Message-ID", "")))  # type: ignore[union-attr]  # a message, by the parser's word
    return None
