"""One dossier: the project, its plan and needs, what the committees said, what was decided, and its history."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from kernel.ui import Notice
from scoring import store
from scoring.domain.history import history
from scoring.pages.shell import Identified, Reader, Shell
from scoring.store import chain as chain_kept

DONE = {
    "avis": Notice("succes", "L’avis est enregistré.", "Il peut être corrigé jusqu’à la décision."),
    "proposition": Notice("succes", "La proposition est enregistrée.", "Elle peut être corrigée jusqu’à la décision."),
    "decision": Notice(
        "succes", "La décision est enregistrée.", "Rien n’est envoyé : le Grand forum doit d’abord l’approuver."
    ),
}
"""Shown once, after the form that the address names."""


def routes(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.get("/dossiers/{candidacy_id}")
    async def dossier(request: Request, candidacy_id: Identified, person: Reader) -> Response:
        found = await shell.open(candidacy_id, person)
        async with shell.database.reading() as session:
            entries = await store.journal(session, candidacy_id)
            ruling = await chain_kept.ruling(session, candidacy_id)
            waves = {wave.wave_id: wave for wave in await store.waves(session)}
        notice = DONE.get(request.query_params.get("fait", ""))
        return shell.render(
            "dossier.html",
            request,
            person=person,
            dossier=found,
            pieces=await shell.opens(person, candidacy_id),
            ruling=ruling,
            sealed=found.decision is None and candidacy_id in await shell.sealed(person),
            wave=waves.get(found.submission.wave_id) if found.submission else None,
            lines=history(found, entries) if person.role == "staff" else [],
            notices=(notice,) if notice else (),
        )

    return router
