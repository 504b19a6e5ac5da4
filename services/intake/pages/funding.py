"""« Vos financements »: the calls that the team passed on, each in plain words, and what becomes of it.

The rule kept here: a porteur reads what was forwarded to this dossier, and nothing else of the watch.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake.domain.funding import ANSWER_WORDS, STATE_WORDS, shown
from intake.domain.refusals import Refused
from intake.forms.funding import Answered, read_answer
from intake.forms.words import Words
from intake.handlers import funding
from intake.pages.own import Own, own_dossier
from intake.pages.shell import Shell, Typed
from intake.store import funding as store
from kernel.runtime.web import cause_of
from kernel.ui import Notice

DONE = Notice("succes", "Votre réponse est enregistrée.", "L’équipe du Label la voit.")


def routes(shell: Shell) -> APIRouter:
    """`/mes-dossiers/{id}/financements`: those who have a part in the dossier."""
    router = APIRouter()
    Mine = Annotated[Own, Depends(own_dossier(shell))]

    @router.get("/mes-dossiers/{candidacy_id}/financements")
    async def show(request: Request, own: Mine) -> Response:
        return await page(shell, request, own)

    @router.post("/mes-dossiers/{candidacy_id}/financements/{match_id}")
    async def answer(request: Request, own: Mine, match_id: UUID, words: Typed) -> Response:
        read = read_answer(words, match_id)
        if not isinstance(read, Answered):
            return await page(shell, request, own, words=words, errors=read.errors, about=match_id)
        by = own.candidacy.dossier.project.porteur
        try:
            async with shell.database.work(cause_of(request)) as work:
                await funding.answer(
                    work, own.candidacy.id, match_id, read.answer, amount=read.amount, words=read.words, by=by
                )
        except LookupError:
            raise HTTPException(404) from None
        except Refused as refused:
            return await page(
                shell, request, own, words=words, errors={f"reponse-{match_id.hex}": str(refused)}, about=match_id
            )
        return RedirectResponse(f"{own.address}/financements?fait=oui#financements", 303)

    return router


async def page(shell: Shell, request: Request, own: Own, **form: object) -> Response:
    """The calls of the dossier; `form` brings back the words and errors of an answer, and which it is about."""
    async with shell.database.reading() as session:
        found = await store.of_dossier(session, own.candidacy.id)
        keys = [one.track.call.key for one in found if one.track]
        decodings = await store.decodings(session, keys)
    return shell.render(
        "funding.html",
        request,
        status=422 if form else 200,
        private=True,
        notices=(DONE,) if request.query_params.get("fait") and not form else (),
        own=own,
        candidacy=own.candidacy,
        lines=shown(found, decodings),
        state_words=STATE_WORDS,
        answer_words=ANSWER_WORDS,
        today=shell.database.clock.now(),
        **{"words": Words(), "errors": {}, "about": None, **form},
    )
