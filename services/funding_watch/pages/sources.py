"""The health page of the sources: how each fares and why, read it now, accept that it has shrunk.

The rule kept here: a doubtful reading is believed only because a named person said so, with a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.exceptions import HTTPException
from starlette.responses import Response

from funding_watch import handlers
from funding_watch.domain.health import HEALTH_WORDS, Judged, ReadingFacts, judge, period_of
from funding_watch.domain.sources import SourceHealth
from funding_watch.pages.shown import PREFIX, SourceShown, Staff, reason_error
from funding_watch.store import readings
from funding_watch.store import sources as store
from funding_watch.store.readings import Decision
from kernel.runtime.database import Database
from kernel.runtime.web import cause_of
from kernel.ui import Notice, Page

ASKED = Notice(
    "information",
    "La lecture est demandée.",
    "Elle prend de quelques secondes à une demi-heure. Rechargez cette page pour voir où elle en est.",
)
ACCEPTED = Notice(
    "information",
    "La réduction de la source est acceptée.",
    "La source est relue maintenant ; votre décision et son motif restent écrits sur cette page.",
)
READ_SINCE = "La source a été relue entre-temps, ou sa lecture n'attend pas de décision : revoyez ce qu'elle montre."


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source with its health; `busy` while it waits to be read or is being read."""

    source: SourceShown
    health: SourceHealth
    busy: bool
    judged: Judged
    last: ReadingFacts | None
    decisions: tuple[Decision, ...]


def add_sources(router: APIRouter, database: Database, page: Page, sources: Mapping[str, SourceShown]) -> None:
    """The page and its two actions."""
    _add_list(router, database, page, sources)
    _add_reading(router, database, sources)
    _add_acceptance(router, database, page, sources)


def _add_list(router: APIRouter, database: Database, page: Page, sources: Mapping[str, SourceShown]) -> None:
    @router.get("/sources")
    async def listed(request: Request, _: Staff) -> Response:
        known = (("demande", ASKED), ("accepte", ACCEPTED))
        notices = [notice for asked, notice in known if request.query_params.get(asked) in sources]
        return await _page(request, database, page, sources, notices)


def _add_reading(router: APIRouter, database: Database, sources: Mapping[str, SourceShown]) -> None:
    @router.post("/sources/{name}/lire")
    async def read_now(request: Request, name: str, _: Staff) -> Response:
        if name not in sources:
            raise HTTPException(404)
        if sources[name].missing:
            raise HTTPException(409, "Cette source est à configurer avant d'être lue.")
        async with database.work(cause_of(request)) as work:
            await handlers.request_crawl(work, name)
        return RedirectResponse(f"{PREFIX}/sources?{urlencode({'demande': name})}", 303)


def _add_acceptance(router: APIRouter, database: Database, page: Page, sources: Mapping[str, SourceShown]) -> None:
    async def form(request: Request, name: str, reason: str = "", error: str | None = None) -> Response:
        health = await _refused(database, name, sources)
        context = {"source": sources[name], "health": health, "reason": reason, "error": error}
        return page.render("accept.html", request, status_code=422 if error else 200, **context)

    @router.get("/sources/{name}/accepter")
    async def ask(request: Request, name: str, _: Staff) -> Response:
        return await form(request, name)

    @router.post("/sources/{name}/accepter")
    async def accept(
        request: Request,
        name: str,
        person: Staff,
        nombre: Annotated[int, Form()],
        motif: Annotated[str, Form()] = "",
    ) -> Response:
        if error := reason_error(motif.strip()):
            return await form(request, name, motif, error)
        await _refused(database, name, sources)
        try:
            async with database.work(cause_of(request)) as work:
                await handlers.accept_count(work, name, nombre, by=person.name, reason=motif.strip())
        except ValueError:
            raise HTTPException(409, READ_SINCE) from None
        return RedirectResponse(f"{PREFIX}/sources?{urlencode({'accepte': name})}", 303)


async def _refused(database: Database, name: str, sources: Mapping[str, SourceShown]) -> SourceHealth:
    """The health of a source whose last reading was refused for its count alone; 404 or 409 otherwise."""
    if name not in sources:
        raise HTTPException(404)
    async with database.reading() as session:
        known = {one.name: one for one in await store.every(session)}
    if name not in known or known[name].refused_count is None:
        raise HTTPException(409, READ_SINCE)
    return known[name]


async def _page(
    request: Request,
    database: Database,
    page: Page,
    sources: Mapping[str, SourceShown],
    notices: Sequence[Notice],
) -> Response:
    async with database.reading() as session:
        health = {one.name: one for one in await store.every(session)}
        busy = await store.due(session)
        lines = [
            await _line(session, source, health.get(name), busy=name in busy, database=database)
            for name, source in sources.items()
        ]
    return page.render(
        "sources.html",
        request,
        notices=notices,
        lines=lines,
        health_words=HEALTH_WORDS,
        well=sum(line.judged.health == "healthy" for line in lines if not line.source.missing),
        counted=sum(not line.source.missing for line in lines),
        today=database.clock.now(),
    )


async def _line(
    session: AsyncSession, source: SourceShown, health: SourceHealth | None, *, busy: bool, database: Database
) -> SourceLine:
    last = await readings.last(session, source.name)
    judged = judge(last, period_of(source.schedule), database.clock.now())
    decisions = tuple(await readings.decisions(session, source.name))
    known = health or SourceHealth(source.name, source.title)
    return SourceLine(source, known, busy, judged, last[0] if last else None, decisions)
