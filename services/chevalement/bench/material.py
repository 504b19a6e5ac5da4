"""The event that the benchmark carries, its effect, and the two services' databases: all through the kernel."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from nats.js import JetStreamContext
from sqlalchemy import Column, Float, Table, Text, Uuid

from kernel.contracts.funding_watch import CallSummary, MatchProposed, SourceCrawled, SourceDegraded
from kernel.runtime import bulk, streams
from kernel.runtime.broker import ServiceBroker
from kernel.runtime.clock import SystemClock
from kernel.runtime.consumer import Consumer
from kernel.runtime.database import Database, Work
from kernel.runtime.relay import Relay
from kernel.runtime.subscriptions import Subscriptions
from kernel.runtime.tables import service_tables

PRODUCER, CONSUMER = "funding_watch", "notifier"
STREAM = streams.stream_name(PRODUCER)
EFFECT = bulk.Columns.of("effect", match_id="uuid", title="text", score="float")
CALL = CallSummary(
    key="aides_territoires:156168",
    title="Chaleur renouvelable dans les bâtiments publics",
    funders=["ADEME"],
    url="https://aides-territoires.example/aides/156168",
    closes_on=date(2027, 3, 31),
    rate_max=45,
    amount_max=None,
)


def event(clock: SystemClock) -> MatchProposed:
    """A match as the watch proposes it; about 700 bytes of JSON."""
    return MatchProposed(
        match_id=uuid.uuid4(),
        candidacy_id=uuid.UUID(int=42),
        project_title="Réseau de chaleur de la cité",
        need="Construire la chaufferie",
        call=CALL,
        verdict="eligible",
        score=7.4,
        reason="Répond à votre besoin « Construire la chaufferie » : l'appel parle de chaleur et de bâtiments publics.",
        at=clock.now(),
    )


async def database(url: str) -> Database:
    """A fresh database with outbox, inbox and the table of effects."""
    base = service_tables()
    Table(
        "effect",
        base.metadata,
        Column("match_id", Uuid(), primary_key=True),
        Column("title", Text(), nullable=False),
        Column("score", Float(), nullable=False),
    )
    made = Database(url, SystemClock())
    async with made.engine.begin() as connection:
        await connection.run_sync(base.metadata.drop_all)
        await connection.run_sync(base.metadata.create_all)
    return made


@dataclass
class Producing:
    """The service that commits events, with its relay."""

    database: Database
    broker: ServiceBroker
    relay: Relay

    async def commit(self, count: int, each: int) -> None:
        """Commit `count` events in transactions of `each`."""
        clock = SystemClock()
        for _ in range(count // each):
            async with self.database.work() as work:
                work.record(*(event(clock) for _ in range(each)))


async def producing(url: str, nats_url: str) -> Producing:
    made = await database(url)
    broker = ServiceBroker(nats_url, PRODUCER)
    await broker.connect()
    await streams.declare(broker.jetstream, PRODUCER)
    relay = Relay(made, broker.connection, broker.jetstream)
    made.on_commit = relay.notify
    return Producing(made, broker, relay)


def effects(done: Callable[[int], None]) -> Subscriptions:
    """The consumer's effect: one row an event, written with the inbox; `done` hears how many."""
    subscriptions = Subscriptions(CONSUMER)

    @subscriptions.on_many(MatchProposed)
    async def matches(events: list[MatchProposed], work: Work) -> None:
        rows = [(event.match_id, event.project_title, event.score) for event in events]
        await bulk.insert(work.connection, EFFECT, rows)
        done(len(rows))

    for other in (SourceCrawled, SourceDegraded):
        subscriptions.on(other)(_nothing)
    return subscriptions


async def _nothing(event: object, work: Work) -> None:
    """Events of the stream that the benchmark does not send."""


async def consuming(url: str, nats_url: str, done: Callable[[int], None]) -> tuple[Database, ServiceBroker]:
    """The service that has the effects, started."""
    made = await database(url)
    broker = ServiceBroker(nats_url, CONSUMER)
    await broker.connect()
    broker.consume(PRODUCER, Consumer(made, broker.jetstream, effects(done), made.clock))
    await broker.start()
    return made, broker


async def purge(js: JetStreamContext) -> None:
    """Empty the stream between rounds, so that the server's files do not grow without end."""
    await js.purge_stream(STREAM)


Measure = Callable[[], Awaitable[float]]
