"""A porteur's own dossiers: where each one stands, what comes next and when."""

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from intake.domain.states import State
from intake.pages.own import Applicant
from intake.pages.shell import Shell
from intake.pages.start import begun_by
from intake.store import messages, people
from intake.store.people import OwnDossier

NEXT: dict[State, str] = {
    "hors_delai": "Réponse de l’équipe : votre dossier est arrivé après la clôture",
    "depose": "Présélection, après la clôture de la vague",
    "preselectionne": "Avis des trois comités, puis décision",
    "labellise": "Accord d’engagements, avec l’équipe",
    "nomine": "Chemin vers le label, avec l’équipe",
    "en_attente": "Reprise dans une prochaine vague",
}


def routes(shell: Shell) -> APIRouter:
    """`/mes-dossiers`: applicants only, each their own."""
    router = APIRouter()

    @router.get("/mes-dossiers")
    async def show_mine(request: Request, person: Applicant) -> Response:
        async with shell.database.reading() as session:
            member = await people.member(session, person.id)
            found = await people.dossiers_of(session, member) if member else []
            unread = await messages.unread(session, "porteur")
            begun = await begun_by(session, person)
        shown = [(one, *next_step(one)) for one in found]
        return shell.render("mine.html", request, private=True, dossiers=shown, unread=unread, begun=begun)

    return router


def next_step(dossier: OwnDossier) -> tuple[str, datetime | None]:
    """What comes next and the day it is known for; empty where nothing follows."""
    when = dossier.closes_at if dossier.state == "depose" else None
    return NEXT.get(dossier.state, ""), when
