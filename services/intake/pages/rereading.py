"""After an erasure staff say of each file of the dossier whether it stays, and why."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from intake.forms.candidacy import ToCorrect
from intake.forms.pieces import read_ruling
from intake.handlers import pieces
from intake.handlers.pieces import RulePiece
from intake.pages.desk import dossier_page
from intake.pages.desk_acts import done
from intake.pages.shell import DossierId, Shell, Staff, Typed


def routes(shell: Shell) -> APIRouter:
    """`/dossiers/{id}/relecture`: staff only."""
    router = APIRouter()

    @router.post("/dossiers/{candidacy_id}/relecture")
    async def rule(request: Request, candidacy_id: DossierId, person: Staff, words: Typed) -> Response:
        ruled = read_ruling(words)
        if isinstance(ruled, ToCorrect):
            return await dossier_page(shell, request, candidacy_id, words=words, errors=ruled.errors)
        wish = RulePiece(candidacy_id, ruled.piece, ruled.keep, ruled.reason, person.name)
        return await done(shell, request, candidacy_id, "piece", lambda work: pieces.rule(work, wish))

    return router
