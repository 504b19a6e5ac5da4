"""The staff's board of one sitting: who has marked what, jurors awaited, ties declared, the phase turned."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from kernel.runtime.web import cause_of
from kernel.ui import Notice
from scoring import handlers
from scoring.domain.books import Book
from scoring.domain.reminders import late, next_reminder
from scoring.domain.rulings import objection_to_reason
from scoring.forms import Form
from scoring.pages.shell import PREFIX, InSitting, Shell, Staff, Typed, identified, officer
from scoring.store import marks as kept
from scoring.store import sittings as store_of

DONE = {
    "ouverte": Notice(
        "succes", "La séance est ouverte.", "Dossiers et grille sont figés. Invitez maintenant les jurés."
    ),
    "phase": Notice("succes", "La séance a changé de phase."),
    "jure": Notice("succes", "Le juré est attendu."),
    "relance": Notice("succes", "Les jurés en retard sont relancés.", "Chacun reçoit un courriel."),
    "levee": Notice("succes", "La récusation est levée.", "Le motif figure au compte rendu."),
}
"""Shown once, after the form that the address names."""
NAME_MAX = 200


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/seances/{sitting_id}")
    async def board(request: Request, sitting_id: InSitting, person: Staff) -> Response:
        return await _board(shell, request, await opened(shell, sitting_id), Form())

    @router.post("/seances/{sitting_id}/phase")
    async def turn(request: Request, sitting_id: InSitting, person: Staff, values: Typed) -> Response:
        async with shell.database.work(cause_of(request)) as work:
            await handlers.turn_phase(work, sitting_id, values.get("phase", ""), officer(person))
        return RedirectResponse(f"{address(sitting_id)}?fait=phase", 303)

    @router.post("/seances/{sitting_id}/jures")
    async def expect(request: Request, sitting_id: InSitting, person: Staff, values: Typed) -> Response:
        book = await opened(shell, sitting_id)
        name = " ".join(values.get("nom", "").split())
        if not 0 < len(name) <= NAME_MAX:
            wrong = Form(values, {"nom": f"Écrivez le nom, en {NAME_MAX} caractères au plus"})
            return await _board(shell, request, book, wrong)
        async with shell.database.work(cause_of(request)) as work:
            await handlers.expect_juror(work, sitting_id, name, officer(person))
        return RedirectResponse(f"{address(sitting_id)}?fait=jure", 303)

    router.include_router(_reminders(shell))
    router.include_router(_recusals(shell))
    return router


def _reminders(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/seances/{sitting_id}/relance")
    async def remind(request: Request, sitting_id: InSitting, person: Staff) -> Response:
        async with shell.database.work(cause_of(request)) as work:
            await handlers.remind_now(work, sitting_id, officer(person))
        return RedirectResponse(f"{address(sitting_id)}?fait=relance", 303)

    return router


def _recusals(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/seances/{sitting_id}/recusations")
    async def lift(request: Request, sitting_id: InSitting, person: Staff, values: Typed) -> Response:
        book = await opened(shell, sitting_id)
        if objection := objection_to_reason(values.get("motif", "")):
            return await _board(shell, request, book, Form(values, {"motif": objection}))
        place = kept.Place(await identified(values.get("jure", "")), await identified(values.get("dossier", "")))
        async with shell.database.work(cause_of(request)) as work:
            await handlers.lift_recusal(work, sitting_id, place, values["motif"], officer(person))
        return RedirectResponse(f"{address(sitting_id)}?fait=levee", 303)

    return router


async def opened(shell: Shell, sitting_id: UUID) -> Book:
    """The whole book of a sitting. Raises `UnknownSitting`."""
    async with shell.database.reading() as session:
        sitting = await store_of.load(session, sitting_id)
        if sitting is None:
            raise handlers.UnknownSitting(f"no sitting {sitting_id}: check the address")
        return await kept.book(session, sitting)


async def _board(shell: Shell, request: Request, book: Book, form: Form) -> Response:
    async with shell.database.reading() as session:
        acts = await store_of.acts(session, book.sitting.id)
    notice, now = DONE.get(request.query_params.get("fait", "")), shell.database.clock.now()
    return shell.render(
        "sitting.html",
        request,
        status=422 if form.errors else 200,
        book=book,
        form=form,
        acts=acts,
        standings=_standings(book),
        today=now.date(),
        late=late(book),
        reminder=next_reminder(book.sitting.marks_until, now),
        notices=(notice,) if notice else (),
    )


def _standings(book: Book) -> Mapping[UUID, Mapping[UUID, str]]:
    """By seat and dossier; the template draws them."""
    return {
        seat.id: {frozen.candidacy_id: book.standing(seat.id, frozen.candidacy_id) for frozen in book.dossiers}
        for seat in book.seats
    }


def address(sitting_id: UUID) -> str:
    """Where staff find a sitting."""
    return f"{PREFIX}/seances/{sitting_id}"
