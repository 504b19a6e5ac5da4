"""Files are joined, fetched and taken away by those who write a dossier; staff fetch them."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake.domain.attachments import LARGEST
from intake.domain.draft import AlreadySent
from intake.domain.refusals import UnknownDossier
from intake.forms.words import Words, words_of
from intake.pages import my_dossier
from intake.pages.draft_door import SENT, Opened, opener
from intake.pages.drafts import save_documents
from intake.pages.own import Own, own_dossier
from intake.pages.shell import DossierId, Shell, Staff
from intake.pages.uploading import CHOOSE, FIELD, TAKE_AWAY, download, take, take_away
from intake.store.attachments import Owner
from kernel.runtime.uploads import received


def routes(shell: Shell) -> APIRouter:
    """`…/fichiers` under a draft, under one's own dossier and under the dossier of the desk."""
    router = APIRouter()
    router.include_router(_of_draft(shell))
    router.include_router(_of_dossier(shell))

    @router.get("/dossiers/{candidacy_id}/fichiers/{attachment_id}")
    async def fetch(candidacy_id: DossierId, attachment_id: str, _: Staff) -> Response:
        return await download(shell, Owner(candidacy_id=candidacy_id), attachment_id)

    return router


def _of_draft(shell: Shell) -> APIRouter:
    router = APIRouter()
    Door = Annotated[Opened, Depends(opener(shell))]

    @router.post("/brouillons/{draft_id}/fichiers")
    async def change(request: Request, opened: Door) -> Response:
        if opened.receipt or "documents" not in (opened.draft.sections or ("documents",)):
            return shell.error(request, 409, SENT)
        try:
            words, refused = await _change(shell, request, opened.owner)
        except (AlreadySent, UnknownDossier):
            return shell.error(request, 409, SENT)
        return await save_documents(shell, request, opened, words, refused)

    @router.get("/brouillons/{draft_id}/fichiers/{attachment_id}")
    async def fetch(opened: Door, attachment_id: str) -> Response:
        if opened.receipt:
            raise HTTPException(404)
        return await download(shell, opened.owner, attachment_id)

    return router


def _of_dossier(shell: Shell) -> APIRouter:
    router = APIRouter()
    Mine = Annotated[Own, Depends(own_dossier(shell))]

    @router.post("/mes-dossiers/{candidacy_id}/fichiers")
    async def change(request: Request, own: Mine) -> Response:
        words, refused = await _change(shell, request, Owner(candidacy_id=own.candidacy.id))
        if refused:
            return await my_dossier.page(shell, request, own, words=Words(), errors={FIELD: refused})
        done = "ote" if words[TAKE_AWAY] else "joint"
        return RedirectResponse(f"{own.address}?fait={done}#joints", 303)

    @router.get("/mes-dossiers/{candidacy_id}/fichiers/{attachment_id}")
    async def fetch(own: Mine, attachment_id: str) -> Response:
        return await download(shell, Owner(candidacy_id=own.candidacy.id), attachment_id)

    return router


async def _change(shell: Shell, request: Request, owner: Owner) -> tuple[Words, str]:
    """Join what was sent and take away what was asked; gives the words beside, and what was refused.

    Raises `AlreadySent`, `UnknownDossier`.
    """
    async with received(request, shell.files.incoming, LARGEST) as form:
        words = words_of(form.pairs)
        refused = await take(shell, request, owner, form.uploads)
        if words[TAKE_AWAY]:
            refused += await take_away(shell, request, owner, words[TAKE_AWAY])
        elif words["joindre"] and not form.uploads:
            refused = [CHOOSE]
    return words, " ".join(refused)
