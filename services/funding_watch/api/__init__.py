"""What the watch gives to anyone: the CommonGrants protocol, an Atom feed and a calendar of all calls.

The rule kept here: everything in this file is public and holds no project, no person and no match; what shows a
project stands behind a key, in `project_feeds`. Answers of the protocol are JSON even when they refuse.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from funding_watch.api.project_feeds import add_project_feeds
from funding_watch.domain import feeds
from funding_watch.domain.common_grants import identifier, opportunity
from funding_watch.domain.eligibility import Place
from funding_watch.domain.opportunity_search import Candidate, Found, Paging, Search, search
from funding_watch.store import calls
from funding_watch.store.search import find
from kernel.runtime.database import Database


def routes(database: Database, *, title: str, public_url: str, place: Place) -> APIRouter:
    """The open routes; `title` names the feeds, `public_url` is where people reach us."""
    router = APIRouter()
    _add_opportunities(router, database)
    _add_search(router, database)
    _add_feeds(router, database, title, public_url)
    add_project_feeds(router, database, public_url, place)
    return router


def _add_opportunities(router: APIRouter, database: Database) -> None:
    @router.get("/common-grants/opportunities")
    async def opportunities(request: Request) -> Response:
        asked = {name: request.query_params[name] for name in ("page", "pageSize") if name in request.query_params}
        try:
            paging = Paging.model_validate(asked)
        except ValidationError as error:
            return _refused(error)
        now = database.clock.now()
        found = search(await _candidates(database), Search(pagination=paging), now)
        return JSONResponse(_page(found, paging, now))

    @router.get("/common-grants/opportunities/{opportunity_id}")
    async def one(opportunity_id: str) -> Response:
        async with database.reading() as session:
            keys = await calls.keys(session)
            key = next((key for key in keys if str(identifier(key)) == opportunity_id.lower()), None)
            known = await calls.one(session, key) if key else None
        if known is None:
            return JSONResponse({"status": 404, "message": "No opportunity has this id", "errors": []}, 404)
        candidate = Candidate(known.call, known.first_seen_at, known.last_changed_at)
        return JSONResponse({"status": 200, "message": "Success", "data": _item(candidate, database.clock.now())})


def _add_search(router: APIRouter, database: Database) -> None:
    @router.post("/common-grants/opportunities/search")
    async def searched(request: Request) -> Response:
        try:
            asked = Search.model_validate_json(await request.body() or b"{}")
        except ValidationError as error:
            return _refused(error)
        now = database.clock.now()
        async with database.reading() as session:
            answering = await find(session, asked.search) if asked.search else None
        found = search(await _candidates(database), asked, now, answering)
        applied = asked.filters.model_dump(mode="json", by_alias=True, exclude_none=True) if asked.filters else {}
        more = {
            "sortInfo": {
                "sortBy": found.sorted_by,
                "sortOrder": asked.sorting.sort_order,
                "errors": found.sort_errors,
            },
            "filterInfo": {"filters": applied, "errors": found.filter_errors},
        }
        return JSONResponse(_page(found, asked.pagination, now) | more)


def _add_feeds(router: APIRouter, database: Database, title: str, public_url: str) -> None:
    @router.get("/appels.atom")
    async def atom() -> Response:
        address = f"{public_url}/veille/appels.atom"
        now = database.clock.now()
        body = feeds.atom(await _candidates(database), title=title, address=address, now=now)
        return Response(body, media_type="application/atom+xml")

    @router.get("/appels.ics")
    async def calendar() -> Response:
        body = feeds.calendar(await _candidates(database), title=title, now=database.clock.now())
        return Response(body, media_type="text/calendar")


async def _candidates(database: Database) -> list[Candidate]:
    async with database.reading() as session:
        return [Candidate(one.call, one.first_seen_at, one.last_changed_at) for one in await calls.listed(session)]


def _page(found: Found, paging: Paging, now: Any) -> dict[str, Any]:
    start = (paging.page - 1) * paging.page_size
    total = len(found.calls)
    return {
        "status": 200,
        "message": "Success",
        "items": [_item(one, now) for one in found.calls[start : start + paging.page_size]],
        "paginationInfo": {
            "page": paging.page,
            "pageSize": paging.page_size,
            "totalItems": total,
            "totalPages": -(-total // paging.page_size),
        },
    }


def _item(one: Candidate, now: Any) -> dict[str, Any]:
    return opportunity(one.call, first_seen=one.first_seen, changed=one.changed, now=now)


def _refused(error: ValidationError) -> JSONResponse:
    faults: Sequence[Mapping[str, Any]] = error.errors(include_url=False, include_context=False, include_input=False)
    errors = [{"field": ".".join(map(str, fault["loc"])), "message": fault["msg"]} for fault in faults]
    return JSONResponse({"status": 400, "message": "The request cannot be read", "errors": errors}, 400)
