"""After their own marks, and once the discussion is open, jurors see the others' and may give second ones."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from kernel.runtime.web import cause_of
from scoring import forms, handlers, store
from scoring.domain import committees
from scoring.domain.books import Book
from scoring.domain.marks import Mark, check_second
from scoring.domain.sittings import Seat
from scoring.forms import Form
from scoring.pages.seats import DESK, before_marks
from scoring.pages.shell import At, AtDossier, Shell, Typed
from scoring.store import marks as kept


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/seances/{sitting_id}/dossiers/{candidacy_id}/discussion")
    async def second_form(request: Request, at: AtDossier) -> Response:
        book, seat = await _ready(shell, at)
        return await _ask(shell, request, (book, seat, at), Form())

    @router.post("/seances/{sitting_id}/dossiers/{candidacy_id}/discussion")
    async def give_second(request: Request, at: AtDossier, values: Typed) -> Response:
        book, seat = await _ready(shell, at)
        first = book.first(seat.id, at.candidacy_id).marks
        found, errors = forms.read_second(values, first, book.sitting.grid.codes)
        if errors:
            return await _ask(shell, request, (book, seat, at), Form(values, errors))
        async with shell.database.work(cause_of(request)) as work:
            await handlers.give_second(work, at.sitting_id, at.candidacy_id, at.juror, found)
        return RedirectResponse(f"{DESK}?fait=revu", 303)

    return router


async def _ready(shell: Shell, at: At) -> tuple[Book, Seat]:
    """Raises `Refused` before the juror's own marks, and before the discussion."""
    book, seat = await before_marks(shell, at)
    check_second(book.sitting.phase, book.first(seat.id, at.candidacy_id))
    return book, seat


async def _ask(shell: Shell, request: Request, about: tuple[Book, Seat, At], form: Form) -> Response:
    book, seat, at = about
    async with shell.database.reading() as session:
        whole = await kept.book(session, book.sitting)
        dossier = await store.load(session, at.candidacy_id)
    others = {who: given for who, given in whole.counted(at.candidacy_id).items() if who != seat.id}
    return shell.render(
        "discussion.html",
        request,
        status=422 if form.errors else 200,
        book=book,
        frozen=book.sitting.dossier(at.candidacy_id),
        dossier=dossier,
        earlier=committees.before(book.sitting.committee),
        first=book.first(seat.id, at.candidacy_id).marks,
        second=book.second(seat.id, at.candidacy_id),
        told=others_of(others, book.sitting.grid.codes),
        values=form.values,
        errors=form.errors,
    )


def others_of(others: Mapping[UUID, Mapping[str, Mark]], codes: tuple[str, ...]) -> dict[str, list[Mark]]:
    """The other jurors' marks of each question, from the lowest, without saying whose."""

    def place(mark: Mark) -> tuple[bool, int, str]:
        return mark.value is None, mark.value or 0, mark.reason

    return {code: sorted((given[code] for given in others.values() if code in given), key=place) for code in codes}
