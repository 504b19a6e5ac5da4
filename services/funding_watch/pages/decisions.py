"""A call's page, and what a person decides of a call in doubt, where no source can say.

The rule kept here: a decision bears a name and a reason, and stays in the history of the call.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from funding_watch import handlers
from funding_watch.domain.entered import is_entered
from funding_watch.domain.origins import origins
from funding_watch.domain.presence import can_restore, needs_a_person
from funding_watch.pages.shown import SourceShown, Staff, call_address, reason_error
from funding_watch.store import pages as reading
from funding_watch.store.pages import CallPage
from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from kernel.ui import Notice, Page

ENTERED = Notice("succes", "L’appel est ajouté.", "Les projets dont il sert un besoin le reçoivent dans un instant.")


def call_page(
    page: Page,
    request: Request,
    found: CallPage,
    sources: Mapping[str, SourceShown],
    now: datetime,
    *,
    kept: Mapping[str, str] | None = None,
) -> Response:
    """The page of a call; with 422 and the words kept where a decision had no reason."""
    call = found.known.call
    return page.render(
        "call.html",
        request,
        status_code=422 if kept else 200,
        found=found,
        call=call,
        sources=sources,
        today=now,
        status=call.status_at(now),
        needs_a_person=needs_a_person(call, found.known.life),
        kept=kept,
        origins=origins(call),
        is_entered=is_entered,
        restorable=is_entered(call) and can_restore(call, found.known.life, now),
        notices=(ENTERED,) if request.query_params.get("saisie") and request.method == "GET" else (),
    )


def add_clearing(router: APIRouter, database: Database, page: Page, sources: Mapping[str, SourceShown]) -> None:
    """A person looked at what is in doubt of a call, and found it right."""

    @router.post("/quarantaine/{key:path}")
    async def clear(request: Request, key: str, person: Staff, motif: Annotated[str, Form()] = "") -> Response:
        if error := reason_error(motif.strip()):
            async with database.reading() as session:
                found = await reading.call_page(session, key, database.clock.now())
            if found is None:
                raise HTTPException(404)
            kept = {"reason": motif, "error": error}
            return call_page(page, request, found, sources, database.clock.now(), kept=kept)
        try:
            async with database.work(cause_of(request)) as work:
                await handlers.clear_call(work, key, by=person.name, reason=motif.strip())
        except handlers.UnknownCall:
            raise HTTPException(404) from None
        except ValueError:
            raise HTTPException(409, "Cet appel n'est plus en quarantaine : revoyez sa page.") from None
        return RedirectResponse(f"{call_address(key)}#historique", 303)


def add_decisions(router: APIRouter, database: Database, page: Page, sources: Mapping[str, SourceShown]) -> None:
    """The decision of a person on a call in doubt."""

    @router.post("/decisions/{key:path}")
    async def decide(
        request: Request,
        key: str,
        person: Staff,
        decision: Annotated[Literal["ouvert", "clos"], Form()],
        motif: Annotated[str, Form()] = "",
    ) -> Response:
        if error := reason_error(motif.strip()):
            async with database.reading() as session:
                found = await reading.call_page(session, key, database.clock.now())
            if found is None:
                raise HTTPException(404)
            kept = {"reason": motif, "error": error}
            return call_page(page, request, found, sources, database.clock.now(), kept=kept)
        try:
            async with database.work(cause_of(request)) as work:
                await handlers.decide_call(
                    work, key, still_open=decision == "ouvert", by=person.name, reason=motif.strip()
                )
        except handlers.UnknownCall:
            raise HTTPException(404) from None
        except ValueError:
            raise HTTPException(409, "Cet appel n'est plus en attente de décision : revoyez sa page.") from None
        return RedirectResponse(f"{call_address(key)}#historique", 303)
