"""The staff's pages of the watch: parse, call, show. Links carry the prefix under which people see them.

What a source wrote is shown as text, never as markup; only http(s) addresses become links, which FundingCall
guarantees.
"""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from funding_watch.domain.call import FundingCall
from funding_watch.domain.listing import Filters, select, status_named
from funding_watch.pages.decisions import add_clearing, add_decisions, call_page
from funding_watch.pages.duplicates import add_duplicates
from funding_watch.pages.shown import PREFIX, SourceShown, Staff, call_address
from funding_watch.pages.sources import add_sources
from funding_watch.store import pages as reading
from funding_watch.store import sources as source_store
from kernel.runtime.database import Database
from kernel.ui import Page

PER_PAGE = 50
DOUBTFUL = "non_confirme"
"""The value of the status filter that shows the calls in doubt."""


def limit_of(call: FundingCall) -> date | None:
    """The deadline to show: with its hour where the funder gives one, else the day."""
    if call.closes_at is None:
        return None
    local = call.closes_at.astimezone(ZoneInfo(call.timezone))
    return call.closes_on if (local.hour, local.minute) == (23, 59) else call.closes_at


__all__ = ["PREFIX", "SourceShown", "call_address", "limit_of", "routes"]


def routes(database: Database, page: Page, sources: Mapping[str, SourceShown]) -> APIRouter:
    """Every route of the service."""
    router = APIRouter()
    _add_calls(router, database, page, sources)
    _add_call(router, database, page, sources)
    _add_projects(router, database, page)
    add_sources(router, database, page, sources)
    add_decisions(router, database, page, sources)
    add_clearing(router, database, page, sources)
    add_duplicates(router, database, page, sources)
    return router


def _add_calls(router: APIRouter, database: Database, page: Page, sources: Mapping[str, SourceShown]) -> None:
    @router.get("/")
    async def calls(request: Request, _: Staff) -> Response:
        asked = {name: value for name, value in request.query_params.items() if value}
        filters = _filters(asked, sources)
        async with database.reading() as session:
            lines = await reading.lines(session, database.clock.now())
            health = await source_store.every(session)
        chosen = select(lines, filters)
        number, count = _page_number(asked, len(chosen))
        return page.render(
            "calls.html",
            request,
            lines=chosen[(number - 1) * PER_PAGE : number * PER_PAGE],
            total=len(chosen),
            every=len(lines),
            doubtful=sum(one.call.presence == "non_confirme" for one in lines),
            filters=filters,
            sources=sources,
            troubled=[one for one in health if one.state == "degrade" and one.name in sources],
            number=number,
            pages=count,
            address=_without_page(asked),
            today=database.clock.now(),
        )


def _add_call(router: APIRouter, database: Database, page: Page, sources: Mapping[str, SourceShown]) -> None:
    @router.get("/appels/{key:path}")
    async def call(request: Request, key: str, _: Staff) -> Response:
        async with database.reading() as session:
            found = await reading.call_page(session, key)
        if found is None:
            raise HTTPException(404)
        now = database.clock.now()
        return call_page(page, request, found, sources, now)


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


def _filters(asked: Mapping[str, str], sources: Mapping[str, SourceShown]) -> Filters:
    source = asked.get("source")
    return Filters(
        source=source if source in sources else None,
        status=status_named(asked.get("statut", "")),
        doubtful=asked.get("statut") == DOUBTFUL,
        text=asked.get("q", "").strip()[:200],
    )


def _page_number(asked: Mapping[str, str], total: int) -> tuple[int, int]:
    """The page asked for, within what there is, and how many there are."""
    count = max(1, -(-total // PER_PAGE))
    written = asked.get("page", "")
    number = int(written) if written.isascii() and written.isdecimal() and len(written) < 7 else 1
    return min(max(number, 1), count), count


def _without_page(asked: Mapping[str, str]) -> str:
    kept = {name: value for name, value in asked.items() if name in {"source", "statut", "q"}}
    return f"{PREFIX}/?{urlencode(kept)}{'&' if kept else ''}page="


def _identified(candidacy_id: str) -> UUID:
    try:
        return UUID(candidacy_id)
    except ValueError:
        raise HTTPException(404) from None
