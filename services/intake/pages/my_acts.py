"""What a porteur does with a dossier that was sent: change it, take it up again, share it, take it back."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake import handlers
from intake.domain.refusals import Refused
from intake.forms.candidacy import ToCorrect
from intake.forms.people import read_companion
from intake.forms.staff import read_reason
from intake.handlers import revisions, sharing
from intake.pages.my_dossier import page
from intake.pages.own import Own, only_contact, own_dossier
from intake.pages.receipt import MISSING
from intake.pages.shell import Shell, Typed
from kernel.runtime.auth import Door
from kernel.runtime.database import Work
from kernel.runtime.web import cause_of


def routes(shell: Shell) -> APIRouter:
    """Under `/mes-dossiers/{id}`: those who have a part in the dossier, some acts its contact alone."""
    router = APIRouter()
    Mine = Annotated[Own, Depends(own_dossier(shell))]

    @router.post("/mes-dossiers/{candidacy_id}/modifier")
    async def change(request: Request, own: Mine) -> Response:
        return await _written(shell, request, lambda work: revisions.begin_revision(work, own.candidacy.id))

    @router.post("/mes-dossiers/{candidacy_id}/reprendre")
    async def take_up(request: Request, own: Mine) -> Response:
        return await _written(shell, request, lambda work: revisions.take_up(work, own.candidacy.id, own.member.id))

    @router.post("/mes-dossiers/{candidacy_id}/retrait")
    async def withdraw(request: Request, own: Mine, words: Typed) -> Response:
        reason = read_reason(words, MISSING)
        if isinstance(reason, ToCorrect):
            return await page(shell, request, only_contact(own), words=words, errors=reason.errors)
        try:
            async with shell.database.work(cause_of(request)) as work:
                await handlers.withdraw(work, only_contact(own).candidacy.id, reason)
        except Refused as refused:
            return shell.error(request, 409, str(refused))
        return RedirectResponse(own.address, 303)

    router.include_router(_sharing(shell))
    return router


def _sharing(shell: Shell) -> APIRouter:
    router = APIRouter()
    Mine = Annotated[Own, Depends(own_dossier(shell))]

    @router.post("/mes-dossiers/{candidacy_id}/partage")
    async def share(request: Request, own: Mine, words: Typed) -> Response:
        guest = read_companion(words)
        if isinstance(guest, ToCorrect):
            return await page(shell, request, only_contact(own), words=words, errors=guest.errors)
        door: Door = request.app.state.door
        try:
            async with shell.database.work(cause_of(request)) as work:
                await sharing.share(work, door, only_contact(own).candidacy.id, *guest)
        except Refused as refused:
            return await page(shell, request, own, words=words, errors={"courriel": str(refused)})
        return RedirectResponse(f"{own.address}?fait=partage", 303)

    @router.post("/mes-dossiers/{candidacy_id}/partage/{person_id}/retirer")
    async def unshare(request: Request, own: Mine, person_id: str) -> Response:
        try:
            wanted = UUID(person_id)
        except ValueError:
            raise HTTPException(404) from None
        async with shell.database.work(cause_of(request)) as work:
            await sharing.unshare(work, only_contact(own).candidacy.id, wanted)
        return RedirectResponse(f"{own.address}?fait=retire", 303)

    return router


async def _written(shell: Shell, request: Request, begin: Callable[[Work], Awaitable[UUID]]) -> Response:
    """The draft that an act opens, or the page that says why it does not."""
    try:
        async with shell.database.work(cause_of(request)) as work:
            draft_id = await begin(work)
    except Refused as refused:
        return shell.error(request, 409, str(refused))
    return RedirectResponse(f"/brouillons/{draft_id}", 303)
