"""The composition root: the label, the database, the pages and the subscribers become one service."""

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from kernel.contracts.label import load_label
from kernel.runtime.clock import Clock, SystemClock
from kernel.runtime.database import Database, Work
from kernel.runtime.pace import MINUTE, Limit
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings
from kernel.runtime.web import web_app
from scoring import pages, subscribers
from scoring.domain import grids
from scoring.domain.rulings import Refused
from scoring.handlers import UnknownDossier, UnknownSitting, quorum, readings
from scoring.pages.shell import Shell, Undeclared, Untried

LIMITS = (Limit("POST", r"/direct/[^/]+", 3_000, MINUTE),)
"""Answers of phones: several classes of one school come from one address at once."""


def build(settings: Settings, nats_url: str, clock: Clock | None = None) -> Service:
    """Put the service together; nothing runs before `Service.start`. Raises `WrongLabel`."""
    clock = clock or SystemClock()
    database = Database(settings.database_of("scoring"), clock)
    label = load_label(settings.label_file, settings.territory_file)
    grids.check_label(label)
    shell = Shell.of(database, label, settings.public_url.rstrip("/"))
    return Service(
        name="scoring",
        settings=settings,
        subscriptions=subscribers.declare(),
        app=_web(settings, shell),
        database=database,
        nats_url=nats_url,
        clock=clock,
        at_start=_at_start,
    )


async def _at_start(work: Work) -> None:
    await quorum.keep_appointments(work)
    await readings.keep_told(work)


def _web(settings: Settings, shell: Shell) -> FastAPI:
    app = web_app(
        "Instruction",
        secure=settings.public_url.startswith("https://"),
        error_page=lambda request, status, _: shell.error(request, status),
        limits=LIMITS,
        generosity=settings.pace,
    )
    app.include_router(pages.routes(shell))

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return shell.refusal(request, error)

    @app.exception_handler(UnknownDossier)
    async def unknown(request: Request, _: UnknownDossier) -> Response:
        return shell.error(request, 404)

    @app.exception_handler(UnknownSitting)
    async def unknown_sitting(request: Request, _: UnknownSitting) -> Response:
        return shell.error(request, 404)

    @app.exception_handler(Undeclared)
    @app.exception_handler(Untried)
    async def first_things_first(_: Request, error: Undeclared | Untried) -> Response:
        return RedirectResponse(error.address, 303)

    return app
