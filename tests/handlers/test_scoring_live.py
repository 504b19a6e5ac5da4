"""Live sessions on real databases: one voice a device, nothing lost, nothing that says who."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from kernel.runtime.database import Database
from scoring.domain import live as rules
from scoring.domain.live import Answer
from scoring.domain.rulings import Refused
from scoring.domain.scores import committee_score
from scoring.handlers import UnknownSitting
from scoring.handlers import live as led
from scoring.handlers.live import Ballots
from scoring.store import live as kept
from scoring.store import marks as marks_kept
from scoring.store import sittings as store_of
from tests.databases import database_of
from tests.live_story import answer, room
from tests.scoring_story import STAFF, START
from tests.sitting_story import opened

database = database_of("scoring", START)


async def say(database: Database, said: Answer) -> None:
    async with database.work() as work:
        await led.answer(work, said)


async def test_each_device_has_one_voice_and_may_change_its_mind(database: Database) -> None:
    live, (first, _) = await room(database)
    phones = [f"telephone-{n}" for n in range(12)]

    await asyncio.gather(*(say(database, answer(live, first, phone)) for phone in phones for _ in range(2)))
    await say(database, answer(live, first, phones[0], (0, 0, 0)))

    async with database.reading() as session:
        tally = await kept.tally(session, live_now := await _now(database, live.code))
        sitting = await store_of.load(session, live.sitting_id)
        assert sitting
        book = await marks_kept.book(session, sitting)
    assert live_now.current == first
    assert (tally.voices, tally.answers, tally.levels) == (12, 12, {})
    score = committee_score(book.sheet(), str(first))
    assert (score.heard, score.not_applicable) == (12, 11)
    assert score.score is not None


async def _now(database: Database, code: str) -> rules.Live:
    async with database.reading() as session:
        live = await kept.by_code(session, code)
    assert live
    return live


async def test_nothing_tells_who_answered(database: Database) -> None:
    live, (first, _) = await room(database)
    await say(database, answer(live, first, "numero-du-telephone"))

    async with database.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT person, name FROM seat"))).all()
    ((person, name),) = rows
    assert name == rules.VOICE
    assert "numero-du-telephone" not in person


async def test_late_answers_count_and_those_before_their_time_do_not(database: Database) -> None:
    live, (first, second) = await room(database)
    with pytest.raises(Refused, match="pas encore présenté"):
        await say(database, answer(live, second, "a"))
    async with database.work() as work:
        await led.lead(work, live.sitting_id, lambda known: rules.present(known, second))

    await say(database, answer(live, first, "sans-reseau"))
    await say(database, answer(live, second, "a"))
    async with database.work() as work:
        await led.lead(work, live.sitting_id, rules.reveal)
    with pytest.raises(Refused, match="ne change plus"):
        await say(database, answer(live, second, "a", (0, 0, 0)))
    await say(database, answer(live, second, "encore-sans-reseau"))

    async with database.work() as work:
        await led.lead(work, live.sitting_id, rules.end)
    with pytest.raises(Refused, match="terminée"):
        await say(database, answer(live, first, "trop-tard"))
    with pytest.raises(UnknownSitting):
        await say(database, Answer("ZZZZZZ", first, "a", {}))


async def test_paper_ballots_typed_twice_count_once(database: Database) -> None:
    live, (first, _) = await room(database)
    sitting_id = live.sitting_id
    async with database.reading() as session:
        grid = await kept.asked(session, sitting_id)
    marks, wrong = rules.read_ballots("3 4 s\n210\n\n4,4,4", grid)
    assert wrong is None
    for _ in range(2):
        async with database.work() as work:
            await led.type_in(work, Ballots(sitting_id, first, "lot", marks), STAFF)

    async with database.reading() as session:
        tally = await kept.tally(session, live_now := await _now(database, live.code))
    assert live_now.current == first
    assert (tally.voices, tally.answers) == (3, 3)
    assert "Bulletin 2" in (rules.read_ballots("3 4 s\n5 0 0", grid)[1] or "")
    assert "au moins un bulletin" in (rules.read_ballots(" \n", grid)[1] or "")


async def test_only_students_sit_live(database: Database) -> None:
    await room(database)
    partners = await opened(database, "technique")

    with pytest.raises(Refused, match="Seul le comité lycéen"):
        async with database.work() as work:
            await led.open_live(work, partners, STAFF)


BROKEN = {
    "ck_live_code": "UPDATE live SET code = 'COURT'",
    "ck_live_revealed": "UPDATE live SET current = NULL, revealed = true",
    "uq_live_code": "INSERT INTO live SELECT (SELECT id FROM sitting WHERE committee = 'technique'), code, is_open, "
    "NULL, false, presented FROM live",
    "fk_live_sitting_id_current": "UPDATE live SET current = sitting_id",
}


async def test_the_database_refuses_bad_states(database: Database) -> None:
    await room(database)
    await opened(database, "technique")

    for constraint, statement in BROKEN.items():
        with pytest.raises((IntegrityError, DBAPIError)):
            async with database.work() as work:
                await work.connection.execute(text(statement))
            pytest.fail(f"{constraint} let this pass: {statement}")
