"""Where a mail relay says what became of messages: believed with the installation's own signature, and not without.

The body is signed with HMAC-SHA256 in `X-Signature`, as `sha256=<hex>`; the door is shut while no secret is set.
"""

import hmac
import json
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from notifier.domain.receipts import FATES, Receipt, named
from notifier.domain.words import without_addresses
from notifier.handlers.receipts import hear_receipt

MOST = 500
"""Receipts in one call."""


def routes(database: Database, secret: str, fingerprint: Callable[[str], str]) -> APIRouter:
    """`POST /receptions`, for machines: a JSON list of `{message_id, event, reason}`; 204 when all was read."""
    router = APIRouter()

    @router.post("/receptions")
    async def receive(request: Request) -> Response:
        body = await request.body()
        if not secret or not hmac.compare_digest(signature(secret, body), request.headers.get("x-signature", "")):
            raise HTTPException(404)
        for receipt in _read(body):
            async with database.work(cause_of(request)) as work:
                await hear_receipt(work, receipt, fingerprint)
        return Response(status_code=204)

    return router


def signature(secret: str, body: bytes) -> str:
    """What `X-Signature` says of `body`."""
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def _read(body: bytes) -> list[Receipt]:
    try:
        lines: Any = json.loads(body)
        found = [_receipt(line) for line in lines[:MOST]]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise HTTPException(422, f"Une liste de {{message_id, event, reason}} est attendue : {error}") from None
    return [one for one in found if one is not None]


def _receipt(line: dict[str, Any]) -> Receipt | None:
    delivery = named(str(line["message_id"]))
    fate = next((one for one in FATES if one == line["event"]), None)
    return Receipt(delivery, fate, without_addresses(str(line.get("reason", "")))) if delivery and fate else None
