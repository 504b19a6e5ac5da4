"""Jurors leave the marks they gave, on order or with time; the marks, the organisation and the journal stay."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text

from kernel.contracts.intake import JurorNeared
from kernel.contracts.intake_life import ErasureOrdered
from kernel.contracts.intake_people import RetentionReached
from kernel.contracts.scoring import ErasureDone
from kernel.runtime.database import Database
from scoring import handlers
from scoring.domain.sittings import Juror
from scoring.store import nearness, sittings
from tests.databases import database_of
from tests.intake_story import NOW
from tests.sitting_story import dossiers, marked, opened, wish

JUROR = Juror(str(uuid4()), "Région", "partner")
OTHER = Juror(str(uuid4()), "Département", "partner")


database = database_of("scoring", NOW)


async def sat(database: Database) -> UUID:
    """A sitting in which two jurors marked, one of whom wrote about a tie."""
    (candidacy_id,) = await dossiers(database, 1)
    sitting_id = await opened(database)
    for juror in (JUROR, OTHER):
        await marked(database, sitting_id, candidacy_id, juror)
    async with database.work() as work:
        await work.connection.execute(text("UPDATE tie SET note = 'Un parent y travaille.'"))
    return sitting_id


async def people_in(database: Database, sitting_id: UUID) -> dict[str, str | None]:
    async with database.reading() as session:
        return {seat.name: seat.person for seat in await sittings.seats(session, sitting_id)}


async def counted(database: Database, query: str) -> int:
    async with database.engine.connect() as connection:
        return int((await connection.execute(text(query))).scalar_one())


async def test_an_erased_juror_is_parted_from_marks_that_stay(database: Database) -> None:
    sitting_id = await sat(database)
    marks = await counted(database, "SELECT count(*) FROM mark")
    ordered = ErasureOrdered(erasure_id=uuid4(), person_ids=[UUID(JUROR.key)], candidacy_ids=[], at=NOW)
    for _ in range(2):
        async with database.work() as work:
            await handlers.answer_erasure(work, ordered)
    assert await people_in(database, sitting_id) == {"Région": None, "Département": OTHER.key}
    assert await counted(database, "SELECT count(*) FROM mark") == marks > 0
    assert await counted(database, "SELECT count(*) FROM tie WHERE note <> ''") == 1
    query = text("SELECT body FROM outbox WHERE subject = :subject ORDER BY id")
    async with database.engine.connect() as connection:
        bodies = (await connection.execute(query, {"subject": ErasureDone.subject()})).scalars().all()
    first, again = (ErasureDone.model_validate_json(body) for body in bodies)
    assert first.erased == {"lien entre une personne et sa place de juré": 1, "précisions sur des liens": 1}
    assert again.erased == {} and again.kept == first.kept


async def test_all_jurors_of_an_old_sitting_are_parted(database: Database) -> None:
    sitting_id = await sat(database)
    held = datetime.combine(wish().meets_on, datetime.min.time(), UTC)
    for moment, left in ((held, 2), (held + timedelta(days=1), 0)):
        async with database.work() as work:
            reached = RetentionReached(day=NOW.date(), mails_before=NOW, marks_before=moment, at=NOW)
            await handlers.forget_old(work, reached)
        assert [bool(person) for person in (await people_in(database, sitting_id)).values()].count(True) == left
    assert await counted(database, "SELECT count(*) FROM tie WHERE note <> ''") == 0


async def test_the_last_word_on_who_is_near_counts_and_goes_with_the_person(database: Database) -> None:
    (candidacy_id,) = await dossiers(database, 1)
    person = UUID(JUROR.key)
    told = [
        JurorNeared(person_id=person, candidacy_ids=ids, at=NOW + timedelta(hours=hours))
        for hours, ids in ((1, [candidacy_id]), (0, []))
    ]
    for event in (*told, told[0]):
        async with database.work() as work:
            await handlers.hear_nearness(work, event)
    async with database.reading() as session:
        assert await nearness.is_near(session, JUROR.key, candidacy_id)
        assert not await nearness.is_near(session, OTHER.key, candidacy_id)
    async with database.work() as work:
        ordered = ErasureOrdered(erasure_id=uuid4(), person_ids=[person], candidacy_ids=[], at=NOW)
        await handlers.answer_erasure(work, ordered)
    assert await counted(database, "SELECT count(*) FROM nearness") == 0
