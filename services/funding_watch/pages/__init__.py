"""The staff's pages of the watch: parse, call, show. Links carry the prefix under which people see them.

What a source wrote is shown as text, never as markup; only http(s) addresses become links, which FundingCall
guarantees.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from funding_watch.domain import entered
from funding_watch.domain.call import FundingCall
from funding_watch.handlers.looking import Looking
from funding_watch.pages.absence import add_absence
from funding_watch.pages.decisions import add_clearing, add_decisions, call_page
from funding_watch.pages.decoding import add_decoding
from funding_watch.pages.duplicates import add_duplicates
from funding_watch.pages.entries import add_entries
from funding_watch.pages.feeds import add_feeds
from funding_watch.pages.listing import add_list
from funding_watch.pages.match import add_match
from funding_watch.pages.montage import add_montage
from funding_watch.pages.shown import PREFIX, SourceShown, Staff, call_address
from funding_watch.pages.sources import add_sources
from funding_watch.pages.triage import add_triage
from funding_watch.pages.views import add_views
from funding_watch.store import copies
from funding_watch.store import pages as reading
from kernel.runtime.database import Database
from kernel.ui import Page


def limit_of(call: FundingCall) -> date | None:
    """The deadline to show: with its hour where the funder gives one, else the day."""
    if call.closes_at is None:
        return None
    local = call.closes_at.astimezone(ZoneInfo(call.timezone))
    return call.closes_on if (local.hour, local.minute) == (23, 59) else call.closes_at


def steps_of(call: FundingCall) -> list[date]:
    """Every day on which something may be handed in, in order."""
    return sorted({call.local_day(at) for at in (*call.cut_offs, *([call.closes_at] if call.closes_at else []))})


__all__ = ["PREFIX", "SourceShown", "call_address", "limit_of", "routes", "steps_of"]


def routes(
    database: Database, page: Page, sources: Mapping[str, SourceShown], public_url: str, looking: Looking
) -> APIRouter:
    """Every route of the service."""
    router = APIRouter()
    by_hand = SourceShown(entered.SOURCE, entered.TITLE, "", None)
    shown = {**sources, by_hand.name: by_hand}
    add_list(router, database, page, shown)
    _add_call(router, database, page, shown)
    add_entries(router, database, page, looking.place)
    _add_copy(router, database)
    _add_projects(router, database, page)
    add_sources(router, database, page, sources)
    add_decisions(router, database, page, shown)
    add_clearing(router, database, page, shown)
    add_duplicates(router, database, page, shown)
    add_feeds(router, database, page, public_url)
    add_triage(router, database, page)
    add_views(router, database, page)
    add_match(router, database, page)
    add_decoding(router, database, page)
    add_absence(router, looking, page)
    add_montage(router, looking, page)
    return router


def _add_call(router: APIRouter, database: Database, page: Page, sources: Mapping[str, SourceShown]) -> None:
    @router.get("/appels/{key:path}")
    async def call(request: Request, key: str, _: Staff) -> Response:
        async with database.reading() as session:
            found = await reading.call_page(session, key, database.clock.now())
        if found is None:
            raise HTTPException(404)
        now = database.clock.now()
        return call_page(page, request, found, sources, now)


def _add_copy(router: APIRouter, database: Database) -> None:
    @router.get("/copies/{key:path}")
    async def archived(key: str, _: Staff) -> Response:
        async with database.reading() as session:
            copy = await copies.one(session, key)
        if copy is None:
            raise HTTPException(404)
        head = f"{key}\n{copy.fetched_at:%Y-%m-%d %H:%M:%S} UTC\nSHA-256 {copy.payload_hash}\n\n"
        return PlainTextResponse(head + copy.readable)


def _add_projects(router: APIRouter, database: Database, page: Page) -> None:
    @router.get("/projets")
    async def projects(request: Request, _: Staff) -> Response:
        async with database.reading() as session:
            watched = await reading.watched(session)
        return page.render("projects.html", request, watched=watched, today=database.clock.now())

    @router.get("/projets/{candidacy_id}")
    async def project(request: Request, candidacy_id: str, _: Staff) -> Response:
        async with database.reading() as session:
            found = await reading.project_page(session, _identified(candidacy_id))
        if found is None:
            raise HTTPException(404)
        candidacy, matched = found
        return page.render(
            "project.html",
            request,
            candidacy=candidacy,
            project=candidacy.facts,
            current=[one for one in matched if one.match.rank],
            past=[one for one in matched if not one.match.rank],
            today=database.clock.now(),
        )


def _identified(candidacy_id: str) -> UUID:
    try:
        return UUID(candidacy_id)
    except ValueError:
        raise HTTPException(404) from None
