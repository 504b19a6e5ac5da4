"""From zero equals the tables, on both databases; the way back leads to nothing; no migration knows the code."""

import ast
from importlib import import_module
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect

from kernel.contracts.registry import SERVICES
from kernel.runtime import migrate
from kernel.runtime.clock import SystemClock
from kernel.runtime.database import Database

ROOT = Path(__file__).resolve().parents[2] / "services"


SEARCH = "call_search"
"""An index for texts, which each database has in its own way: no table of the code, so it is compared with none."""


def metadata_of(service: str) -> MetaData:
    metadata: MetaData = import_module(f"{service}.tables").Base.metadata
    return metadata


def differences(connection: Connection, metadata: MetaData) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return [one for one in compare_metadata(context, metadata) if SEARCH not in str(one)]


@pytest.mark.parametrize("service", SERVICES)
async def test_from_zero_equals_the_tables(service: str, database_url: str) -> None:
    database = Database(database_url, SystemClock())
    await migrate.upgrade(database.engine, service)
    assert await migrate.is_current(database.engine, service)
    await migrate.upgrade(database.engine, service)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences, metadata_of(service)) == []
    await database.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_constraints_and_indexes_have_the_same_names(service: str, database_url: str) -> None:
    """The names are what the pages' French errors hang on; autogeneration does not compare CHECKs."""
    migrated, created = Database(database_url, SystemClock()), MetaData()
    await migrate.upgrade(migrated.engine, service)
    async with migrated.engine.begin() as connection:
        found = await connection.run_sync(names)
        await connection.run_sync(created.reflect, only=lambda name, _: not name.startswith(SEARCH))
        await connection.run_sync(created.drop_all)
        await connection.run_sync(metadata_of(service).create_all)
        assert await connection.run_sync(names) == found
    await migrated.close()


def names(connection: Connection) -> dict[str, set[str | None]]:
    """Names of checks, uniques and indexes, table by table."""
    inspector = inspect(connection)
    found: dict[str, set[str | None]] = {}
    for table in set(inspector.get_table_names()) - {"alembic_version"}:
        if table.startswith(SEARCH):
            continue
        rows = [
            *inspector.get_check_constraints(table),
            *inspector.get_unique_constraints(table),
            *inspector.get_indexes(table),
            inspector.get_pk_constraint(table),
        ]
        found[table] = {row["name"] for row in rows}
    return found


@pytest.mark.parametrize("service", SERVICES)
async def test_the_way_back_leaves_nothing(service: str, database_url: str) -> None:
    database = Database(database_url, SystemClock())
    await migrate.upgrade(database.engine, service)

    def back(connection: Connection) -> list[str]:
        config = migrate.configuration(service)
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        return inspect(connection).get_table_names()

    async with database.engine.connect() as connection:
        await connection.execution_options(writes=True)
        async with connection.begin():
            assert set(await connection.run_sync(back)) <= {"alembic_version"}
    await database.close()


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_import_no_code_of_ours_and_are_numbered(service: str) -> None:
    script = ScriptDirectory.from_config(migrate.configuration(service))
    assert len(script.get_heads()) == 1
    for path in sorted((ROOT / service / "migrations" / "versions").glob("*.py")):
        assert path.name[:4].isdecimal() and path.name[4] == "_"
        imported = {
            name.split(".")[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
        }
        assert not imported & {*SERVICES, "kernel", "chevalement"}, f"{path.name} would change when the code does"
