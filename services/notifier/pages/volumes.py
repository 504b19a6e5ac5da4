"""How much leaves, day by day, and the mails of one dossier in the order in which they happened."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse

from kernel.runtime.auth import Allow, Person
from kernel.runtime.database import Database
from kernel.ui import Page
from notifier import store
from notifier.domain.hours import PARIS
from notifier.store import lists

DAYS = 30
HEIGHT = 120
"""Pixels of the tallest bar."""
Staff = Annotated[Person, Depends(Allow("staff"))]


def routes(database: Database, page: Page, words: Mapping[str, Any]) -> APIRouter:
    """The pages, without their prefix."""
    router = APIRouter()

    @router.get("/volumes", response_class=HTMLResponse)
    async def show_volumes(request: Request, _: Staff) -> HTMLResponse:
        today = database.clock.now().astimezone(PARIS).date()
        async with database.reading() as session:
            counted = await lists.volumes(session, today - timedelta(days=DAYS - 1))
        bars = _bars(counted, today)
        shown: dict[str, Any] = {"bars": bars, "most": max((one["all"] for one in bars), default=0), "height": HEIGHT}
        return page.render("volumes.html", request, **shown, **words)

    @router.get("/dossiers/{candidacy_id:uuid}", response_class=HTMLResponse)
    async def show_dossier(request: Request, _: Staff, candidacy_id: UUID) -> HTMLResponse:
        async with database.reading() as session:
            known = await store.dossier(session, candidacy_id)
            mails = await lists.of_dossier(session, candidacy_id)
        if not mails:
            raise HTTPException(404, "Aucun message n’a été écrit au sujet de ce dossier.")
        return page.render("dossier_messages.html", request, dossier=known, mails=mails, number=candidacy_id, **words)

    return router


def _bars(counted: Mapping[date, tuple[int, int]], today: date) -> list[dict[str, Any]]:
    """One bar a day, the oldest first; heights in pixels of HEIGHT, a mail is never drawn as nothing."""
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    most = max((sum(counted.get(day, (0, 0))) for day in days), default=0) or 1
    bars = []
    for number, day in enumerate(days):
        left, failed = counted.get(day, (0, 0))
        tall = [max(2, round(HEIGHT * one / most)) if one else 0 for one in (left, failed)]
        bars.append({"day": day, "left": left, "failed": failed, "all": left + failed, "tall": tall, "x": number * 12})
    return bars
