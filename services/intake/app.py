"""Puts intake together: settings and label in, a service that can start out."""

import asyncio
import contextlib

import structlog
from fastapi import FastAPI, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from intake import handlers, subscribers
from intake.handlers import attachments
from intake.pages import routes
from intake.pages.shell import Shell
from intake.pages.uploading import body_limit
from kernel.contracts.label import load_label
from kernel.runtime.clock import Clock, SystemClock
from kernel.runtime.database import Database
from kernel.runtime.pace import HOUR, MINUTE, Limit
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings
from kernel.runtime.web import web_app
from kernel.ui import static_app

SWEEP_EVERY = 3600.0

log = structlog.get_logger()
LIMITS = (
    Limit("POST", "/candidatures", 60, HOUR, spoken=True),
    Limit("POST", "/brouillons", 60, HOUR),
    Limit("PUT", r"/brouillons/[^/]+/champs", 600, MINUTE),
    Limit("POST", r"/brouillons/[^/]+/(suppression|garder)", 30, HOUR),
    Limit("POST", r"/brouillons/[^/]+/[^/]+", 120, MINUTE, spoken=True),
    Limit("POST", r"/candidatures/[^/]+/retrait", 30, HOUR),
    Limit("POST", "/entrer", 30, MINUTE),
)
"""What may be written without an account; links of `/connexion` are counted in the database, by address too."""


def build(settings: Settings, nats_url: str, clock: Clock | None = None) -> Service:
    """The service, not started. Raises `ValueError` where the label cannot be read."""
    clock = clock or SystemClock()
    label = load_label(settings.label_file, settings.territory_file)
    database = Database(settings.database_of("intake"), clock)
    shell = Shell.of(database, label, settings)

    async def keep_swept(stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await attachments.sweep(database, shell.files)
            except (OSError, SQLAlchemyError) as error:  # a disk or a database that is away: next time
                log.error("files.not_swept", reason=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), SWEEP_EVERY)

    return Service(
        name="intake",
        settings=settings,
        subscriptions=subscribers.declare(),
        app=_pages(shell, settings.pace),
        database=database,
        nats_url=nats_url,
        clock=clock,
        at_start=handlers.keep_appointments,
        loops=[keep_swept],
    )


def _pages(shell: Shell, generosity: float) -> FastAPI:
    def error_page(request: Request, status: int, detail: str) -> Response:
        return shell.error(request, status, detail)

    app = web_app(
        "Candidatures",
        secure=shell.secure,
        error_page=error_page,
        limit=body_limit,
        limits=LIMITS,
        generosity=generosity,
    )
    app.include_router(routes(shell))
    app.mount("/static", static_app(shell.label.colours))
    return app
