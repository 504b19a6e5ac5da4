"""« Pourquoi ne vois-je plus cet appel ? » for one project and one call, and the way back if there is one."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from funding_watch.domain.triage import REASON_WORDS
from funding_watch.handlers.looking import Looking
from funding_watch.pages.shown import Staff
from funding_watch.store import calls, projects
from funding_watch.store import triage as store
from funding_watch.store.matches import match_id
from kernel.ui import Page


def add_absence(router: APIRouter, looking: Looking, page: Page) -> None:
    """The question and its answer; without a call, the calls to ask about."""

    @router.get("/projets/{candidacy_id}/pourquoi")
    async def why(request: Request, candidacy_id: UUID, _: Staff, appel: str = "") -> Response:
        answer = await looking.absence(candidacy_id, appel) if appel else None
        async with looking.database.reading() as session:
            candidacy = await projects.one(session, candidacy_id)
            known = await calls.known(session, [appel, *(answer.others if answer else ())])
            triage = await store.one(session, match_id(candidacy_id, appel))
        if candidacy is None or candidacy.facts is None or not candidacy.is_watched or (appel and answer is None):
            raise HTTPException(404)
        return page.render(
            "absence.html",
            request,
            candidacy=candidacy,
            project=candidacy.facts,
            answer=answer,
            triage=triage,
            call=known[appel].call if appel in known else None,
            others=[known[key].call for key in answer.others if key in known] if answer else [],
            reason_words=REASON_WORDS,
        )
