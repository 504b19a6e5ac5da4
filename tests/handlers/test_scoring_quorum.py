"""The team hears of quorums that change, in their order; late jurors are reminded, by event and without an address."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from kernel.contracts.scoring import JurorReminded, MarksReminderDue, QuorumCounted
from kernel.runtime.database import Database
from scoring import handlers
from scoring.domain.rulings import Refused
from scoring.domain.sittings import Juror
from scoring.handlers import quorum
from scoring.subscribers import declare
from tests.databases import database_of
from tests.live_story import room
from tests.scoring_story import STAFF, START
from tests.sitting_story import PARTNERS, dossiers, marked, opened, seated, turned

PERSON = Juror(str(uuid4()), "Région", "partner")


database = database_of("scoring", START)


async def told(database: Database, event: type[Any]) -> list[Any]:
    """The events of a kind that wait to leave, the oldest first."""
    query = text("SELECT body FROM outbox WHERE subject = :subject ORDER BY id")
    async with database.engine.connect() as connection:
        rows = (await connection.execute(query, {"subject": event.subject()})).scalars().all()
    return [event.model_validate_json(row) for row in rows]


async def appointments(database: Database, sitting_id: UUID) -> list[str]:
    """The moments for which reminders were made."""
    query = text("SELECT headers FROM outbox WHERE subject = :subject ORDER BY id")
    async with database.engine.connect() as connection:
        rows = (await connection.execute(query, {"subject": f"scoring.schedule.due.{sitting_id.hex}"})).scalars().all()
    return [json.loads(row)["Nats-Schedule"] for row in rows]


async def test_each_change_is_told_once_and_numbered(database: Database) -> None:
    first, second = await dossiers(database, 2)
    sitting_id = await opened(database)
    for juror in PARTNERS[:4]:
        await marked(database, sitting_id, first, juror)

    found = await told(database, QuorumCounted)

    assert [(event.revision, event.missing.get(first), event.missing[second]) for event in found] == [
        (1, 3, 3),
        (2, 2, 3),
        (3, 1, 3),
        (4, None, 3),  # the fourth juror changes nothing
    ]


async def test_jurors_who_give_at_once_leave_the_true_count_last(database: Database) -> None:
    (one,) = await dossiers(database, 1)
    sitting_id = await opened(database)

    await asyncio.gather(*(marked(database, sitting_id, one, juror) for juror in PARTNERS[:3]))

    found = await told(database, QuorumCounted)
    assert sorted(event.revision for event in found) == [1, 2, 3, 4]
    assert max(found, key=lambda event: event.revision).missing == {}


async def test_a_recusal_and_the_closing_are_counted(database: Database) -> None:
    (one,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    await seated(database, sitting_id, PARTNERS[0])
    async with database.work() as work:
        await handlers.declare(work, sitting_id, one, PARTNERS[0], ("membre", ""))
    await turned(database, sitting_id)
    await turned(database, sitting_id, "discussion")

    assert [event.missing for event in await told(database, QuorumCounted)] == [{one: 3}, {one: 2}, {}]


async def test_late_jurors_are_reminded_on_their_days(database: Database) -> None:
    first, second = await dossiers(database, 2)
    sitting_id = await opened(database)  # marks are due on 15 April
    async with database.work() as work:
        await handlers.expect_juror(work, sitting_id, "Département", STAFF)
    await marked(database, sitting_id, first, PERSON)
    for dossier in (first, second):
        await marked(database, sitting_id, dossier, PARTNERS[0])

    async with database.work() as work:
        await declare().apply([(MarksReminderDue(sitting_id=sitting_id), lambda: None)], work)
        await quorum.keep_appointments(work)

    reminded = await told(database, JurorReminded)
    assert {(event.juror, event.person_id, event.left) for event in reminded} == {
        ("Région", UUID(PERSON.key), 1),
        ("Département", None, 2),
    }
    assert await appointments(database, sitting_id) == ["@at 2026-04-08T06:00:00Z"] * 3


async def test_the_desk_reminds_at_once_and_says_when_nobody_is_late(database: Database) -> None:
    (one,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    await seated(database, sitting_id, PERSON)
    async with database.work() as work:
        assert await handlers.remind_now(work, sitting_id, STAFF) == 1
    await marked(database, sitting_id, one, PERSON)

    with pytest.raises(Refused, match="Personne n'est en retard"):
        async with database.work() as work:
            await handlers.remind_now(work, sitting_id, STAFF)


async def test_students_are_neither_counted_nor_reminded(database: Database) -> None:
    live, _ = await room(database)
    async with database.work() as work:
        await quorum.come_due(work, live.sitting_id)

    assert await told(database, QuorumCounted) == []
    assert await told(database, JurorReminded) == []
    assert await appointments(database, live.sitting_id) == []
