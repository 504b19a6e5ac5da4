"""The form of a candidacy: one page, without a script too; what was typed is never lost.

The form carries a token made with it. The same token sent twice makes one dossier and leads to one receipt.
"""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from intake import handlers
from intake.domain import vocabulary
from intake.domain.dossier import Dossier
from intake.domain.refusals import AlreadySubmitted, NoOpenWave
from intake.domain.wave import receives, takes_dossiers
from intake.forms.candidacy import ToCorrect, read
from intake.forms.words import ROWS, Words, blank
from intake.pages.shell import Shell, Typed
from intake.store.candidacies import Receipt, receipt_of_form
from intake.store.waves import last_wave
from kernel.runtime.pace import sentence, too_fast
from kernel.runtime.web import cause_of
from kernel.ui import Notice

TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")

COLUMNS: Mapping[str, list[dict[str, Any]]] = {
    "plan": [
        {"name": "financeur", "label": "Financeur", "kind": "text", "grow": 4},
        {"name": "montant", "label": "Montant", "kind": "money", "grow": 2},
        {
            "name": "etat",
            "label": "État",
            "kind": "select",
            "grow": 2,
            "options": list(vocabulary.PLAN_STATES.items()),
        },
    ],
    "besoin": [
        {"name": "objet", "label": "Pour faire quoi", "kind": "textarea", "width": 8},
        {
            "name": "nature",
            "label": "Nature",
            "kind": "select",
            "width": 4,
            "options": list(vocabulary.NEED_KINDS.items()),
        },
        {"name": "montant", "label": "Montant", "kind": "money", "width": 4},
        {"name": "debut", "label": "Début", "kind": "month", "width": 4},
        {"name": "fin", "label": "Fin", "kind": "month", "width": 4},
        {
            "name": "priorite",
            "label": "À financer",
            "kind": "select",
            "width": 4,
            "options": list(vocabulary.NEED_PRIORITIES.items()),
        },
        {"name": "precisions", "label": "Précisions", "kind": "textarea", "width": 8},
    ],
}


def routes(shell: Shell) -> APIRouter:
    """`/candidatures/formulaire` and the address it is sent to."""
    router = APIRouter()

    @router.get("/candidatures/formulaire")
    async def show_form(request: Request) -> Response:
        return await _form(shell, request, blank(), {})

    @router.post("/candidatures")
    async def send_form(request: Request, words: Typed) -> Response:
        if words["ajouter"] in ROWS:
            return await _form(shell, request, words.with_row(words["ajouter"]), {})
        if too_fast(request):
            return await _form(shell, request, words, {})
        match read(words, shell.label):
            case ToCorrect(errors):
                return await _form(shell, request, words, errors)
            case filled:
                return await _submit(shell, request, words, filled.dossier)

    return router


async def _submit(shell: Shell, request: Request, words: Words, dossier: Dossier) -> Response:
    token = _token(words)
    try:
        async with shell.database.work(cause_of(request)) as work:
            receipt = await handlers.submit_candidacy(work, dossier, shell.label.dossier_prefix, token, shell.late)
    except AlreadySubmitted:
        return await _again(shell, token, dossier)
    except NoOpenWave:
        return await _form(shell, request, words, {})
    return RedirectResponse(address_of(receipt), 303)


async def _again(shell: Shell, token: str, dossier: Dossier) -> Response:
    """The receipt of the first sending; says so where the words have changed since, for they were not taken."""
    async with shell.database.reading() as session:
        found = await receipt_of_form(session, token)
    if found is None:
        raise LookupError("a form token was refused as used, yet no dossier carries it")
    receipt, first = found
    changed = "" if dossier == first else "&deja=oui"
    return RedirectResponse(address_of(receipt) + changed, 303)


def address_of(receipt: Receipt) -> str:
    """The page of a receipt, with the key that opens it."""
    return f"/candidatures/{receipt.candidacy_id}/accuse?cle={receipt.key}"


def _token(words: Words) -> str:
    """The form's own token; a form that was sent by no page of ours gets one now."""
    sent = words["jeton"]
    return sent if TOKEN.fullmatch(sent) else secrets.token_urlsafe(24)


async def _form(shell: Shell, request: Request, words: Words, errors: Mapping[str, str]) -> Response:
    """The form: 200, 422 with its errors, 409 where no wave takes dossiers (words typed are kept all the same)."""
    at = shell.database.clock.now()
    async with shell.database.reading() as session:
        wave = await last_wave(session)
    is_open = receives(wave, at, shell.late)
    if not is_open and request.method == "GET":
        return shell.render("closed.html", request, status=409, wave=wave, now=at)
    wait = too_fast(request)
    return shell.render(
        "apply.html",
        request,
        status=429 if wait else 409 if not is_open else 422 if errors else 200,
        notices=(Notice("attention", "Votre candidature n’est pas encore envoyée.", sentence(wait)),) if wait else (),
        private=True,
        words=words,
        errors=errors,
        token=_token(words),
        wave=wave,
        open=is_open,
        late=is_open and not takes_dossiers(wave, at),
        columns=COLUMNS,
    )
