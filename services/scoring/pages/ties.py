"""What ties a juror to a dossier, asked before it opens; names and domains that meet are shown, the juror decides."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from kernel.runtime.web import cause_of
from scoring import forms, handlers
from scoring.domain import sittings as rules
from scoring.domain.books import Book
from scoring.domain.sittings import Seat
from scoring.forms import Form
from scoring.pages.seats import DESK, Unseated, seated
from scoring.pages.shell import At, AtDossier, Shell, Typed
from scoring.store import nearness


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/seances/{sitting_id}/dossiers/{candidacy_id}/liens")
    async def ties_form(request: Request, at: AtDossier) -> Response:
        try:
            book, seat = await seated(shell, at.sitting_id, at.person)
        except Unseated:
            return RedirectResponse(DESK, 303)
        known = book.ties.get((seat.id, at.candidacy_id))
        form = Form({"lien": known.tie, "precision": known.note} if known else {})
        return await _ask(shell, request, (book, seat, at), form)

    @router.post("/seances/{sitting_id}/dossiers/{candidacy_id}/liens")
    async def declare(request: Request, at: AtDossier, values: Typed) -> Response:
        book, seat = await seated(shell, at.sitting_id, at.person)
        form = forms.read_tie(values)
        if form.errors:
            return await _ask(shell, request, (book, seat, at), form)
        async with shell.database.work(cause_of(request)) as work:
            await handlers.declare(work, at.sitting_id, at.candidacy_id, at.juror, forms.tie_said(form))
        if form["lien"] != "aucun":
            return RedirectResponse(f"{DESK}?fait=recuse", 303)
        return RedirectResponse(f"{at.address}/notes/{book.sitting.grid.parts[0].code}", 303)

    return router


async def _ask(shell: Shell, request: Request, about: tuple[Book, Seat, At], form: Form) -> Response:
    book, seat, at = about
    frozen = book.sitting.dossier(at.candidacy_id)
    async with shell.database.reading() as session:
        near = await nearness.is_near(session, at.juror.key, at.candidacy_id)
    return shell.render(
        "ties.html",
        request,
        status=422 if form.errors else 200,
        book=book,
        frozen=frozen,
        form=form,
        likely=rules.likely_ties(seat.name, frozen, near=near),
    )
