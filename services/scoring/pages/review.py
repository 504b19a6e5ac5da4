"""Every mark once more, side by side, before they are given for good."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from kernel.runtime.web import cause_of
from scoring import handlers
from scoring.domain import sittings
from scoring.domain.rulings import Refused
from scoring.pages.seats import DESK, seated
from scoring.pages.shell import InSitting, Marker, Shell, juror_of


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/seances/{sitting_id}/revue")
    async def review(request: Request, sitting_id: InSitting, person: Marker) -> Response:
        book, seat = await seated(shell, sitting_id, person)
        return shell.render("review.html", request, book=book, seat=seat, mine=sittings.in_order(seat, book.dossiers))

    @router.post("/seances/{sitting_id}/revue")
    async def give(request: Request, sitting_id: InSitting, person: Marker) -> Response:
        book, seat = await seated(shell, sitting_id, person)
        whole = [f.candidacy_id for f in book.dossiers if book.standing(seat.id, f.candidacy_id) == "complet"]
        if not whole:
            raise Refused("Aucun dossier n'est complet : il n'y a rien à rendre pour l'instant.")
        async with shell.database.work(cause_of(request)) as work:
            await handlers.give(work, sitting_id, whole, juror_of(person))
        return RedirectResponse(f"{DESK}?fait=rendu", 303)

    return router
