"""The forms of a proposal and of a decision: the same questions, asked of the experts, then of the publisher."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from kernel.runtime.auth import Person
from kernel.runtime.web import cause_of
from scoring import forms, handlers
from scoring.domain import chain
from scoring.domain.chain import Ruling
from scoring.domain.dossier import Dossier
from scoring.domain.rulings import ChainAct
from scoring.forms import Form
from scoring.pages.opinions import check_marks_given
from scoring.pages.shell import Identified, Proposer, Shell, Staff, Typed, dossier_address, officer
from scoring.store import chain as kept


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/dossiers/{candidacy_id}/proposition")
    async def proposal_form(request: Request, candidacy_id: Identified, person: Proposer) -> Response:
        dossier, ruling = await _ready(shell, candidacy_id, person, "proposition")
        return _show(shell, request, (dossier, ruling, person), "proposition")

    @router.post("/dossiers/{candidacy_id}/proposition")
    async def propose(request: Request, candidacy_id: Identified, person: Proposer, values: Typed) -> Response:
        form = forms.read_decision(values)
        dossier, ruling = await _ready(shell, candidacy_id, person, "proposition")
        if form.errors:
            return _show(shell, request, (dossier, ruling, person), "proposition", form)
        async with shell.database.work(cause_of(request)) as work:
            await handlers.propose(work, forms.decision_wish(form, candidacy_id, officer(person)))
        return RedirectResponse(f"{dossier_address(candidacy_id)}?fait=proposition", 303)

    router.include_router(_decision(shell))
    return router


def _decision(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/dossiers/{candidacy_id}/decision")
    async def decision_form(request: Request, candidacy_id: Identified, person: Staff) -> Response:
        dossier, ruling = await _ready(shell, candidacy_id, person, "decision_pole")
        return _show(shell, request, (dossier, ruling, person), "decision_pole")

    @router.post("/dossiers/{candidacy_id}/decision")
    async def decide(request: Request, candidacy_id: Identified, person: Staff, values: Typed) -> Response:
        form = forms.read_decision(values)
        dossier, ruling = await _ready(shell, candidacy_id, person, "decision_pole")
        if form.errors:
            return _show(shell, request, (dossier, ruling, person), "decision_pole", form)
        async with shell.database.work(cause_of(request)) as work:
            await handlers.decide(work, forms.decision_wish(form, candidacy_id, officer(person)))
        return RedirectResponse(f"{dossier_address(candidacy_id)}?fait=decision", 303)

    return router


async def _ready(shell: Shell, candidacy_id: UUID, person: Person, act: ChainAct) -> tuple[Dossier, Ruling]:
    """Raises `Refused` before anything is typed, or before what was typed is judged."""
    dossier = await shell.open(candidacy_id, person)
    async with shell.database.reading() as session:
        ruling = await kept.ruling(session, candidacy_id)
    chain.check(dossier, ruling, act, person.role)
    await check_marks_given(shell, candidacy_id, person)
    return dossier, ruling


def _show(
    shell: Shell, request: Request, about: tuple[Dossier, Ruling, Person], act: ChainAct, form: Form | None = None
) -> Response:
    dossier, ruling, person = about
    said = ruling.proposal if act == "proposition" or ruling.decision is None else ruling.decision
    known = {"issue": said.outcome, "motif": said.reason, "murir": said.maturing} if said else {}
    return shell.render(
        "decision_form.html",
        request,
        status=422 if form and form.errors else 200,
        person=person,
        dossier=dossier,
        ruling=ruling,
        act=act,
        form=form or Form(known),
    )
