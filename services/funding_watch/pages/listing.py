"""The list of calls, and the same list as a file: searched, filtered and sorted by what stands in the address.

The rule kept here: whoever mails an address mails a view; what a file holds is what the view shows.
"""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from funding_watch.domain import exports
from funding_watch.domain.call import Audience, Kind, Status
from funding_watch.domain.facts import facts
from funding_watch.domain.listing import ORDER_WORDS, Filters, Line, Order, named, select
from funding_watch.domain.views import address_of
from funding_watch.pages.shown import SourceShown, Staff
from funding_watch.pages.triage import kept_notices
from funding_watch.store import calls as call_store
from funding_watch.store import pages as reading
from funding_watch.store import sources as source_store
from funding_watch.store import views as saved
from funding_watch.store.search import find
from kernel.runtime.database import Database
from kernel.ui import Page

PER_PAGE = 50
DOUBTFUL, QUARANTINED = "non_confirme", "quarantaine"
"""The values of the status filter that show the calls in doubt, and those that wait for a person."""
FILES = {
    "csv": (exports.as_csv, "text/csv; charset=utf-8"),
    "ods": (exports.as_ods, "application/vnd.oasis.opendocument.spreadsheet"),
    "json": (exports.as_json, "application/json"),
}


def add_list(router: APIRouter, database: Database, page: Page, sources: Mapping[str, SourceShown]) -> None:
    """The page and its files."""
    _add_page(router, database, page, sources)
    _add_files(router, database, sources)
    _add_forecasts(router, database, page)


def _add_page(router: APIRouter, database: Database, page: Page, sources: Mapping[str, SourceShown]) -> None:
    @router.get("/")
    async def calls(request: Request, person: Staff) -> Response:
        asked = {name: value for name, value in request.query_params.items() if value}
        filters = filters_of(asked, sources)
        lines, chosen = await _chosen(database, filters)
        async with database.reading() as session:
            health = await source_store.every(session)
            named = await saved.views(session, person.id or person.name, "appels")
        number, count = _page_number(asked, len(chosen))
        return page.render(
            "calls.html",
            request,
            lines=chosen[(number - 1) * PER_PAGE : number * PER_PAGE],
            total=len(chosen),
            every=len(lines),
            doubtful=sum(one.call.presence == "non_confirme" for one in lines),
            quarantined=sum(one.call.quarantined for one in lines),
            filters=filters,
            orders=ORDER_WORDS,
            sources=sources,
            troubled=[one for one in health if one.state == "degrade" and one.name in sources],
            number=number,
            pages=count,
            view=address_of(asked, "appels"),
            named=named,
            notices=kept_notices(request),
            today=database.clock.now(),
        )


def _add_files(router: APIRouter, database: Database, sources: Mapping[str, SourceShown]) -> None:
    @router.get("/appels.csv")
    async def as_csv(request: Request, _: Staff) -> Response:
        return await _file(request, database, sources, "csv")

    @router.get("/appels.ods")
    async def as_ods(request: Request, _: Staff) -> Response:
        return await _file(request, database, sources, "ods")

    @router.get("/appels.json")
    async def as_json(request: Request, _: Staff) -> Response:
        return await _file(request, database, sources, "json")


def _add_forecasts(router: APIRouter, database: Database, page: Page) -> None:
    @router.get("/previsions")
    async def forecasts(request: Request, _: Staff) -> Response:
        async with database.reading() as session:
            lines = await reading.expected(session, database.clock.now())
        return page.render("forecasts.html", request, lines=lines)


async def _file(request: Request, database: Database, sources: Mapping[str, SourceShown], kind: str) -> Response:
    filters = filters_of(request.query_params, sources)
    _, chosen = await _chosen(database, filters)
    async with database.reading() as session:
        known = {one.call.key: one for one in await call_store.listed(session, filters.source)}
    now = database.clock.now()
    rows = [facts(known[line.call.key], now) for line in chosen if line.call.key in known]
    write, media_type = FILES[kind]
    headers = {"Content-Disposition": f'attachment; filename="appels.{kind}"', "Cache-Control": "private, no-store"}
    return Response(write(rows), media_type=media_type, headers=headers)


async def _chosen(database: Database, filters: Filters) -> tuple[list[Line], list[Line]]:
    """All lines, and those that the filters let through, in order."""
    async with database.reading() as session:
        lines = await reading.lines(session, database.clock.now())
        found = await find(session, filters.text) if filters.text else None
    return lines, select(lines, filters, found)


def filters_of(asked: Mapping[str, str], sources: Mapping[str, SourceShown]) -> Filters:
    """The filters that an address names; an unknown value is no filter."""
    source, status = asked.get("source"), asked.get("statut", "")
    return Filters(
        source=source if source in sources else None,
        status=named(status, Status),
        doubtful=status == DOUBTFUL,
        quarantined=status == QUARANTINED,
        text=asked.get("q", "").strip()[:200],
        audience=named(asked.get("pour", ""), Audience),
        kind=named(asked.get("nature", ""), Kind),
        order=named(asked.get("tri", ""), Order) or "projets",
    )


def _page_number(asked: Mapping[str, str], total: int) -> tuple[int, int]:
    """The page asked for, within what there is, and how many there are."""
    count = max(1, -(-total // PER_PAGE))
    written = asked.get("page", "")
    number = int(written) if written.isascii() and written.isdecimal() and len(written) < 7 else 1
    return min(max(number, 1), count), count
