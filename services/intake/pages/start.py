"""Before the first field: what the label asks of a project, and the choice of how to write; a no never blocks."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from intake import handlers
from intake.domain.wave import takes_dossiers
from intake.forms.draft import BEFORE
from intake.pages.shell import Shell, Typed
from intake.store.waves import open_wave
from kernel.runtime.web import cause_of


def routes(shell: Shell) -> APIRouter:
    """`/candidatures/nouvelle`, and the beginning of a draft."""
    router = APIRouter()

    @router.get("/candidatures")
    async def elsewhere() -> Response:
        return RedirectResponse("/candidatures/nouvelle", 303)

    @router.get("/candidatures/nouvelle")
    async def show_start(request: Request) -> Response:
        at = shell.database.clock.now()
        async with shell.database.reading() as session:
            wave = await open_wave(session)
        if not takes_dossiers(wave, at):
            return shell.render("closed.html", request, status=409, wave=wave, now=at)
        return shell.render("start.html", request, wave=wave, now=at)

    @router.post("/brouillons")
    async def begin(request: Request, words: Typed) -> Response:
        first = {name: words[name] for name in BEFORE if words[name] in {"oui", "non"}}
        async with shell.database.work(cause_of(request)) as work:
            draft_id, key = await handlers.begin_draft(work, first)
        return RedirectResponse(f"/brouillons/{draft_id}?cle={key}", 303)

    return router
