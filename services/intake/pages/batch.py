"""Something done to several dossiers: what will happen is shown first, and waits a little once it is confirmed."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from intake.domain.acts import BATCH, WORDS, Kind, Step
from intake.domain.refusals import Refused
from intake.forms.batch import read_batch, read_kind
from intake.forms.candidacy import ToCorrect
from intake.forms.words import Words
from intake.handlers import acts
from intake.pages.chosen import Chosen, token_of
from intake.pages.shell import Shell, Staff, Typed
from intake.store import desk, lists
from kernel.runtime.web import cause_of

NONE = "Cochez au moins un dossier de la liste."
NO_KIND = "Choisissez ce qu’il faut faire des dossiers cochés."


def routes(shell: Shell) -> APIRouter:
    """`/dossiers/lot`: staff only."""
    router = APIRouter()

    @router.post("/dossiers/lot")
    async def preview(request: Request, _: Staff, words: Typed, ids: Chosen) -> Response:
        kind = read_kind(words)
        if kind is None or not ids:
            return shell.error(request, 422, NONE if not ids else NO_KIND)
        return await _page(shell, request, kind, ids, status=200)

    @router.post("/dossiers/lot/confirmation")
    async def confirm(request: Request, person: Staff, words: Typed, ids: Chosen) -> Response:
        kind = read_kind(words)
        if kind is None or not ids:
            return shell.error(request, 422, NONE if not ids else NO_KIND)
        async with shell.database.reading() as session:
            team = {str(one.id) for one in await desk.team(session)}
        given = read_batch(kind, words, team, person.id or person.name)
        if isinstance(given, ToCorrect):
            return await _page(shell, request, kind, ids, words=words, errors=given.errors)
        steps = [Step(one, given) for one in ids]
        try:
            async with shell.database.work(cause_of(request)) as work:
                act = await acts.plan(work, token_of(words["jeton"]), kind, steps, person)
        except Refused as refused:
            return shell.error(request, 409, str(refused))
        return RedirectResponse(f"/actes/{act.id}", 303)

    return router


async def _page(
    shell: Shell, request: Request, kind: Kind, ids: Sequence[UUID], *, status: int = 422, **form: object
) -> Response:
    async with shell.database.reading() as session:
        lines = await lists.lines_of(session, ids)
        followers, tags = await desk.followers(session), await desk.tags(session)
        team = [(str(one.id), one.name) for one in await desk.team(session)]
    return shell.render(
        "batch.html",
        request,
        status=status,
        private=True,
        kind=kind,
        act_words=WORDS,
        kinds=BATCH,
        lines=lines,
        followers=followers,
        tags=tags,
        team_options=team,
        token=uuid4(),
        **{"words": Words(), "errors": {}, **form},
    )
