"""The marks, an axis a page: kept at each page without a script, whatever they still lack."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kernel.runtime.web import cause_of
from scoring import forms, handlers
from scoring.domain import marks as rules
from scoring.domain import sittings
from scoring.domain.books import Book
from scoring.domain.grids import Part
from scoring.domain.marks import Mark
from scoring.domain.sittings import Seat
from scoring.forms import Form
from scoring.pages.seats import before_marks
from scoring.pages.shell import PREFIX, At, AtDossier, Shell, Typed
from scoring.store import sittings as store_of


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/seances/{sitting_id}/dossiers/{candidacy_id}/notes/{axe}")
    async def marks_form(request: Request, at: AtDossier, axe: str) -> Response:
        book, seat = await before_marks(shell, at)
        return await _ask(shell, request, (book, seat, at), _part(book, axe), Form())

    @router.post("/seances/{sitting_id}/dossiers/{candidacy_id}/notes/{axe}")
    async def save_page(request: Request, at: AtDossier, axe: str, values: Typed) -> Response:
        book, seat = await before_marks(shell, at)
        part = _part(book, axe)
        found, errors = forms.read_marks(values, [asked.code for asked in part.questions])
        async with shell.database.work(cause_of(request)) as work:
            await handlers.save_marks(work, at.sitting_id, at.candidacy_id, at.juror, found)
        if errors:
            return await _ask(shell, request, (book, seat, at), part, Form(values, errors))
        return RedirectResponse(_after(book, at, part), 303)

    return router


async def _ask(shell: Shell, request: Request, about: tuple[Book, Seat, At], part: Part, form: Form) -> Response:
    book, seat, at = about
    first = book.first(seat.id, at.candidacy_id)
    rules.check_saving(book.sitting.phase, first)
    async with shell.database.reading() as session:
        project = await store_of.project(session, book.sitting.id, at.candidacy_id)
    mine = sittings.in_order(seat, book.dossiers)
    return shell.render(
        "marks_form.html",
        request,
        status=422 if form.errors else 200,
        book=book,
        frozen=book.sitting.dossier(at.candidacy_id),
        place=next((n for n, frozen in enumerate(mine, 1) if frozen.candidacy_id == at.candidacy_id), 0),
        part=part,
        project=project,
        marks={asked.code: first.marks.get(asked.code, Mark()) for asked in part.questions},
        values=form.values,
        errors=form.errors,
        address=f"{at.address}/notes/{part.code}",
        field=f"{at.address}/champs",
    )


def _part(book: Book, code: str) -> Part:
    part = book.sitting.grid.part(code)
    if part is None:
        raise HTTPException(404)
    return part


def _after(book: Book, at: At, part: Part) -> str:
    """The next axis, or the page that shows every mark once more."""
    codes = [other.code for other in book.sitting.grid.parts]
    place = codes.index(part.code) + 1
    if place < len(codes):
        return f"{at.address}/notes/{codes[place]}"
    return f"{PREFIX}/seances/{at.sitting_id}/revue#d-{at.candidacy_id}"
