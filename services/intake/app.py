"""Puts intake together: settings and label in, a service that can start out."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from intake import handlers, subscribers
from intake.pages import routes
from intake.pages.shell import Shell
from kernel.contracts.label import load_label
from kernel.runtime.clock import Clock, SystemClock
from kernel.runtime.database import Database
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings
from kernel.runtime.web import web_app
from kernel.ui import static_app


def build(settings: Settings, nats_url: str, clock: Clock | None = None) -> Service:
    """The service, not started. Raises `ValueError` where the label cannot be read."""
    clock = clock or SystemClock()
    label = load_label(settings.label_file, settings.territory_file)
    database = Database(settings.database_of("intake"), clock)
    secure = settings.public_url.startswith("https://")
    return Service(
        name="intake",
        settings=settings,
        subscriptions=subscribers.declare(),
        app=_pages(Shell.of(database, label, secure=secure)),
        database=database,
        nats_url=nats_url,
        clock=clock,
        at_start=handlers.keep_appointments,
    )


def _pages(shell: Shell) -> FastAPI:
    def error_page(request: Request, status: int, detail: str) -> Response:
        return shell.error(request, status, detail)

    app = web_app("Candidatures", secure=shell.secure, error_page=error_page)
    app.include_router(routes(shell))
    app.mount("/static", static_app(shell.label.colours))
    return app
