"""The way in: a link shows a button, and only the button uses it, since mail filters open links too."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from intake import handlers
from intake.domain.refusals import SPENT, Refused
from intake.forms.words import readable
from intake.handlers import accounts
from intake.pages.shell import Shell, Typed
from kernel.runtime import sessions
from kernel.runtime.auth import LINK_SECONDS, Door, Person
from kernel.runtime.web import cause_of

DESKS = {
    "staff": "/dossiers",
    "partner": "/instruction/",
    "expert": "/instruction/",
    "applicant": "/mes-dossiers",
}


def routes(shell: Shell) -> APIRouter:
    """`/entrer` and `/sortir`."""
    router = APIRouter()

    @router.get("/entrer")
    async def show_door(request: Request) -> Response:
        token = request.query_params.get("jeton", "")
        return _door(shell, request, readable(token)[:2000])

    @router.post("/entrer")
    async def enter(request: Request, words: Typed) -> Response:
        return await _enter(shell, request, words["jeton"])

    @router.post("/sortir")
    async def leave(request: Request) -> Response:
        answer = await _leave(shell, request)
        sessions.take_back(answer)
        return answer

    return router


async def _leave(shell: Shell, request: Request) -> Response:
    """End the session; whoever came with an account is shown how to end it at its provider too."""
    cookie, hint = request.cookies.get(sessions.COOKIE), None
    if cookie:
        async with shell.database.work(cause_of(request)) as work:
            hint = await accounts.leave(work, cookie)
    farewell = await shell.provider.farewell(hint) if hint and shell.provider else None
    if farewell is None:
        return RedirectResponse("/", 303)
    request.state.person = None
    return shell.render("signed_out.html", request, private=True, farewell=farewell)


async def _enter(shell: Shell, request: Request, token: str) -> Response:
    """Open a session and lead to the desk of the role, or say that the link is not good."""
    door: Door = request.app.state.door
    link = door.read(token)
    if link is None:
        return _door(shell, request, "", spent=SPENT)
    try:
        async with shell.database.work(cause_of(request)) as work:
            cookie, person = await handlers.sign_in(work, link, request.cookies.get(sessions.COOKIE))
    except Refused as refused:
        return _door(shell, request, "", spent=str(refused))
    answer = RedirectResponse(desk_of(person), 303)
    sessions.give(answer, cookie, secure=shell.secure)
    return answer


def desk_of(person: Person) -> str:
    """Where somebody who has just entered goes."""
    return DESKS.get(person.role, "/")


def _door(shell: Shell, request: Request, token: str, spent: str = "") -> Response:
    status = 401 if spent else 200
    minutes = LINK_SECONDS // 60
    return shell.render("door.html", request, status=status, private=True, token=token, spent=spent, minutes=minutes)
