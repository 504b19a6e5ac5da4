"""The form of an opinion: a juror's own committee, or any for staff, who hold the pen of all."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from kernel.runtime.auth import Person
from kernel.runtime.web import cause_of
from scoring import forms, handlers
from scoring.domain import committees, rulings
from scoring.domain.dossier import Dossier
from scoring.forms import Form
from scoring.pages.shell import Identified, Reader, Shell, Typed, dossier_address, officer


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/dossiers/{candidacy_id}/avis")
    async def opinion_form(request: Request, candidacy_id: Identified, person: Reader) -> Response:
        seats = committees.seats(person.role)
        committee = request.query_params.get("committee") or (seats[0] if len(seats) == 1 else "")
        dossier = await shell.open(candidacy_id, person)
        _check(dossier, person, committee)
        await check_marks_given(shell, candidacy_id, person)
        return _show(shell, request, dossier, person, Form({"committee": committee}))

    @router.post("/dossiers/{candidacy_id}/avis")
    async def record_opinion(request: Request, candidacy_id: Identified, person: Reader, values: Typed) -> Response:
        form = forms.read_opinion(values)
        dossier = await shell.open(candidacy_id, person)
        _check(dossier, person, form["committee"])
        await check_marks_given(shell, candidacy_id, person)
        if form.errors:
            return _show(shell, request, dossier, person, form)
        async with shell.database.work(cause_of(request)) as work:
            await handlers.record_opinion(work, forms.opinion_wish(form, candidacy_id, officer(person)))
        return RedirectResponse(f"{dossier_address(candidacy_id)}?fait=avis", 303)

    return router


async def check_marks_given(shell: Shell, candidacy_id: UUID, person: Person) -> None:
    """The form shows what the others said: it waits for the juror's own marks."""
    if candidacy_id in await shell.sealed(person):
        raise rulings.Refused("Rendez d'abord vos propres notes sur ce dossier : cette page montre l'avis des autres.")


def _check(dossier: Dossier, person: Person, committee: str) -> None:
    """Say no before anything is typed, or before what was typed is judged."""
    asked = [c for c in committees.COMMITTEES if c == committee] or committees.seats(person.role)
    rulings.check_opinion(dossier, asked[0], person.role)


def _show(shell: Shell, request: Request, dossier: Dossier, person: Person, form: Form) -> Response:
    committee = next((c for c in committees.COMMITTEES if c == form["committee"]), None)
    return shell.render(
        "opinion_form.html",
        request,
        status=422 if form.errors else 200,
        person=person,
        dossier=dossier,
        form=form,
        committee=committee,
        earlier=committees.before(committee) if committee else (),
    )
