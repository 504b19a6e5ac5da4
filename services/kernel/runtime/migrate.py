"""A service's database is brought to its newest revision by Alembic, at start or by command, under a lock."""

import asyncio
from pathlib import Path
from weakref import WeakKeyDictionary

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

LOCK = 0x0C4E7A1E
"""Advisory lock on PostgreSQL: replicas that start together migrate one after the other."""


def configuration(service: str) -> Config:
    """Alembic's configuration for `service`, whose revisions are in `services/<service>/migrations`."""
    folder = Path(__file__).resolve().parents[2] / service / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("version_locations", str(folder / "versions"))
    config.set_main_option("path_separator", "os")
    return config


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
"""Alembic keeps the running migration in a global, so two services in one process take turns, loop by loop."""


async def upgrade(engine: AsyncEngine, service: str, revision: str = "head") -> None:
    """Apply what is missing up to `revision`. Safe to call from several processes at once."""
    turn = _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    async with turn, engine.connect() as connection:
        await connection.execution_options(writes=True)
        async with connection.begin():
            await connection.run_sync(_upgrade, service, revision)


def _upgrade(connection: Connection, service: str, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(text("SET LOCAL statement_timeout = '300s'"))
    config = configuration(service)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def is_current(engine: AsyncEngine, service: str) -> bool:
    """Whether the database is at the newest revision."""
    head = await asyncio.to_thread(lambda: ScriptDirectory.from_config(configuration(service)).get_current_head())
    async with engine.connect() as connection:
        found = await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
    return bool(found == head)


def run_environment(connection: Connection | None) -> None:
    """What every `migrations/env.py` does. `connection` comes from `upgrade`, inside its transaction."""
    from alembic import context

    if connection is None:
        raise RuntimeError("run migrations with `chevalement migrate`, which knows the databases")
    context.configure(connection=connection, render_as_batch=True, transactional_ddl=True)
    context.run_migrations()
