"""`chevalement journal verify` reads the journals that the services write, and says what does not match."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from chevalement import cli, journals
from intake import handlers
from intake.store import chains
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from kernel.runtime.journal import verify
from kernel.runtime.settings import Settings
from tests.databases import database_of
from tests.intake_story import CALENDAR, NOW, STAFF, decision, dossier, opinion, sent

database = database_of("intake", NOW)


async def lived(database: Database) -> str:
    """The number of a dossier of which much is heard at the same time, each thing twice."""
    async with database.work() as work:
        await handlers.open_wave(work, CALENDAR, STAFF)
        receipt = await handlers.submit_candidacy(work, dossier(), "LE", uuid4().hex)
    candidacy_id = receipt.candidacy_id
    messages = [sent(candidacy_id) for _ in range(4)]
    opinions = [opinion(candidacy_id, "technique", "favorable"), opinion(candidacy_id, "lyceen", "reserve")]

    async def hear(handler: object, event: object) -> None:
        async with database.work() as work:
            await handler(work, event)  # type: ignore[operator] # one of the handlers

    heard = [(handlers.hear_of_message, message) for message in messages * 2]
    heard += [(handlers.hear_opinion, one) for one in opinions * 2]
    heard += [(handlers.hear_decision, decision(candidacy_id, "nomine"))] * 2
    await asyncio.gather(*(hear(handler, event) for handler, event in heard))
    return receipt.number


async def test_what_is_heard_at_the_same_time_is_one_chain_without_repetition(database: Database) -> None:
    await lived(database)
    async with database.reading() as session:
        found = await verify(await session.connection(), chains.JOURNAL, await chains.chained(session))

    assert (found.chains, found.lines, found.breaks) == (1, 8, ())


async def test_what_is_heard_of_an_unknown_dossier_is_chained_too(database: Database) -> None:
    candidacy_id = uuid4()
    for event in (sent(candidacy_id), sent(candidacy_id)):
        async with database.work() as work:
            await handlers.hear_of_message(work, event)
    async with database.reading() as session:
        found = await verify(await session.connection(), chains.JOURNAL, await chains.chained(session))

    assert (found.chains, found.lines, found.breaks) == (1, 2, ())


async def test_it_reads_one_moment_of_either_database(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Here(Settings):
        def database_of(self, service: str) -> str:
            return database_url

    number = await lived(database)
    monkeypatch.setattr(journals, "KEPT", {"intake": journals.KEPT["intake"]})
    (report,) = await journals.verify_all(Here.load())

    assert (report.verified.lines, report.verified.breaks, list(report.numbers.values())) == (8, (), [number])


async def prepared(folder: Path) -> str:
    settings = Settings.load(data=folder)
    number = ""
    for service in journals.KEPT:
        made = Database(settings.database_of(service), FixedClock(NOW))
        await migrate.upgrade(made.engine, service)
        if service == "intake":
            number = await lived(made)
        await made.close()
    return number


def command(folder: Path) -> Result:
    return CliRunner().invoke(cli.app, ["journal", "verify", "--data", str(folder)])


def test_the_command_says_where_one_byte_was_flipped(tmp_path: Path) -> None:
    number = asyncio.run(prepared(tmp_path))
    before = command(tmp_path)
    path = tmp_path / "intake.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    assert content.count(b"Formulaire en ligne") == 1
    path.write_bytes(content.replace(b"Formulaire en ligne", b"Formulaire en lifne"))
    after = command(tmp_path)

    assert before.exit_code == 0, before.output
    assert before.output.startswith("intake: 1 dossiers, 8 lines, all match, heads ")
    assert "scoring: 0 dossiers, 0 lines, all match, heads " in before.output
    assert after.exit_code == 1
    assert f"  {number} (" in after.output
    assert "line 1: its facts are not those that were written" in after.output


def test_databases_of_an_older_version_are_told(tmp_path: Path) -> None:
    result = command(tmp_path)

    assert result.exit_code not in {0, 2}
    assert "chevalement migrate" in str(result.exception) + result.output
