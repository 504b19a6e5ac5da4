"""The life of a service: migrate, connect, declare, carry and consume, serve, and stop.

Stopping finishes what is in hand and takes nothing new: consumers and the loops of the service first, then the
relay (which carries what the last handlers recorded), the broker, the database. Each wait has an end, and all of
them together stay within the fifteen seconds that a container is given: what hangs is cut off and done again.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from kernel.contracts.registry import producers_for
from kernel.runtime import inbox, migrate, sessions, streams
from kernel.runtime.auth import Door
from kernel.runtime.broker import GRACE, ServiceBroker
from kernel.runtime.clock import Clock, SystemClock
from kernel.runtime.consumer import Consumer
from kernel.runtime.database import Database, Work
from kernel.runtime.health import Health
from kernel.runtime.relay import Relay
from kernel.runtime.settings import Settings
from kernel.runtime.subscriptions import Subscriptions

HOUSEKEEPING = 3600.0
RENEWAL = timedelta(days=30)
"""After which appointments are made again: a third of what a stream keeps, so that two may be missed."""
LAST_WORDS = 1.5
"""Seconds for the last events to be carried, then for the connection to close, when the service stops."""
BROKER_PATIENCE = 60.0
"""Seconds that a starting service waits for its broker before it gives up."""

log = structlog.get_logger()


@dataclass
class Service:
    """One service, put together by its `app.build`. Loops are awaitables that end when `stopping` is set."""

    name: str
    settings: Settings
    subscriptions: Subscriptions
    app: FastAPI
    database: Database
    nats_url: str
    clock: Clock = field(default_factory=SystemClock)
    at_start: Callable[[Work], Awaitable[None]] | None = None
    """Runs in one transaction once the streams exist, and every RENEWAL: appointments derived from the database."""
    loops: list[Callable[[asyncio.Event], Awaitable[None]]] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    """The relay's first, then one for each loop."""
    _relay: Relay | None = None
    _derived_at: datetime | None = None

    def __post_init__(self) -> None:
        missing = self.subscriptions.missing()
        if missing:
            raise ValueError(f"{self.name}: registry and subscribers disagree about {', '.join(sorted(missing))}")
        self.broker = ServiceBroker(self.nats_url, self.name)
        self.health = Health(self.name, self.database, self.broker, self.settings.outbox_lag_limit)
        self.app.state.door = Door(self.settings.signing_key())
        self.app.state.database = self.database
        self.app.router.routes[:0] = self.health.routes()

    async def start(self) -> None:
        """Bring everything up; returns when the service is ready except for other services' streams."""
        await migrate.upgrade(self.database.engine, self.name)
        await asyncio.wait_for(self._connect(), BROKER_PATIENCE)
        await streams.declare(self.broker.jetstream, self.name)
        for producer in producers_for(self.name):
            consumer = Consumer(self.database, self.broker.jetstream, self.subscriptions, self.clock)
            self.broker.consume(producer, consumer)
        self._relay = Relay(self.database, self.broker.connection, self.broker.jetstream)
        self.database.on_commit = self._relay.notify
        await self._derive()
        await self.broker.start()
        self._tasks.append(asyncio.create_task(self._relay.run(), name=f"{self.name} relay"))
        self._tasks += [asyncio.create_task(_ended(loop(self.stopping))) for loop in (self._keep_house, *self.loops)]
        self.health.started = True
        log.info("service.started", service=self.name)

    async def _connect(self) -> None:
        """The broker may come up after us; the client's own reconnection only begins after a first success."""
        while True:
            try:
                await self.broker.connect()
            except OSError as error:
                log.warning("broker.absent", service=self.name, reason=str(error))
                await asyncio.sleep(0.5)
            else:
                return

    async def stop(self) -> None:
        """Finish what is in hand, take nothing new, carry what was recorded, close."""
        self.health.started = False
        self.stopping.set()
        # Together: one after the other, a few slow batches would add up to more than a container is given.
        in_hand = [asyncio.ensure_future(subscriber.stop()) for subscriber in self.broker.subscribers]
        if waited := [*in_hand, *self._tasks[1:]]:
            await asyncio.wait(waited, timeout=GRACE)
        await asyncio.gather(*in_hand, return_exceptions=True)  # a dead connection must not keep the others back
        await self._drain_outbox()
        if self._relay is not None:
            await self._relay.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(Exception):  # as above
            await asyncio.wait_for(self.broker.stop(), LAST_WORDS)
        await self.database.close()
        log.info("service.stopped", service=self.name)

    async def keep_house(self) -> None:
        """Drop what can no longer matter: inbox marks older than any stream keeps, sessions long over.

        An appointment goes with its stream's oldest messages: all are made again well before that.
        """
        now = self.clock.now()
        async with self.database.work() as work:
            await inbox.forget(work.connection, now - timedelta(seconds=streams.RETENTION) - timedelta(days=1))
            await sessions.purge(work, now - timedelta(days=1))
        if self._derived_at is None or now - self._derived_at >= RENEWAL:
            await self._derive()

    async def _derive(self) -> None:
        """Derive appointments from the database."""
        if self.at_start is not None:
            async with self.database.work() as work:
                await self.at_start(work)
        self._derived_at = self.clock.now()

    async def _keep_house(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await self.keep_house()
            except (OSError, SQLAlchemyError) as error:  # a database that is away: next time
                log.error("house.not_kept", service=self.name, reason=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), HOUSEKEEPING)

    async def _drain_outbox(self) -> None:
        """Give the relay a moment for the last events; what stays is carried at the next start."""
        if self._relay is None:
            return
        with contextlib.suppress(Exception):  # the broker may be away: the rows are safe
            async with asyncio.timeout(LAST_WORDS):
                while await self._relay.pump():
                    pass


async def _ended(loop: Awaitable[None]) -> None:
    await loop
