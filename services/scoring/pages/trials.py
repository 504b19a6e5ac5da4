"""A juror tries the scale on an invented dossier, then reads what each level was given for."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kernel.contracts.label import AnchorDossier
from kernel.runtime.web import cause_of
from scoring import forms, handlers
from scoring.domain import trials as rules
from scoring.domain.books import Book
from scoring.forms import Form
from scoring.pages.seats import DESK, Unseated, seated
from scoring.pages.shell import PREFIX, InSitting, Marker, Shell, Typed, juror_of
from scoring.store import trials as kept


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/seances/{sitting_id}/reperes/{repere}")
    async def trial(request: Request, sitting_id: InSitting, repere: str, person: Marker) -> Response:
        try:
            book, seat = await seated(shell, sitting_id, person)
        except Unseated:
            return RedirectResponse(DESK, 303)
        async with shell.database.reading() as session:
            tried = await kept.of_seat(session, seat.id)
        return _show(shell, request, (book, _known(shell, book, repere)), tried, Form())

    @router.post("/seances/{sitting_id}/reperes/{repere}")
    async def answer(request: Request, sitting_id: InSitting, repere: str, person: Marker, values: Typed) -> Response:
        book, _ = await seated(shell, sitting_id, person)
        dossier = _known(shell, book, repere)
        found, errors = forms.read_trial(values, [one.code for one in rules.questions(dossier, book.sitting.grid)])
        if errors:
            return _show(shell, request, (book, dossier), {}, Form(values, errors))
        async with shell.database.work(cause_of(request)) as work:
            await handlers.try_scale(work, sitting_id, juror_of(person), repere, found)
        return RedirectResponse(f"{PREFIX}/seances/{sitting_id}/reperes/{repere}", 303)

    return router


def _known(shell: Shell, book: Book, code: str) -> AnchorDossier:
    """An anchor dossier that asks something of this committee; anything else is a page that does not exist."""
    found = next((one for one in shell.label.anchor_dossiers if one.code == code), None)
    if found is None or not rules.questions(found, book.sitting.grid):
        raise HTTPException(404)
    return found


def _show(
    shell: Shell,
    request: Request,
    about: tuple[Book, AnchorDossier],
    tried: Mapping[str, Mapping[str, int]],
    form: Form,
) -> Response:
    book, dossier = about
    grid = book.sitting.grid
    waiting = [one for one in rules.left(shell.label.anchor_dossiers, grid, tried) if one.code != dossier.code]
    return shell.render(
        "trial.html",
        request,
        status=422 if form.errors else 200,
        book=book,
        dossier=dossier,
        number=shell.label.anchor_dossiers.index(dossier) + 1,
        asked=rules.questions(dossier, grid),
        compared=rules.compared(dossier, grid, tried[dossier.code]) if dossier.code in tried else [],
        waiting=waiting,
        form=form,
    )
