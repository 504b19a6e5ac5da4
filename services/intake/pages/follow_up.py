"""What follows a decision, on both sides: the team plans and proposes, the porteur accepts, moves on and tells."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from intake.domain.dossier import PORTEUR
from intake.domain.follow_up import KINDS, Kind
from intake.forms.candidacy import ToCorrect
from intake.forms.follow_up import read_acceptance, read_line, read_news, read_progress
from intake.forms.words import Words
from intake.handlers import follow_up
from intake.handlers.follow_up import THE_PORTEUR, Who
from intake.pages import my_dossier
from intake.pages.desk import dossier_page
from intake.pages.desk_acts import Act, done, done_at
from intake.pages.own import Own, only_contact, own_dossier
from intake.pages.shell import DossierId, Shell, Staff, Typed
from intake.pages.uploading import identifier
from kernel.runtime.database import Work

MINE: tuple[Kind, ...] = ("jalon",)
"""What a porteur adds."""


def routes(shell: Shell) -> APIRouter:
    """`…/suivi` under the desk's dossier and one's own, and `…/nouvelles`."""
    router = APIRouter()
    router.include_router(_desk(shell))
    router.include_router(_own(shell))
    router.include_router(_telling(shell))
    return router


def _desk(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/dossiers/{candidacy_id}/suivi")
    async def plan(request: Request, candidacy_id: DossierId, person: Staff, words: Typed) -> Response:
        planned = read_line(words, KINDS)
        if isinstance(planned, ToCorrect):
            return await dossier_page(shell, request, candidacy_id, words=words, errors=planned.errors)
        return await done(
            shell, request, candidacy_id, "suivi", lambda w: follow_up.plan_line(w, candidacy_id, planned, person.name)
        )

    @router.post("/dossiers/{candidacy_id}/suivi/accord")
    async def propose(request: Request, candidacy_id: DossierId, person: Staff) -> Response:
        return await done(
            shell, request, candidacy_id, "accord", lambda w: follow_up.propose_accord(w, candidacy_id, person.name)
        )

    @router.post("/dossiers/{candidacy_id}/suivi/{line_id}")
    async def change(request: Request, candidacy_id: DossierId, line_id: str, person: Staff, words: Typed) -> Response:
        act = _change(candidacy_id, identifier(line_id), words, Who(person.name))
        return await done(shell, request, candidacy_id, "suivi", act)

    return router


def _own(shell: Shell) -> APIRouter:
    router = APIRouter()
    Mine = Annotated[Own, Depends(own_dossier(shell))]

    @router.post("/mes-dossiers/{candidacy_id}/suivi")
    async def plan(request: Request, own: Mine, words: Typed) -> Response:
        planned = read_line(words, MINE)
        if isinstance(planned, ToCorrect):
            return await my_dossier.page(shell, request, own, words=words, errors=planned.errors)
        return await _did(
            shell, request, own, "suivi", lambda w: follow_up.plan_line(w, own.candidacy.id, planned, PORTEUR)
        )

    @router.post("/mes-dossiers/{candidacy_id}/suivi/accord")
    async def accept(request: Request, own: Mine, words: Typed) -> Response:
        version = read_acceptance(words)
        if isinstance(version, ToCorrect):
            return await my_dossier.page(shell, request, only_contact(own), words=words, errors=version.errors)
        known = only_contact(own).candidacy.id
        return await _did(shell, request, own, "accord", lambda w: follow_up.accept_accord(w, known, version))

    @router.post("/mes-dossiers/{candidacy_id}/suivi/{line_id}")
    async def change(request: Request, own: Mine, line_id: str, words: Typed) -> Response:
        act = _change(own.candidacy.id, identifier(line_id), words, THE_PORTEUR)
        return await _did(shell, request, own, "suivi", act)

    return router


def _telling(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/mes-dossiers/{candidacy_id}/nouvelles")
    async def tell(request: Request, own: Annotated[Own, Depends(own_dossier(shell))], words: Typed) -> Response:
        said = read_news(words)
        if isinstance(said, ToCorrect):
            return await my_dossier.page(shell, request, own, words=words, errors=said.errors)
        known, by = own.candidacy.id, own.member.name
        return await _did(shell, request, own, "nouvelles", lambda w: follow_up.tell_news(w, known, said, by))

    return router


def _change(candidacy_id: UUID, line_id: UUID, words: Words, who: Who) -> Act:
    """What the button of a line asks for; nothing where no page of ours sent it."""

    async def act(work: Work) -> None:
        if progress := read_progress(words):
            await follow_up.move_line(work, candidacy_id, line_id, progress, who)
        elif words["etat"] == "retirer":
            await follow_up.drop_line(work, candidacy_id, line_id, who)

    return act


async def _did(shell: Shell, request: Request, own: Own, what: str, act: Act) -> Response:
    return await done_at(shell, request, f"{own.address}?fait={what}#suivi", act)
