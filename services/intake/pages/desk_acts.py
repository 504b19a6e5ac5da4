"""What staff do with one dossier: ask for a correction, write, decide on a late one, keep a note, entrust it."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake.domain.refusals import Refused
from intake.forms.candidacy import ToCorrect
from intake.forms.desk import read_correction, read_late, read_note
from intake.forms.messages import read_message
from intake.handlers import desk as keeping
from intake.handlers import dossiers, messages, revisions
from intake.pages.comparing import comparisons
from intake.pages.desk import dossier_page
from intake.pages.shell import DossierId, Shell, Staff, Typed
from intake.store import candidacies
from intake.store import revisions as kept
from kernel.runtime.database import Work
from kernel.runtime.web import cause_of

Act = Callable[[Work], Awaitable[object]]


def routes(shell: Shell) -> APIRouter:
    """Under `/dossiers/{id}`: staff only."""
    router = APIRouter()

    @router.get("/dossiers/{candidacy_id}/versions")
    async def show_versions(request: Request, candidacy_id: DossierId, _: Staff) -> Response:
        async with shell.database.reading() as session:
            candidacy = await candidacies.candidacy(session, candidacy_id)
            versions = await kept.versions(session, candidacy_id)
        if candidacy is None:
            raise HTTPException(404)
        compared = comparisons(versions, shell.label)
        return shell.render(
            "dossier_versions.html", request, private=True, candidacy=candidacy, versions=versions, compared=compared
        )

    @router.post("/dossiers/{candidacy_id}/hors-delai")
    async def decide_late(request: Request, candidacy_id: DossierId, person: Staff, words: Typed) -> Response:
        choice = read_late(words)
        if isinstance(choice, ToCorrect):
            return await dossier_page(shell, request, candidacy_id, words=words, errors=choice.errors)
        decide = dossiers.accept_late if choice.taken else dossiers.refuse_late
        return await done(
            shell, request, candidacy_id, "retard", lambda work: decide(work, candidacy_id, person.name, choice.reason)
        )

    router.include_router(_asking(shell))
    router.include_router(_talking(shell))
    router.include_router(_keeping(shell))
    return router


def _asking(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/dossiers/{candidacy_id}/corrections")
    async def ask(request: Request, candidacy_id: DossierId, person: Staff, words: Typed) -> Response:
        wish = read_correction(words)
        if isinstance(wish, ToCorrect):
            return await dossier_page(shell, request, candidacy_id, words=words, errors=wish.errors)
        return await done(
            shell,
            request,
            candidacy_id,
            "correction",
            lambda work: revisions.ask_correction(work, candidacy_id, wish, person.name),
        )

    @router.post("/dossiers/{candidacy_id}/corrections/{correction_id}/retrait")
    async def drop(request: Request, candidacy_id: DossierId, correction_id: str, person: Staff) -> Response:
        wanted = _identifier(correction_id)
        return await done(
            shell,
            request,
            candidacy_id,
            "correction_retiree",
            lambda work: revisions.drop_correction(work, candidacy_id, wanted, person.name),
        )

    return router


def _talking(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/dossiers/{candidacy_id}/messages")
    async def write(request: Request, candidacy_id: DossierId, person: Staff, words: Typed) -> Response:
        said = read_message(words)
        if isinstance(said, ToCorrect):
            return await dossier_page(shell, request, candidacy_id, words=words, errors=said.errors)
        return await done(
            shell,
            request,
            candidacy_id,
            "message",
            lambda work: messages.post(work, candidacy_id, said, "equipe", person.name),
        )

    @router.post("/dossiers/{candidacy_id}/messages/sans-reponse")
    async def settle(request: Request, candidacy_id: DossierId, _: Staff) -> Response:
        return await done(shell, request, candidacy_id, "classe", lambda work: messages.settle(work, candidacy_id))

    return router


def _keeping(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/dossiers/{candidacy_id}/notes")
    async def note(request: Request, candidacy_id: DossierId, person: Staff, words: Typed) -> Response:
        text = read_note(words)
        if isinstance(text, ToCorrect):
            return await dossier_page(shell, request, candidacy_id, words=words, errors=text.errors)
        return await done(
            shell, request, candidacy_id, "note", lambda work: keeping.add_note(work, candidacy_id, text, person)
        )

    @router.post("/dossiers/{candidacy_id}/affectation")
    async def entrust(request: Request, candidacy_id: DossierId, person: Staff, words: Typed) -> Response:
        return await done(
            shell,
            request,
            candidacy_id,
            "affectation",
            lambda work: keeping.entrust(work, candidacy_id, words["responsable"], person.name),
        )

    router.include_router(_marking(shell))
    return router


def _marking(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/dossiers/{candidacy_id}/etiquettes")
    async def tag(request: Request, candidacy_id: DossierId, _: Staff, words: Typed) -> Response:
        return await done(
            shell,
            request,
            candidacy_id,
            "etiquettes",
            lambda work: keeping.tag(work, candidacy_id, words["etiquettes"]),
        )

    @router.post("/dossiers/{candidacy_id}/lu")
    async def read(request: Request, candidacy_id: DossierId, person: Staff) -> Response:
        return await done(
            shell, request, candidacy_id, "lu", lambda work: keeping.mark_read(work, candidacy_id, person)
        )

    return router


async def done(shell: Shell, request: Request, candidacy_id: UUID, what: str, act: Act) -> Response:
    """Do it and come back to the dossier on the desk."""
    return await done_at(shell, request, f"/dossiers/{candidacy_id}?fait={what}", act)


async def done_at(shell: Shell, request: Request, back: str, act: Act) -> Response:
    """Do it and go to the address `back`; a rule that says no has its page."""
    try:
        async with shell.database.work(cause_of(request)) as work:
            await act(work)
    except LookupError:
        raise HTTPException(404) from None
    except Refused as refused:
        return shell.error(request, 409, str(refused))
    return RedirectResponse(back, 303)


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise HTTPException(404) from None
