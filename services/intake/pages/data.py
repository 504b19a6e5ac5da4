"""Erasures: ordered by staff, answered by every service, read by whoever holds the key of the report."""

import secrets
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake.domain.refusals import Refused
from intake.domain.retention import REPORTS
from intake.forms.candidacy import ToCorrect
from intake.forms.erasure import Order, read_order
from intake.forms.words import Words
from intake.handlers import erasures as erasing
from intake.handlers import key_hash
from intake.pages.shell import Shell, Staff, Typed
from intake.store import erasures
from intake.store.erasures import Erasure
from kernel.contracts.registry import SERVICES
from kernel.runtime.web import cause_of
from kernel.ui import Notice

SERVICE_WORDS = {
    "intake": "Dossiers",
    "scoring": "Instruction",
    "funding_watch": "Veille",
    "notifier": "Messages",
}
DONE = Notice("succes", "L’effacement est ordonné.", "Chaque service répond ci-dessous, en quelques secondes.")


def routes(shell: Shell) -> APIRouter:
    """`/donnees` for staff, `/effacements` for who holds a report's key."""
    router = APIRouter()

    @router.get("/donnees")
    async def show(request: Request, _: Staff) -> Response:
        done = (DONE,) if request.query_params.get("fait") == "efface" else ()
        return await _page(shell, request, 200, notices=done)

    @router.post("/donnees")
    async def order(request: Request, person: Staff, words: Typed) -> Response:
        asked = read_order(words)
        if isinstance(asked, ToCorrect):
            return await _page(shell, request, 422, words=words, errors=asked.errors)
        return await _order(shell, request, asked, person.name, words)

    @router.get("/effacements/{erasure_id}")
    async def report(request: Request, erasure_id: str) -> Response:
        found = await _reported(shell, erasure_id, request.query_params.get("cle", ""))
        services = [(name, SERVICE_WORDS[name]) for name in SERVICES]
        return shell.render("erasure_report.html", request, private=True, one=found, services=services, until=REPORTS)

    return router


async def _reported(shell: Shell, erasure_id: str, key: str) -> Erasure:
    """The report that this key opens. Raises 404 for any other, and once the days to read it have passed."""
    try:
        identifier = UUID(erasure_id)
    except ValueError:
        raise HTTPException(404) from None
    async with shell.database.reading() as session:
        found = await erasures.one(session, identifier)
    if found is None or found.key_hash is None or shell.database.clock.now() >= found.at + REPORTS:
        raise HTTPException(404)
    if not secrets.compare_digest(found.key_hash, key_hash(key)):
        raise HTTPException(404)
    return found


async def _order(shell: Shell, request: Request, asked: Order, by: str, words: Words) -> Response:
    """Show what would go and what stays; erase once that was read."""
    try:
        async with shell.database.work(cause_of(request)) as work:
            person = await erasing.known(work, asked.email)
            if asked.confirmed:
                await erasing.order(work, asked.email, asked.reason, by)
                return RedirectResponse("/donnees?fait=efface", 303)
            theirs = await erasures.dossiers_of_contact(work.session, person.email)
    except Refused as refused:
        return await _page(shell, request, 409, words=words, errors={"courriel": str(refused)})
    return shell.render("erase.html", request, private=True, asked=asked, person=person, dossiers=theirs)


async def _page(shell: Shell, request: Request, status: int, **context: object) -> Response:
    async with shell.database.reading() as session:
        found = await erasures.every(session)
    return shell.render(
        "data.html",
        request,
        status=status,
        private=True,
        erasures=found,
        services=[(name, SERVICE_WORDS[name]) for name in SERVICES],
        **{"words": Words(), "errors": {}, **context},
    )
