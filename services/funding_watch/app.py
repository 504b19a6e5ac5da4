"""The composition root: the label, the sources, the pages, the subscribers and the loop become one service."""

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import Response

from funding_watch import api, handlers, pages, subscribers
from funding_watch.crawling import Crawling, crawl_settings, sources_of
from funding_watch.domain import wording
from funding_watch.domain.eligibility import Place
from funding_watch.handlers.looking import Looking
from funding_watch.handlers.search import fill_search
from kernel.contracts.label import Label, load_label
from kernel.runtime.auth import visitor
from kernel.runtime.clock import Clock, SystemClock
from kernel.runtime.database import Database, Work
from kernel.runtime.pace import MINUTE, Limit
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings
from kernel.runtime.web import web_app
from kernel.ui import Page, Site, templates

TEMPLATES = Path(__file__).parent / "templates"
LIMITS = (Limit("POST", "/common-grants/opportunities/search", 120, MINUTE),)
"""A search writes nothing, and costs what a page costs."""


def build(settings: Settings, nats_url: str, clock: Clock | None = None) -> Service:
    """Put the service together; nothing runs before `Service.start`."""
    clock = clock or SystemClock()
    label = load_label(settings.label_file, settings.territory_file)
    database = Database(settings.database_of("funding_watch"), clock)
    sources = sources_of(settings)
    ready = {name: one.schedule for name, one in sorted(sources.items()) if one.missing is None}
    crawling = Crawling(database, sources, crawl_settings(settings, label))
    shown = {
        name: pages.SourceShown(name, one.title, one.owner, one.missing, one.schedule) for name, one in sources.items()
    }

    async def at_start(work: Work) -> None:
        await _open(work, {name: one.title for name, one in sources.items()}, ready, settings.crawl_schedule)

    return Service(
        name="funding_watch",
        settings=settings,
        subscriptions=subscribers.declare(Place.of(label), ready, crawling.wake, schedules=ready),
        app=web(settings, label, database, shown),
        database=database,
        nats_url=nats_url,
        clock=clock,
        at_start=at_start,
        loops=[crawling.run],
    )


async def _open(work: Work, titles: Mapping[str, str], ready: Mapping[str, str], cron: str) -> None:
    """Know every source, and have those that are `ready` (name → cron) read, each by its own line."""
    await handlers.open_watch(work, titles, [], cron)
    await fill_search(work)
    for line in sorted(set(ready.values())):
        await handlers.open_watch(work, {}, [name for name in ready if ready[name] == line], line)
    await handlers.watch_time(work, ready)


def page_of(label: Label) -> Page:
    """The pages of this service under the label's name; templates know the label and the domain's words."""
    environment = templates(TEMPLATES)
    environment.globals.update(label=label, words=wording, prefix=pages.PREFIX)
    environment.filters.update(
        call_address=pages.call_address,
        limit=pages.limit_of,
        steps=pages.steps_of,
        kind_words=wording.KIND_WORDS.__getitem__,
        audience_words=wording.AUDIENCE_WORDS.__getitem__,
        need_name=wording.NEED_NAMES.__getitem__,
    )
    return Page(environment, Site.of(label), signed_in=visitor)


def web(settings: Settings, label: Label, database: Database, sources: dict[str, pages.SourceShown]) -> FastAPI:
    """The web application of the service."""
    page = page_of(label)

    def error_page(request: Request, status: int, detail: str) -> Response:
        return page.render("error.html", request, status_code=status, status=status, detail=detail)

    app = web_app(
        "Veille",
        secure=settings.public_url.startswith("https://"),
        error_page=error_page,
        limits=LIMITS,
        generosity=settings.pace,
    )
    app.include_router(pages.routes(database, page, sources, settings.public_url, Looking(database, Place.of(label))))
    app.include_router(
        api.routes(
            database,
            title=f"Veille des financements – {label.name}",
            public_url=settings.public_url,
            place=Place.of(label),
        )
    )
    return app
