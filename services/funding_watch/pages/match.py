"""One match: why it is proposed, what was checked, what people made of it, and what they may do now."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.exceptions import HTTPException
from starlette.responses import Response

from funding_watch import forms
from funding_watch.domain.board import Row
from funding_watch.domain.precedents import Precedent, alike
from funding_watch.domain.triage import Refused, Triage, standing, steps_from
from funding_watch.handlers import triage
from funding_watch.pages.shown import PREFIX
from funding_watch.pages.triage import Pairs, Sorter, actor_of, who, words
from funding_watch.store import board, notes, precedents
from funding_watch.store import triage as store
from kernel.runtime.auth import Person
from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from kernel.ui import Notice, Page

DONE = {
    "etat": Notice("succes", "C’est enregistré.", "L’historique ci-dessous le montre ; vous pouvez l’annuler."),
    "annule": Notice("succes", "La dernière étape est annulée.", "Elle reste dans l’historique."),
    "note": Notice("succes", "Votre note est gardée.", "L’équipe et les partenaires la lisent."),
    "suivi": Notice("succes", "Le suivi est enregistré.", "Un rappel est fait ce jour-là si l’appel attend encore."),
}


def add_match(router: APIRouter, database: Database, page: Page) -> None:
    """`/tri/{match_id}`: the team and the partners."""

    @router.get("/tri/{match_id}")
    async def show(request: Request, match_id: UUID, person: Sorter) -> Response:
        return await _page(request, database, page, person, match_id)

    _add_steps(router, database, page)
    _add_noting(router, database, page)
    _add_assigning(router, database, page)


def _add_steps(router: APIRouter, database: Database, page: Page) -> None:
    @router.post("/tri/{match_id}/etat")
    async def move(request: Request, match_id: UUID, person: Sorter, pairs: Pairs) -> Response:
        typed = dict(pairs)
        step = forms.read_step(typed)
        if isinstance(step, forms.Errors):
            return await _page(request, database, page, person, match_id, typed=typed, errors=step.by_field)
        try:
            async with database.work(cause_of(request)) as work:
                await triage.take_step(work, match_id, step, who(person))
        except triage.UnknownMatch:
            raise HTTPException(404) from None
        except Refused as refused:
            errors = {"etat": str(refused)}
            return await _page(request, database, page, person, match_id, typed=typed, errors=errors)
        return _back(match_id, "etat")

    @router.post("/tri/{match_id}/annuler")
    async def undo(request: Request, match_id: UUID, person: Sorter) -> Response:
        try:
            async with database.work(cause_of(request)) as work:
                await triage.take_back(work, match_id, who(person))
        except triage.UnknownMatch:
            raise HTTPException(404) from None
        except Refused as refused:
            raise HTTPException(409, str(refused)) from None
        return _back(match_id, "annule")


def _add_noting(router: APIRouter, database: Database, page: Page) -> None:
    @router.post("/tri/{match_id}/notes")
    async def note(request: Request, match_id: UUID, person: Sorter, pairs: Pairs) -> Response:
        typed = dict(pairs)
        try:
            async with database.work(cause_of(request)) as work:
                await triage.write_note(work, match_id, forms.plain(typed.get("note", "")), who(person))
        except triage.UnknownMatch:
            raise HTTPException(404) from None
        except Refused as refused:
            errors = {"note": str(refused)}
            return await _page(request, database, page, person, match_id, typed=typed, errors=errors)
        return _back(match_id, "note")


def _add_assigning(router: APIRouter, database: Database, page: Page) -> None:
    @router.post("/tri/{match_id}/suivi")
    async def follow(request: Request, match_id: UUID, person: Sorter, pairs: Pairs) -> Response:
        typed, day = dict(pairs), forms.read_day(dict(pairs).get("echeance", ""))
        if isinstance(day, str):
            return await _page(request, database, page, person, match_id, typed=typed, errors={"echeance": day})
        async with database.reading() as session:
            row = await board.row(session, match_id)
            people = dict(_choices(await board.people(session), row.triage)) if row else {}
        chosen = typed.get("responsable", "")
        to = (chosen, people[chosen]) if chosen in people else ("", "")
        try:
            async with database.work(cause_of(request)) as work:
                await triage.follow(work, match_id, to, day, who(person))
        except triage.UnknownMatch:
            raise HTTPException(404) from None
        except Refused as refused:
            errors = {"echeance": str(refused)}
            return await _page(request, database, page, person, match_id, typed=typed, errors=errors)
        return _back(match_id, "suivi")


def _back(match_id: UUID, done: str) -> Response:
    return RedirectResponse(f"{PREFIX}/tri/{match_id}?fait={done}", 303)


async def _page(
    request: Request,
    database: Database,
    page: Page,
    person: Person,
    match_id: UUID,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    """The page; 422 with the words kept where something could not be done."""
    done = DONE.get(request.query_params.get("fait", ""))
    return page.render(
        "match.html",
        request,
        status_code=422 if errors else 200,
        notices=(done,) if done else (),
        person=person,
        typed=typed or {},
        errors=errors or {},
        parts=forms.PARTS,
        today=database.clock.now(),
        **await _facts(database, person, match_id),
        **words(),
    )


async def _facts(database: Database, person: Person, match_id: UUID) -> dict[str, Any]:
    async with database.reading() as session:
        row = await board.row(session, match_id)
        if row is None:
            raise HTTPException(404)
        history = await store.history(session, match_id)
        return {
            "row": row,
            "history": history[::-1],
            "can_undo": len(standing(history)) > 1,
            "people": _choices(await board.people(session), row.triage),
            "precedents": await precedents_of(session, row),
            "note": (await notes.latest(session, [row.call.key])).get(row.call.key),
            "steps": steps_from(row.triage.state, actor_of(person)),
        }


async def precedents_of(session: AsyncSession, row: Row) -> list[Precedent]:
    """Who obtained such an aid, those of the project's own commune first."""
    facts = row.candidacy.facts
    return alike(row.call, await precedents.every(session), [facts.commune_code] if facts else [])


def _choices(people: list[tuple[str, str]], known: Triage) -> list[tuple[str, str]]:
    """Who may be chosen, with whoever has it now, even if they have not signed in of late."""
    if not known.assigned_to or known.assigned_to in dict(people):
        return people
    return [*people, (known.assigned_to, known.assigned_name)]
