"""The receipt opens with its key, or for its contact signed in; it tells that the dossier is here, and what follows.

Its mentions are those of article L112-11 of the code des relations entre le public et l'administration: the
date of reception, the service in charge and how to reach it.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake import handlers
from intake.domain.refusals import Refused
from intake.domain.states import OUTCOMES, WORDS, State
from intake.forms.candidacy import ToCorrect
from intake.forms.staff import read_reason
from intake.forms.words import Words
from intake.pages.apply import address_of
from intake.pages.shell import DossierId, Shell, Typed, Visitor
from intake.store import candidacies, people
from intake.store.candidacies import Receipt
from kernel.runtime.web import cause_of
from kernel.ui.french import date_courte

NEVER: Mapping[str, datetime] = MappingProxyType({})
MISSING = "Dites en quelques mots pourquoi vous retirez ce dossier."


def routes(shell: Shell) -> APIRouter:
    """The receipt of a dossier, and the way to take it back."""
    router = APIRouter()

    async def opened(request: Request, candidacy_id: DossierId, person: Visitor) -> Receipt:
        """The receipt, for its key or its contact; a wrong key and a wrong dossier look the same."""
        async with shell.database.reading() as session:
            receipt = await candidacies.receipt(session, candidacy_id)
            mine = receipt is not None and await people.is_contact(session, person, receipt.key)
        if receipt is None or not (mine or is_opened_by(receipt, request)):
            raise HTTPException(404)
        return receipt

    Opened = Annotated[Receipt, Depends(opened)]

    @router.get("/candidatures/{candidacy_id}/accuse")
    async def show_receipt(request: Request, receipt: Opened) -> Response:
        return await _receipt(shell, request, receipt)

    @router.post("/candidatures/{candidacy_id}/retrait")
    async def withdraw(request: Request, receipt: Opened, words: Typed) -> Response:
        reason = read_reason(words, MISSING)
        if isinstance(reason, ToCorrect):
            return await _receipt(shell, request, receipt, words=words, errors=reason.errors)
        return await _withdraw(shell, request, receipt, reason)

    return router


def is_opened_by(receipt: Receipt, request: Request) -> bool:
    """Whether the address carries the key of this receipt."""
    key = request.query_params.get("cle", "")
    return secrets.compare_digest(receipt.key.encode(), key.encode("utf-8", "replace"))


async def _withdraw(shell: Shell, request: Request, receipt: Receipt, reason: str) -> Response:
    try:
        async with shell.database.work(cause_of(request)) as work:
            await handlers.withdraw(work, receipt.candidacy_id, reason)
    except Refused as refused:
        return shell.error(request, 409, str(refused))
    return RedirectResponse(address_of(receipt), 303)


async def _receipt(shell: Shell, request: Request, receipt: Receipt, **form: object) -> Response:
    async with shell.database.reading() as session:
        candidacy = await candidacies.candidacy(session, receipt.candidacy_id)
    if candidacy is None:
        raise HTTPException(404)
    return shell.render(
        "receipt.html",
        request,
        status=422 if form else 200,
        private=True,
        candidacy=candidacy,
        receipt=receipt,
        steps=steps(candidacy.state, candidacy.submitted_at),
        current=current_step(candidacy.state),
        again=request.query_params.get("deja") == "oui",
        **{"words": Words(), "errors": {}, **form},
    )


def steps(state: State, submitted_at: datetime, reached: Mapping[str, datetime] = NEVER) -> list[dict[str, str]]:
    """The way of a dossier as the porteur sees it; a dossier that left the way shows where it ended.

    `reached` says on which day an act of the journal was done, where that is known.
    """
    first = {"label": "Dossier reçu", "note": date_courte(submitted_at)}
    if state == "hors_delai":
        first = {"label": "Dossier reçu hors délai", "note": f"{date_courte(submitted_at)} ; l’équipe décide"}
    if state in {"non_retenu", "retire"}:
        ended = reached.get("retrait" if state == "retire" else "non_retenu")
        return [first, {"label": WORDS[state].label, "note": date_courte(ended) if ended else ""}]
    last = WORDS[state].label if state in OUTCOMES else "Décision"
    kept, decided = reached.get("preselection"), reached.get("decision")
    return [
        first,
        {"label": "Présélection", "note": date_courte(kept) if kept else "par l’équipe et ses partenaires"},
        {"label": "Avis des trois comités", "note": ""},
        {"label": last, "note": date_courte(decided) if decided and state in OUTCOMES else ""},
    ]


def current_step(state: State) -> int:
    """The step under way, counted from 0; past the last one when the way has ended."""
    return {"hors_delai": 0, "depose": 1, "preselectionne": 2, "non_retenu": 2, "retire": 2}.get(state, 4)
