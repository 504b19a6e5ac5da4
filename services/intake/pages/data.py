"""People's data: what is kept of somebody as a file, and its erasure, ordered by staff, answered by every service."""

import json
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake.domain.refusals import Refused
from intake.forms.answers import answers_of
from intake.forms.candidacy import ToCorrect
from intake.forms.erasure import Order, read_order
from intake.forms.words import Words
from intake.handlers import erasures as erasing
from intake.pages.own import Applicant
from intake.pages.shell import PRIVATE, Shell, Staff, Typed
from intake.store import candidacies, erasures, hearsay, messages, people, revisions
from kernel.contracts.registry import SERVICES
from kernel.runtime.web import cause_of
from kernel.ui import Notice

SERVICE_WORDS = {
    "intake": "Dossiers",
    "scoring": "Instruction",
    "funding_watch": "Veille",
    "notifier": "Messages",
}
DONE = Notice("succes", "L’effacement est ordonné.", "Chaque service répond ci-dessous, en quelques secondes.")


def routes(shell: Shell) -> APIRouter:
    """`/mes-donnees` for a porteur, `/donnees` for staff."""
    router = APIRouter()

    @router.get("/mes-donnees")
    async def export(person: Applicant) -> Response:
        body = json.dumps(await _everything(shell, person.id), ensure_ascii=False, indent=1)
        headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="mes-donnees.json"'}
        return Response(body, media_type="application/json", headers=headers)

    @router.get("/donnees")
    async def show(request: Request, _: Staff) -> Response:
        done = (DONE,) if request.query_params.get("fait") == "efface" else ()
        return await _page(shell, request, 200, notices=done)

    @router.post("/donnees")
    async def order(request: Request, person: Staff, words: Typed) -> Response:
        asked = read_order(words)
        if isinstance(asked, ToCorrect):
            return await _page(shell, request, 422, words=words, errors=asked.errors)
        return await _order(shell, request, asked, person.name, words)

    return router


async def _order(shell: Shell, request: Request, asked: Order, by: str, words: Words) -> Response:
    """Show what would go and what stays; erase once that was read."""
    try:
        async with shell.database.work(cause_of(request)) as work:
            person = await erasing.known(work, asked.email)
            if asked.confirmed:
                await erasing.order(work, asked.email, asked.reason, by)
                return RedirectResponse("/donnees?fait=efface", 303)
            theirs = await erasures.dossiers_of_contact(work.session, person.email)
    except Refused as refused:
        return await _page(shell, request, 409, words=words, errors={"courriel": str(refused)})
    return shell.render("erase.html", request, private=True, asked=asked, person=person, dossiers=theirs)


async def _page(shell: Shell, request: Request, status: int, **context: object) -> Response:
    async with shell.database.reading() as session:
        found = await erasures.every(session)
    return shell.render(
        "data.html",
        request,
        status=status,
        private=True,
        erasures=found,
        services=[(name, SERVICE_WORDS[name]) for name in SERVICES],
        **{"words": Words(), "errors": {}, **context},
    )


async def _everything(shell: Shell, person_id: str) -> dict[str, Any]:
    """All that intake keeps of somebody and of their dossiers, as JSON values. Raises 404 for who is not kept."""
    async with shell.database.reading() as session:
        member = await people.member(session, person_id)
        if member is None:
            raise HTTPException(404)
        found = await people.dossiers_of(session, member)
        return {
            "compte": {
                "adresse": member.email,
                "nom": member.name,
                "depuis": member.invited_at.isoformat(),
                "derniere_connexion": member.signed_in_at.isoformat() if member.signed_in_at else None,
            },
            "dossiers": [await _dossier(session, one.id) for one in found],
        }


async def _dossier(session: Any, candidacy_id: Any) -> dict[str, Any]:
    candidacy = await candidacies.candidacy(session, candidacy_id)
    if candidacy is None:
        return {}
    return {
        "numero": candidacy.number,
        "etat": candidacy.state,
        "recu_le": candidacy.submitted_at.isoformat(),
        "versions": [
            {"version": one.revision, "le": one.at.isoformat(), "reponses": answers_of(one.dossier)}
            for one in await revisions.versions(session, candidacy_id)
        ],
        "messages": [
            {"le": one.at.isoformat(), "de": one.by, "texte": one.text}
            for one in await messages.thread(session, candidacy_id)
        ],
        "journal": [
            {"le": line.at.isoformat(), "acte": line.act, "par": line.by, "motif": line.reason}
            for line in await hearsay.journal_of(session, candidacy_id)
        ],
    }
