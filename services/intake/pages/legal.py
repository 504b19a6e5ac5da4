"""The pages that the law asks of an online public service: short, and no more than is true."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from intake.domain.retention import PERIODS
from intake.pages.shell import Shell

PURPOSES = (
    {
        "why": "Accuser réception, répondre, annoncer les suites",
        "what": "Adresse électronique et fonction du contact",
        "who": "L’équipe du label et le service qui envoie les messages",
    },
    {
        "why": "Étudier la candidature et en décider",
        "what": "Contenu et pièces du dossier, sans l’adresse",
        "who": "L’équipe, les partenaires et les comités",
    },
    {
        "why": "Chercher des financements et les annoncer",
        "what": "Projet et besoins ; l’adresse, pour l’annonce",
        "who": "L’équipe",
    },
    {
        "why": "Ouvrir à chacun les pages de son rôle",
        "what": "Adresse et fonction de qui est invité",
        "who": "L’équipe",
    },
    {
        "why": "Signaler à un juré un lien possible avec un projet",
        "what": "Domaine des adresses (ce qui suit l’arobase), comparé sans être montré",
        "who": "Le juré lui-même, qui répond",
    },
    {
        "why": "Prouver qui a fait quoi, quand et pourquoi",
        "what": "Journal de chaque dossier, par fonctions et organismes",
        "who": "L’équipe",
    },
)
PAGES = {
    "/mentions-legales": "legal_notice.html",
    "/donnees-personnelles": "personal_data.html",
    "/accessibilite": "accessibility.html",
}


def routes(shell: Shell) -> APIRouter:
    """The three legal pages, linked from every footer."""
    router = APIRouter()

    @router.get("/mentions-legales")
    @router.get("/donnees-personnelles")
    @router.get("/accessibilite")
    async def show(request: Request) -> Response:
        # Under a parent application the path carries the mount's prefix, the route does not.
        page = PAGES[request.scope["route"].path]
        return shell.render(page, request, purposes=PURPOSES, periods=PERIODS)

    return router
