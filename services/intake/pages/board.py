"""The preselection board: what each dossier of a wave has and lacks, what-ifs side by side, reading in pairs.

A what-if is a list under a name; only the decision page leads to something that porteurs hear of.
"""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import RedirectResponse, Response

from intake.domain.board import Eligible, NotEligible, Screening, Selection, balance, completeness, screen
from intake.domain.dossier import Candidacy
from intake.domain.refusals import Refused
from intake.domain.wave import Wave
from intake.forms.board import read_name
from intake.forms.candidacy import ToCorrect
from intake.forms.words import Words
from intake.handlers import board as imagining
from intake.pages.chosen import Chosen, identifier
from intake.pages.shell import Shell, Staff, Typed
from intake.store import board, desk
from intake.store.waves import all_waves
from kernel.contracts.label import Label
from kernel.runtime.web import cause_of
from kernel.ui import Notice

MOST_READ = 4
DONE = {
    "simulation": Notice("succes", "La simulation est gardée.", "Elle n’a rien changé et n’a prévenu personne."),
    "supprimee": Notice("succes", "La simulation est supprimée.", "Aucun dossier n’a changé."),
}


def routes(shell: Shell) -> APIRouter:
    """`/preselection`: staff only."""
    router = APIRouter()

    @router.get("/preselection")
    async def show(request: Request, _: Staff) -> Response:
        return await board_page(shell, request, request.query_params.get("vague", ""))

    @router.get("/preselection/lecture")
    async def read(request: Request, _: Staff, ids: Chosen) -> Response:
        async with shell.database.reading() as session:
            found = await board.of_ids(session, ids[:MOST_READ])
        return shell.render(
            "board_reading.html",
            request,
            private=True,
            candidacies=found,
            asked=len(ids),
            most=MOST_READ,
            screened=screened(found, shell.label),
            complete={one.id: completeness(one.dossier) for one in found},
        )

    router.include_router(_imagining(shell))
    router.include_router(_changing(shell))
    return router


def _imagining(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/preselection/selections")
    async def imagine(request: Request, person: Staff, words: Typed, ids: Chosen) -> Response:
        name = read_name(words)
        if isinstance(name, ToCorrect):
            form = {"words": words, "errors": name.errors, "ticked": ids}
            return await board_page(shell, request, words["vague"], **form)
        wave_id = identifier(words["vague"])
        try:
            async with shell.database.work(cause_of(request)) as work:
                made = await imagining.imagine(work, wave_id, name, ids, person.name)
        except Refused as refused:
            form = {"words": words, "errors": {"nom": str(refused)}, "ticked": ids}
            return await board_page(shell, request, words["vague"], **form)
        return RedirectResponse(f"/preselection?vague={wave_id}&simulation={made.id}&fait=simulation", 303)

    return router


def _changing(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/preselection/selections/{selection_id}")
    async def change(request: Request, selection_id: str, person: Staff, words: Typed, ids: Chosen) -> Response:
        known = identifier(selection_id)
        try:
            async with shell.database.work(cause_of(request)) as work:
                await imagining.change(work, known, ids, person.name)
        except imagining.UnknownSelection:
            raise HTTPException(404) from None
        wave = words["vague"]
        return RedirectResponse(f"/preselection?vague={wave}&simulation={known}&fait=simulation", 303)

    @router.post("/preselection/selections/{selection_id}/suppression")
    async def drop(request: Request, selection_id: str, _: Staff) -> Response:
        async with shell.database.work(cause_of(request)) as work:
            await imagining.drop(work, identifier(selection_id))
        return RedirectResponse("/preselection?fait=supprimee", 303)

    return router


async def board_page(shell: Shell, request: Request, asked: str, **form: object) -> Response:
    """The board of a wave, the latest where none is asked for; `form` brings back what could not be kept."""
    async with shell.database.reading() as session:
        waves = await all_waves(session)
        wave = next((one for one in waves if str(one.id) == asked), waves[0] if waves else None)
        known = await _known(session, wave) if wave else {"candidacies": [], "selections": []}
    done = DONE.get(request.query_params.get("fait", ""))
    current = _current(known["selections"], request.query_params.get("simulation", ""))
    context: dict[str, Any] = {"words": Words(), "errors": {}, "ticked": current.picks if current else (), **form}
    found: list[Candidacy] = known["candidacies"]
    return shell.render(
        "board.html",
        request,
        status=422 if form else 200,
        private=True,
        notices=(done,) if done else (),
        waves=waves,
        wave=wave,
        current=current,
        screened=screened(found, shell.label),
        complete={one.id: completeness(one.dossier) for one in found},
        balance=balance(found, known["selections"]),
        balance_head=lambda first: [first, ("Reçus", "num"), *((s.name, "num") for s in known["selections"])],
        to_decide=[one for one in found if one.state == "depose"],
        **known,
        **context,
    )


def _current(selections: list[Selection], asked: str) -> Selection | None:
    return next((one for one in selections if str(one.id) == asked), None)


async def _known(session: AsyncSession, wave: Wave) -> dict[str, Any]:
    return {
        "candidacies": await board.of_wave(session, wave.id),
        "selections": await board.selections(session, wave.id),
        "tags": await desk.tags(session),
        "read": await desk.read_revisions(session),
    }


def screened(candidacies: list[Candidacy], label: Label) -> dict[UUID, tuple[str, str, str, tuple[str, ...]]]:
    """For each candidacy the verdict in words, its tone and its shape, and why."""
    return {one.id: _verdict(screen(one, label.communes)) for one in candidacies}


def _verdict(screening: Screening) -> tuple[str, str, str, tuple[str, ...]]:
    if isinstance(screening, Eligible):
        return "Éligible", "green", "check", ()
    if isinstance(screening, NotEligible):
        return "Non éligible", "brick", "cross", screening.reasons
    return "À vérifier", "amber", "question", screening.missing
