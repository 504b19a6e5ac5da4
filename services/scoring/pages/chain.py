"""The decisions of a wave, dossier by dossier, and the vote of the Grand forum."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kernel.runtime.auth import Person
from kernel.runtime.web import cause_of
from kernel.ui import Notice
from scoring import forms, handlers, store
from scoring.domain.chain import Ruling, Stage
from scoring.domain.dossier import Dossier
from scoring.domain.states import State
from scoring.domain.votes import objection_to_vote
from scoring.domain.waves import Wave
from scoring.forms import Form
from scoring.pages.shell import PREFIX, InWave, Shell, Staff, Typed, officer
from scoring.store import chain as kept

DONE = {
    "vote": Notice("succes", "Le vote est enregistré.", "Le procès-verbal le porte."),
    "libere": Notice("succes", "Les lettres sont parties.", "Chaque porteur reçoit la sienne par courriel."),
}
"""Shown once, after the form that the address names."""
CONCERNED = frozenset({State.EN_INSTRUCTION, State.DECIDE})


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/vagues/{wave_id}/decisions")
    async def decisions(request: Request, wave_id: InWave, person: Staff) -> Response:
        wave, lines = await lines_of(shell, wave_id)
        async with shell.database.reading() as session:
            votes = await kept.votes(session, wave_id)
        notice = DONE.get(request.query_params.get("fait", ""))
        stages = [ruling.stage for _, ruling in lines]
        return shell.render(
            "decisions.html",
            request,
            person=person,
            wave=wave,
            lines=lines,
            votes=votes,
            counts={stage: stages.count(stage) for stage in Stage},
            notices=(notice,) if notice else (),
        )

    @router.get("/vagues/{wave_id}/forum")
    async def vote_form(request: Request, wave_id: InWave, person: Staff) -> Response:
        return await _ask(shell, request, wave_id, Form())

    @router.post("/vagues/{wave_id}/forum")
    async def record_vote(request: Request, wave_id: InWave, person: Staff, values: Typed) -> Response:
        return await _record(shell, request, (wave_id, person), forms.read_vote(values))

    return router


async def _record(shell: Shell, request: Request, about: tuple[UUID, Person], form: Form) -> Response:
    wave_id, person = about
    if form.errors:
        return await _ask(shell, request, wave_id, form)
    vote = forms.vote_of(form, wave_id, person.name, shell.database.clock.now())
    if objection := objection_to_vote(vote):
        return await _ask(shell, request, wave_id, Form(form.values, {"pour": objection}))
    async with shell.database.work(cause_of(request)) as work:
        await handlers.record_vote(work, vote, forms.voted_on(form), officer(person))
    return RedirectResponse(f"{PREFIX}/vagues/{wave_id}/decisions?fait=vote", 303)


async def _ask(shell: Shell, request: Request, wave_id: UUID, form: Form) -> Response:
    wave, lines = await lines_of(shell, wave_id)
    return shell.render(
        "forum.html",
        request,
        status=422 if form.errors else 200,
        wave=wave,
        lines=[(dossier, ruling) for dossier, ruling in lines if ruling.stage is Stage.DECIDE],
        voices=forms.VOICES,
        form=form,
    )


async def lines_of(shell: Shell, wave_id: UUID) -> tuple[Wave, list[tuple[Dossier, Ruling]]]:
    """The dossiers of a wave that are in instruction or decided, by number, each with its chain."""
    async with shell.database.reading() as session:
        wave = next((wave for wave in await store.waves(session) if wave.wave_id == wave_id), None)
        if wave is None:
            raise HTTPException(404)
        begun = await kept.of_wave(session, wave_id)
        dossiers, total = await store.board(session, store.Selection(CONCERNED, wave_id=wave_id))
        for page in range(2, -(-total // store.PAGE) + 1):
            dossiers += (await store.board(session, store.Selection(CONCERNED, wave_id=wave_id), page))[0]
    return wave, [(one, begun.get(one.candidacy_id, Ruling(one.candidacy_id))) for one in dossiers]
