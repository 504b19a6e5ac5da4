"""A juror's own desk: the sittings of their committee, and their dossiers in their order."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from kernel.runtime.auth import Person
from kernel.runtime.web import cause_of
from kernel.ui import Notice
from scoring import handlers
from scoring.domain import sittings as rules
from scoring.domain.books import Book
from scoring.domain.rulings import NotYours
from scoring.domain.sittings import Seat
from scoring.domain.trials import left
from scoring.pages.shell import PREFIX, At, InSitting, Marker, Shell, Undeclared, Untried, juror_of
from scoring.store import marks as kept
from scoring.store import sittings as store_of
from scoring.store import trials

DONE = {
    "place": Notice(
        "succes", "Votre place est prise.", "Vos dossiers sont ci-dessous, dans un ordre qui vous est propre."
    ),
    "recuse": Notice(
        "information", "Ce dossier est retiré de votre liste.", "Si c’est une erreur, écrivez à l’équipe du Label."
    ),
    "rendu": Notice("succes", "Vos notes sont rendues.", "Elles comptent. Elles ne changent plus avant la discussion."),
    "revu": Notice("succes", "Vos secondes notes sont enregistrées.", "Les premières restent dans le dossier."),
}
"""Shown once, after the form that the address names."""
DESK = f"{PREFIX}/mes-notes"


class Unseated(NotYours):
    """The juror has no seat in this sitting yet."""


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/mes-notes")
    async def desk(request: Request, person: Marker) -> Response:
        async with shell.database.reading() as session:
            books = await kept.books_of(session, juror_of(person))
            tried = {seat.id: await trials.of_seat(session, seat.id) for _, seat in books if seat}
        notice = DONE.get(request.query_params.get("fait", ""))
        return shell.render(
            "my_marks.html",
            request,
            person=person,
            tried=tried,
            desks=[(book, seat, rules.in_order(seat, book.dossiers) if seat else []) for book, seat in books],
            notices=(notice,) if notice else (),
        )

    @router.post("/seances/{sitting_id}/place")
    async def take_seat(request: Request, sitting_id: InSitting, person: Marker) -> Response:
        async with shell.database.work(cause_of(request)) as work:
            await handlers.take_seat(work, sitting_id, juror_of(person))
        return RedirectResponse(f"{DESK}?fait=place", 303)

    return router


async def seated(shell: Shell, sitting_id: UUID, person: Person) -> tuple[Book, Seat]:
    """A juror's own book and seat. Raises `UnknownSitting`, `NotYours` where they have no seat."""
    juror = juror_of(person)
    async with shell.database.reading() as session:
        sitting = await store_of.load(session, sitting_id)
        if sitting is None or not juror.sits_in(sitting):
            raise handlers.UnknownSitting(f"no sitting {sitting_id} for {juror.role}: check the address")
        seat = await store_of.seat_of(session, sitting_id, juror.key)
        if seat is None:
            raise Unseated("Prenez d'abord place dans cette séance, depuis la page « Mes notes ».")
        return await kept.book(session, sitting, seat.id), seat


async def before_marks(shell: Shell, at: At) -> tuple[Book, Seat]:
    """A juror's book, once they tried the scale and said that nothing ties them to the dossier.

    Raises `Untried`, `Undeclared`, `Refused`.
    """
    book, seat = await seated(shell, at.sitting_id, at.person)
    book.sitting.dossier(at.candidacy_id)
    if book.first(seat.id, at.candidacy_id).at is None:
        await _check_tried(shell, book, seat)
    declared = book.ties.get((seat.id, at.candidacy_id))
    if declared is None:
        raise Undeclared(at.sitting_id, at.candidacy_id)
    rules.check_open(book.sitting, declared)
    return book, seat


async def _check_tried(shell: Shell, book: Book, seat: Seat) -> None:
    async with shell.database.reading() as session:
        tried = await trials.of_seat(session, seat.id)
    if waiting := left(shell.label.anchor_dossiers, book.sitting.grid, tried):
        raise Untried(book.sitting.id, waiting[0].code)
