"""The next wave is prepared while one is open, and opens by itself: on its day, once, never beside another."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from intake import handlers
from intake.domain.refusals import Refused
from intake.handlers import waves
from intake.store import waves as wave_store
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.databases import database_of
from tests.intake_story import CALENDAR, DAY, NOW, STAFF

NEXT = replace(CALENDAR, title="Vague d’été", opens_at=NOW + 40 * DAY, closes_at=NOW + 70 * DAY)


database = database_of("intake", NOW)


async def prepare(database: Database) -> None:
    async with database.work() as work:
        assert await waves.plan_wave(work, CALENDAR, STAFF)
        assert not await waves.plan_wave(work, NEXT, STAFF)


async def at_start(database: Database, days: int) -> tuple[str | None, int]:
    """The open wave's title, and how many waves are still to come, once the service has started on that day."""
    database.clock = FixedClock(NOW + days * DAY)
    async with database.work() as work:
        await handlers.keep_appointments(work)
        current = await wave_store.open_wave(work.session)
        return current.calendar.title if current else None, len(await wave_store.prepared(work.session))


async def told(database: Database) -> list[str]:
    async with database.engine.connect() as connection:
        return list((await connection.execute(text("SELECT subject FROM outbox ORDER BY id"))).scalars())


async def test_a_prepared_wave_opens_on_its_day_once(database: Database) -> None:
    await prepare(database)
    assert [subject.split(".")[2] for subject in await told(database)] == ["opened", "closing_due", "opening_due"]

    assert await at_start(database, 10) == (CALENDAR.title, 1)
    assert await at_start(database, 35) == (None, 1)
    assert await at_start(database, 41) == (NEXT.title, 0)
    assert await at_start(database, 42) == (NEXT.title, 0)
    assert (await told(database)).count("intake.wave.opened.v1") == 2


async def test_it_waits_for_a_wave_that_was_extended(database: Database) -> None:
    await prepare(database)
    async with database.work() as work:
        current = await wave_store.open_wave(work.session)
        [coming] = await wave_store.prepared(work.session)
        assert current is not None
        await waves.extend_wave(work, current.id, NOW + 45 * DAY, STAFF, "Des demandes nombreuses.")
    database.clock = FixedClock(NOW + 41 * DAY)
    async with database.work() as work:
        await waves.come_open(work, coming.id)
    assert (await told(database))[-1] == f"intake.schedule.opening_due.{coming.id.hex}"
    assert await at_start(database, 46) == (NEXT.title, 0)


async def test_one_that_nobody_could_apply_in_is_left_out(database: Database) -> None:
    await prepare(database)
    assert await at_start(database, 80) == (None, 0)


async def test_one_that_would_overlap_is_refused(database: Database) -> None:
    await prepare(database)
    with pytest.raises(Refused, match="déjà ouverte"):
        async with database.work() as work:
            await waves.plan_wave(work, CALENDAR, STAFF)


async def test_one_that_is_given_up_never_opens(database: Database) -> None:
    await prepare(database)
    async with database.work() as work:
        [coming] = await wave_store.prepared(work.session)
        await waves.drop_prepared(work, coming.id)
        await waves.come_open(work, coming.id)
    assert await at_start(database, 41) == (None, 0)


@pytest.mark.parametrize("change", ["closes_at = opens_at", "quota = 0"])
async def test_bad_states_cannot_be_written(database: Database, change: str) -> None:
    await prepare(database)
    with pytest.raises(IntegrityError):
        async with database.work() as work:
            await work.connection.execute(text(f"UPDATE prepared_wave SET {change}"))  # noqa: S608 - a line above
