"""Alerts in the rooms where the team works: by Apprise (Matrix, Mattermost, Teams, ntfy…) or a signed call.

A room is a recipient like another: its delivery is claimed, tried again, and told once. What a room takes cannot
be taken back, so a line that breaks after the words were sent is in doubt, as a mail is. A signed call carries
the identity of the delivery, by which its reader knows a second copy.
"""

import asyncio
import hmac
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx2

from notifier.domain.delivery import Accepted, Delivery, Outcome, Postponed, Refused
from notifier.domain.words import cut

LONGEST = 3_500
"""Characters of a post: the strictest of the usual rooms takes four thousand."""
SIGNED = "signe+"
"""Before an http(s) address that is called with a signature."""
SECONDS = 15.0
_MAY_PASS = {408, 425, 429}


def kind_of(url: str) -> str | None:
    """How a room is reached, in words; None where the address means nothing."""
    if url.startswith(SIGNED):
        found = re.fullmatch(r"https?://[^\s/]+\S*", url.removeprefix(SIGNED))
        return "Appel signé" if found else None
    room = _apprise(url)
    return str(room.service_name) if room is not None else None


def _apprise(url: str) -> Any:
    """A room as Apprise knows it, or None. Imported here: its plugins take a second, and few need them."""
    import apprise

    return apprise.Apprise.instantiate(url, suppress_exceptions=True)


def secret_of(key: str, room_id: UUID) -> str:
    """What the reader of signed calls checks them with."""
    return hmac.new(key.encode(), f"room {room_id.hex}".encode(), sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Rooms:
    """Posts in rooms. `url_of` is empty where a room was closed; `key` signs calls."""

    url_of: Callable[[UUID], Awaitable[str]]
    key: str

    async def post(self, delivery: Delivery, subject: str, text: str) -> Outcome:
        """Post one message, and say what became of it."""
        room_id = UUID(delivery.recipient)
        url = await self.url_of(room_id)
        if not url:
            return Refused("ce salon est fermé")
        if url.startswith(SIGNED):
            return await self._call(url.removeprefix(SIGNED), room_id, delivery, subject, text)
        room = await asyncio.to_thread(_apprise, url)
        if room is None:
            return Refused("l’adresse de ce salon n’est pas comprise")
        taken = await room.async_notify(title=subject, body=cut(text, LONGEST))
        return Accepted(subject) if taken else Postponed("le salon n’a pas répondu")

    async def _call(self, url: str, room_id: UUID, delivery: Delivery, subject: str, text: str) -> Outcome:
        said = {"id": delivery.id.hex, "kind": delivery.kind, "subject": subject, "text": text}
        body = json.dumps(said, ensure_ascii=False).encode()
        signature = hmac.new(secret_of(self.key, room_id).encode(), body, sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Signature": signature, "Idempotency-Key": delivery.id.hex}
        try:
            async with httpx2.AsyncClient(timeout=SECONDS, follow_redirects=False) as client:
                answer = await client.post(url, content=body, headers=headers)
        except httpx2.ConnectError as error:
            return Postponed(f"appel impossible : {type(error).__name__}")
        except httpx2.HTTPError as error:
            return Postponed(f"appel interrompu : {type(error).__name__}", doubt=True)
        return _heard(answer.status_code, subject, sha256(body).hexdigest())


def _heard(status: int, subject: str, proof: str) -> Outcome:
    if status < 300:
        return Accepted(subject, proof)
    if status < 500 and status not in _MAY_PASS:
        return Refused(f"refusé par le salon ({status})")
    return Postponed(f"le salon répond {status}")
