"""The journals of every service that keeps one, verified line by line from the databases alone."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.store import triage as watch
from intake.store import chains as intake
from kernel.runtime import migrate
from kernel.runtime.clock import SystemClock
from kernel.runtime.database import Database
from kernel.runtime.journal import Break, Journal, Verified, verify
from kernel.runtime.settings import Settings
from scoring import store as scoring


@dataclass(frozen=True, slots=True)
class Kept:
    """A service's journal, the numbers of the dossiers it knows, and those that must have lines."""

    journal: Journal
    numbers: Callable[[AsyncSession], Awaitable[Mapping[UUID, str]]]
    chained: Callable[[AsyncSession], Awaitable[set[UUID]]]


KEPT: Mapping[str, Kept] = {
    "intake": Kept(intake.JOURNAL, intake.numbers, intake.chained),
    "scoring": Kept(scoring.JOURNAL, scoring.numbers, scoring.chained),
    "funding_watch": Kept(watch.JOURNAL, watch.numbers, watch.chained),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in one service; `numbers` names the dossiers by their chains."""

    service: str
    verified: Verified
    numbers: Mapping[str, str]

    def lines(self) -> list[str]:
        """One line for the service, then one for each thing that does not match."""
        breaks = self.verified.breaks
        state = f"{len(breaks)} broken" if breaks else "all match"
        counts = f"{self.verified.chains} dossiers, {self.verified.lines} lines"
        return [f"{self.service}: {counts}, {state}, heads {self.verified.heads}", *map(self._told, breaks)]

    def _told(self, found: Break) -> str:
        dossier = f"{self.numbers.get(found.chain, 'unknown dossier')} ({found.chain})"
        place = "" if found.sequence is None else f", line {found.sequence}"
        return f"  {dossier}{place}: {found.what}"


async def verify_all(settings: Settings) -> list[Report]:
    """A report for each service. Raises `SystemExit` where a database is not at its newest revision."""
    return [await _verify(settings, service, kept) for service, kept in KEPT.items()]


async def _verify(settings: Settings, service: str, kept: Kept) -> Report:
    database = Database(settings.database_of(service), SystemClock())
    try:
        if not await migrate.is_current(database.engine, service):
            raise SystemExit(f"the database of {service} is not at its newest revision: run `chevalement migrate`")
        async with _snapshot(database) as session:
            expected = await kept.chained(session)
            verified = await verify(await session.connection(), kept.journal, expected)
            numbers = {str(chain): number for chain, number in (await kept.numbers(session)).items()}
    finally:
        await database.close()
    return Report(service, verified, numbers)


@asynccontextmanager
async def _snapshot(database: Database) -> AsyncIterator[AsyncSession]:
    """A session that sees one moment, whatever is written meanwhile."""
    async with database.engine.connect() as connection:
        if not database.is_sqlite:
            await connection.execution_options(isolation_level="REPEATABLE READ")
        async with AsyncSession(bind=connection) as session:
            yield session
