"""The way in: a mailed link shows a button, and only the button uses it, since mail filters open links too."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from intake.forms.words import readable
from intake.pages.shell import Shell, Typed
from kernel.runtime.auth import LINK_SECONDS, Door

DESKS = {"staff": "/dossiers", "partner": "/instruction/", "expert": "/instruction/"}
SPENT = "Ce lien a déjà servi, ou il est trop ancien. Demandez-en un nouveau à l’équipe."


def routes(shell: Shell) -> APIRouter:
    """`/entrer` and `/sortir`."""
    router = APIRouter()

    @router.get("/entrer")
    async def show_door(request: Request) -> Response:
        token = request.query_params.get("jeton", "")
        return _door(shell, request, readable(token)[:2000])

    @router.post("/entrer")
    async def enter(request: Request, words: Typed) -> Response:
        door: Door = request.app.state.door
        person = door.enter(words["jeton"])
        if person is None:
            return _door(shell, request, "", spent=SPENT)
        answer = RedirectResponse(DESKS.get(person.role, "/"), 303)
        door.open_session(answer, person, secure=shell.secure)
        return answer

    @router.post("/sortir")
    async def leave(request: Request) -> Response:
        answer = RedirectResponse("/", 303)
        request.app.state.door.close_session(answer)
        return answer

    return router


def _door(shell: Shell, request: Request, token: str, spent: str = "") -> Response:
    status = 401 if spent else 200
    minutes = LINK_SECONDS // 60
    return shell.render("door.html", request, status=status, private=True, token=token, spent=spent, minutes=minutes)
