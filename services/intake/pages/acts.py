"""Acts that wait: each can be called back until its time, or done at once; what was left undone says why."""

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from intake.domain.acts import WORDS
from intake.domain.refusals import Refused
from intake.handlers import acts as doing
from intake.pages.chosen import identifier
from intake.pages.shell import Shell, Staff
from intake.store import acts, lists
from kernel.runtime.web import cause_of
from kernel.ui import Notice

DONE = {
    "annule": Notice("succes", "L’acte est annulé.", "Rien n’a été fait, personne n’a rien reçu."),
    "maintenant": Notice("succes", "L’acte est exécuté."),
}


def routes(shell: Shell) -> APIRouter:
    """`/actes`: staff only."""
    router = APIRouter()

    @router.get("/actes")
    async def show_all(request: Request, _: Staff) -> Response:
        async with shell.database.reading() as session:
            found = await acts.latest(session)
        return shell.render("acts.html", request, private=True, acts=found, act_words=WORDS)

    @router.get("/actes/{act_id}")
    async def show(request: Request, act_id: str, _: Staff) -> Response:
        async with shell.database.reading() as session:
            act = await acts.act(session, identifier(act_id))
            lines = await lists.lines_of(session, [step.candidacy_id for step in act.steps]) if act else []
        if act is None:
            raise HTTPException(404)
        done = DONE.get(request.query_params.get("fait", ""))
        known: dict[str, Any] = {
            "lines": {line.id: line for line in lines},
            "results": {one.candidacy_id: one for one in act.results},
        }
        notices = (done,) if done else ()
        return shell.render("act.html", request, private=True, notices=notices, act=act, act_words=WORDS, **known)

    router.include_router(_ending(shell))
    return router


def _ending(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/actes/{act_id}/annulation")
    async def cancel(request: Request, act_id: str, _: Staff) -> Response:
        try:
            async with shell.database.work(cause_of(request)) as work:
                await doing.cancel(work, identifier(act_id))
        except doing.UnknownAct:
            raise HTTPException(404) from None
        except Refused as refused:
            return shell.error(request, 409, str(refused))
        return RedirectResponse(f"/actes/{act_id}?fait=annule", 303)

    @router.post("/actes/{act_id}/maintenant")
    async def hasten(request: Request, act_id: str, _: Staff) -> Response:
        try:
            async with shell.database.work(cause_of(request)) as work:
                await doing.hasten(work, identifier(act_id))
        except doing.UnknownAct:
            raise HTTPException(404) from None
        return RedirectResponse(f"/actes/{act_id}?fait=maintenant", 303)

    return router
