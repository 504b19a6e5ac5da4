"""One database per service; every change and every event that tells of it are one commit.

Rule guarded here: nothing leaves before the commit. A handler gets a `Work`, changes tables through it and
records events on it; the events are rows of the same transaction, and only a committed row wakes the relay.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from kernel.contracts.envelope import Cause, Envelope, Event
from kernel.runtime import outbox
from kernel.runtime.clock import Clock

SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000")
"""FULL, not NORMAL: what a person was told is received must outlive a power cut."""


class Work:
    """One transaction: its session, its moment, its cause, and the events that it will leave behind."""

    def __init__(self, connection: AsyncConnection, at: datetime, cause: Cause) -> None:
        self.connection = connection
        self.at = at
        self.cause = cause
        self._session: AsyncSession | None = None
        self._recorded: list[outbox.Row] = []
        self._afterwards: list[Callable[[], None]] = []

    @property
    def session(self) -> AsyncSession:
        """The ORM session of this transaction; made on first use, since bulk work needs none."""
        if self._session is None:
            self._session = AsyncSession(bind=self.connection, expire_on_commit=False, autoflush=True)
        return self._session

    def record(self, *events: Event) -> None:
        """Have `events` leave with the commit.

        Raises `outbox.OversizeEvent` when a body is too large for the bus.
        """
        self._recorded.extend(outbox.row(Envelope.seal(event, self.at, self.cause)) for event in events)

    def later(self, event: Event, at: datetime, key: str) -> None:
        """Have `event` happen at the time `at`; one appointment per `key`, the last one made counts."""
        self._recorded.append(outbox.appointment(Envelope.seal(event, self.at, self.cause), f"@at {utc_text(at)}", key))

    def regularly(self, event: Event, cron: str, key: str) -> None:
        """Have `event` happen by a six-field cron line (seconds first, UTC); one line per `key`."""
        self._recorded.append(outbox.appointment(Envelope.seal(event, self.at, self.cause), cron, key))

    def afterwards(self, tell: Callable[[], None]) -> None:
        """Have `tell` called once the commit is made, never if it is not; for waking a loop, not for effects."""
        self._afterwards.append(tell)

    def committed(self) -> None:
        """Called by the database, after the commit."""
        for tell in self._afterwards:
            tell()

    @property
    def recorded(self) -> int:
        """How many events will leave with the commit."""
        return len(self._recorded)

    async def finish(self) -> None:
        """Write what is pending, the events last. Called by the database, just before the commit."""
        if self._session is not None:
            await self._session.flush()
        await outbox.add(self.connection, self._recorded, self.at)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class Database:
    """A service's database. `on_commit` is called after each commit that left events behind."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.url = make_url(url)
        self.clock = clock
        self.on_commit: Callable[[], None] = lambda: None
        self.engine = _engine(url)
        self._writer = asyncio.Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def work(self, cause: Cause | None = None) -> AsyncIterator[Work]:
        """A transaction that may write. Commits at the end of the block, rolls back on any exception."""
        async with _turn(self._writer), self.engine.connect() as connection:
            await connection.execution_options(writes=True)
            work = Work(connection, self.clock.now(), cause or Cause.new())
            try:
                async with connection.begin():
                    yield work
                    await work.finish()
            finally:
                await work.close()
        if work.recorded:
            self.on_commit()
        work.committed()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads; never waits for a writer on SQLite."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    async def is_up(self) -> bool:
        """Whether the database answers."""
        async with self.engine.connect() as connection:
            return (await connection.execute(text("SELECT 1"))).scalar() == 1

    async def close(self) -> None:
        await self.engine.dispose()


def utc_text(at: datetime) -> str:
    """An aware time as RFC 3339 in UTC: `2026-03-12T11:00:00Z`."""
    if at.tzinfo is None:
        raise ValueError(f"an appointment needs an aware time, not {at!r}: add a time zone")
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@asynccontextmanager
async def _turn(lock: asyncio.Lock | None) -> AsyncIterator[None]:
    """SQLite has one writer: waiting here is fair and wakes at once, its own busy handler sleeps."""
    if lock is None:
        yield
        return
    async with lock:
        yield


def _engine(url: str) -> AsyncEngine:
    """Errors name the statement and never its values: they end up in logs, which hold no personal data."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_async_engine(url, pool_size=5, max_overflow=5, pool_pre_ping=True, hide_parameters=True)
    engine = create_async_engine(url, hide_parameters=True)
    sqlalchemy_event.listen(engine.sync_engine, "connect", _sqlite_connect)
    sqlalchemy_event.listen(engine.sync_engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: Any, _record: Any) -> None:
    """Take BEGIN into our own hands: the driver would start a transaction only before the first write."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    """A writer takes the write lock first: one that upgrades later would fail with no wait at all."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
