"""The rehearsal of a release: who gets what, to staff only; one letter reread or held; then all leave together."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from kernel.runtime.web import cause_of
from kernel.ui import Notice
from scoring import forms, handlers
from scoring.domain import chain, feedback
from scoring.domain.books import Book
from scoring.domain.chain import Retouch, Ruling, Stage
from scoring.domain.dossier import Dossier
from scoring.domain.feedback import Feedback
from scoring.domain.rulings import Refused, objection_to_reason
from scoring.forms import Form
from scoring.pages.chain import lines_of
from scoring.pages.shell import PREFIX, Identified, InWave, Shell, Staff, Typed, officer
from scoring.store import chain as kept
from scoring.store import marks as marks_kept
from scoring.store import sittings as store_of

DONE = {
    "retouche": Notice("succes", "La lettre est relue.", "L’ancienne version reste au journal du dossier."),
    "suspension": Notice("succes", "Cet envoi est suspendu.", "Les autres lettres peuvent partir sans lui."),
    "reprise": Notice("succes", "Cet envoi n’est plus suspendu.", "Il partira avec les autres."),
}
"""Shown once, after the form that the address names."""


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/vagues/{wave_id}/repetition")
    async def rehearsal(request: Request, wave_id: InWave, person: Staff) -> Response:
        return await _rehearse(shell, request, wave_id, Form())

    @router.post("/vagues/{wave_id}/liberation")
    async def release(request: Request, wave_id: InWave, person: Staff, values: Typed) -> Response:
        async with shell.database.work(cause_of(request)) as work:
            await handlers.release(work, wave_id, values.get("repetition", ""), officer(person))
        return RedirectResponse(f"{PREFIX}/vagues/{wave_id}/decisions?fait=libere", 303)

    router.include_router(_holding(shell))
    router.include_router(_letter(shell))
    return router


def _holding(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/dossiers/{candidacy_id}/suspension")
    async def hold(request: Request, candidacy_id: Identified, person: Staff, values: Typed) -> Response:
        dossier = await shell.open(candidacy_id, person)
        wave_id = wave_of(dossier)
        if objection := objection_to_reason(values.get("motif", "")):
            return await _rehearse(
                shell, request, wave_id, Form({**values, "dossier": str(candidacy_id)}, {"motif": objection})
            )
        async with shell.database.work(cause_of(request)) as work:
            await handlers.hold(work, candidacy_id, values["motif"], officer(person))
        return RedirectResponse(f"{PREFIX}/vagues/{wave_id}/repetition?fait=suspension", 303)

    @router.post("/dossiers/{candidacy_id}/reprise")
    async def resume(request: Request, candidacy_id: Identified, person: Staff) -> Response:
        wave_id = wave_of(await shell.open(candidacy_id, person))
        async with shell.database.work(cause_of(request)) as work:
            await handlers.resume(work, candidacy_id, officer(person))
        return RedirectResponse(f"{PREFIX}/vagues/{wave_id}/repetition?fait=reprise", 303)

    return router


def _letter(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/dossiers/{candidacy_id}/lettre")
    async def letter_form(request: Request, candidacy_id: Identified, person: Staff) -> Response:
        dossier = await shell.open(candidacy_id, person)
        return await _ask(shell, request, dossier, None)

    @router.post("/dossiers/{candidacy_id}/lettre")
    async def retouch(request: Request, candidacy_id: Identified, person: Staff, values: Typed) -> Response:
        dossier = await shell.open(candidacy_id, person)
        ruling = await ruling_of(shell, candidacy_id)
        chain.check(dossier, ruling, "retouche", person.role)
        form = forms.read_decision({**values, "issue": ruling.decision.outcome if ruling.decision else ""})
        if form.errors:
            return await _ask(shell, request, dossier, form)
        hidden = forms.quotes_kept_back(form)
        async with shell.database.work(cause_of(request)) as work:
            wish = Retouch(candidacy_id, form["motif"], form["murir"], hidden, officer(person))
            await handlers.retouch(work, wish)
        return RedirectResponse(f"{PREFIX}/vagues/{wave_of(dossier)}/repetition?fait=retouche", 303)

    return router


async def _ask(shell: Shell, request: Request, dossier: Dossier, form: Form | None) -> Response:
    ruling = await ruling_of(shell, dossier.candidacy_id)
    chain.check(dossier, ruling, "retouche", "staff")
    told = feedback.feedback(await books_of(shell, wave_of(dossier)), str(dossier.candidacy_id))
    said = ruling.decision
    known = {"motif": said.reason, "murir": said.maturing} if said else {}
    hidden = forms.quotes_kept_back(form) if form else ruling.hidden
    return shell.render(
        "letter_form.html",
        request,
        status=422 if form else 200,
        dossier=dossier,
        ruling=ruling,
        wave_id=wave_of(dossier),
        quotes=[(feedback.named(quote), quote) for quote in told.quotes],
        hidden=hidden,
        form=form or Form(known),
    )


async def _rehearse(shell: Shell, request: Request, wave_id: UUID, form: Form) -> Response:
    wave, lines = await lines_of(shell, wave_id)
    books = await books_of(shell, wave_id)
    approved = [(d, r) for d, r in lines if r.stage in (Stage.APPROUVE, Stage.RETENU)]
    leaving = [ruling for _, ruling in approved if ruling.stage is Stage.APPROUVE]
    notice = DONE.get(request.query_params.get("fait", ""))
    return shell.render(
        "rehearsal.html",
        request,
        status=422 if form.errors else 200,
        wave=wave,
        lines=[(dossier, ruling, told_of(books, ruling)) for dossier, ruling in approved],
        others=[(dossier, ruling) for dossier, ruling in lines if (dossier, ruling) not in approved],
        leaving=len(leaving),
        rehearsed=chain.rehearsed(leaving),
        form=form,
        notices=(notice,) if notice else (),
    )


def told_of(books: list[Book], ruling: Ruling) -> Feedback:
    """The feedback as it would leave now."""
    return feedback.feedback(books, str(ruling.candidacy_id)).without(ruling.hidden)


async def books_of(shell: Shell, wave_id: UUID) -> list[Book]:
    """Every book of a wave's sittings."""
    async with shell.database.reading() as session:
        return [await marks_kept.book(session, one) for one in await store_of.listed(session, wave_id)]


async def ruling_of(shell: Shell, candidacy_id: UUID) -> Ruling:
    """The chain of a dossier."""
    async with shell.database.reading() as session:
        return await kept.ruling(session, candidacy_id)


def wave_of(dossier: Dossier) -> UUID:
    """Raises `Refused` where the dossier's content has not arrived."""
    if dossier.submission is None:
        raise Refused("Le contenu de ce dossier n'est pas encore arrivé. Revenez dans quelques minutes.")
    return dossier.submission.wave_id
