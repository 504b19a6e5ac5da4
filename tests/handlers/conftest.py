"""What the tests of handlers share: the clock of their module's database, and on PostgreSQL that database itself."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import cast

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database

NAME = "handlers"
ANEW = ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
EMPTYING = """
SELECT format('DELETE FROM %I', tablename) FROM pg_tables
WHERE schemaname = 'public' AND tablename <> 'alembic_version'
UNION ALL
SELECT format('ALTER SEQUENCE %I RESTART', sequencename) FROM pg_sequences WHERE schemaname = 'public'
"""
"""What to run so that only tables are left."""
Upgrade = Callable[[AsyncEngine, str, str], Awaitable[None]]


@pytest.fixture
async def clock(database: Database) -> FixedClock:
    """Moved with `clock.set`."""
    return cast("FixedClock", database.clock)


class Kept:
    """One PostgreSQL database for test after test, emptied in between: to make one anew takes a second.

    Its tables stay as long as the next test asks for the same service at its newest revision.
    """

    def __init__(self, admin: str) -> None:
        self._admin = admin
        self._server, _, self._query = admin.partition("?")
        self._holds: str | None = None
        self._made = False

    @property
    def dsn(self) -> str:
        """Where it is, as asyncpg writes it."""
        return f"{self._server.rpartition('/')[0]}/{NAME}" + (f"?{self._query}" if self._query else "")

    async def make(self) -> None:
        """Create it, once."""
        if not self._made:
            connection = await asyncpg.connect(self._admin)
            await connection.execute(f"CREATE DATABASE {NAME}")
            await connection.close()
            self._made = True

    async def upgrade(self, real: Upgrade, engine: AsyncEngine, service: str, revision: str) -> None:
        """Bring it to that revision; nothing where it is there."""
        if (service, revision) == (self._holds, "head"):
            return
        if self._holds:
            await self._run(*ANEW)
        self._holds = None  # until the migrations went to their end
        await real(engine, service, revision)
        self._holds = service if revision == "head" else None

    async def clear(self) -> None:
        """Without a row, or without a table where a test left it at another revision."""
        if self._holds:
            await self._run("SET session_replication_role = replica", *await self._emptying())  # triggers keep still
        else:
            await self._run(*ANEW)

    async def _emptying(self) -> list[str]:
        connection = await asyncpg.connect(self.dsn)
        try:
            return [row[0] for row in await connection.fetch(EMPTYING)]
        finally:
            await connection.close()

    async def _run(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.dsn)
        try:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def kept(postgresql: str) -> Kept:
    return Kept(postgresql)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """An empty database, as an SQLAlchemy URL, on each of the two engines."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/test.db"
        return
    ours: Kept = request.getfixturevalue("kept")
    await ours.make()
    real = migrate.upgrade

    async def upgrade(engine: AsyncEngine, service: str, revision: str = "head") -> None:
        await (ours.upgrade(real, engine, service, revision) if engine.url.database == NAME else real(engine, service))

    monkeypatch.setattr(migrate, "upgrade", upgrade)
    yield ours.dsn.replace("postgresql://", "postgresql+asyncpg://")
    await ours.clear()
