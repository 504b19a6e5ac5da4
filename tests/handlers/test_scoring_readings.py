"""Intake hears whose documents open to whom: once for each say of a juror, in numbered order."""

import asyncio
from uuid import UUID, uuid4

from sqlalchemy import text

from kernel.contracts.intake_life import ErasureOrdered
from kernel.contracts.scoring import ReadingAllowed
from kernel.runtime.database import Database
from scoring import handlers
from scoring.domain.sittings import Juror, Tie
from scoring.handlers import readings
from scoring.handlers.marking import Place
from tests.databases import database_of
from tests.handlers.test_scoring_quorum import told
from tests.scoring_story import STAFF, START
from tests.sitting_story import dossiers, opened, seated, turned

JUROR = Juror(str(uuid4()), "Région", "partner")
OTHER = Juror(str(uuid4()), "Département", "partner")


database = database_of("scoring", START)


async def said(database: Database, sitting_id: UUID, dossier: UUID, tie: Tie = "aucun", juror: Juror = JUROR) -> None:
    async with database.work() as work:
        await handlers.declare(work, sitting_id, dossier, juror, (tie, ""))


async def test_each_say_on_ties_is_told_once_and_numbered(database: Database) -> None:
    first, second = await dossiers(database, 2)
    sitting_id = await opened(database)
    seat = await seated(database, sitting_id, JUROR)
    await said(database, sitting_id, first)
    await said(database, sitting_id, first)  # the same again
    await said(database, sitting_id, second, "membre")  # opens nothing
    await said(database, sitting_id, first, "financier")
    async with database.work() as work:
        await handlers.lift_recusal(work, sitting_id, Place(seat.id, first), "Un intérêt minime.", STAFF)
    await turned(database, sitting_id)
    await turned(database, sitting_id, "discussion")

    found = await told(database, ReadingAllowed)

    assert [(event.revision, event.dossiers) for event in found] == [(1, [first]), (2, []), (3, [first]), (4, [])]
    assert {event.seat_id for event in found} == {seat.id}
    assert [event.juror for event in found] == [JUROR.key, "", JUROR.key, ""]


async def test_jurors_who_declare_at_once_are_each_told_of(database: Database) -> None:
    (one,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    for juror in (JUROR, OTHER):
        await seated(database, sitting_id, juror)

    await asyncio.gather(*(said(database, sitting_id, one, juror=juror) for juror in (JUROR, OTHER)))

    found = await told(database, ReadingAllowed)
    assert {event.juror for event in found} == {JUROR.key, OTHER.key}
    assert [(event.revision, event.dossiers) for event in found] == [(1, [one])] * 2


async def test_what_was_never_told_is_told_at_start_and_no_more(database: Database) -> None:
    (one,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    await seated(database, sitting_id, JUROR)
    await said(database, sitting_id, one)
    async with database.work() as work:  # a sitting opened by a version that did not tell
        for forgotten in ("DELETE FROM reading", "DELETE FROM outbox"):
            await work.connection.execute(text(forgotten))
    for _ in range(2):
        async with database.work() as work:
            await readings.keep_told(work)

    assert [event.dossiers for event in await told(database, ReadingAllowed)] == [[one]]


async def test_a_parted_juror_is_named_no_more(database: Database) -> None:
    (one,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    for juror in (JUROR, OTHER):
        await seated(database, sitting_id, juror)
        await said(database, sitting_id, one, juror=juror)
    ordered = ErasureOrdered(erasure_id=uuid4(), person_ids=[UUID(JUROR.key)], candidacy_ids=[], at=START)
    async with database.work() as work:
        await handlers.answer_erasure(work, ordered)

    last = (await told(database, ReadingAllowed))[-1]
    assert (last.juror, last.dossiers, last.revision) == ("", [], 2)
