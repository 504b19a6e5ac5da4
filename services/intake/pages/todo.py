"""What waits for the team: mine or everybody's, each task with the page where it is done; some can wait."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from intake.domain.refusals import Refused
from intake.domain.tasks import KINDS, tasks, visible
from intake.forms.desk import day
from intake.forms.values import Wrong
from intake.handlers import desk as keeping
from intake.pages.shell import Shell, Staff, Typed
from intake.store import desk
from intake.store.tasks import facts
from kernel.runtime.web import cause_of
from kernel.ui import Notice

ASIDE = Notice("succes", "C’est mis de côté.", "La tâche reviendra d’elle-même au jour choisi.")
BACK = Notice("succes", "La tâche est revenue dans la liste.")
DONE = {"cote": ASIDE, "retour": BACK}


def routes(shell: Shell) -> APIRouter:
    """`/a-faire`: staff only."""
    router = APIRouter()

    @router.get("/a-faire")
    async def show(request: Request, person: Staff) -> Response:
        at = shell.database.clock.now()
        async with shell.database.reading() as session:
            found = tasks(await facts(session, at), at)
            followers = await desk.followers(session)
            shown, later = visible(found, await desk.aside(session, person.id or person.name, at.date()))
        mine = request.query_params.get("qui") == "moi"
        if mine:
            shown = [one for one in shown if one.dossier in _followed_by(person.id, followers)]
        done = DONE.get(request.query_params.get("fait", ""))
        return shell.render(
            "todo.html",
            request,
            private=True,
            notices=(done,) if done else (),
            groups=[(words, [one for one in shown if one.kind == kind]) for kind, words in KINDS.items()],
            total=len(shown),
            later=later,
            followers=followers,
            mine=mine,
            now=at,
        )

    router.include_router(_waiting(shell))
    return router


def _followed_by(person_id: str | None, followers: Mapping[UUID, desk.Follower]) -> set[UUID]:
    return {dossier for dossier, follower in followers.items() if str(follower.id) == person_id}


def _waiting(shell: Shell) -> APIRouter:
    router = APIRouter()

    @router.post("/a-faire/de-cote")
    async def put_aside(request: Request, person: Staff, words: Typed) -> Response:
        try:
            until = day(words["jusqu"])
            async with shell.database.work(cause_of(request)) as work:
                await keeping.put_aside(work, person, words["tache"][:300], until)
        except (Wrong, Refused) as wrong:
            return shell.error(request, 422, str(wrong))
        return RedirectResponse("/a-faire?fait=cote", 303)

    @router.post("/a-faire/retour")
    async def bring_back(request: Request, person: Staff, words: Typed) -> Response:
        async with shell.database.work(cause_of(request)) as work:
            await keeping.bring_back(work, person, words["tache"][:300])
        return RedirectResponse("/a-faire?fait=retour", 303)

    return router
