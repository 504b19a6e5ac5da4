"""Who follows a project's calls from their own reader or diary: addresses given, shown once, revoked.

The rule kept here: an address is a key. It is shown at the moment when it is given and never again.
"""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from funding_watch.handlers.feeds import UnknownFeed, give_feed, revoke_feed
from funding_watch.pages.shown import PREFIX, Staff
from funding_watch.store import feeds as store
from funding_watch.store import projects
from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from kernel.ui import Page

LONGEST_NAME = 120


def add_feeds(router: APIRouter, database: Database, page: Page, public_url: str) -> None:
    """The addresses of a project and their two actions."""

    @router.get("/projets/{candidacy_id}/abonnements")
    async def listed(request: Request, candidacy_id: UUID, _: Staff) -> Response:
        return await _shown(request, database, page, candidacy_id, {})

    @router.post("/projets/{candidacy_id}/abonnements")
    async def give(request: Request, candidacy_id: UUID, person: Staff, pour: Annotated[str, Form()] = "") -> Response:
        name = " ".join(pour.split())
        if error := _name_error(name):
            return await _shown(request, database, page, candidacy_id, {"given_to": pour, "error": error})
        try:
            async with database.work(cause_of(request)) as work:
                key = await give_feed(work, candidacy_id, name, person.name)
        except UnknownFeed:
            raise HTTPException(404) from None
        return await _shown(request, database, page, candidacy_id, {"address": f"{public_url}{PREFIX}/flux/{key}"})

    _add_revoking(router, database)


async def _shown(
    request: Request, database: Database, page: Page, candidacy_id: UUID, more: Mapping[str, str]
) -> Response:
    """The addresses of a project; 201 with the one that was just given, 422 with what is wrong."""
    async with database.reading() as session:
        candidacy = await projects.one(session, candidacy_id)
        given = await store.of_project(session, candidacy_id)
    if candidacy is None or not candidacy.is_watched:
        raise HTTPException(404)
    context = {"given_to": "", "error": None, "address": None} | dict(more)
    status = 422 if "error" in more else 201 if "address" in more else 200
    facts = {"candidacy": candidacy, "project": candidacy.facts, "feeds": given}
    answer = page.render("feeds.html", request, status_code=status, **facts, **context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _add_revoking(router: APIRouter, database: Database) -> None:
    @router.post("/abonnements/{feed_id}/revoquer")
    async def revoke(request: Request, feed_id: UUID, person: Staff) -> Response:
        try:
            async with database.work(cause_of(request)) as work:
                candidacy_id = await revoke_feed(work, feed_id, person.name)
        except UnknownFeed:
            raise HTTPException(404) from None
        return RedirectResponse(f"{PREFIX}/projets/{candidacy_id}/abonnements", 303)


def _name_error(name: str) -> str | None:
    if not name:
        return "Dites à qui cette adresse est donnée, pour savoir laquelle révoquer plus tard."
    if len(name) > LONGEST_NAME:
        return f"Ce nom a {len(name)} caractères ; {LONGEST_NAME} au plus."
    return None
