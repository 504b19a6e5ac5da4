"""The way in with an organisation's account: to the provider, and back with its answer. Absent unless configured."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake.domain.refusals import Refused
from intake.handlers import accounts
from intake.pages.door import desk_of
from intake.pages.shell import PRIVATE, Shell
from kernel.runtime import sessions
from kernel.runtime.oidc import COOKIE, SECONDS, NotSignedIn, Provider
from kernel.runtime.web import cause_of


def routes(shell: Shell) -> APIRouter:
    """`/connexion/compte` and `/connexion/retour`."""
    router = APIRouter()

    @router.get("/connexion/compte")
    async def begin(request: Request) -> Response:
        provider = _provider(shell)
        try:
            address, cookie = await provider.begin()
        except NotSignedIn as no:
            return _refused(shell, request, 503, no)
        answer = RedirectResponse(address, 303, headers=PRIVATE)
        answer.set_cookie(
            COOKIE, cookie, max_age=SECONDS, httponly=True, samesite="lax", secure=shell.secure, path="/connexion"
        )
        return answer

    @router.get("/connexion/retour")
    async def come_back(request: Request) -> Response:
        provider = _provider(shell)
        answer = await _entered(shell, request, provider)
        answer.delete_cookie(COOKIE, path="/connexion")
        answer.headers.update(PRIVATE)
        return answer

    return router


def _provider(shell: Shell) -> Provider:
    if shell.provider is None:
        raise HTTPException(404)
    return shell.provider


async def _entered(shell: Shell, request: Request, provider: Provider) -> Response:
    """The desk of who came back, or a page that says why not."""
    try:
        identity = await provider.finish(request.cookies.get(COOKIE, ""), request.query_params)
        async with shell.database.work(cause_of(request)) as work:
            cookie, person = await accounts.enter(work, identity, request.cookies.get(sessions.COOKIE))
    except (NotSignedIn, Refused) as no:
        return _refused(shell, request, 403, no)
    answer = RedirectResponse(desk_of(person), 303)
    sessions.give(answer, cookie, secure=shell.secure)
    return answer


def _refused(shell: Shell, request: Request, status: int, why: Exception) -> Response:
    return shell.render("account_refused.html", request, status=status, private=True, why=str(why))
