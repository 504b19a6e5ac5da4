"""The notifier put together: the only place where its database, its mail server and its pages meet."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from fastapi import FastAPI, Request
from starlette.responses import Response

from kernel.contracts.label import Label, load_label
from kernel.runtime.auth import Door, visitor
from kernel.runtime.clock import Clock, SystemClock
from kernel.runtime.database import Database, Work
from kernel.runtime.pace import MINUTE, Limit
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings
from kernel.runtime.web import ErrorPage, web_app
from kernel.ui import Page, Site, templates
from notifier import handlers, pages, subscribers
from notifier.domain.delivery import Delivery, Outcome
from notifier.domain.receipts import Receipt
from notifier.domain.words import cut
from notifier.handlers import Sending
from notifier.handlers.receipts import hear_receipt
from notifier.mail.keeping import Keeping
from notifier.mail.links import Links
from notifier.mail.pace import Pace
from notifier.mail.posting import MailServer, Postman
from notifier.mail.returns import Returns
from notifier.mail.rooms import Rooms
from notifier.mail.sending import Ledger, Sender
from notifier.mail.signing import signature_of
from notifier.mail.trial import Trial
from notifier.mail.writing import Writer, domain_of
from notifier.pages import receptions
from notifier.store import rooms

Loop = Callable[[asyncio.Event], Awaitable[None]]
TEMPLATES = Path(__file__).parent / "templates"
LIMITS = (
    Limit("POST", r"/(preferences|desabonnement|reponse)/[^/]+", 60, MINUTE),
    Limit("POST", "/receptions", 6_000, MINUTE),
)
"""What a signed address opens: by hand, and by the relay that tells what became of mails."""


def build(settings: Settings, nats_url: str, clock: Clock | None = None) -> Service:
    """The service on its own database, ready to start."""
    time = clock or SystemClock()
    database = Database(settings.database_of("notifier"), time)
    label = load_label(settings.label_file, settings.territory_file)
    public_url = settings.public_url or f"http://{settings.host}:{settings.port}"
    links = Links(settings.signing_key(), public_url)
    writer = Writer(label, public_url, settings.mail_from, links)
    sender = _sender(database, settings, writer, time)
    delay = timedelta(seconds=settings.alert_delay)
    app = _web(settings, database, writer, label)

    async def at_start(work: Work) -> None:
        await handlers.renew_appointments(work, delay)

    return Service(
        name="notifier",
        settings=settings,
        subscriptions=subscribers.declare(sender.wake.set, delay),
        app=app,
        database=database,
        nats_url=nats_url,
        clock=time,
        at_start=at_start,
        loops=_loops(database, settings, sender),
    )


def _web(settings: Settings, database: Database, writer: Writer, label: Label) -> FastAPI:
    page = _page(label)
    app = web_app(
        "Alertes",
        secure=settings.public_url.startswith("https://"),
        error_page=_error_page(page),
        limits=LIMITS,
        generosity=settings.pace,
    )
    app.include_router(pages.routes(database, page, writer, label, settings.signing_key()))
    app.include_router(receptions.routes(database, settings.receipts_secret, _fingerprint(settings)))
    return app


def _loops(database: Database, settings: Settings, sender: Sender) -> list[Loop]:
    reading = [returns(database, settings)] if settings.bounce_folder else []
    forgetting = [keeping(database, settings.mail_kept_days).run] if settings.mail_kept_days else []
    return [sender.run, *forgetting, *reading]


def keeping(database: Database, days: int) -> Keeping:
    """Forgets what mails said, once they are so many days old."""

    async def empty() -> int:
        async with database.work() as work:
            return await handlers.empty_old(work, timedelta(days=days))

    return Keeping(empty)


def _sender(database: Database, settings: Settings, writer: Writer, clock: Clock) -> Sender:
    postman = Postman(MailServer.of(settings), signature_of(settings))
    pace = Pace(settings.mail_rate, settings.mail_domain_rate)
    return Sender(
        ledger(database, settings), writer, postman, clock, Trial.of(settings), pace, _rooms(database, settings)
    )


def ledger(database: Database, settings: Settings) -> Ledger:
    """The sender's short transactions on `database`."""
    staff = settings.staff_mail
    sending = Sending(
        {"staff": staff, "ops": settings.ops_mail or staff}, domain_of(settings.mail_from), _fingerprint(settings)
    )

    async def claim(token: UUID) -> list[Delivery]:
        async with database.work() as work:
            return await handlers.claim_deliveries(work, token, sending)

    async def settle(attempts: Sequence[tuple[Delivery, Outcome]]) -> set[UUID]:
        async with database.work() as work:
            return await handlers.settle_deliveries(work, attempts, sending)

    async def give_back(token: UUID) -> None:
        async with database.work() as work:
            await handlers.give_back(work, token)

    async def wording(kind: str, version: int) -> str | None:
        async with database.reading() as session:
            return await rooms.wording(session, kind, version)

    return Ledger(claim, settle, give_back, wording)


def _rooms(database: Database, settings: Settings) -> Rooms:
    async def url_of(room_id: UUID) -> str:
        async with database.reading() as session:
            room = await rooms.room(session, room_id)
            return room.url if room else ""

    return Rooms(url_of, settings.signing_key())


def returns(database: Database, settings: Settings) -> Loop:
    """Reads the mailbox of bounces for as long as the service runs."""

    async def hear(receipt: Receipt) -> bool:
        async with database.work() as work:
            return await hear_receipt(work, receipt, _fingerprint(settings))

    return Returns(Path(settings.bounce_folder), hear).run


def _fingerprint(settings: Settings) -> Callable[[str], str]:
    """The keyed hash of an address, whatever its capitals."""
    door = Door(settings.signing_key())
    return lambda address: door.fingerprint(address.strip().lower())


def _page(label: Label) -> Page:
    environment = templates(TEMPLATES)
    environment.filters.update(coupe=cut, entre_accolades="{{{{ {} }}}}".format)
    return Page(environment, Site.of(label), signed_in=visitor)


def _error_page(page: Page) -> ErrorPage:
    def error_page(request: Request, status: int, reason: str) -> Response:
        return page.render("error.html", request, status_code=status, status=status, reason=reason, prefix=pages.PREFIX)

    return error_page
