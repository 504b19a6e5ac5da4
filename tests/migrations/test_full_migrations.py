"""A database in use is brought up to date and back with every row in its place: a table made anew loses no child."""

from datetime import timedelta
from uuid import uuid4

from alembic import command
from sqlalchemy import Connection, DateTime, Uuid, bindparam, text

from intake import handlers
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.intake_story import CALENDAR, NOW, STAFF, dossier

COUNTED = ("candidacy", "candidacy_theme", "draft", "draft_field", "journal", "person")


async def counts(database: Database, tables: tuple[str, ...] = COUNTED) -> dict[str, int]:
    async with database.engine.connect() as connection:
        return {
            table: int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())  # noqa: S608 - ours
            for table in tables
        }


async def test_dossiers_and_drafts_go_back_to_the_chains_and_return(database_url: str) -> None:
    database = Database(database_url, FixedClock(NOW))
    await migrate.upgrade(database.engine, "intake")
    async with database.work() as work:
        await handlers.open_wave(work, CALENDAR, STAFF)
        await handlers.submit_candidacy(work, dossier(), "LE", "t" * 24, timedelta(0))
        await handlers.begin_draft(work, {"titre": "Une forêt", "resume": "Des arbres"})
    before = await counts(database)
    assert all(before.values()), before

    for revision in ("0005", "head"):
        await _go(database, "intake", revision)
        assert await counts(database) == before

    async with database.engine.connect() as connection:
        versions = (await connection.execute(text("SELECT candidacy_id, revision FROM dossier_version"))).all()
    assert [revision for _, revision in versions] == [1]
    await database.close()


async def test_calls_matches_and_dossiers_survive_new_rules(database_url: str) -> None:
    """Rows written before the tables learnt of presence and revisions."""
    database = Database(database_url, FixedClock(NOW))
    await migrate.upgrade(database.engine, "funding_watch", "0003")
    await _written_before(database)
    tables = ("call", "call_change", "project", "match")
    assert await counts(database, tables) == dict.fromkeys(tables, 1)

    for revision in ("head", "0003", "head"):
        await _go(database, "funding_watch", revision)
        assert await counts(database, tables) == dict.fromkeys(tables, 1)
    await database.close()


async def _written_before(database: Database) -> None:
    project = uuid4()
    async with database.work() as work:
        for statement in (
            "INSERT INTO call (key, source, title, funders, url, content_hash, first_seen_at, last_seen_at, "
            "last_changed_at, record) VALUES (:key, 's', 't', '[]', 'u', :hash, :at, :at, :at, '{}')",
            "INSERT INTO call_change (call_key, at, field) VALUES (:key, :at, 'title')",
            "INSERT INTO project (candidacy_id, number, withdrawn) VALUES (:project, 'LE-1', false)",
            "INSERT INTO match (id, candidacy_id, call_key, need_number, verdict, score, reason, checks, proposed_at) "
            "VALUES (:match, :project, :key, 1, 'eligible', 0.5, 'r', '[]', :at)",
        ):
            bound = text(statement).bindparams(
                *(
                    bindparam(name, value, type_=kind)
                    for name, value, kind in (
                        ("key", "s:1", None),
                        ("hash", "0" * 64, None),
                        ("at", NOW, DateTime(timezone=True)),
                        ("project", project, Uuid()),
                        ("match", uuid4(), Uuid()),
                    )
                    if f":{name}" in statement
                )
            )
            await work.connection.execute(bound)


async def _go(database: Database, service: str, revision: str) -> None:
    def run(connection: Connection) -> None:
        config = migrate.configuration(service)
        config.attributes["connection"] = connection
        (command.downgrade if revision != "head" else command.upgrade)(config, revision)

    async with database.engine.connect() as connection:
        await connection.execution_options(writes=True)
        async with connection.begin():
            await connection.run_sync(run)
