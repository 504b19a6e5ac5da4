"""A service of the notifier's name with one table of effects: the runtime, and nothing of the label."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from sqlmodel import Field, SQLModel, select

from kernel.contracts.envelope import Event
from kernel.contracts.notifier import AlertDue, DeliveryDue
from kernel.runtime import streams
from kernel.runtime.broker import ServiceBroker
from kernel.runtime.clock import SystemClock
from kernel.runtime.consumer import Consumer
from kernel.runtime.database import Database, Work
from kernel.runtime.nats_server import NatsServer
from kernel.runtime.relay import Relay
from kernel.runtime.subscriptions import Subscriptions
from kernel.runtime.tables import service_tables
from tests.patience import PATIENCE

Base = service_tables()


class Seen(Base, table=True):  # type: ignore[misc,valid-type] # the base is made at run time
    """One row for each effect: two rows with the same words are an effect done twice."""

    __tablename__ = "seen"
    id: int | None = Field(default=None, primary_key=True)
    words: str


@dataclass
class Bench:
    """A service taken apart, so that a test can break any piece of it."""

    database: Database
    broker: ServiceBroker
    consumer: Consumer
    relay: Relay
    fail: Callable[[Event], None] = lambda event: None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def jetstream(self) -> JetStreamContext:
        return self.broker.jetstream

    async def record(self, *words: str) -> None:
        async with self.database.work() as work:
            work.record(*(AlertDue(recipient=word) for word in words))

    async def seen(self) -> list[str]:
        async with self.database.reading() as session:
            return sorted(row.words for row in await session.exec(select(Seen)))

    async def until(self, words: list[str], seconds: float = PATIENCE) -> None:
        """Wait until the effects are exactly `words`, or fail showing what they are."""
        deadline = asyncio.get_running_loop().time() + seconds
        while await self.seen() != sorted(words):
            assert asyncio.get_running_loop().time() < deadline, f"wanted {sorted(words)}, got {await self.seen()}"
            await asyncio.sleep(0.02)

    def start_relay(self) -> None:
        self.tasks.append(asyncio.create_task(self.relay.run()))

    async def start(self) -> None:
        await self.broker.start()
        self.start_relay()

    async def stop(self) -> None:
        await self.relay.stop()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        with contextlib.suppress(NatsError):  # a test may have closed the connection, as a kill does
            await self.broker.stop()


async def database_of(url: str) -> Database:
    database = Database(url, SystemClock())
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    return database


async def bench_on(database: Database, url: str) -> Bench:
    """The pieces on `database` and the broker at `url`, not started."""
    broker = ServiceBroker(url, "notifier")
    await broker.connect()
    await streams.declare(broker.jetstream, "notifier")
    subscriptions = Subscriptions("notifier")
    consumer = Consumer(database, broker.jetstream, subscriptions, database.clock)
    broker.consume("notifier", consumer)
    relay = Relay(database, broker.connection, broker.jetstream)
    database.on_commit = relay.notify
    bench = Bench(database, broker, consumer, relay)

    @subscriptions.on(AlertDue)
    async def alert(event: AlertDue, work: Work) -> None:
        work.session.add(Seen(words=event.recipient))
        await work.session.flush()
        bench.fail(event)

    @subscriptions.on_many(DeliveryDue)
    async def deliveries(events: list[DeliveryDue], work: Work) -> None:
        work.session.add_all(Seen(words=str(event.delivery_id)) for event in events)

    return bench


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = await database_of(database_url)
    yield made
    await made.close()


@pytest.fixture
async def bench(database: Database, broker: NatsServer) -> AsyncIterator[Bench]:
    made = await bench_on(database, broker.url)
    yield made
    await made.stop()


def table_model() -> type[SQLModel]:
    return Seen
