"""The form of the decision: open to staff when the three opinions are there, and used once."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from kernel.runtime.web import cause_of
from scoring import forms, handlers
from scoring.domain import rulings
from scoring.forms import Form
from scoring.pages.shell import Identified, Shell, Staff, Typed, dossier_address, officer


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/dossiers/{candidacy_id}/decision")
    async def decision_form(request: Request, candidacy_id: Identified, person: Staff) -> Response:
        dossier = await shell.open(candidacy_id, person)
        rulings.check_decision(dossier, person.role)
        return shell.render("decision_form.html", request, person=person, dossier=dossier, form=Form())

    @router.post("/dossiers/{candidacy_id}/decision")
    async def decide(request: Request, candidacy_id: Identified, person: Staff, values: Typed) -> Response:
        form = forms.read_decision(values)
        dossier = await shell.open(candidacy_id, person)
        rulings.check_decision(dossier, person.role)
        if form.errors:
            return shell.render("decision_form.html", request, status=422, person=person, dossier=dossier, form=form)
        async with shell.database.work(cause_of(request)) as work:
            await handlers.decide(work, forms.decision_wish(form, candidacy_id, officer(person)))
        return RedirectResponse(f"{dossier_address(candidacy_id)}?fait=decision", 303)

    return router
