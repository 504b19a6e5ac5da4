"""The pages that the law asks of an online public service: short, and no more than is true."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from intake.pages.shell import Shell

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
        return shell.render(PAGES[request.scope["route"].path], request)

    return router
