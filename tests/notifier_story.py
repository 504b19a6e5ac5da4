"""What the tests of the notifier tell: events as other services record them, and a notifier without a broker."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import text
from sqlmodel import select

from kernel.contracts.envelope import Cause, Event
from kernel.contracts.funding_watch import CallSummary, MatchProposed, SourceCrawled, SourceDegraded
from kernel.contracts.intake import (
    CandidacyNotRetained,
    CandidacyPreselected,
    CandidacySubmitted,
    CandidacyWithdrawn,
    ContactDeclared,
    Project,
)
from kernel.contracts.label import load_label
from kernel.contracts.scoring import DecisionTaken, Outcome
from kernel.runtime import inbox, migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from kernel.runtime.settings import Settings
from notifier import app, store, subscribers
from notifier.domain.delivery import Delivery
from notifier.mail.links import Links
from notifier.mail.posting import MailServer, Postman
from notifier.mail.sending import Sender
from notifier.mail.writing import Writer
from notifier.tables import AlertItemRow, DeliveryRow

START = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)
TITLE = "Réseau de chaleur de la cité"
ADDRESS = "technique@saint-exemple.example"
STAFF = "equipe@pole-artois.example"
BASE = "https://label.example"
ALERT_DELAY = timedelta(minutes=1)
REASON = "Le projet répond aux trois axes.\nLes habitants y ont pris part."


def moment(hours: float = 0) -> datetime:
    return START + timedelta(hours=hours)


def submitted(candidacy: UUID, title: str = TITLE) -> CandidacySubmitted:
    project = Project(
        title=title,
        summary="Une chaufferie au bois.",
        description="Une chaufferie au bois et son réseau.",
        themes=("energie",),
        porteur="Commune de Saint-Exemple",
        porteur_form="commune",
        commune_code="62498",
        commune_name="Lens",
        epci_code="246200364",
        stage="etude",
        budget=None,
        plan=(),
        needs=(),
    )
    number = f"LE-2026-{candidacy.int % 10_000:04d}"
    return CandidacySubmitted(
        candidacy_id=candidacy, number=number, wave_id=UUID(int=1), submitted_at=moment(), project=project
    )


def contact(candidacy: UUID, email: str = ADDRESS) -> ContactDeclared:
    return ContactDeclared(candidacy_id=candidacy, role="Directrice des services techniques", email=email)


def preselected(candidacy: UUID, reason: str = REASON) -> CandidacyPreselected:
    return CandidacyPreselected(candidacy_id=candidacy, at=moment(1), by="Équipe du Label", reason=reason)


def not_retained(candidacy: UUID) -> CandidacyNotRetained:
    return CandidacyNotRetained(candidacy_id=candidacy, at=moment(1), by="Équipe du Label", reason=REASON)


def decided(candidacy: UUID, outcome: Outcome = "labellise") -> DecisionTaken:
    return DecisionTaken(candidacy_id=candidacy, outcome=outcome, reason=REASON, by="Équipe du Label", at=moment(2))


def withdrawn(candidacy: UUID) -> CandidacyWithdrawn:
    return CandidacyWithdrawn(candidacy_id=candidacy, at=moment(3), reason="Le projet est abandonné.")


def proposed(candidacy: UUID, number: int, score: float = 5.0, **changes: Any) -> MatchProposed:
    """A match whose identity follows from its candidacy and `number`; `title`, `url`, `at` may be given."""
    call = CallSummary(
        key=f"aides_territoires:{number}",
        title=changes.get("title", f"Chaleur renouvelable {number}"),
        funders=["ADEME"],
        url=changes.get("url", f"https://aides.example/{number}"),
        closes_on=date(2026, 4, 30),
        rate_max=45,
        amount_max=None,
    )
    return MatchProposed(
        match_id=uuid5(candidacy, str(number)),
        candidacy_id=candidacy,
        project_title=TITLE,
        need="Construire la chaufferie",
        call=call,
        verdict="eligible",
        score=score,
        reason=changes.get("reason", "L'appel parle de chaleur et de bâtiments publics."),
        at=changes.get("at", moment(4)),
    )


def crawled(source: str, hours: float) -> SourceCrawled:
    return SourceCrawled(source=source, title="Portail", at=moment(hours), calls=40, discovered=1, amended=0)


def degraded(source: str, hours: float) -> SourceDegraded:
    return SourceDegraded(source=source, title="Portail", at=moment(hours), reason="aucun appel lu, 40 attendus")


class World:
    """The notifier on a real database, told of events one transaction each, as its consumer would."""

    def __init__(self, database: Database, settings: Settings, clock: FixedClock) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        self.woken = 0
        self.subscriptions = subscribers.declare(self._wake, ALERT_DELAY)

    def _wake(self) -> None:
        self.woken += 1

    async def hear(self, event: Event, event_id: UUID | None = None, *, inbox_works: bool = True) -> UUID:
        """Apply `event` through the inbox, or past it as if its mark had been lost; returns its identity."""
        identity = event_id or uuid4()
        async with self.database.work(Cause.new().followed_by(identity.hex)) as work:
            fresh = await inbox.admit(work.connection, "notifier", [identity.hex], work.at)
            if fresh or not inbox_works:
                await self.subscriptions.apply([(event, lambda: None)], work)
        return identity

    async def hear_all(self, events: Sequence[Event]) -> None:
        for event in events:
            await self.hear(event)

    async def deliveries(self) -> list[Delivery]:
        """All of them, oldest first."""
        async with self.database.reading() as session:
            found = await store.page(session, store.Selection(), 1)
        return [line.delivery for line in reversed(found)]

    async def one(self, kind: str) -> Delivery:
        (found,) = [delivery for delivery in await self.deliveries() if delivery.kind == kind]
        return found

    async def steps(self, delivery: Delivery) -> list[str]:
        async with self.database.reading() as session:
            return [line.state.value for line in await store.history(session, delivery.id)]

    async def told(self) -> dict[UUID, UUID | None]:
        """In which alert each match was told."""
        async with self.database.reading() as session:
            return {row.match_id: row.told_in for row in await session.exec(select(AlertItemRow))}

    async def recorded(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of the events of a type (« notifier.message.sent ») that wait for the relay."""
        async with self.database.engine.connect() as connection:
            rows = (await connection.execute(text("SELECT subject, body FROM outbox ORDER BY id"))).all()
        return [json.loads(body) for subject, body in rows if subject == f"{kind}.v1"]

    async def appointments(self, word: str) -> list[tuple[str, str]]:
        """Key and schedule of the appointments « due » of a stream subject, e.g. « due.staff »."""
        async with self.database.engine.connect() as connection:
            rows = (await connection.execute(text("SELECT subject, headers FROM outbox ORDER BY id"))).all()
        wanted = f"notifier.schedule.{word}"
        return [(s.rpartition(".")[2], json.loads(h)["Nats-Schedule"]) for s, h in rows if s.startswith(wanted)]

    async def change_snapshot(self, delivery: Delivery, snapshot: dict[str, Any]) -> None:
        """Damage a delivery, as an older or wrong writer would have."""
        async with self.database.work() as work:
            row = await work.session.get_one(DeliveryRow, delivery.id)
            row.snapshot = snapshot

    def sender(self, port: int, kind: type[Sender] = Sender, **how: Any) -> Sender:
        """A sender of this installation, with a mail server on `port`; `how`: settings of its own."""
        settings = self.settings
        label = load_label(settings.label_file, settings.territory_file)
        writer = Writer(label, BASE, settings.mail_from, Links("for tests", BASE))
        server = MailServer.of(settings.model_copy(update={"smtp_port": port, **how}))
        return kind(app.ledger(self.database, settings), writer, Postman(server), self.clock)


@asynccontextmanager
async def a_world(folder: Path, url: str = "") -> AsyncIterator[World]:
    """A notifier on a fresh database in `folder`, or at `url`."""
    clock = FixedClock(START)
    database = Database(url or f"sqlite+aiosqlite:///{folder}/notifier.db", clock)
    await migrate.upgrade(database.engine, "notifier")
    try:
        yield World(database, Settings.load(data=folder, staff_mail=STAFF), clock)
    finally:
        await database.close()
