"""Lines that were there before the chains are chained as if they had been written so, and come back whole."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import Connection, column, insert, select, table
from sqlalchemy.types import DateTime, Text, Uuid

from chevalement.journals import KEPT
from kernel.runtime import journal, migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.scoring_story import START

BEFORE = {"intake": "0004", "scoring": "0002"}
FIRST, SECOND = UUID(int=1), UUID(int=2)
WORDS = {
    "intake": {"by": "Équipe « A »", "act": "avis", "reason": "Un « avis » ; sûr\n\u202f?"},
    "scoring": {
        "by": "Équipe",
        "act": "avis",
        "about": None,
        "value": "favorable",
        "reason": "Une raison assez longue.",
    },
}


def lines(service: str) -> list[dict[str, Any]]:
    """Lines in the order in which they were written, which is not that of their times."""
    found = []
    for number, (candidacy, minutes) in enumerate([(FIRST, 9), (SECOND, 1), (FIRST, 3), (FIRST, 3), (SECOND, 0)]):
        at = START + timedelta(minutes=minutes, microseconds=number)
        key = {"key": f"fait:{number}"} if service == "intake" else {}
        found.append({"candidacy_id": candidacy, "at": at, **WORDS[service], **key})
    return found


def journal_table(service: str) -> Any:
    words = [column(name, Text()) for name in lines(service)[0] if name not in {"candidacy_id", "at"}]
    return table("journal", column("candidacy_id", Uuid()), column("at", DateTime(timezone=True)), *words)


async def filled(database: Database, service: str) -> None:
    """A database of before, with its lines."""
    await migrate.upgrade(database.engine, service, BEFORE[service])
    async with database.work() as work:
        if service == "scoring":
            dossier = table("dossier", column("candidacy_id", Uuid()), column("state", Text()))
            for candidacy_id in (FIRST, SECOND):
                row = {"candidacy_id": candidacy_id, "state": "inconnu"}
                await work.connection.execute(insert(dossier).values(row))
        for line in lines(service):
            await work.connection.execute(insert(journal_table(service)).values(line))


@pytest.mark.parametrize("service", BEFORE)
async def test_old_lines_are_chained_in_the_order_in_which_they_came(service: str, database_url: str) -> None:
    database = Database(database_url, FixedClock(START))
    await filled(database, service)
    await migrate.upgrade(database.engine, service)

    kept = KEPT[service].journal
    async with database.work() as work:
        found = await journal.verify(work.connection, kept, {FIRST, SECOND})
        head = await journal.hold(work.connection, kept, FIRST)
        columns = (kept.lines.c.at, kept.lines.c.sequence)
        query = select(*columns).where(kept.lines.c.candidacy_id == FIRST).order_by(kept.lines.c.sequence)
        chained = [(row.at, row.sequence) for row in await work.connection.execute(query)]
    await database.close()
    assert (found.chains, found.lines, found.breaks) == (2, 5, ())
    assert head.sequence == 3
    ours = [line["at"] for line in lines(service) if line["candidacy_id"] == FIRST]
    assert chained == [(at, number) for number, at in enumerate(ours, 1)]


@pytest.mark.parametrize("service", BEFORE)
async def test_the_way_back_keeps_every_line(service: str, database_url: str) -> None:
    database = Database(database_url, FixedClock(START))
    await filled(database, service)
    await migrate.upgrade(database.engine, service)

    def back(connection: Connection) -> None:
        config = migrate.configuration(service)
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE[service])

    async with database.work() as work:
        await work.connection.run_sync(back)
        rows = (await work.connection.execute(select(journal_table(service)))).all()
    await migrate.upgrade(database.engine, service)
    async with database.work() as work:
        found = await journal.verify(work.connection, KEPT[service].journal)
    await database.close()
    assert (len(rows), found.lines, found.breaks) == (5, 5, ())
