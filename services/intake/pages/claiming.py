"""A draft begun by a stranger becomes somebody's: signed in, by a button; else by a link to the address they give."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from intake.domain.people import HOUR, TooMany
from intake.domain.refusals import Refused
from intake.forms.candidacy import ToCorrect
from intake.forms.people import TRAP, read_address
from intake.handlers import drafts as keeping
from intake.pages.draft_door import SENT, Opened, opener
from intake.pages.drafts import summary
from intake.pages.links import FLOOR, network_of, no_sooner_than
from intake.pages.shell import Shell, Typed, Visitor
from kernel.runtime.auth import Door
from kernel.runtime.web import cause_of
from kernel.ui import Notice

LEFT = Notice(
    "succes",
    "Un lien vient de partir à cette adresse.",
    "Il est valable quinze minutes. Une fois connecté, vous retrouverez ce brouillon dans « Mes dossiers ».",
)


def routes(shell: Shell) -> APIRouter:
    """`/brouillons/{id}/garder`: whoever holds the address."""
    router = APIRouter()

    @router.post("/brouillons/{draft_id}/garder")
    async def keep(
        request: Request, opened: Annotated[Opened, Depends(opener(shell))], words: Typed, person: Visitor
    ) -> Response:
        if opened.receipt or opened.changes_dossier:
            return shell.error(request, 409, SENT)
        if person is None or person.role != "applicant":
            return await _by_mail(shell, request, opened, words)
        try:
            async with shell.database.work(cause_of(request)) as work:
                await keeping.claim(work, opened.draft, person)
        except Refused as refused:
            return shell.error(request, 409, str(refused))
        return RedirectResponse("/mes-dossiers", 303)

    return router


async def _by_mail(shell: Shell, request: Request, opened: Opened, words: Typed) -> Response:
    email = read_address(words)
    if isinstance(email, ToCorrect):
        return summary(shell, request, opened, status=422, errors=email.errors, courriel=words["courriel"])
    door: Door = request.app.state.door
    try:
        async with no_sooner_than(FLOOR):
            if not words[TRAP]:
                async with shell.database.work(cause_of(request)) as work:
                    await keeping.claim_by_mail(work, door, opened.draft, email, network_of(request))
    except TooMany as refused:
        answer = summary(shell, request, opened, status=429, errors={"courriel": str(refused)}, courriel=email)
        answer.headers["Retry-After"] = str(int(HOUR.total_seconds()))
        return answer
    except Refused as refused:
        return summary(shell, request, opened, status=409, errors={"courriel": str(refused)}, courriel=email)
    return summary(shell, request, opened, notices=(LEFT,))
