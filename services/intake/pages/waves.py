"""Staff open the waves here; a wave closes by itself at its time."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake.domain.refusals import Refused
from intake.forms.candidacy import ToCorrect
from intake.forms.staff import read_extension, read_wave
from intake.forms.words import Words
from intake.handlers import waves
from intake.pages.shell import Shell, Staff, Typed
from intake.store.lists import count_in_wave
from intake.store.waves import all_waves, prepared
from kernel.runtime.web import cause_of
from kernel.ui import Notice

OPENED = Notice("succes", "La vague est enregistrée.", "Elle se clôt d’elle-même à l’heure dite.")
EXTENDED = Notice("succes", "La vague est prolongée.", "La nouvelle clôture est affichée partout.")
PREPARED = Notice("succes", "La vague est préparée.", "Elle s’ouvre d’elle-même à l’heure dite.")
DROPPED = Notice("succes", "La vague préparée est supprimée.", "Personne n’en avait été averti.")
DONE = {"vague": OPENED, "prolongation": EXTENDED, "preparee": PREPARED, "supprimee": DROPPED}


def _wave_id(wave_id: str) -> UUID:
    try:
        return UUID(wave_id)
    except ValueError:
        raise HTTPException(404) from None


WaveId = Annotated[UUID, Depends(_wave_id)]


def routes(shell: Shell) -> APIRouter:
    """`/vagues`: staff only."""
    router = APIRouter()

    @router.get("/vagues")
    async def show_waves(request: Request, _: Staff) -> Response:
        done = DONE.get(request.query_params.get("fait", ""))
        return await _waves(shell, request, 200, notices=(done,) if done else ())

    @router.post("/vagues")
    async def open_wave(request: Request, person: Staff, words: Typed) -> Response:
        calendar = read_wave(words, shell.label)
        if isinstance(calendar, ToCorrect):
            return await _waves(shell, request, 422, words=words, errors=calendar.errors)
        try:
            async with shell.database.work(cause_of(request)) as work:
                is_open = await waves.plan_wave(work, calendar, person.name)
        except Refused as refused:
            notice = Notice("attention", str(refused))
            return await _waves(shell, request, 409, words=words, notices=(notice,))
        return RedirectResponse(f"/vagues?fait={'vague' if is_open else 'preparee'}", 303)

    router.include_router(_extending(shell))
    return router


def _extending(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/vagues/{wave_id}/prolongation")
    async def extend(request: Request, wave_id: WaveId, person: Staff, words: Typed) -> Response:
        asked = read_extension(words)
        if isinstance(asked, ToCorrect):
            return await _waves(shell, request, 422, words=words, errors=asked.errors)
        try:
            async with shell.database.work(cause_of(request)) as work:
                await waves.extend_wave(work, wave_id, asked.closes_at, person.name, asked.reason)
        except waves.UnknownWave:
            raise HTTPException(404) from None
        except Refused as refused:
            return await _waves(shell, request, 409, words=words, errors={"nouvelle_cloture": str(refused)})
        return RedirectResponse("/vagues?fait=prolongation", 303)

    @router.post("/vagues/{wave_id}/abandon")
    async def give_up(request: Request, wave_id: WaveId, _: Staff) -> Response:
        async with shell.database.work(cause_of(request)) as work:
            await waves.drop_prepared(work, wave_id)
        return RedirectResponse("/vagues?fait=supprimee", 303)

    return router


async def _waves(shell: Shell, request: Request, status: int, **context: object) -> Response:
    async with shell.database.reading() as session:
        found, coming = await all_waves(session), await prepared(session)
        received = {wave.id: await count_in_wave(session, wave.id) for wave in found}
    context = {"words": Words({"quota": str(shell.label.quota)}), "errors": {}, **context}
    return shell.render(
        "waves.html", request, status=status, private=True, waves=found, received=received, coming=coming, **context
    )
