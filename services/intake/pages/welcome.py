"""The home page: the wave that takes dossiers, its dates, and what happens to a dossier that is sent."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from intake.domain.wave import takes_dossiers
from intake.pages.shell import Shell, Visitor
from intake.store.waves import open_wave, prepared

PATH = (
    {"label": "Candidature", "note": "En ligne ; un accusé de réception s’affiche aussitôt."},
    {"label": "Présélection", "note": "Par l’équipe et ses partenaires ; chaque porteur reçoit une réponse."},
    {
        "label": "Trois avis",
        "note": "Les partenaires techniques, des lycéens, puis des experts.",
    },
    {"label": "Décision", "note": "Labellisé, nominé ou en attente, toujours avec les raisons."},
    {
        "label": "Appui",
        "note": "Mise en valeur, mise en réseau, recherche de financements.",
    },
)


def routes(shell: Shell) -> APIRouter:
    """`/`."""
    router = APIRouter()

    @router.get("/")
    async def home(request: Request, person: Visitor) -> Response:
        at = shell.database.clock.now()
        async with shell.database.reading() as session:
            wave = await open_wave(session) or next(iter(await prepared(session)), None)
        follows = person is not None and person.role == "applicant"
        return shell.render(
            "home.html",
            request,
            wave=wave,
            open=takes_dossiers(wave, at),
            now=at,
            path_of_a_dossier=PATH,
            follows=follows,
        )

    return router
