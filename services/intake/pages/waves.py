"""Staff open the waves here; a wave closes by itself at its time."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from intake import handlers
from intake.domain.refusals import Refused
from intake.forms.candidacy import ToCorrect
from intake.forms.staff import read_wave
from intake.forms.words import Words
from intake.pages.shell import Shell, Staff, Typed
from intake.store.lists import count_in_wave
from intake.store.waves import all_waves
from kernel.runtime.web import cause_of
from kernel.ui import Notice

OPENED = Notice("succes", "La vague est enregistrée.", "Elle se clôt d’elle-même à l’heure dite.")


def routes(shell: Shell) -> APIRouter:
    """`/vagues`: staff only."""
    router = APIRouter()

    @router.get("/vagues")
    async def show_waves(request: Request, _: Staff) -> Response:
        done = (OPENED,) if request.query_params.get("fait") == "vague" else ()
        return await _waves(shell, request, 200, notices=done)

    @router.post("/vagues")
    async def open_wave(request: Request, person: Staff, words: Typed) -> Response:
        calendar = read_wave(words, shell.label)
        if isinstance(calendar, ToCorrect):
            return await _waves(shell, request, 422, words=words, errors=calendar.errors)
        try:
            async with shell.database.work(cause_of(request)) as work:
                await handlers.open_wave(work, calendar, person.name)
        except Refused as refused:
            notice = Notice("attention", str(refused))
            return await _waves(shell, request, 409, words=words, notices=(notice,))
        return RedirectResponse("/vagues?fait=vague", 303)

    return router


async def _waves(shell: Shell, request: Request, status: int, **context: object) -> Response:
    async with shell.database.reading() as session:
        waves = await all_waves(session)
        received = {wave.id: await count_in_wave(session, wave.id) for wave in waves}
    context = {"words": Words({"quota": str(shell.label.quota)}), "errors": {}, **context}
    return shell.render("waves.html", request, status=status, private=True, waves=waves, received=received, **context)
